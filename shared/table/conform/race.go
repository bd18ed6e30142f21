package conform

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/table"
)

var races = []test{
	{"RaceToCreate", raceToCreate},
	{"RaceToTransact", raceToTransact},
	{"RaceToTake", raceToTake},
	{"RaceToMerge", raceToMerge},
	{"RaceToReplace", raceToReplace},
}

// racers is how many goroutines race.
const racers = 50

func race(run func(i int)) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range racers {
		group.Go(func() {
			<-start
			run(i)
		})
	}
	close(start)
	group.Wait()
}

// raceToCreate: of all who create one item, over an expired one too, exactly one does.
func raceToCreate(t *testing.T, b Backend) {
	tb := b.Table("things")
	for round := range 3 {
		var won, winner atomic.Int64
		race(func(i int) {
			err := tb.Create(t.Context(), expiring(item("USERNAME#anna", "LOGIN", fmt.Sprintf(`{"by":%d}`, i)), b.Clock.in(time.Minute)))
			if err == nil {
				won.Add(1)
				winner.Store(int64(i))
			} else if !errors.Is(err, table.ErrCondition) {
				t.Error(err)
			}
		})
		if won.Load() != 1 {
			t.Errorf("round %d has %d winners", round, won.Load())
		}
		want := expiring(item("USERNAME#anna", "LOGIN", fmt.Sprintf(`{"by":%d}`, winner.Load())), b.Clock.in(time.Minute))
		holds(t, tb, versioned(want, 1))
		b.Clock.Advance(time.Hour)
	}
}

func raceToTransact(t *testing.T, b Backend) {
	var won atomic.Int64
	race(func(i int) {
		err := b.Transact(t.Context(),
			table.Op{Verb: table.OpCreate, Table: "things", Item: item("USERNAME#anna", "LOGIN", fmt.Sprintf(`{"by":%d}`, i))},
			table.Op{Verb: table.OpCreate, Table: "lasting", Item: item("ACCOUNTS", fmt.Sprint(i), `{}`)})
		var conflict *table.Conflict
		if err == nil {
			won.Add(1)
		} else if !errors.As(err, &conflict) || conflict.Op != 0 {
			t.Error(err)
		}
	})
	accounts := everything(t, b.Table("lasting"), table.Query{Partition: "ACCOUNTS", Consistent: true})
	if won.Load() != 1 || len(accounts) != 1 {
		t.Fatalf("%d winners, %d accounts", won.Load(), len(accounts))
	}
	holds(t, b.Table("things"), item("USERNAME#anna", "LOGIN", fmt.Sprintf(`{"by":%s}`, accounts[0].Key.SK)))
}

// raceToTake: exactly the limit is taken, each count once, also when the count has to start anew first.
func raceToTake(t *testing.T, b Backend) {
	tb, limit := b.Table("things"), int64(120)
	_, _, err := tb.Take(t.Context(), key("c", "1"), table.Limit{Max: 1, Expires: b.Clock.in(time.Second)})
	must(t, err)
	b.Clock.Advance(time.Minute)
	var taken atomic.Int64
	var counts sync.Map
	race(func(int) {
		for range 4 {
			count, ok, err := tb.Take(t.Context(), key("c", "1"), table.Limit{Max: limit, Expires: b.Clock.in(time.Minute)})
			if err != nil {
				t.Error(err)
			}
			if !ok {
				continue
			}
			taken.Add(1)
			if _, twice := counts.LoadOrStore(count.N, true); twice {
				t.Errorf("count %d was given out twice", count.N)
			}
		}
	})
	if taken.Load() != limit {
		t.Errorf("%d taken of %d", taken.Load(), limit)
	}
	holds(t, tb, versioned(expiring(item("c", "1", fmt.Sprintf(`{"n":%d}`, limit)), b.Clock.in(time.Minute)), limit))
}

// raceToMerge: nobody's member is lost, and of those that all add the first stays.
func raceToMerge(t *testing.T, b Backend) {
	tb := b.Table("things")
	must(t, tb.Create(t.Context(), expiring(item("m", "1", `{"old":1}`), b.Clock.in(time.Second))))
	b.Clock.Advance(time.Minute)
	race(func(i int) {
		merged, err := tb.Merge(t.Context(), item("m", "1", fmt.Sprintf(`{"m%d":%d,"first":%d}`, i, i, i)))
		if err != nil {
			t.Error(err)
			return
		}
		var got map[string]int
		if err := merged.Decode(&got); err != nil || got[fmt.Sprint("m", i)] != i {
			t.Errorf("merging m%d answers %s", i, merged.Data)
		}
	})
	var got map[string]json.Number
	stored, _, err := tb.Get(t.Context(), key("m", "1"), true)
	must(t, err)
	must(t, stored.Decode(&got))
	if len(got) != racers+1 || stored.Version != racers || got["old"] != "" {
		t.Errorf("%d members, version %d: %s", len(got), stored.Version, stored.Data)
	}
}

// raceToReplace: who reads, adds one and replaces loses no update.
func raceToReplace(t *testing.T, b Backend) {
	tb := b.Table("things")
	must(t, tb.Create(t.Context(), item("r", "1", `{"total":0}`)))
	race(func(int) {
		for {
			read, _, err := tb.Get(t.Context(), key("r", "1"), true)
			if err != nil {
				t.Error(err)
				return
			}
			var data struct{ Total int }
			if err := read.Decode(&data); err != nil {
				t.Error(err)
				return
			}
			read.Data = fmt.Appendf(nil, `{"total":%d}`, data.Total+1)
			if err = tb.Replace(t.Context(), read); err == nil {
				return
			}
			if !errors.Is(err, table.ErrCondition) {
				t.Error(err)
				return
			}
		}
	})
	holds(t, tb, versioned(item("r", "1", fmt.Sprintf(`{"total":%d}`, racers)), racers+1))
}
