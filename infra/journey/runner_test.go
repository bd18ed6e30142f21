package journey_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// binary is the local runner, built once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "journey-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "local")
	out, err := exec.Command("go", "build", "-o", path, "postkontor/infra/local").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the local runner: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// runner is the whole product, with nothing in it yet.
type runner struct{ origin string }

func start(t *testing.T) runner {
	t.Helper()
	return startAt(t, freeAddress(t), t.TempDir())
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// startAt starts a runner at an address, with what is in a folder and more in its environment.
func startAt(t *testing.T, address, data string, environment ...string) runner {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	process := exec.Command(path)
	process.Env = append(append(os.Environ(), "ADDR="+address, "DATA="+data), environment...)
	out, err := process.StdoutPipe()
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		process.Process.Kill()
		process.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ctrl+C") {
			_, port, _ := net.SplitHostPort(address)
			return runner{"http://localhost:" + port}
		}
	}
	t.Fatal("the local runner ended at once")
	return runner{}
}

// code answers the newest code that was sent by a channel to an address.
func (r runner) code(channel, to string) (string, error) {
	return r.newest(channel, to, `(?m)^(?:\d{6}|[0-9A-Z]{10})$`)
}

// newest answers what matches in the newest message by a channel to an address that has such a thing.
func (r runner) newest(channel, to, what string) (string, error) {
	response, err := http.Get(r.origin + "/_local/messages?to=" + url.QueryEscape(to))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var messages struct {
		Items []struct{ Channel, Text string }
	}
	if err := json.NewDecoder(response.Body).Decode(&messages); err != nil {
		return "", err
	}
	for _, m := range messages.Items {
		if found := regexp.MustCompile(what).FindString(m.Text); m.Channel == channel && found != "" {
			return found, nil
		}
	}
	return "", fmt.Errorf("nothing like %s came by %s", what, channel)
}

// tell does something with a route of the runner's own.
func (r runner) tell(t *testing.T, route, body string) {
	t.Helper()
	response, err := http.Post(r.origin+"/_local/"+route, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s of %s answered %d", route, body, response.StatusCode)
	}
}

// later moves the clock.
func (r runner) later(t *testing.T, d time.Duration) {
	t.Helper()
	r.tell(t, "clock", fmt.Sprintf(`{"advance":%q}`, d))
}
