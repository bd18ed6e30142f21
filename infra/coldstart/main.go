// Command coldstart measures what a new instance of each function costs its first caller. It stands for Lambda's Runtime
// API, and over TLS for DynamoDB and SSM, and starts every bootstrap many times:
//
//	go run ./infra/coldstart dist/signup/bootstrap dist/login/bootstrap
//
// Beside the medians stand the targets; what misses its own is marked. The machine's own load counts: compare runs on an
// idle one.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// The targets.
const (
	targetInit     = 12 * time.Millisecond
	targetFirst    = 4 * time.Millisecond
	targetZip      = 5 << 20
	targetResident = 20 << 20
)

// start is what one start of one function was seen to cost.
type start struct {
	init     time.Duration // from exec to asking for the first invocation
	first    time.Duration // the first invocation, the first call over TLS in it
	resident int64         // bytes, after it
}

func main() {
	n := flag.Int("n", 30, "starts of each function")
	flag.Parse()
	if err := run(flag.Args(), *n); err != nil {
		fmt.Fprintln(os.Stderr, "coldstart:", err)
		os.Exit(1)
	}
}

func run(bootstraps []string, n int) error {
	if len(bootstraps) == 0 || n < 1 {
		return errors.New("which bootstraps? make build, and name dist/*/bootstrap")
	}
	cloud, err := startCloud()
	if err != nil {
		return err
	}
	defer cloud.Close()
	fmt.Printf("%-10s %14s %14s %14s %14s\n", "function", "exec to next", "first invoke", "zip", "resident")
	fmt.Printf("%-10s %14s %14s %14s %14s\n", "target", "≤ 12 ms", "≤ 4 ms", "≤ 5 MB", "≤ 20 MB")
	for _, bootstrap := range bootstraps {
		starts := make([]start, n)
		for i := range starts {
			if starts[i], err = startOnce(bootstrap, cloud); err != nil {
				return explain(bootstrap, err)
			}
		}
		report(bootstrap, starts)
	}
	return nil
}

func explain(bootstrap string, err error) error {
	if errors.Is(err, syscall.ENOEXEC) {
		return fmt.Errorf("%s is for another architecture: make build LIGHT_ARCH=amd64", bootstrap)
	}
	return fmt.Errorf("%s: %w", bootstrap, err)
}

func report(bootstrap string, starts []start) {
	init := median(starts, func(s start) int64 { return int64(s.init) })
	first := median(starts, func(s start) int64 { return int64(s.first) })
	resident := median(starts, func(s start) int64 { return s.resident })
	dir := filepath.Dir(bootstrap)
	zip := "none"
	if info, err := os.Stat(dir + ".zip"); err == nil {
		zip = measured(float64(info.Size())/(1<<20), "MB", info.Size() > targetZip)
	}
	fmt.Printf("%-10s %14s %14s %14s %14s\n", filepath.Base(dir), measured(float64(init)/1e6, "ms", init > int64(targetInit)),
		measured(float64(first)/1e6, "ms", first > int64(targetFirst)), zip,
		measured(float64(resident)/(1<<20), "MB", resident > targetResident))
}

func median(starts []start, of func(start) int64) int64 {
	values := make([]int64, len(starts))
	for i, s := range starts {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func measured(value float64, unit string, missed bool) string {
	mark := " "
	if missed {
		mark = "!"
	}
	return fmt.Sprintf("%.1f %s %s", value, unit, mark)
}
