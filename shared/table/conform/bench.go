package conform

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/table"
)

// session is an item of the size of a session's.
const session = `{"account":"01K8ZZZZZZZZZZZZZZZZZZZZZZ","id":"0123456789abcdef0123456789abcdef","scope":"full","credential":3,` +
	`"hash":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","username":"anna","language":"en",` +
	`"createdAt":"2026-11-23T10:00:00Z","lastSeenAt":"2026-11-23T10:00:00Z","ip":"203.0.113.7","userAgent":"Mozilla/5.0 (X11; Linux x86_64)"}`

// Bench measures the verbs that customers wait for, by one caller and by fifty at once; ns/op is the time between two
// answers, whoever gets them.
func Bench(b *testing.B, db table.Database) {
	tb, ctx := db.Table("things"), context.Background()
	var serial atomic.Int64
	next := func(pk string) table.Key { return key(pk, fmt.Sprint(serial.Add(1))) }
	stored := item("BENCH", "SESSION", session)
	if err := tb.Put(ctx, stored); err != nil {
		b.Fatal(err)
	}
	limit := table.Limit{Max: 1 << 40, Expires: time.Now().Add(time.Hour)}
	for _, verb := range []struct {
		name string
		run  func() error
	}{
		{"Get", func() error { _, _, err := tb.Get(ctx, stored.Key, true); return err }},
		{"Create", func() error { return tb.Create(ctx, table.Item{Key: next("CREATE"), Data: stored.Data}) }},
		{"Take", func() error { _, _, err := tb.Take(ctx, key("TAKE", "1"), limit); return err }},
		{"Transact3", func() error {
			var ops []table.Op
			for range 3 {
				ops = append(ops, table.Op{Verb: table.OpCreate, Table: "things", Item: table.Item{Key: next("TRANSACT"), Data: stored.Data}})
			}
			return db.Transact(ctx, ops...)
		}},
	} {
		for _, callers := range []int{1, racers} {
			b.Run(fmt.Sprintf("%s/callers=%d", verb.name, callers), func(b *testing.B) {
				b.ReportAllocs()
				share(b, callers, verb.run)
			})
		}
	}
}

// share runs b.N calls by so many callers.
func share(b *testing.B, callers int, run func() error) {
	var left atomic.Int64
	left.Store(int64(b.N))
	done := make(chan error, callers)
	for range callers {
		go func() {
			var err error
			for err == nil && left.Add(-1) >= 0 {
				err = run()
			}
			done <- err
		}()
	}
	for range callers {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
