package conform

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postkontor/shared/table"
)

var queries = []test{
	{"QueryRanges", ranges},
	{"QueryPages", pages},
	{"QueryMegabytes", megabytes},
	{"QueryCursors", cursors},
}

// everything answers the items of all pages of a query.
func everything(t *testing.T, tb table.Table, q table.Query) (items []table.Item) {
	t.Helper()
	for range 1000 {
		page, err := tb.Query(t.Context(), q)
		must(t, err)
		if q.Limit > 0 && len(page.Items) > q.Limit {
			t.Fatalf("%d items on a page of %d", len(page.Items), q.Limit)
		}
		items = append(items, page.Items...)
		if page.Next == "" {
			return items
		}
		q.Cursor = page.Next
	}
	t.Fatal("a query without an end")
	return nil
}

func sorts(items []table.Item) []string {
	list := []string{}
	for _, i := range items {
		list = append(list, i.Key.SK)
	}
	return list
}

func ranges(t *testing.T, b Backend) {
	tb := b.Table("things")
	all := []string{"\x00", "A", "A#", "A#1", "A#2", "A#\U0010ffff", "A$", "B", "B\x00", "B\x00\x01", "a", "é", "中", "\U0001f600"}
	for i, sk := range all {
		must(t, tb.Create(t.Context(), item("p", sk, fmt.Sprintf(`{"i":%d}`, i))))
	}
	for _, other := range []string{"P", "p\x00", "pp", "o", "q", "\x00\x01p"} {
		must(t, tb.Create(t.Context(), item(other, "A#1", `{}`)))
	}
	for _, test := range []struct {
		q    table.Query
		want []string
	}{
		{table.Query{}, all},
		{table.Query{Consistent: true}, all},
		{table.Query{Prefix: "A#"}, all[2:6]},
		{table.Query{Prefix: "A"}, all[1:7]},
		{table.Query{Prefix: "B"}, all[7:10]},
		{table.Query{Prefix: "x"}, nil},
		{table.Query{Prefix: "\U0001f600"}, all[13:]},
		{table.Query{From: "A#1"}, all[3:]},
		{table.Query{To: "A#1"}, all[:4]},
		{table.Query{From: "A#", To: "B"}, all[2:8]},
		{table.Query{From: "A#0", To: "A#9"}, all[3:5]},
		{table.Query{From: "A", To: "A"}, all[1:2]},
	} {
		for _, limit := range []int{0, 1, 3} {
			q := test.q
			q.Partition, q.Limit = "p", limit
			if got := sorts(everything(t, tb, q)); !slices.Equal(got, append([]string{}, test.want...)) {
				t.Errorf("%+v: got %q, want %q", q, got, test.want)
			}
			q.Descending = true
			back := append([]string{}, test.want...)
			slices.Reverse(back)
			if got := sorts(everything(t, tb, q)); !slices.Equal(got, back) {
				t.Errorf("%+v: got %q, want %q", q, got, back)
			}
		}
	}
	for name, q := range map[string]table.Query{"no partition": {}, "no such index": {Partition: "p", Index: "none"}} {
		if _, err := tb.Query(t.Context(), q); err == nil {
			t.Errorf("%s: answered", name)
		}
	}
}

func pages(t *testing.T, b Backend) {
	tb := b.Table("things")
	for i := range 6 {
		must(t, tb.Create(t.Context(), item("p", fmt.Sprint(i), `{}`)))
	}
	q := table.Query{Partition: "p", Limit: 3, Consistent: true}
	first, err := tb.Query(t.Context(), q)
	must(t, err)
	if got := sorts(first.Items); !slices.Equal(got, []string{"0", "1", "2"}) || first.Next == "" {
		t.Fatalf("first page %v, next %q", got, first.Next)
	}
	must(t, tb.Delete(t.Context(), key("p", "2"), 1)) // a cursor needs not the item that it was made of
	q.Cursor = first.Next
	second, err := tb.Query(t.Context(), q)
	must(t, err)
	if got := sorts(second.Items); !slices.Equal(got, []string{"3", "4", "5"}) || second.Next != "" {
		t.Errorf("second page %v, next %q; want a full last page without a next", got, second.Next)
	}
}

func megabytes(t *testing.T, b Backend) {
	tb := b.Table("things")
	data := fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 150<<10))
	var want []string
	for i := range 16 {
		sk := fmt.Sprintf("%02d", i)
		want = append(want, sk)
		must(t, tb.Create(t.Context(), item("p", sk, data)))
	}
	page, err := tb.Query(t.Context(), table.Query{Partition: "p"})
	must(t, err)
	if page.Next == "" || len(page.Items) < 2 || len(page.Items) > 8 {
		t.Errorf("a page of %d items of 150 KB, next %q", len(page.Items), page.Next)
	}
	for _, limit := range []int{0, 12} {
		if got := sorts(everything(t, tb, table.Query{Partition: "p", Limit: limit})); !slices.Equal(got, want) {
			t.Errorf("limit %d: got %v", limit, got)
		}
	}
	var keys []table.Key
	for _, sk := range want {
		keys = append(keys, key("p", sk))
	}
	if items, err := tb.GetMany(t.Context(), keys); err != nil || !slices.Equal(sorts(items), want) {
		t.Errorf("GetMany of 2.4 MB: %v, %v", sorts(items), err)
	}
}

// cursors that come back changed, or to another query, are told; no query leaves its partition and range.
func cursors(t *testing.T, b Backend) {
	tb := b.Table("indexed")
	for _, pk := range []string{"p", "q"} {
		for i := range 9 {
			must(t, tb.Create(t.Context(), item(pk, fmt.Sprintf("A#%d", i), fmt.Sprintf(`{"open":"x","day":"%d","flat":"y"}`, i))))
		}
		must(t, tb.Create(t.Context(), item(pk, "B", `{}`)))
	}
	plain := table.Query{Partition: "p", Prefix: "A#", Limit: 2}
	open := table.Query{Partition: "x", Index: "open", From: "2", Limit: 2}
	flat := table.Query{Partition: "y", Index: "flat", Limit: 2}
	next := func(q table.Query) string {
		page, err := tb.Query(t.Context(), q)
		must(t, err)
		return page.Next
	}
	forged := func(parts ...any) string {
		text, _ := json.Marshal(parts)
		return base64.RawURLEncoding.EncodeToString(text)
	}
	for _, q := range []table.Query{plain, open, flat} {
		for _, cursor := range []string{"x", "!", "AAAA", next(q) + "x", next(q)[1:], forged(), forged(""), forged(1), forged("", "", ""),
			forged("A#1", "p", 7), forged("A#1", "", "3"), forged("A#1", "p", "3", "x"), forged("\x00", "\x00", strings.Repeat("x", 5000)),
			forged(strings.Repeat("x", 5000)), forged(map[string]any{}), forged("B"), forged("Z", "p", "1")} {
			q.Cursor = cursor
			page, err := tb.Query(t.Context(), q)
			if err != nil && !errors.Is(err, table.ErrCursor) {
				t.Errorf("%+v: %v, want ErrCursor", q, err)
			}
			for _, i := range page.Items {
				if q.Index == "" && (i.Key.PK != "p" || !strings.HasPrefix(i.Key.SK, "A#")) {
					t.Errorf("%+v answers %v", q, i.Key)
				}
			}
		}
	}
	for name, q := range map[string]table.Query{
		"no base64":            {Partition: "p", Cursor: "!"},
		"no cursor":            {Partition: "p", Cursor: "AAAA"},
		"another range":        {Partition: "p", Prefix: "B", Cursor: next(plain)},
		"an index's":           {Partition: "p", Cursor: next(open)},
		"a table's":            {Partition: "x", Index: "open", Cursor: next(plain)},
		"another index's":      {Partition: "x", Index: "open", Cursor: next(flat)},
		"an index's behind it": {Partition: "x", Index: "open", To: "1", Cursor: next(open)},
	} {
		if _, err := tb.Query(t.Context(), q); !errors.Is(err, table.ErrCursor) {
			t.Errorf("%s: %v, want ErrCursor", name, err)
		}
	}
	other := table.Query{Partition: "q", Prefix: "A#", Cursor: next(plain)}
	for _, i := range everything(t, tb, other) {
		if i.Key.PK != "q" {
			t.Errorf("the cursor of another partition leads to %v", i.Key)
		}
	}
}
