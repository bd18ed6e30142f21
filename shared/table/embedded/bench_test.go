package embedded_test

import (
	"path/filepath"
	"testing"

	"postkontor/shared/table/conform"
)

func BenchmarkTable(b *testing.B) {
	conform.Bench(b, open(b, filepath.Join(b.TempDir(), "table.db"), conform.Definitions...))
}
