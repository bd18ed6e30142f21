package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"postkontor/shared/message"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

// TestEveryVerbIsThrottled: with the fault no verb gets through, and each counts as a call; without it all do.
func TestEveryVerbIsThrottled(t *testing.T) {
	t.Parallel()
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables.db"), time.Now, message.Definition)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	faults := &switches{}
	watched := watched{db, faults}
	messages := watched.Table(message.Definition.Name)
	item := table.Item{Key: message.KeyOf("1"), Data: []byte(`{}`)}
	count := table.Item{Key: table.Key{PK: "N", SK: "N"}, Data: []byte(`{}`)}
	two := item
	two.Key = message.KeyOf("2")
	verbs := []struct {
		name string
		do   func(context.Context) error
	}{
		{"Create", func(ctx context.Context) error { return messages.Create(ctx, item) }},
		{"Transact", func(ctx context.Context) error {
			return watched.Transact(ctx, table.Op{Verb: table.OpCreate, Table: message.Definition.Name, Item: two})
		}},
		{"Get", func(ctx context.Context) error { _, _, err := messages.Get(ctx, item.Key, true); return err }},
		{"GetMany", func(ctx context.Context) error { _, err := messages.GetMany(ctx, []table.Key{item.Key}); return err }},
		{"Query", func(ctx context.Context) error {
			_, err := messages.Query(ctx, table.Query{Partition: item.Key.PK})
			return err
		}},
		{"Put", func(ctx context.Context) error { return messages.Put(ctx, item) }},
		{"Replace", func(ctx context.Context) error {
			return messages.Replace(ctx, table.Item{Key: item.Key, Version: 2, Data: item.Data})
		}},
		{"Merge", func(ctx context.Context) error { _, err := messages.Merge(ctx, item); return err }},
		{"Take", func(ctx context.Context) error {
			_, _, err := messages.Take(ctx, count.Key, table.Limit{Max: 1, Expires: time.Now().Add(time.Hour)})
			return err
		}},
		{"Delete", func(ctx context.Context) error { return messages.Delete(ctx, item.Key, table.AnyVersion) }},
	}
	for _, fault := range []string{"throttle", ""} {
		faults.set(Faults{Table: fault})
		ctx, made := withOutbox(t.Context())
		for _, verb := range verbs {
			ctx, calls := table.WithCalls(ctx)
			if err := verb.do(ctx); errors.Is(err, table.ErrUnavailable) != (fault != "") || fault == "" && err != nil || calls.Load() != 1 {
				t.Errorf("%s with the fault %q: %v, %d calls", verb.name, fault, err, calls.Load())
			}
		}
		if ids := made.take(); fault == "" && !slices.Equal(ids, []string{"1", "2"}) || fault != "" && len(ids) > 0 {
			t.Errorf("with the fault %q the messages %v are noted", fault, ids)
		}
	}
}
