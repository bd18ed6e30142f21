package embedded_test

import (
	"path/filepath"
	"testing"

	"postkontor/shared/table/conform"
	"postkontor/shared/table/embedded"
)

func backend(t *testing.T) conform.Backend {
	clock := conform.NewClock()
	db, err := embedded.Open(filepath.Join(t.TempDir(), "table.db"), clock.Now, conform.Definitions...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return conform.Backend{Database: db, Clock: clock}
}

func TestConform(t *testing.T) {
	t.Parallel()
	conform.Run(t, backend)
}

func TestSequences(t *testing.T) {
	t.Parallel()
	conform.Sequences(t, backend(t))
}
