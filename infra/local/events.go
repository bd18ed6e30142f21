package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// largestLog is the size in bytes from which a start begins the log anew.
const largestLog = 64 << 20

// events is the log of all functions, a JSON object a line: kept in a file that is written every second, errors shown at
// once as well.
type events struct {
	mu     sync.Mutex
	file   *os.File
	buffer *bufio.Writer
	errors io.Writer
	stop   chan struct{}
}

func openEvents(path string, errors io.Writer) (*events, error) {
	how := os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > largestLog {
		how = os.O_TRUNC
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|how, 0o600)
	if err != nil {
		return nil, err
	}
	e := &events{file: file, buffer: bufio.NewWriterSize(file, 1<<16), errors: errors, stop: make(chan struct{})}
	go e.flush()
	return e, nil
}

// Write takes one line.
func (e *events) Write(line []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if bytes.Contains(line, []byte(`"level":"ERROR"`)) { // quotes within a value are escaped
		_, _ = e.errors.Write(line)
	}
	return e.buffer.Write(line)
}

func (e *events) flush() {
	for tick := time.Tick(time.Second); ; {
		select {
		case <-e.stop:
			return
		case <-tick:
			e.mu.Lock()
			_ = e.buffer.Flush() // kept by the writer, and answered by Close
			e.mu.Unlock()
		}
	}
}

// Close writes what is left.
func (e *events) Close() error {
	close(e.stop)
	e.mu.Lock()
	defer e.mu.Unlock()
	return errors.Join(e.buffer.Flush(), e.file.Close())
}
