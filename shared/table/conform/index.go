package conform

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"postkontor/shared/table"
)

var indexes = []test{
	{"IndexIsSparse", sparse},
	{"IndexOrder", ordered},
}

// sparse follows an item in and out of the index through every verb that writes.
func sparse(t *testing.T, b Backend) {
	tb, ctx := b.Table("indexed"), t.Context()
	in := func(what string, want ...string) {
		t.Helper()
		for _, q := range []table.Query{{Index: "open", Partition: "x"}, {Index: "open", Partition: "x", Descending: true}} {
			items := everything(t, tb, q)
			got := sorts(items)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("after %s the index holds %v, want %v", what, got, want)
			}
			for _, i := range items {
				holds(t, tb, i) // whole, and as it now is
			}
		}
	}
	op := func(verb table.Verb, sk, data string, version int64) table.Op {
		return table.Op{Verb: verb, Table: "indexed", Item: versioned(item("a", sk, data), version)}
	}
	in("nothing")
	must(t, tb.Create(ctx, item("a", "1", `{"open":"x"}`)))
	must(t, tb.Create(ctx, item("a", "2", `{"day":"1"}`)))
	must(t, tb.Create(ctx, item("a", "3", `{"open":"z","day":"1"}`)))
	in("items with half of it")
	_, err := tb.Merge(ctx, item("a", "1", `{"day":"1","more":[1,2]}`))
	must(t, err)
	in("Merge", "1")
	must(t, tb.Replace(ctx, versioned(item("a", "1", `{"open":"x","day":"2"}`), 2)))
	in("Replace of the sort", "1")
	must(t, tb.Put(ctx, item("a", "3", `{"open":"x","day":"1"}`)))
	in("Put", "1", "3")
	must(t, tb.Replace(ctx, versioned(item("a", "1", `{"day":"2"}`), 3)))
	in("Replace without it", "3")
	must(t, b.Transact(ctx, op(table.OpCreate, "4", `{"open":"x","day":"1"}`, 0), op(table.OpReplace, "1", `{"open":"x","day":"1"}`, 4),
		op(table.OpPut, "3", `{}`, 0)))
	in("Transact", "1", "4")
	must(t, b.Transact(ctx, op(table.OpDelete, "4", "", 1)))
	in("a deletion in Transact", "1")
	must(t, tb.Delete(ctx, key("a", "1"), table.AnyVersion))
	in("Delete")
}

func ordered(t *testing.T, b Backend) {
	tb := b.Table("indexed")
	days := []string{"2026-01-01", "2026-01-01\x00", "2026-01-01\x00\x01", "2026-01-02", "2026-02-01", "2027", "a", "é"}
	var want []string // the items' days, each twice
	for i, day := range days {
		for _, sk := range []string{"1", "2"} {
			data, err := json.Marshal(map[string]string{"open": "x", "flat": "all", "day": day})
			must(t, err)
			must(t, tb.Create(t.Context(), item(fmt.Sprint("p", (i*5)%8), sk, string(data))))
			want = append(want, day)
		}
	}
	must(t, tb.Create(t.Context(), item("p", "1", `{"open":"x\u0000","day":"2026-01-02"}`)))
	for _, test := range []struct {
		q    table.Query
		want []string
	}{
		{table.Query{}, want},
		{table.Query{Prefix: "2026-01"}, want[:8]},
		{table.Query{Prefix: "2026-01-01\x00"}, want[2:6]},
		{table.Query{From: "2026-01-01", To: "2026-01-01"}, want[:2]},
		{table.Query{From: "2026-01-02"}, want[6:]},
		{table.Query{To: "2026-01-02"}, want[:8]},
		{table.Query{From: "2026-01-02", To: "2026-12-31"}, want[6:10]},
	} {
		for _, limit := range []int{0, 1, 3} {
			for _, descending := range []bool{false, true} {
				q := test.q
				q.Index, q.Partition, q.Limit, q.Descending = "open", "x", limit, descending
				days := append([]string{}, test.want...)
				if descending {
					slices.Reverse(days)
				}
				if got := daysOf(t, everything(t, tb, q)); !slices.Equal(got, days) {
					t.Errorf("%+v: got %q, want %q", q, got, days)
				}
			}
		}
	}
	if got := everything(t, tb, table.Query{Index: "flat", Partition: "all", Limit: 5}); len(got) != len(want) {
		t.Errorf("the index without a sort has %d items, want %d", len(got), len(want))
	}
	for name, q := range map[string]table.Query{"a consistent read": {Index: "open", Partition: "x", Consistent: true},
		"a prefix without a sort": {Index: "flat", Partition: "all", Prefix: "2"}} {
		if _, err := tb.Query(t.Context(), q); err == nil {
			t.Errorf("%s: answered", name)
		}
	}
}

func daysOf(t *testing.T, items []table.Item) []string {
	days := []string{}
	for _, i := range items {
		var data struct{ Day string }
		must(t, i.Decode(&data))
		days = append(days, data.Day)
	}
	return days
}
