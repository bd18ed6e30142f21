package servers

import (
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// StartDynamoDB starts DynamoDB Local with nothing in it. It takes any credentials.
func StartDynamoDB() (*Server, error) {
	lib, err := tool(".tools/dynamodb")
	if err != nil {
		return nil, err
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return nil, err
	}
	return Start(func(port string) []string {
		return []string{java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.library.path=" + lib, "-cp", filepath.Join(lib, "*"),
			"software.amazon.dynamodb.services.local.main.ServerRunner", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", port}
	})
}

// StartMoto starts moto's server, which stands for SNS, SES, SQS and the rest of AWS. What was sent can be read back at
// /moto-api/data.json.
func StartMoto() (*Server, error) {
	moto, err := tool(".tools/moto/bin/moto_server")
	if err != nil {
		return nil, err
	}
	return Start(func(port string) []string { return []string{moto, "-H", "127.0.0.1", "-p", port} })
}

// One server of each kind serves all tests of a binary; tests keep apart by the names of what they make in it.
var (
	dynamoDB = sync.OnceValues(StartDynamoDB)
	moto     = sync.OnceValues(StartMoto)
)

// DynamoDB answers the endpoint of the test binary's DynamoDB Local. Tests keep apart by a table prefix of their own.
func DynamoDB(t testing.TB) string { return endpoint(t, dynamoDB) }

// Moto answers the endpoint of the test binary's moto server.
func Moto(t testing.TB) string { return endpoint(t, moto) }

func endpoint(t testing.TB, start func() (*Server, error)) string {
	t.Helper()
	server, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return server.Endpoint
}
