package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"postkontor/shared/web/gateway"
)

// request is what is sent; its body is made when it is sent, so that no million scans wait in memory.
type request struct {
	method, path string
	body         func() []byte
}

// step sends requests, so many at once, and prints what they took and cost, for each thing that a request counts for.
func (v *volume) step(ctx context.Context, name string, requests []request, atOnce, each int) error {
	var lock sync.Mutex
	var times []time.Duration
	v.bill.Settle()
	began, cpu := time.Now(), processor()
	sending, ctx := errgroup.WithContext(ctx)
	sending.SetLimit(atOnce)
	for i, r := range requests {
		sending.Go(func() error {
			took, err := v.send(ctx, r, i)
			lock.Lock()
			defer lock.Unlock()
			times = append(times, took)
			return err
		})
	}
	if err := sending.Wait(); err != nil {
		return err
	}
	took, spent, n := time.Since(began), v.bill.Settle(), float64(len(requests)*each)
	cpu = processor() - cpu
	slices.Sort(times)
	fmt.Printf("%-19s %7.0f in %6.1f s: %6.0f a second; a request of %d p50 %s, p99 %s; each %.2f calls, %.2f read, %.2f write units, %.0f µs of CPU; %d MB held at most\n",
		name, n, took.Seconds(), n/took.Seconds(), each, rounded(times[len(times)/2]), rounded(times[len(times)*99/100]),
		float64(spent.Calls)/n, spent.Reads/n, spent.Writes/n, float64(cpu.Microseconds())/n, held())
	return nil
}

// send makes the gateway's event of a request, and answers how long its function takes. Each comes from an address of its own.
func (v *volume) send(ctx context.Context, r request, i int) (time.Duration, error) {
	made := httptest.NewRequestWithContext(ctx, r.method, r.path, nil)
	made.Header.Set("Content-Type", "application/json")
	var body []byte
	if r.body != nil {
		body = r.body()
	}
	event, err := gateway.EncodeRequest(made, body, gateway.Request{IAM: "arn:aws:iam::000000000000:role/scanner",
		SourceIP: fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255)})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	answer, err := v.function(r).Invoke(ctx, event)
	took := time.Since(began)
	if err != nil {
		return took, err
	}
	w := httptest.NewRecorder()
	if err := gateway.WriteResponse(w, answer); err != nil || w.Code >= http.StatusBadRequest {
		return took, fmt.Errorf("%s %s answers %d %.200s: %w", r.method, r.path, w.Code, w.Body, err)
	}
	return took, nil
}

func rounded(d time.Duration) time.Duration {
	if d < time.Millisecond {
		return d.Round(time.Microsecond)
	}
	return d.Round(100 * time.Microsecond)
}

// processor is the time that this process has had on processors, its servers' aside.
func processor() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used) // it cannot fail with these arguments
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// held is the most memory that the process has held, without the embedded table's file, which the system maps, in MB.
func held() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys >> 20
}
