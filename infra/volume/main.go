// Command volume sends many scans in and looks parcels up, to see what that costs:
//
//	go run ./infra/volume -scans 1000000              on the embedded table, in a temporary folder
//	go run ./infra/volume -scans 30000 -dynamodb      on DynamoDB Local
//
// Batches of 500 come as the gateway hands them over, each with an event of 500 parcels; a parcel gets 15 events. Then 35
// parcels at a time are looked up, and one parcel grows to 5,000 events. What is printed is what one process does beside all
// that this machine has to do; DynamoDB Local's times tell nothing of DynamoDB.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"postkontor/infra/house"
	"postkontor/infra/meter"
	"postkontor/shared/operator"
	"postkontor/shared/secret"
	"postkontor/shared/table"
	"postkontor/shared/web/gateway"
)

func main() {
	scans := flag.Int("scans", 1_000_000, "how many")
	looks := flag.Int("looks", 2000, "how many look-ups of 35 parcels")
	senders := flag.Int("senders", 4, "how many send at the same time")
	dynamoDB := flag.Bool("dynamodb", false, "on DynamoDB Local in place of the embedded table")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *scans, *looks, *senders, *dynamoDB); err != nil {
		fmt.Fprintln(os.Stderr, "volume:", err)
		os.Exit(1)
	}
}

// volume is the functions, and what their calls cost.
type volume struct {
	scans, tracking gateway.Handler
	bill            meter.Bill
	senders         int
}

func run(ctx context.Context, scans, looks, senders int, dynamoDB bool) (err error) {
	folder, err := os.MkdirTemp("", "volume")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	db, done, err := house.OpenTables(ctx, folder, dynamoDB, time.Now)
	if done != nil {
		defer func() { err = errors.Join(err, done()) }()
	}
	if err != nil {
		return err
	}
	keys, err := secret.OpenFile(filepath.Join(folder, "keys"))
	if err != nil {
		return err
	}
	v := &volume{senders: senders}
	functions := (&house.House{DB: func(string) table.Database { return v.bill.Of(db) }, Keys: func(string) secret.Source { return keys },
		Now: time.Now, Origin: &url.URL{Scheme: "https", Host: "localhost"}, Operator: operator.Default(), Events: io.Discard}).Functions()
	v.scans, v.tracking = gateway.NewHandler(functions["scans"].Handler()), gateway.NewHandler(functions["tracking"].Handler())
	return v.measure(ctx, scans, looks)
}

// measure prints a line for each step.
func (v *volume) measure(ctx context.Context, scans, looks int) error {
	parcels := numbers(max(1, scans/eventsEach/batchSize) * batchSize)
	for _, step := range []struct {
		name     string
		requests []request
		atOnce   int
		each     int // what a request counts for
	}{
		{"scans", batches(parcels), v.senders, batchSize},
		{"look-ups of 35", lookups(parcels, looks), v.senders, 1},
		{"one parcel's scans", story(longest), 1, batchSize},
		{"look-ups of it", lookups([]string{longest}, 100), 1, 1},
	} {
		if err := v.step(ctx, step.name, step.requests, step.atOnce, step.each); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// function answers whose a request is.
func (v *volume) function(r request) gateway.Handler {
	if r.method == http.MethodPost {
		return v.scans
	}
	return v.tracking
}
