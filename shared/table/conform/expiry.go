package conform

import (
	"testing"
	"time"

	"postkontor/shared/table"
)

// expiries: once its time has come, an item is absent for every verb.
var expiries = []test{
	{"ExpiredReads", expiredReads},
	{"ExpiredWrites", expiredWrites},
	{"ExpiredInTransactions", expiredInTransactions},
	{"ExpiryBoundary", expiryBoundary},
}

// expire puts items under a/1 to a/n that have then expired, with version 1.
func expire(t *testing.T, b Backend, tb table.Table, n int) {
	for i := range n {
		must(t, tb.Create(t.Context(), expiring(item("a", string(rune('1'+i)), `{"old":1,"n":5,"open":"x","day":"1"}`), b.Clock.in(time.Second))))
	}
	b.Clock.Advance(time.Second)
}

func expiredReads(t *testing.T, b Backend) {
	tb := b.Table("indexed")
	expire(t, b, tb, 2)
	must(t, tb.Create(t.Context(), item("a", "3", `{"open":"x","day":"3"}`)))
	missing(t, tb, key("a", "1"))
	items, err := tb.GetMany(t.Context(), []table.Key{key("a", "1"), key("a", "3")})
	must(t, err)
	if len(items) != 1 || items[0].Key.SK != "3" {
		t.Errorf("GetMany answers %v", items)
	}
	for _, q := range []table.Query{{Partition: "a"}, {Partition: "a", Limit: 1}, {Partition: "x", Index: "open"}} {
		if got := sorts(everything(t, tb, q)); len(got) != 1 || got[0] != "3" {
			t.Errorf("%+v answers %v", q, got)
		}
	}
}

func expiredWrites(t *testing.T, b Backend) {
	tb, ctx := b.Table("indexed"), t.Context()
	expire(t, b, tb, 6)
	later := b.Clock.in(time.Minute)

	must(t, tb.Create(ctx, item("a", "1", `{"new":1}`)))
	holds(t, tb, versioned(item("a", "1", `{"new":1}`), 1))
	must(t, tb.Put(ctx, item("a", "2", `{"new":1}`)))
	holds(t, tb, item("a", "2", `{"new":1}`))
	refused(t, "replacing what has expired", tb.Replace(ctx, versioned(item("a", "3", `{"new":1}`), 1)))
	missing(t, tb, key("a", "3"))
	must(t, tb.Delete(ctx, key("a", "4"), 77))
	missing(t, tb, key("a", "4"))

	count, taken, err := tb.Take(ctx, key("a", "5"), table.Limit{Max: 5, Expires: later})
	must(t, err)
	if count.N != 1 || !taken || !count.Expires.Equal(later) {
		t.Errorf("a count that had expired: %+v, %v", count, taken)
	}
	holds(t, tb, versioned(expiring(item("a", "5", `{"n":1}`), later), 1))

	want := versioned(expiring(item("a", "6", `{"new":1}`), later), 1)
	got, err := tb.Merge(ctx, want)
	must(t, err)
	same(t, got, want)
	holds(t, tb, want)

	if got := everything(t, tb, table.Query{Index: "open", Partition: "x"}); len(got) != 0 {
		t.Errorf("the index still has %v", sorts(got))
	}
}

func expiredInTransactions(t *testing.T, b Backend) {
	tb := b.Table("indexed")
	expire(t, b, tb, 5)
	op := func(verb table.Verb, sk string, version int64) table.Op {
		return table.Op{Verb: verb, Table: "indexed", Item: versioned(item("a", sk, `{"new":1}`), version)}
	}
	for name, bad := range map[string]table.Op{"OpReplace": op(table.OpReplace, "1", 1), "OpReplace of any": op(table.OpReplace, "1", table.AnyVersion),
		"OpCheck": op(table.OpCheck, "1", 1), "OpCheck of any": op(table.OpCheck, "1", table.AnyVersion)} {
		refused(t, name, b.Transact(t.Context(), bad))
	}
	must(t, b.Transact(t.Context(), op(table.OpCreate, "1", 0), op(table.OpPut, "2", 6), op(table.OpDelete, "3", 9), op(table.OpCheck, "4", 0)))
	holds(t, tb, versioned(item("a", "1", `{"new":1}`), 1))
	holds(t, tb, versioned(item("a", "2", `{"new":1}`), 7))
	missing(t, tb, key("a", "3"))
	missing(t, tb, key("a", "4"))
}

func expiryBoundary(t *testing.T, b Backend) {
	tb := b.Table("things")
	must(t, tb.Create(t.Context(), expiring(item("a", "1", `{}`), b.Clock.in(10*time.Second+999*time.Millisecond))))
	b.Clock.Advance(9*time.Second + 999*time.Millisecond)
	if _, there, err := tb.Get(t.Context(), key("a", "1"), true); !there || err != nil {
		t.Errorf("a millisecond before its end: there %v, %v", there, err)
	}
	refused(t, "creating a millisecond before its end", tb.Create(t.Context(), item("a", "1", `{}`)))
	b.Clock.Advance(time.Millisecond)
	missing(t, tb, key("a", "1"))
	must(t, tb.Create(t.Context(), item("a", "1", `{}`)))
}
