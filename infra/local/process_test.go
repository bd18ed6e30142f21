package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary be the command itself.
func TestMain(m *testing.M) {
	if os.Getenv("POSTKONTOR_AS_COMMAND") != "" {
		os.Args = os.Args[:1]
		main()
		return
	}
	os.Exit(m.Run())
}

// process is the command in a process of its own.
type process struct {
	*exec.Cmd
	lines          *bufio.Scanner
	stdout, stderr bytes.Buffer
}

func command(t testing.TB, address, data string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0])}
	p.Env = append(os.Environ(), "POSTKONTOR_AS_COMMAND=1", "ADDR="+address, "DATA="+data)
	p.Stderr = &p.stderr
	return p
}

// started answers a process that listens.
func started(t testing.TB, address, data string) *process {
	t.Helper()
	p := command(t, address, data)
	out, err := p.StdoutPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Process.Kill()
		p.Wait()
	})
	p.lines = bufio.NewScanner(out)
	for p.lines.Scan() {
		fmt.Fprintln(&p.stdout, p.lines.Text())
		if strings.Contains(p.lines.Text(), "Ctrl+C") {
			return p
		}
	}
	t.Fatalf("it ends at once: %s", p.stderr.String())
	return nil
}

// freeAddress answers an address that nobody listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestWhatKeepsItFromStarting(t *testing.T) {
	t.Parallel()
	busy, data := freeAddress(t), t.TempDir()
	started(t, busy, data)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ address, data, want string }{
		"a busy port":         {busy, t.TempDir(), busy + " is in use: end what listens there, or take another address: ADDR="},
		"a locked folder":     {"127.0.0.1:0", data, data + " is in use by another runner: end it, or take another folder: DATA="},
		"a folder in a file":  {"127.0.0.1:0", filepath.Join(file, "data"), "cannot be used (" + file + ": not a directory): take another folder"},
		"an unwritable place": {"127.0.0.1:0", "/proc/data", "/proc/data cannot be used ("},
		"no address":          {"nowhere", t.TempDir(), "ADDR=nowhere: "},
	} {
		p := command(t, c.address, c.data)
		err := p.Run()
		if said := p.stderr.String(); err == nil || p.ProcessState.ExitCode() != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "postkontor: ") || !strings.Contains(said, c.want) {
			t.Errorf("%s: %v, exit %d: %s", name, err, p.ProcessState.ExitCode(), said)
		}
	}
}

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	address, data := freeAddress(t), t.TempDir()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		p := started(t, address, data)
		_, port, _ := net.SplitHostPort(address)
		contains(t, p.stdout.String(), "http://localhost:"+port+"\n", "http://localhost:"+port+"/_local/", data, filepath.Join(data, "events.log"))
		response, err := http.Get("http://" + address + "/v1/languages")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if err := p.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := p.Wait(); err != nil || p.stderr.Len() > 0 {
			t.Errorf("%s: %v %s", signal, err, p.stderr.String())
		}
		if log, err := os.ReadFile(filepath.Join(data, "events.log")); err != nil || !bytes.Contains(log, []byte("/v1/languages")) {
			t.Errorf("the log is not written: %v %s", err, log)
		}
	}
}

// TestKilledAtAnyMoment: what was answered before a kill -9 is there after it, and every message of it is sent.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	data, next := t.TempDir(), 0
	var answered []person
	for _, delay := range []time.Duration{10, 70, 150, 240} {
		address := freeAddress(t)
		runner := started(t, address, data)
		p := &product{t: t, url: "http://" + address, client: &http.Client{}}
		for _, who := range answered {
			p.logIn(who)
			if len(p.messages(who.email)) == 0 || len(p.messages(who.phone)) == 0 {
				t.Errorf("%s was answered and never written to", who.username)
			}
		}
		answered, next = append(answered, p.create(next)), next+1
		time.AfterFunc(delay*time.Millisecond, func() { runner.Process.Kill() })
		for {
			who, ok := p.tries(next)
			next++ // one that was not answered may be there
			if !ok {
				break
			}
			answered = append(answered, who)
		}
		runner.Wait()
	}
}

// tries answers the person whose sign-up was answered, if it was.
func (p *product) tries(n int) (who person, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return (&product{t: quietly{p.t}, url: p.url, client: p.client}).create(n), true
}

// quietly turns the end of a test into a panic, which tries takes for no answer.
type quietly struct{ testing.TB }

func (quietly) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (quietly) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
