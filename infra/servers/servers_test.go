package servers_test

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"postkontor/infra/servers"
)

// The test binary starts itself as a process that starts a server, so that its death can be watched.
func TestMain(m *testing.M) {
	if os.Getenv("SERVERS_CHILD") != "" {
		server, err := servers.StartMoto()
		if err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Stdout.WriteString(server.Endpoint + "\n")
		time.Sleep(time.Hour)
	}
	os.Exit(m.Run())
}

func TestServersAnswer(t *testing.T) {
	t.Parallel()
	for name, endpoint := range map[string]string{"DynamoDB Local": servers.DynamoDB(t), "moto": servers.Moto(t)} {
		response, err := http.Get(endpoint)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		response.Body.Close()
	}
	first := servers.DynamoDB(t)
	if second := servers.DynamoDB(t); second != first {
		t.Error("two DynamoDB Locals in one test binary")
	}
}

func TestServersDieWithTheirStarter(t *testing.T) {
	t.Parallel()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "SERVERS_CHILD=1")
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 100)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	endpoint := strings.TrimSpace(string(line[:n]))
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait()
	for range 200 {
		response, err := http.Get(endpoint)
		if err != nil {
			return
		}
		response.Body.Close()
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the server still answers 10 s after the process that started it was killed")
}

func TestStop(t *testing.T) {
	t.Parallel()
	server, err := servers.StartMoto()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
	if response, err := http.Get(server.Endpoint); err == nil {
		response.Body.Close()
		t.Error("it still answers")
	}
}

func TestAServerThatEndsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := servers.Start(func(port string) []string { return []string{"sh", "-c", "echo the port is $0; exit 3", port} })
	if err == nil || !strings.Contains(err.Error(), "the port is") {
		t.Errorf("got %v, want an error with what the server said", err)
	}
}
