package dynamo_test

import (
	"testing"

	"postkontor/shared/table/conform"
)

// BenchmarkTable measures the client; the server is DynamoDB Local, which tells nothing of DynamoDB.
func BenchmarkTable(b *testing.B) { conform.Bench(b, open(b, options(b, conform.NewClock()))) }
