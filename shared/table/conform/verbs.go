package conform

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"postkontor/shared/table"
)

var verbs = []test{
	{"Create", create},
	{"Put", put},
	{"Replace", replace},
	{"Delete", remove},
	{"Take", take},
	{"Merge", merge},
	{"GetMany", getMany},
	{"Values", values},
	{"Refusals", refusals},
	{"Calls", calls},
}

func create(t *testing.T, b Backend) {
	tb, ctx := b.Table("things"), t.Context()
	first := expiring(item("a", "1", `{"x":1}`), b.Clock.in(time.Minute+300*time.Millisecond))
	first.Version = 7 // ignored
	must(t, tb.Create(ctx, first))
	want := versioned(first, 1)
	holds(t, tb, want)
	refused(t, "creating what is there", tb.Create(ctx, item("a", "1", `{"x":2}`)))
	holds(t, tb, want)
	missing(t, tb, key("a", "2"))
	missing(t, tb, key("b", "1"))
}

func put(t *testing.T, b Backend) {
	tb, ctx := b.Table("things"), t.Context()
	must(t, tb.Put(ctx, item("a", "1", `{"x":1,"y":1}`)))
	first := holds(t, tb, item("a", "1", `{"x":1,"y":1}`))
	must(t, tb.Put(ctx, item("a", "1", `{"x":2}`)))
	second := holds(t, tb, item("a", "1", `{"x":2}`))
	if first.Version < 1 || second.Version <= first.Version {
		t.Errorf("versions %d, %d: want them to rise", first.Version, second.Version)
	}
	must(t, tb.Replace(ctx, versioned(item("a", "1", `{"x":3}`), second.Version)))
	holds(t, tb, versioned(item("a", "1", `{"x":3}`), second.Version+1))
}

func replace(t *testing.T, b Backend) {
	tb, ctx := b.Table("things"), t.Context()
	refused(t, "replacing nothing", tb.Replace(ctx, item("a", "1", `{}`)))
	refused(t, "replacing nothing of any version", tb.Replace(ctx, versioned(item("a", "1", `{}`), table.AnyVersion)))
	must(t, tb.Create(ctx, expiring(item("a", "1", `{"x":1,"y":1}`), b.Clock.in(time.Hour))))
	refused(t, "replacing another version", tb.Replace(ctx, versioned(item("a", "1", `{"x":9}`), 2)))
	must(t, tb.Replace(ctx, versioned(item("a", "1", `{"x":2}`), 1)))
	holds(t, tb, versioned(item("a", "1", `{"x":2}`), 2))
	refused(t, "replacing an old version", tb.Replace(ctx, versioned(item("a", "1", `{"x":9}`), 1)))
	must(t, tb.Replace(ctx, versioned(item("a", "1", `{"x":3}`), table.AnyVersion)))
	if got := holds(t, tb, item("a", "1", `{"x":3}`)); got.Version <= 2 {
		t.Errorf("version %d after 2", got.Version)
	}
}

func remove(t *testing.T, b Backend) {
	tb, ctx := b.Table("things"), t.Context()
	must(t, tb.Delete(ctx, key("a", "1"), 3))
	must(t, tb.Delete(ctx, key("a", "1"), table.AnyVersion))
	must(t, tb.Create(ctx, item("a", "1", `{}`)))
	must(t, tb.Create(ctx, item("a", "2", `{}`)))
	refused(t, "deleting another version", tb.Delete(ctx, key("a", "1"), 2))
	holds(t, tb, versioned(item("a", "1", `{}`), 1))
	must(t, tb.Delete(ctx, key("a", "1"), 1))
	missing(t, tb, key("a", "1"))
	must(t, tb.Delete(ctx, key("a", "2"), table.AnyVersion))
	missing(t, tb, key("a", "2"))
}

func take(t *testing.T, b Backend) {
	tb, start := b.Table("things"), b.Clock.in(time.Minute)
	for i, want := range []struct {
		max, n int64
		taken  bool
	}{{0, 0, false}, {2, 1, true}, {2, 2, true}, {2, 2, false}, {3, 3, true}, {1, 3, false}, {0, 3, false}} {
		expires := b.Clock.in(time.Minute)
		count, taken, err := tb.Take(t.Context(), key("a", "1"), table.Limit{Max: want.max, Expires: expires})
		must(t, err)
		if i > 0 {
			expires = start.Add(time.Second) // the count began with the second take
		}
		if count.N != want.n || taken != want.taken || !count.Expires.Equal(expires) {
			t.Errorf("take %d of at most %d: %+v, %v; want %d until %v, %v", i, want.max, count, taken, want.n, expires, want.taken)
		}
		if i == 0 {
			missing(t, tb, key("a", "1"))
		}
		b.Clock.Advance(time.Second)
	}
	holds(t, tb, versioned(expiring(item("a", "1", `{"n":3}`), start.Add(time.Second)), 3))
	if _, taken, err := tb.Take(t.Context(), key("a", "2"), table.Limit{Max: 5}); !taken || err != nil {
		t.Errorf("a count without an end: %v, %v", taken, err)
	}
	holds(t, tb, versioned(item("a", "2", `{"n":1}`), 1))
	must(t, tb.Create(t.Context(), item("a", "3", `{"n":"many"}`)))
	if count, taken, err := tb.Take(t.Context(), key("a", "3"), table.Limit{Max: 5}); taken || err == nil {
		t.Errorf("a count that is no number: %v, %v", count, taken)
	}
}

func merge(t *testing.T, b Backend) {
	tb, ctx := b.Table("things"), t.Context()
	soon, later := b.Clock.in(time.Minute), b.Clock.in(time.Hour)
	for i, step := range []struct {
		add, want string
		expires   time.Time
	}{
		{`{"a":1}`, `{"a":1}`, soon},
		{`{"a":2,"b":{"c":[1,null]}}`, `{"a":1,"b":{"c":[1,null]}}`, later},
		{`{"name":"x","with.dot":1,"with space":2,"#":3}`, `{"a":1,"b":{"c":[1,null]},"name":"x","with.dot":1,"with space":2,"#":3}`, time.Time{}},
		{`{}`, `{"a":1,"b":{"c":[1,null]},"name":"x","with.dot":1,"with space":2,"#":3}`, soon},
	} {
		want := versioned(expiring(item("a", "1", step.want), step.expires), int64(i)+1)
		got, err := tb.Merge(ctx, versioned(expiring(item("a", "1", step.add), step.expires), 99))
		must(t, err)
		same(t, got, want)
		holds(t, tb, want)
	}
	most := map[string]int{}
	for i := range table.MaxMembers {
		most[fmt.Sprintf("member-%d", i)] = i
	}
	data, _ := json.Marshal(most)
	got, err := tb.Merge(ctx, item("a", "2", string(data)))
	must(t, err)
	same(t, got, versioned(item("a", "2", string(data)), 1))
	most["one more"] = 1
	data, _ = json.Marshal(most)
	if _, err := tb.Merge(ctx, item("a", "3", string(data))); err == nil {
		t.Errorf("merged %d members at once", len(most))
	}
}

func getMany(t *testing.T, b Backend) {
	tb := b.Table("things")
	var keys []table.Key
	for i := range table.MaxKeys {
		k := key(fmt.Sprint("p", i%7), fmt.Sprint(i))
		keys = append(keys, k)
		if i%3 != 0 {
			must(t, tb.Create(t.Context(), item(k.PK, k.SK, fmt.Sprintf(`{"i":%d}`, i))))
		}
	}
	items, err := tb.GetMany(t.Context(), keys)
	must(t, err)
	next := 0
	for i, k := range keys {
		if i%3 == 0 {
			continue
		}
		same(t, items[next], versioned(item(k.PK, k.SK, fmt.Sprintf(`{"i":%d}`, i)), 1))
		next++
	}
	if len(items) != next {
		t.Errorf("%d items, want %d", len(items), next)
	}
	if none, err := tb.GetMany(t.Context(), nil); len(none) != 0 || err != nil {
		t.Errorf("no keys: %v, %v", none, err)
	}
}

func values(t *testing.T, b Backend) {
	tb := b.Table("things")
	for i, data := range []string{
		`{}`,
		`{"empty":"","null":null,"true":true,"false":false,"list":[],"map":{}}`,
		`{"numbers":[0,-1,1.5,9007199254740993,-123456789012345678,0.000001]}`,
		`{"text":"å ß 中文 \u0000 \u2028 \"\\/<>& 😀"}`,
		`{"name":1,"status":2,"ttl":3,"size":4,"count":5,"n":6,"item":7,"key":8,"data":9}`,
		`{"deep":{"er":[{"and":{"er":[[["x"]]]}},null,{}]},"pk2":{"pk":1,"v":2,"exp":3}}`,
	} {
		k := fmt.Sprint(i)
		must(t, tb.Create(t.Context(), item("a", k, data)))
		holds(t, tb, versioned(item("a", k, data), 1))
	}
}

// refusals are what no backend takes; nothing of it may be stored.
func refusals(t *testing.T, b Backend) {
	long := strings.Repeat("x", 1025)
	for name, bad := range map[string]table.Op{
		"no object":                 {Table: "things", Item: item("r", "1", `[]`)},
		"null":                      {Table: "things", Item: item("r", "1", `null`)},
		"no JSON":                   {Table: "things", Item: item("r", "1", `{"a":}`)},
		"nothing":                   {Table: "things", Item: item("r", "1", ``)},
		"no partition key":          {Table: "things", Item: item("", "1", `{}`)},
		"no sort key":               {Table: "things", Item: item("r", "", `{}`)},
		"a long sort key":           {Table: "things", Item: item("r", long, `{}`)},
		"a key that is no text":     {Table: "things", Item: item("r", "\xff", `{}`)},
		"a reserved member":         {Table: "things", Item: item("r", "1", `{"exp":1}`)},
		"a member without a name":   {Table: "things", Item: item("r", "1", `{"":1}`)},
		"over 400 KB":               {Table: "things", Item: item("r", "1", `{"x":"`+strings.Repeat("x", 400<<10)+`"}`)},
		"an expiry where none is":   {Table: "lasting", Item: expiring(item("r", "1", `{}`), b.Clock.in(time.Hour))},
		"a number in an index":      {Table: "indexed", Item: item("r", "1", `{"open":1}`)},
		"an empty text in one":      {Table: "indexed", Item: item("r", "1", `{"flat":""}`)},
		"null as an index's sort":   {Table: "indexed", Item: item("r", "1", `{"open":"x","day":null}`)},
		"a long sort in an index":   {Table: "indexed", Item: item("r", "1", `{"open":"x","day":"`+long+`"}`)},
		"a table that is not there": {Table: "nowhere", Item: item("r", "1", `{}`)},
	} {
		if err := b.Transact(t.Context(), bad); err == nil {
			t.Errorf("%s: taken in a transaction", name)
		}
		if bad.Table == "nowhere" {
			continue
		}
		tb := b.Table(bad.Table)
		_, err := tb.Merge(t.Context(), bad.Item)
		for verb, err := range map[string]error{"Create": tb.Create(t.Context(), bad.Item), "Put": tb.Put(t.Context(), bad.Item), "Merge": err} {
			if err == nil {
				t.Errorf("%s: taken by %s", name, verb)
			}
		}
	}
	for _, name := range []string{"things", "indexed", "lasting"} {
		if page, err := b.Table(name).Query(t.Context(), table.Query{Partition: "r"}); len(page.Items) != 0 || err != nil {
			t.Errorf("%s then holds %v, %v", name, page.Items, err)
		}
	}
	refusedKeys(t, b)
}

func refusedKeys(t *testing.T, b Backend) {
	tb, ctx := b.Table("things"), t.Context()
	if _, _, err := tb.Get(ctx, key("", "1"), true); err == nil {
		t.Error("Get without a partition key")
	}
	if err := tb.Delete(ctx, key("a", ""), table.AnyVersion); err == nil {
		t.Error("Delete without a sort key")
	}
	if _, _, err := tb.Take(ctx, key("a", ""), table.Limit{Max: 1}); err == nil {
		t.Error("Take without a sort key")
	}
	if _, err := tb.GetMany(ctx, []table.Key{key("a", "1"), key("a", "1")}); err == nil {
		t.Error("GetMany with a key twice")
	}
	if _, err := tb.GetMany(ctx, make([]table.Key, table.MaxKeys+1)); err == nil {
		t.Error("GetMany with too many keys")
	}
}

// calls checks how many requests each verb costs: one, but for a count or a merge that finds an expired item.
func calls(t *testing.T, b Backend) {
	tb, a := b.Table("things"), expiring(item("a", "1", `{"x":1}`), b.Clock.in(time.Minute))
	limit := table.Limit{Max: 3, Expires: b.Clock.in(time.Minute)}
	counts := b.Table("indexed") // a table of its own, because writes may clean up what has expired beside them
	taking := func(ctx context.Context) error { _, _, err := counts.Take(ctx, a.Key, limit); return err }
	merging := func(ctx context.Context) error { _, err := tb.Merge(ctx, a); return err }
	for _, step := range []struct {
		verb string
		want int64
		run  func(ctx context.Context) error
	}{
		{"Create", 1, func(ctx context.Context) error { return tb.Create(ctx, a) }},
		{"Get", 1, func(ctx context.Context) error { _, _, err := tb.Get(ctx, a.Key, false); return err }},
		{"GetMany", 1, func(ctx context.Context) error { _, err := tb.GetMany(ctx, []table.Key{a.Key}); return err }},
		{"Query", 1, func(ctx context.Context) error { _, err := tb.Query(ctx, table.Query{Partition: "a"}); return err }},
		{"Put", 1, func(ctx context.Context) error { return tb.Put(ctx, a) }},
		{"Merge", 1, merging},
		{"Take", 1, taking},
		{"Transact", 1, func(ctx context.Context) error {
			return b.Transact(ctx, table.Op{Verb: table.OpPut, Table: "things", Item: item("a", "2", `{}`)},
				table.Op{Verb: table.OpReplace, Table: "things", Item: versioned(a, table.AnyVersion)})
		}},
		{"nothing", 0, func(context.Context) error { b.Clock.Advance(time.Hour); return nil }},
		{"Merge of what has expired", 2, merging},
		{"Take of what has expired", 2, taking},
		{"Delete", 1, func(ctx context.Context) error { return tb.Delete(ctx, a.Key, table.AnyVersion) }},
	} {
		ctx, n := table.WithCalls(t.Context())
		must(t, step.run(ctx))
		if n.Load() != step.want {
			t.Errorf("%s made %d calls, want %d", step.verb, n.Load(), step.want)
		}
	}
}
