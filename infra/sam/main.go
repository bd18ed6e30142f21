// Command sam drives a customer's whole journey through `sam local start-api`: the deployed binaries in the emulator's
// containers, with DynamoDB Local and moto in place of AWS, and a pump in place of the stream. It needs what `make
// sam-local` installs and builds, and stops every process and container that it started.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"postkontor/infra/journey"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	begin := time.Now()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "sam-local:", err)
		os.Exit(1)
	}
	fmt.Printf("The whole journey held under sam local, in %.0f s.\n", time.Since(begin).Seconds())
}

// undo is what has to be undone in the end, the last thing first.
type undo []func() error

func (u *undo) add(f func() error) { *u = append(*u, f) }

func (u *undo) all() error {
	var errs []error
	for i := len(*u) - 1; i >= 0; i-- {
		errs = append(errs, (*u)[i]())
	}
	return errors.Join(errs...)
}

func run(ctx context.Context) (err error) {
	var u undo
	defer func() { err = errors.Join(err, u.all()) }()
	host, err := docker(ctx, &u)
	if err != nil {
		return err
	}
	stand, err := standIn(ctx, &u, host)
	if err != nil {
		return err
	}
	api, lambda, err := emulator(ctx, &u, stand)
	if err != nil {
		return err
	}
	pump := &pump{stream: stand.stream, courier: lambda.address, done: map[string]bool{}}
	pumped := make(chan error, 1)
	go func() { pumped <- pump.run(ctx) }()
	walked := make(chan error, 1)
	go func() { walked <- walk(api.address, stand) }()
	select {
	case err := <-pumped:
		return fmt.Errorf("the pump from the stream to courier: %w\n%s", err, lambda.tail())
	case err := <-walked:
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, api.tail())
		}
		return err
	}
}

// walk is the journey, a line for each stop with the time that it took.
func walk(site string, s *stand) error {
	last := time.Now()
	tell := func(stop string) {
		fmt.Printf("  %-16s %5d ms\n", stop, time.Since(last).Milliseconds())
		last = time.Now()
	}
	questions := [2]string{"first-pet", "first-school"}
	return journey.Walk(journey.NewVisitor(site, nil), journey.Fictional("sam"), questions, s.code, tell)
}
