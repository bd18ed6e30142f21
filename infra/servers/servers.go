// Package servers starts the servers that tests and local runs talk to in place of AWS and of the operator: DynamoDB
// Local, moto, and an OpenID provider. They listen on a free loopback port and end with the process that started them,
// however that ends.
package servers

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// startTime is how long a server may take until it answers, on a machine that is busy with other things.
const startTime = 90 * time.Second

// Server is a server that runs.
type Server struct {
	Endpoint string // "http://127.0.0.1:PORT"

	stdin io.Closer
	ended chan struct{}
}

// guard runs the server and kills it when its own standard input ends. That is the end of a pipe which the operating
// system closes when this process dies, even by a signal that cannot be caught.
const guard = `exec 3<&0; "$@" </dev/null 3<&- & server=$!; (cat <&3 >/dev/null; kill -9 $server 2>/dev/null) & wait $server`

// Start runs a server that speaks HTTP on the loopback port put into its command line, and waits until it answers.
func Start(command func(port string) []string) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("finding a free port: %w", err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(address)
	line := command(port)

	log, err := os.CreateTemp("", filepath.Base(line[0])+"-*.log")
	if err != nil {
		return nil, fmt.Errorf("making a log for %s: %w", line[0], err)
	}
	defer log.Close()
	defer os.Remove(log.Name())
	cmd := exec.Command("sh", append([]string{"-c", guard, "sh"}, line...)...)
	cmd.Stdout, cmd.Stderr = log, log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", line[0], err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", line[0], err)
	}
	s := &Server{Endpoint: "http://" + address, stdin: stdin, ended: make(chan struct{})}
	go func() {
		cmd.Wait()
		close(s.ended)
	}()
	if err := s.answers(); err != nil {
		output, _ := os.ReadFile(log.Name())
		return nil, errors.Join(fmt.Errorf("starting %s: %w\n%s", line[0], err, tail(output)), s.Stop())
	}
	return s, nil
}

func (s *Server) answers() error {
	for deadline := time.Now().Add(startTime); time.Now().Before(deadline); {
		response, err := http.Get(s.Endpoint)
		if err == nil {
			return response.Body.Close()
		}
		select {
		case <-s.ended:
			return errors.New("it ended at once")
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("no answer within %s", startTime)
}

func tail(output []byte) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}

// Stop ends the server and waits until it is gone.
func (s *Server) Stop() error {
	err := s.stdin.Close()
	<-s.ended
	return err
}

// tool answers the path, below the root of the repository, of something that `make tools` installs.
func tool(path string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("no go.mod in any folder above: start it within the repository")
		}
		dir = filepath.Dir(dir)
	}
	found := filepath.Join(dir, path)
	if _, err := os.Stat(found); err != nil {
		return "", fmt.Errorf("%s is not there: run make tools", path)
	}
	return found, nil
}
