package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// patience bounds each step of a start.
const patience = 10 * time.Second

// lambda is the Runtime API for one start: it hands over one event and takes the answer.
type lambda struct {
	event  []byte
	asked  chan time.Time
	hand   chan struct{} // closed to hand the event over
	answer chan []byte
	failed chan []byte
	ended  chan struct{} // closed when the process has ended
}

func (l *lambda) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch _, what, _ := strings.Cut(r.URL.Path, "/runtime/"); {
	case what == "invocation/next":
		select {
		case l.asked <- time.Now():
		default: // a second time: there is nothing more to do
			<-r.Context().Done()
			return
		}
		<-l.hand
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "00000000-0000-0000-0000-000000000000")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:f")
		_, _ = w.Write(l.event)
	case strings.HasSuffix(what, "/response"):
		body, _ := io.ReadAll(r.Body)
		l.answer <- body
		w.WriteHeader(http.StatusAccepted)
	default:
		body, _ := io.ReadAll(r.Body)
		l.failed <- body
		w.WriteHeader(http.StatusAccepted)
	}
}

// startOnce starts a bootstrap as Lambda does, and ends it after its first invocation.
func startOnce(bootstrap string, c *cloud) (s start, err error) {
	event, err := c.event(filepath.Base(filepath.Dir(bootstrap)))
	if err != nil {
		return s, err
	}
	l := &lambda{event: event, asked: make(chan time.Time, 1), hand: make(chan struct{}), answer: make(chan []byte, 1),
		failed: make(chan []byte, 1), ended: make(chan struct{})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return s, err
	}
	server := &http.Server{Handler: l}
	go server.Serve(listener)
	defer server.Close()

	var output bytes.Buffer
	path, err := filepath.Abs(bootstrap)
	if err != nil {
		return s, err
	}
	cmd := exec.Command(path)
	cmd.Env = append(c.environment(), "AWS_LAMBDA_RUNTIME_API="+listener.Addr().String())
	cmd.Stdout, cmd.Stderr = &output, &output
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return s, err
	}
	go func() {
		cmd.Wait()
		close(l.ended)
	}()
	defer func() {
		cmd.Process.Kill()
		<-l.ended
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, output.String())
		}
	}()
	return l.measure(begun, cmd.Process.Pid)
}

func (l *lambda) measure(begun time.Time, pid int) (s start, err error) {
	end := time.After(patience)
	select {
	case asked := <-l.asked:
		s.init = asked.Sub(begun)
	case body := <-l.failed:
		return s, fmt.Errorf("it does not start: %s", body)
	case <-l.ended:
		return s, errors.New("it ends before it asks for an invocation")
	case <-end:
		return s, errors.New("it never asks for an invocation")
	}
	time.Sleep(20 * time.Millisecond) // Lambda hands over when its init has come to rest
	handed := time.Now()
	close(l.hand)
	select {
	case answer := <-l.answer:
		s.first = time.Since(handed)
		if err := sound(answer); err != nil {
			return s, err
		}
	case body := <-l.failed:
		return s, fmt.Errorf("the invocation failed: %s", body)
	case <-l.ended:
		return s, errors.New("it ends before it answers")
	case <-end:
		return s, errors.New("it never answers")
	}
	s.resident, err = resident(pid)
	return s, err
}

// sound refuses an answer that says that something went wrong, which is no first call worth measuring.
func sound(answer []byte) error {
	var a struct {
		StatusCode        int
		BatchItemFailures []any
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return err
	}
	if a.StatusCode >= http.StatusBadRequest || len(a.BatchItemFailures) > 0 {
		return fmt.Errorf("it answers %s", answer)
	}
	return nil
}

// resident answers the bytes of a process that are in memory.
func resident(pid int) (int64, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("the system does not tell the memory of a process")
}
