package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// connections is how many clients ask at once, each the next thing as soon as it has its answer.
const connections = 8

// BenchmarkRunner asks the command, in a process of its own, over as many connections: home page, username check, session
// check. Its clients do no more than they must, as they share the machine with it.
func BenchmarkRunner(b *testing.B) {
	address := freeAddress(b)
	started(b, address, b.TempDir())
	p := &product{t: b, url: "http://" + address, client: &http.Client{}}
	who := p.signUp(1)
	for name, request := range map[string]func(n int64) string{
		"home": func(int64) string { return "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n" },
		"username": func(n int64) string { // of a caller of its own, because of the limits
			return fmt.Sprintf("GET /v1/usernames?name=maria%d HTTP/1.1\r\nHost: localhost\r\nX-Local-IP: 10.%d.%d.%d\r\n\r\n", n, n>>16&255, n>>8&255, n&255)
		},
		"session": func(int64) string {
			return "GET /v1/sessions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + who.token + "\r\n\r\n"
		},
	} {
		b.Run(name, func(b *testing.B) {
			took := load(b, address, request)
			slices.Sort(took)
			b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "requests/s")
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// load sends b.N requests and answers how long each took.
func load(b *testing.B, address string, request func(n int64) string) []time.Duration {
	var sent atomic.Int64
	var mu sync.Mutex
	var all []time.Duration
	var clients sync.WaitGroup
	b.ResetTimer()
	for range connections {
		clients.Go(func() {
			connection, err := net.Dial("tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer connection.Close()
			var took []time.Duration
			for answers := bufio.NewReaderSize(connection, 64<<10); ; {
				n := sent.Add(1)
				if n > int64(b.N) {
					break
				}
				begun := time.Now()
				if err := ask(connection, answers, request(n)); err != nil {
					b.Error(err)
					return
				}
				took = append(took, time.Since(begun))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	clients.Wait()
	b.StopTimer()
	return all
}

// ask sends a request and reads past its answer, which must be 200 and tell its length.
func ask(connection io.Writer, answers *bufio.Reader, request string) error {
	if _, err := io.WriteString(connection, request); err != nil {
		return err
	}
	status, err := answers.ReadString('\n')
	if err != nil || !strings.HasPrefix(status, "HTTP/1.1 200 ") {
		return fmt.Errorf("answered %q: %w", status, err)
	}
	length := -1
	for {
		line, err := answers.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= len("\r\n") {
			break
		}
		if value, ok := strings.CutPrefix(string(line), "Content-Length: "); ok {
			if _, err := fmt.Sscan(value, &length); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("an answer without its length")
	}
	_, err = answers.Discard(length)
	return err
}
