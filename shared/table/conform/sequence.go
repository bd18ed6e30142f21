package conform

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postkontor/shared/table"
)

// Sequences runs random sequences of verbs on a backend and on a model of the contract: both must answer the same, and
// hold the same after every step. How many sequences is the flag -rapid.checks.
func Sequences(t *testing.T, b Backend) {
	var runs atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		run := fmt.Sprint("run", runs.Add(1))
		s := &sequence{t: t, b: b, tb: b.Table("indexed"), model: model{items: map[table.Key]*state{}, clock: b.Clock}, bucket: run + "-open"}
		for _, pk := range []string{run + "-1", run + "-2"} {
			for _, sk := range []string{"A", "A#1", "B"} {
				s.keys = append(s.keys, key(pk, sk))
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"":         s.compare,
			"create":   s.one(table.OpCreate, func(i table.Item) error { return s.tb.Create(t.Context(), i) }),
			"replace":  s.one(table.OpReplace, func(i table.Item) error { return s.tb.Replace(t.Context(), i) }),
			"delete":   s.one(table.OpDelete, func(i table.Item) error { return s.tb.Delete(t.Context(), i.Key, i.Version) }),
			"put":      s.put,
			"take":     s.take,
			"merge":    s.merge,
			"transact": s.transact,
			"advance": func(rt *rapid.T) {
				b.Clock.Advance(time.Duration(rapid.IntRange(1, 2500).Draw(rt, "ms")) * time.Millisecond)
			},
		})
	})
}

type sequence struct {
	t      *testing.T
	b      Backend
	tb     table.Table
	keys   []table.Key
	model  model
	bucket string // the index partition of this run
}

// item draws an item: one of few keys, so that verbs meet, and most often a version that fits.
func (s *sequence) item(rt *rapid.T) table.Item {
	i := table.Item{Key: rapid.SampledFrom(s.keys).Draw(rt, "key"), Expires: s.expiry(rt)}
	i.Version = rapid.SampledFrom([]int64{0, 1, 2, table.AnyVersion}).Draw(rt, "version")
	if living := s.model.live(i.Key); living != nil && rapid.Bool().Draw(rt, "right version") {
		i.Version = living.version
	}
	members := map[string]any{}
	for _, name := range []string{"a", "status", "ttl"} {
		if rapid.Bool().Draw(rt, name) {
			members[name] = rapid.IntRange(0, 99).Draw(rt, "value")
		}
	}
	if rapid.Bool().Draw(rt, "open") {
		members["open"] = s.bucket
	}
	if rapid.Bool().Draw(rt, "day") {
		members["day"] = rapid.SampledFrom([]string{"1", "2", "2#"}).Draw(rt, "which")
	}
	i.Data, _ = json.Marshal(members)
	return i
}

func (s *sequence) expiry(rt *rapid.T) time.Time {
	ms := rapid.SampledFrom([]int{-1, 0, 1500, 5000}).Draw(rt, "expires")
	if ms < 0 {
		return time.Time{}
	}
	return s.b.Clock.in(time.Duration(ms) * time.Millisecond)
}

func (s *sequence) one(verb table.Verb, do func(table.Item) error) func(*rapid.T) {
	return func(rt *rapid.T) {
		i := s.item(rt)
		op := table.Op{Verb: verb, Item: i}
		s.answer(rt, do(i), s.model.holds(op))
		if s.model.holds(op) {
			s.model.apply(op)
		}
	}
}

func (s *sequence) answer(rt *rapid.T, err error, holds bool) {
	if holds && err != nil || !holds && !errors.Is(err, table.ErrCondition) {
		rt.Fatalf("answered %v, want its condition to hold: %v", err, holds)
	}
}

func (s *sequence) put(rt *rapid.T) {
	i := s.item(rt)
	i.Version = 0
	s.answer(rt, s.tb.Put(s.t.Context(), i), true)
	s.model.apply(table.Op{Verb: table.OpPut, Item: i})
	s.model.items[i.Key].version = fresh
}

func (s *sequence) take(rt *rapid.T) {
	k := rapid.SampledFrom(s.keys).Draw(rt, "key")
	limit := table.Limit{Max: int64(rapid.IntRange(0, 3).Draw(rt, "max")), Expires: s.expiry(rt)}
	count, taken, err := s.tb.Take(s.t.Context(), k, limit)
	s.answer(rt, err, true)
	want, wantTaken := s.model.take(k, limit)
	if count.N != want.N || !count.Expires.Equal(want.Expires) || taken != wantTaken {
		rt.Fatalf("took %+v, %v; want %+v, %v", count, taken, want, wantTaken)
	}
}

func (s *sequence) merge(rt *rapid.T) {
	i := s.item(rt)
	got, err := s.tb.Merge(s.t.Context(), i)
	s.answer(rt, err, true)
	s.equal(rt, got, s.model.merge(i))
}

func (s *sequence) transact(rt *rapid.T) {
	var ops []table.Op
	first := -1
	seen := map[table.Key]bool{}
	for range rapid.IntRange(1, 5).Draw(rt, "ops") {
		op := table.Op{Verb: rapid.SampledFrom([]table.Verb{table.OpCreate, table.OpPut, table.OpReplace, table.OpDelete, table.OpCheck}).Draw(rt, "verb"),
			Table: "indexed", Item: s.item(rt)}
		if seen[op.Item.Key] {
			continue
		}
		seen[op.Item.Key] = true
		if op.Verb == table.OpPut {
			op.Item.Version = max(op.Item.Version, 0)
		}
		if !s.model.holds(op) && first < 0 {
			first = len(ops)
		}
		ops = append(ops, op)
	}
	err := s.b.Transact(s.t.Context(), ops...)
	s.answer(rt, err, first < 0)
	var conflict *table.Conflict
	if errors.As(err, &conflict) && conflict.Op != first {
		rt.Fatalf("conflict at %d, want %d", conflict.Op, first)
	}
	if err == nil {
		for _, op := range ops {
			s.model.apply(op)
		}
	}
}

// compare reads everything in every way.
func (s *sequence) compare(rt *rapid.T) {
	many, err := s.tb.GetMany(s.t.Context(), s.keys)
	s.answer(rt, err, true)
	living := 0
	for _, k := range s.keys {
		want := s.model.live(k)
		got, there, err := s.tb.Get(s.t.Context(), k, true)
		s.answer(rt, err, true)
		if there != (want != nil) {
			rt.Fatalf("%v: there %v, want %v", k, there, want != nil)
		}
		if !there {
			continue
		}
		s.equal(rt, got, want)
		if living >= len(many) || !reflect.DeepEqual(many[living], got) {
			rt.Fatalf("GetMany answers %v, Get %v", many, got)
		}
		living++
	}
	if len(many) != living {
		rt.Fatalf("GetMany answers %d items, want %d", len(many), living)
	}
	s.walk(rt, table.Query{Partition: s.keys[0].PK, Consistent: true}, func(k table.Key, _ *state) (string, bool) { return k.SK, k.PK == s.keys[0].PK })
	s.walk(rt, table.Query{Partition: s.bucket, Index: "open"}, func(_ table.Key, v *state) (string, bool) {
		day, sorted := v.members["day"].(string)
		return day, sorted && v.members["open"] == s.bucket
	})
}

// walk compares a query with the living items that belong to it, by what they are sorted by.
func (s *sequence) walk(rt *rapid.T, q table.Query, in func(table.Key, *state) (sort string, belongs bool)) {
	var want, got []string
	for _, k := range s.keys {
		if v := s.model.live(k); v != nil {
			if sort, belongs := in(k, v); belongs {
				want = append(want, sort)
			}
		}
	}
	slices.Sort(want)
	q.Limit = rapid.IntRange(0, 2).Draw(rt, "limit")
	if q.Descending = rapid.Bool().Draw(rt, "descending"); q.Descending {
		slices.Reverse(want)
	}
	for _, i := range everything(s.t, s.tb, q) {
		v := s.model.live(i.Key)
		if v == nil {
			rt.Fatalf("%+v answers %v, which is not there", q, i.Key)
		}
		s.equal(rt, i, v)
		sort, _ := in(i.Key, v)
		got = append(got, sort)
	}
	if !slices.Equal(got, want) {
		rt.Fatalf("%+v answers %q, want %q", q, got, want)
	}
}

func (s *sequence) equal(rt *rapid.T, got table.Item, want *state) {
	var members map[string]any
	if err := got.Decode(&members); err != nil {
		rt.Fatal(err)
	}
	if want.version == fresh && got.Version > want.before {
		want.version = got.Version
	}
	if got.Version != want.version || !got.Expires.Equal(want.expires) || !reflect.DeepEqual(members, want.members) {
		rt.Fatalf("%v is %d, %v, %s; want %+v", got.Key, got.Version, got.Expires, got.Data, *want)
	}
}
