package parcel_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"postkontor/infra/servers"
	"postkontor/shared/parcel"
	"postkontor/shared/table"
	"postkontor/shared/table/conform"
	"postkontor/shared/table/dynamo"
	"postkontor/shared/table/embedded"
	"postkontor/shared/zip"
)

// Three numbers, of two kinds and of another post.
const (
	impb    = "9400111899560000000120"
	another = "9205500000000000000001"
	s10     = "RB123456785GB"
)

// house is parcels on a table, with a clock that tests move.
type house struct {
	*parcel.Store
	clock *conform.Clock
}

func onEmbedded(t testing.TB) *house {
	t.Helper()
	clock := conform.NewClock()
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), clock.Now, parcel.Definition)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &house{&parcel.Store{DB: db, Now: clock.Now}, clock}
}

func onDynamo(t testing.TB) *house {
	t.Helper()
	clock := conform.NewClock()
	anybody := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "body"}, nil
	})
	db := dynamo.New(dynamo.Options{Endpoint: servers.DynamoDB(t), Region: "us-east-1", Prefix: rand.Text() + "-", Now: clock.Now,
		Credentials: anybody, Definitions: []table.Definition{parcel.Definition}})
	if err := db.CreateTables(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &house{&parcel.Store{DB: db, Now: clock.Now}, clock}
}

// onBoth runs a test on both backends.
func onBoth(t *testing.T, run func(t *testing.T, h *house)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *house{"embedded": onEmbedded, "dynamo": onDynamo} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, open(t))
		})
	}
}

// begun is when the stories of the tests begin: longer ago than any of them takes.
var begun = time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, -40)

// story answers scans of a parcel, an hour after another, by their codes.
func story(number string, codes ...string) (scans []parcel.Scan) {
	for i, code := range codes {
		scans = append(scans, parcel.Scan{ID: fmt.Sprintf("%04d", i), Number: number, At: begun.Add(time.Duration(i) * time.Hour), Code: code, Zip: "98101"})
	}
	return scans
}

// placed answers scans as they are looked at: with the place that their ZIP Code tells.
func placed(scans []parcel.Scan) []parcel.Scan {
	scans = slices.Clone(scans)
	for i := range scans {
		if place, known := zip.Lookup(scans[i].Zip); known {
			scans[i].City, scans[i].State, scans[i].Country = place.City, place.State, "US"
		}
	}
	return scans
}

func (h *house) record(t testing.TB, scans ...parcel.Scan) {
	t.Helper()
	accepted, refused, err := h.Record(t.Context(), scans)
	if accepted != len(scans) || len(refused) != 0 || err != nil {
		t.Fatalf("of %d scans %d are taken, %v refused, %v", len(scans), accepted, refused, err)
	}
}

func (h *house) look(t testing.TB, number string) *parcel.Parcel {
	t.Helper()
	found, err := h.Look(t.Context(), []string{number})
	if err != nil {
		t.Fatal(err)
	}
	return found[number]
}

// fataler is a test, of this package or of rapid.
type fataler interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// same compares what two parcels tell.
func same(t fataler, got, want *parcel.Parcel) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("another parcel (- wanted, + got):\n%s", diff)
	}
}

// failing is a database whose writes fail when told to: before they are applied, or after, so that nobody hears of it.
type failing struct {
	table.Database
	fail func(verb string, key table.Key) (before, after bool)
}

var errFailing = fmt.Errorf("throttled: %w", table.ErrUnavailable)

func (f failing) run(verb string, key table.Key, write func() error) error {
	before, after := f.fail(verb, key)
	if before {
		return errFailing
	}
	err := write()
	if after {
		return errors.Join(errFailing, err)
	}
	return err
}

func (f failing) Table(name string) table.Table { return failingTable{f.Database.Table(name), f} }

func (f failing) Transact(ctx context.Context, ops ...table.Op) error {
	return f.run("Transact", ops[0].Item.Key, func() error { return f.Database.Transact(ctx, ops...) })
}

type failingTable struct {
	table.Table
	by failing
}

func (f failingTable) Merge(ctx context.Context, item table.Item) (merged table.Item, err error) {
	err = f.by.run("Merge", item.Key, func() (err error) { merged, err = f.Table.Merge(ctx, item); return err })
	return merged, err
}
