package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"postkontor/shared/table"
)

// verb is one call of each kind, on an item x that is there with version 1 and the data {"x":1}, or on others.
type verb struct {
	name  string
	run   func(ctx context.Context, db table.Database) error
	after string // what is then stored under the key y, "" for what only reads or deletes
	gone  bool   // x is deleted
}

func verbs() []verb {
	things := func(db table.Database) table.Table { return db.Table("things") }
	x := thing("x", `{"x":2}`)
	x.Version = 1
	return []verb{
		{name: "Get", run: func(ctx context.Context, db table.Database) error {
			_, there, err := things(db).Get(ctx, x.Key, true)
			return errors.Join(err, want(there))
		}},
		{name: "GetMany", run: func(ctx context.Context, db table.Database) error {
			items, err := things(db).GetMany(ctx, []table.Key{x.Key})
			return errors.Join(err, want(len(items) == 1))
		}},
		{name: "Query", run: func(ctx context.Context, db table.Database) error {
			page, err := things(db).Query(ctx, table.Query{Partition: "a"})
			return errors.Join(err, want(len(page.Items) == 1))
		}},
		{name: "Create", after: `1 {"y":1}`, run: func(ctx context.Context, db table.Database) error {
			return things(db).Create(ctx, thing("y", `{"y":1}`))
		}},
		{name: "Replace", run: func(ctx context.Context, db table.Database) error { return things(db).Replace(ctx, x) }},
		{name: "Delete", gone: true, run: func(ctx context.Context, db table.Database) error { return things(db).Delete(ctx, x.Key, 1) }},
		{name: "Take", after: `1 {"n":1}`, run: func(ctx context.Context, db table.Database) error {
			count, taken, err := things(db).Take(ctx, thing("y", "").Key, table.Limit{Max: 1})
			return errors.Join(err, want(taken && count.N == 1))
		}},
		{name: "Merge", after: `1 {"y":1}`, run: func(ctx context.Context, db table.Database) error {
			merged, err := things(db).Merge(ctx, thing("y", `{"y":1}`))
			return errors.Join(err, want(merged.Version == 1 && string(merged.Data) == `{"y":1}`))
		}},
		{name: "Transact", after: `1 {"y":1}`, gone: true, run: func(ctx context.Context, db table.Database) error {
			return db.Transact(ctx, table.Op{Verb: table.OpCreate, Table: "things", Item: thing("y", `{"y":1}`)},
				table.Op{Verb: table.OpDelete, Table: "things", Item: x})
		}},
	}
}

func want(ok bool) error {
	if !ok {
		return errors.New("a wrong answer")
	}
	return nil
}

// TestFaultsThatPass: a call that meets them is tried again and has its effect once.
func TestFaultsThatPass(t *testing.T) {
	t.Parallel()
	for name, plan := range map[string][]fault{
		"throttle":             {throttled},
		"throttles":            times(5, throttled),
		"request limit":        {answers(400, "RequestLimitExceeded"), answers(400, "ThrottlingException")},
		"fault of the service": {answers(500, "InternalServerError"), answers(503, "ServiceUnavailable"), answers(502, "whatever")},
		"transaction conflict": times(4, answers(400, "TransactionConflictException")),
		"no connection":        times(3, unreachable),
		"lost answer":          {lost},
		"lost answers":         {lost, lost, throttled, lost},
		"cut answer":           {cut},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range verbs() {
				f := behind(t)
				if err := f.beside.Table("things").Create(t.Context(), thing("x", `{"x":1}`)); err != nil {
					t.Fatal(err)
				}
				ctx, calls := table.WithCalls(t.Context())
				f.meet(plan...)
				if err := verb.run(ctx, f.db); err != nil {
					t.Errorf("%s: %v", verb.name, err)
				}
				if f.calls() != len(plan)+1 || calls.Load() != int64(len(plan)+1) {
					t.Errorf("%s: %d calls, %d counted, want %d", verb.name, f.calls(), calls.Load(), len(plan)+1)
				}
				if got := f.stored(t, "y"); got != verb.after {
					t.Errorf("%s: y is %q, want %q", verb.name, got, verb.after)
				}
				x := map[bool]string{false: `1 {"x":1}`, true: ""}[verb.gone]
				if verb.name == "Replace" {
					x = `2 {"x":2}`
				}
				if got := f.stored(t, "x"); got != x {
					t.Errorf("%s: x is %q, want %q", verb.name, got, x)
				}
			}
		})
	}
}

// TestFaultsThatStay: after all tries the error says that it is not known, and why; it names nothing of the item.
func TestFaultsThatStay(t *testing.T) {
	t.Parallel()
	f := behind(t)
	if err := f.beside.Table("things").Create(t.Context(), thing("x", `{"x":1}`)); err != nil {
		t.Fatal(err)
	}
	for _, verb := range verbs() {
		f.meet(times(100, throttled)...)
		err := verb.run(t.Context(), f.db)
		if !errors.Is(err, table.ErrUnavailable) || !strings.Contains(err.Error(), "ProvisionedThroughputExceeded") {
			t.Errorf("%s: %v, want ErrUnavailable with its cause", verb.name, err)
		}
		if f.calls() != 6 {
			t.Errorf("%s: %d calls", verb.name, f.calls())
		}
	}
}

// TestRefusals: what is refused for good is not tried again and is no ErrUnavailable.
func TestRefusals(t *testing.T) {
	t.Parallel()
	f := behind(t)
	for _, code := range []string{"AccessDeniedException", "ResourceNotFoundException", "ValidationException", "ExpiredTokenException"} {
		for _, verb := range verbs() {
			f.meet(times(3, answers(400, code))...)
			err := verb.run(t.Context(), f.db)
			if err == nil || errors.Is(err, table.ErrUnavailable) || errors.Is(err, table.ErrCondition) || f.calls() != 1 {
				t.Errorf("%s, %s: %v after %d calls", code, verb.name, err, f.calls())
			}
		}
	}
}

// TestCursorThatDynamoDBRefuses: what a client made of a cursor is its fault, not the service's.
func TestCursorThatDynamoDBRefuses(t *testing.T) {
	t.Parallel()
	f := behind(t)
	q := table.Query{Partition: "a", Limit: 1}
	for _, sk := range []string{"1", "2"} {
		if err := f.things().Create(t.Context(), thing(sk, `{}`)); err != nil {
			t.Fatal(err)
		}
	}
	page, err := f.things().Query(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, cursor := range []string{"", page.Next} {
		q.Cursor = cursor
		f.meet(answers(400, "ValidationException"))
		if _, err := f.things().Query(t.Context(), q); errors.Is(err, table.ErrCursor) != (cursor != "") || err == nil {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
}

// TestOtherWritersBetweenTries: what the contract says about a write whose answer is lost and that another one follows.
func TestOtherWritersBetweenTries(t *testing.T) {
	t.Parallel()
	f := behind(t)
	others := f.beside.Table("things")
	do := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	limit := table.Limit{Max: 3}
	takes := func() { _, _, err := others.Take(t.Context(), thing("n", "").Key, limit); do(err) }

	f.meet(after(lost, func() { r := thing("c", `{"by":2}`); r.Version = 1; do(others.Replace(t.Context(), r)) }))
	if err := f.things().Create(t.Context(), thing("c", `{"by":1}`)); !errors.Is(err, table.ErrCondition) {
		t.Errorf("Create, replaced by another: %v", err)
	}
	f.meet(after(lost, func() { do(others.Delete(t.Context(), thing("d", "").Key, 1)) }))
	if err := f.things().Create(t.Context(), thing("d", `{"by":1}`)); err != nil {
		t.Errorf("Create, deleted by another: %v", err)
	}
	f.meet(after(lost, takes))
	count, taken, err := f.things().Take(t.Context(), thing("n", "").Key, limit)
	if err != nil || !taken || count.N != 3 {
		t.Errorf("Take, taken by another: %+v, %v, %v", count, taken, err)
	}
	f.meet(after(throttled, takes))
	if count, taken, err = f.things().Take(t.Context(), thing("n", "").Key, limit); err != nil || taken || count.N != 3 {
		t.Errorf("Take at the limit: %+v, %v, %v", count, taken, err)
	}
	f.meet(after(lost, func() { _, err := others.Merge(t.Context(), thing("m", `{"a":9,"b":2}`)); do(err) }))
	if _, err := f.things().Merge(t.Context(), thing("m", `{"a":1}`)); err != nil {
		t.Errorf("Merge: %v", err)
	}
	for sk, want := range map[string]string{"c": `2 {"by":2}`, "d": `1 {"by":1}`, "n": `3 {"n":3}`, "m": `3 {"a":1,"b":2}`} {
		if got := f.stored(t, sk); got != want {
			t.Errorf("%s is %s, want %s", sk, got, want)
		}
	}
}

// TestAnExpiredItemStartedAnew: the second call of Take and of Merge is recognised too.
func TestAnExpiredItemStartedAnew(t *testing.T) {
	t.Parallel()
	for _, verb := range verbs() {
		if verb.name != "Take" && verb.name != "Merge" {
			continue
		}
		for name, plan := range map[string][]fault{"first call": {lost}, "second call": {healthy, lost}, "both": {lost, throttled, healthy, lost, lost}} {
			f := behind(t)
			old := thing("y", `{"n":1,"y":7}`)
			old.Expires = f.clock.Now().Add(time.Second)
			if err := f.beside.Table("things").Create(t.Context(), old); err != nil {
				t.Fatal(err)
			}
			f.clock.Advance(time.Minute)
			f.meet(plan...)
			if err := verb.run(t.Context(), f.db); err != nil {
				t.Errorf("%s, %s: %v", verb.name, name, err)
			}
			if got := f.stored(t, "y"); got != verb.after {
				t.Errorf("%s, %s: %q, want %q", verb.name, name, got, verb.after)
			}
		}
	}
}

// TestCancelledTransactions: a conflict with another transaction is tried again, unless a condition before it decides.
func TestCancelledTransactions(t *testing.T) {
	t.Parallel()
	cancelled := func(reasons ...string) fault { return answers(400, "TransactionCanceledException", reasons...) }
	const conflict, failed, none = "TransactionConflict", "ConditionalCheckFailed", "None"
	for name, test := range map[string]struct {
		plan  []fault
		op    int // of the conflict; -1: it succeeds, -2: ErrUnavailable
		calls int
	}{
		"conflicts":                       {times(3, cancelled(none, conflict)), -1, 4},
		"throttled operations":            {[]fault{cancelled("ThrottlingError", none), cancelled(none, "ProvisionedThroughputExceeded")}, -1, 3},
		"the same under way":              {[]fault{lost, answers(400, "TransactionInProgressException")}, -1, 3},
		"a condition":                     {[]fault{cancelled(none, failed)}, 1, 1},
		"two conditions":                  {[]fault{cancelled(failed, failed)}, 0, 1},
		"a condition before a conflict":   {[]fault{cancelled(failed, conflict)}, 0, 1},
		"a condition behind a conflict":   {[]fault{cancelled(conflict, failed)}, -1, 2},
		"a condition behind conflicts":    {times(6, cancelled(conflict, failed)), 1, 6},
		"conflicts without an end":        {times(9, cancelled(conflict, none)), -2, 6},
		"an operation that is not valid":  {[]fault{cancelled(none, "ValidationError")}, -3, 1},
		"an item that is grown too large": {[]fault{cancelled("ItemCollectionSizeLimitExceeded", none)}, -3, 1},
	} {
		f := behind(t)
		f.meet(test.plan...)
		err := f.db.Transact(t.Context(), table.Op{Verb: table.OpCreate, Table: "things", Item: thing("1", `{}`)},
			table.Op{Verb: table.OpCreate, Table: "lasting", Item: thing("2", `{}`)})
		if got := outcome(err); got != test.op || f.calls() != test.calls {
			t.Errorf("%s: %v (%d) after %d calls, want %d after %d", name, err, got, f.calls(), test.op, test.calls)
		}
		if there := f.stored(t, "1") != ""; there != (test.op == -1) {
			t.Errorf("%s: applied %v", name, there)
		}
	}
}

func outcome(err error) int {
	var conflict *table.Conflict
	switch {
	case err == nil:
		return -1
	case errors.As(err, &conflict):
		return conflict.Op
	case errors.Is(err, table.ErrUnavailable):
		return -2
	}
	return -3
}

func TestPartialBatches(t *testing.T) {
	t.Parallel()
	f := behind(t)
	var keys []table.Key
	for i := range 10 {
		keys = append(keys, thing(fmt.Sprint(i), "").Key)
		if err := f.beside.Table("things").Create(t.Context(), thing(fmt.Sprint(i), `{}`)); err != nil {
			t.Fatal(err)
		}
	}
	for name, plan := range map[string][]fault{
		"in parts":           {partial(4), partial(1), throttled, partial(3)},
		"one by one":         times(9, partial(1)),
		"nothing for long":   times(5, partial(0)),
		"nothing in between": append(append(times(3, partial(0)), partial(1)), times(4, partial(0))...),
	} {
		f.meet(plan...)
		items, err := f.things().GetMany(t.Context(), keys)
		if err != nil || len(items) != len(keys) {
			t.Errorf("%s: %d items, %v", name, len(items), err)
		}
		for i, item := range items {
			if item.Key != keys[i] {
				t.Errorf("%s: item %d is %v", name, i, item.Key)
			}
		}
	}
	f.meet(times(100, partial(0))...)
	if items, err := f.things().GetMany(t.Context(), keys); !errors.Is(err, table.ErrUnavailable) {
		t.Errorf("nothing at all: %v, %v", items, err)
	}
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	f := behind(t)
	f.meet(hanging)
	begun := time.Now()
	if err := f.things().Create(t.Context(), thing("1", `{}`)); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took < 2*time.Second || took > 4*time.Second {
		t.Errorf("a call that hangs was given up after %s", took)
	}
	f.meet(times(100, hanging)...)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun = time.Now()
	if err := f.things().Create(ctx, thing("2", `{}`)); !errors.Is(err, table.ErrUnavailable) || f.calls() != 1 {
		t.Errorf("past the caller's deadline: %v after %d calls", err, f.calls())
	}
	f.meet(times(100, throttled)...)
	if err := f.things().Create(ctx, thing("2", `{}`)); !errors.Is(err, table.ErrUnavailable) || time.Since(begun) > time.Second {
		t.Errorf("after the caller's deadline: %v after %s", err, time.Since(begun))
	}
}
