package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
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

// BenchmarkLogin logs in by as many connections, and compares with how many bare argon2id hashes of the same cost the same
// processors make in the same run.
//
//	go test -run '^$' -bench Login -benchtime 1000x ./infra/local
func BenchmarkLogin(b *testing.B) {
	address := freeAddress(b)
	started(b, address, b.TempDir())
	p := &product{t: b, url: "http://" + address, client: &http.Client{}}
	var requests []string
	for i := range 8 * connections { // so that hardly two at once log in to one account
		who := p.signUp(i)
		body, err := json.Marshal(object{"username": who.username, "password": who.password, "device": p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": who.username, "password": who.password}).json(b)["device"]})
		if err != nil {
			b.Fatal(err)
		}
		requests = append(requests, fmt.Sprintf("POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	}
	bare := bareHashes(3 * time.Second)
	b.ResetTimer()
	took := load(b, address, func(n int64) string { return requests[n%int64(len(requests))] })
	slices.Sort(took)
	rate := float64(len(took)) / b.Elapsed().Seconds()
	b.ReportMetric(bare, "bare-hashes/s")
	b.ReportMetric(rate, "logins/s")
	b.ReportMetric(rate/bare, "of-bare")
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkOrders puts one pack into a cart and orders it, in turn for as many customers that hardly two requests at once are
// of one: half of the requests are orders, each 4 calls to the tables, and half what they are ordered from, 3 calls.
//
//	go test -run '^$' -bench Orders -benchtime 6000x ./infra/local
func BenchmarkOrders(b *testing.B) {
	address := freeAddress(b)
	started(b, address, b.TempDir())
	p := &product{t: b, url: "http://" + address, client: &http.Client{}}
	var put, order []string
	for i := range 8 * connections {
		who := p.customer(i)
		head := " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + who.token + "\r\n"
		put = append(put, "PUT /v1/cart/items/LABEL-107R"+head+"Content-Type: application/json\r\nContent-Length: 31\r\n\r\n"+`{"packQuantity":1,"quantity":1}`)
		order = append(order, "POST /v1/orders"+head+"Content-Length: 0\r\n\r\n")
	}
	took := load(b, address, func(n int64) string {
		who, round := (n-1)%int64(len(put)), (n-1)/int64(len(put))
		if round%2 == 0 {
			return put[who]
		}
		return order[who]
	})
	slices.Sort(took)
	b.ReportMetric(float64(len(took)/2)/b.Elapsed().Seconds(), "orders/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// bareHashes is how many hashes a second all processors make together.
func bareHashes(during time.Duration) float64 {
	var made atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for time.Since(begun) < during {
				argon2.IDKey([]byte("nine quiet boats at anchor"), make([]byte, 16), 2, 19456, 1, 32)
				made.Add(1)
			}
		})
	}
	all.Wait()
	return float64(made.Load()) / time.Since(begun).Seconds()
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

// ask sends a request and reads past its answer, which must be a success and tell its length.
func ask(connection io.Writer, answers *bufio.Reader, request string) error {
	if _, err := io.WriteString(connection, request); err != nil {
		return err
	}
	status, err := answers.ReadString('\n')
	if err != nil || !strings.HasPrefix(status, "HTTP/1.1 20") {
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
