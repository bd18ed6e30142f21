package dynamo_test

import (
	"crypto/rand"
	"testing"

	"postkontor/infra/servers"
	"postkontor/shared/table/conform"
	"postkontor/shared/table/dynamo"
)

// options are those of a database of its own on DynamoDB Local.
func options(t testing.TB, clock *conform.Clock) dynamo.Options {
	return dynamo.Options{Endpoint: servers.DynamoDB(t), Region: "us-east-1", Prefix: rand.Text() + "-", Now: clock.Now,
		Credentials: anybody, Definitions: conform.Definitions}
}

func backend(t *testing.T) conform.Backend {
	clock := conform.NewClock()
	return conform.Backend{Database: open(t, options(t, clock)), Clock: clock}
}

func TestConform(t *testing.T) {
	t.Parallel()
	conform.Run(t, backend)
}

func TestSequences(t *testing.T) {
	t.Parallel()
	conform.Sequences(t, backend(t))
}
