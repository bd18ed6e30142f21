// Package conform holds a backend to the contract of package table.
package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"postkontor/shared/table"
)

// Definitions are the tables that the suite needs: one that only holds things, one with indexes, one whose items never
// expire.
var Definitions = []table.Definition{
	{Name: "things", TTL: true, Stream: true},
	{Name: "indexed", TTL: true, Indexes: []table.Index{{Name: "open", Partition: "open", Sort: "day"}, {Name: "flat", Partition: "flat"}}},
	{Name: "lasting"},
}

// Backend is an empty database with the tables of Definitions, and the clock by which its items expire.
type Backend struct {
	table.Database
	Clock *Clock
}

// Clock is a clock that only a test moves. It begins with the present, so that nothing expires by any other clock before
// it does by this one.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock answers a clock that stands at a whole second.
func NewClock() *Clock { return &Clock{at: time.Now().Truncate(time.Second)} }

// Now is the time by this clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// in answers the time d from now.
func (c *Clock) in(d time.Duration) time.Time { return c.Now().Add(d) }

type test struct {
	name string
	run  func(t *testing.T, b Backend)
}

// Run runs the whole suite, each test on a backend of its own.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	for _, tests := range [][]test{verbs, expiries, queries, indexes, transactions, races} {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.run(t, open(t))
			})
		}
	}
}

// key is a key of the suite; partitions tell tests apart that share a database.
func key(pk, sk string) table.Key { return table.Key{PK: pk, SK: sk} }

func item(pk, sk, data string) table.Item {
	return table.Item{Key: key(pk, sk), Data: json.RawMessage(data)}
}

func expiring(i table.Item, at time.Time) table.Item {
	i.Expires = at
	return i
}

func versioned(i table.Item, version int64) table.Item {
	i.Version = version
	return i
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, table.ErrCondition) {
		t.Errorf("%s: got %v, want ErrCondition", what, err)
	}
}

// holds checks what is stored under the key of want: version (0: any), expiry in whole seconds, and data.
func holds(t *testing.T, tb table.Table, want table.Item) table.Item {
	t.Helper()
	got, there, err := tb.Get(t.Context(), want.Key, true)
	must(t, err)
	if !there {
		t.Fatalf("%v is not there", want.Key)
	}
	same(t, got, want)
	return got
}

func same(t *testing.T, got, want table.Item) {
	t.Helper()
	if got.Key != want.Key || !sameJSON(got.Data, want.Data) {
		t.Errorf("got %v %s, want %v %s", got.Key, got.Data, want.Key, want.Data)
	}
	if want.Version != 0 && got.Version != want.Version {
		t.Errorf("%v has version %d, want %d", got.Key, got.Version, want.Version)
	}
	if !got.Expires.Equal(want.Expires.Truncate(time.Second)) {
		t.Errorf("%v expires %v, want %v", got.Key, got.Expires, want.Expires)
	}
}

func missing(t *testing.T, tb table.Table, k table.Key) {
	t.Helper()
	if _, there, err := tb.Get(t.Context(), k, true); there || err != nil {
		t.Errorf("%v: there %v, %v; want it absent", k, there, err)
	}
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	return decode(a, &x) == nil && decode(b, &y) == nil && reflect.DeepEqual(x, y)
}

func decode(raw json.RawMessage, v *any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(v)
}
