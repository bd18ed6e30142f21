// Command crowd makes many accounts and lets the sweep pass over them, to see what it costs:
//
//	go run ./infra/crowd -accounts 1000000              on the embedded table, in a temporary folder
//	go run ./infra/crowd -accounts 100000 -dynamodb     on DynamoDB Local
//
// The accounts are copies of one that the product made, every second of which was logged in to since its bucket was chosen.
// Their buckets lie over 1,035 days, as they do where people sign up day by day. For each step it prints what a run of the
// sweep visited, how many calls it made to the tables, how long it took, and the most memory the process has held.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"postkontor/functions/sweep"
	"postkontor/infra/house"
	"postkontor/shared/account"
	"postkontor/shared/metric"
	"postkontor/shared/secret"
	"postkontor/shared/table"
)

func main() {
	accounts := flag.Int("accounts", 1_000_000, "how many")
	dynamoDB := flag.Bool("dynamodb", false, "on DynamoDB Local in place of the embedded table")
	all := flag.Bool("all", false, "at the end let every account fall due at once")
	flag.Parse()
	if err := run(context.Background(), *accounts, *dynamoDB, *all); err != nil {
		fmt.Fprintln(os.Stderr, "crowd:", err)
		os.Exit(1)
	}
}

// crowd is the accounts, and a clock that the steps move.
type crowd struct {
	db    table.Database
	keys  secret.Source
	clock atomic.Int64 // nanoseconds
	close []func() error

	oneByOne bool
}

func (c *crowd) now() time.Time { return time.Unix(0, c.clock.Load()).UTC() }

func run(ctx context.Context, accounts int, dynamoDB, all bool) (err error) {
	dir, err := os.MkdirTemp("", "crowd")
	if err != nil {
		return err
	}
	c := &crowd{close: []func() error{func() error { return os.RemoveAll(dir) }}}
	defer func() {
		for i := len(c.close) - 1; i >= 0; i-- {
			err = errors.Join(err, c.close[i]())
		}
	}()
	c.clock.Store(time.Date(2030, 1, 1, 6, 0, 0, 0, time.UTC).UnixNano())
	if err := c.open(ctx, dir, dynamoDB); err != nil {
		return err
	}
	return c.measure(ctx, accounts, all)
}

func (c *crowd) open(ctx context.Context, dir string, dynamoDB bool) (err error) {
	if c.keys, err = secret.OpenFile(filepath.Join(dir, "keys")); err != nil {
		return err
	}
	db, done, err := house.OpenTables(ctx, dir, dynamoDB, c.now)
	if done != nil {
		c.close = append(c.close, done)
	}
	c.db, c.oneByOne = db, dynamoDB
	return err
}

// measure prints a line for each step.
func (c *crowd) measure(ctx context.Context, accounts int, all bool) error {
	began := time.Now()
	if err := c.fill(ctx, accounts); err != nil {
		return err
	}
	fmt.Printf("%d accounts made in %s, %s held at most\n", accounts, time.Since(began).Round(time.Second), held())
	steps := []struct {
		name string
		days int
	}{{"the first run of all", 0}, {"nothing due", 1}, {"a day's", 1}, {"the next day's", 1}, {"thirty days' at once", 30}}
	if all {
		steps = append(steps, struct {
			name string
			days int
		}{"all that are left", dormant})
	}
	for _, step := range steps {
		c.clock.Add(int64(step.days) * int64(24*time.Hour))
		if err := c.step(ctx, step.name); err != nil {
			return err
		}
	}
	return nil
}

// step runs the sweep once.
func (c *crowd) step(ctx context.Context, name string) error {
	s := sweep.New(sweep.Config{Accounts: account.NewStore(c.db, c.keys, c.now), Metrics: metric.New(io.Discard, "sweep"), Log: slog.New(slog.DiscardHandler)})
	ctx, calls := table.WithCalls(ctx)
	began := time.Now()
	report, err := s.Run(ctx, sweep.Order{})
	if err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Printf("%-22s %8d visited, %8d rebucketed, %8d warned; %9d calls", name, report.Visited, report.Rebucketed, report.Warned, calls.Load())
	if report.Visited > 0 {
		fmt.Printf(", %.2f an account; %s an account", float64(calls.Load())/float64(report.Visited), (took / time.Duration(report.Visited)).Round(time.Microsecond))
	}
	fmt.Printf("; %s, %s held at most\n", took.Round(time.Millisecond), held())
	return nil
}

// held is the most memory that the process has held, without the embedded table's file, which the system maps.
func held() string {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return fmt.Sprintf("%d MB", m.Sys>>20)
}
