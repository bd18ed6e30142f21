package account_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postkontor/shared/account"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/operator"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// racer is one of those who race: it waits for its turn before each call of a table.
type racer struct {
	turn, ready chan struct{}
	done        chan error
}

type racing struct {
	table.Database
	*racer
}

type racingTable struct {
	table.Table
	*racer
}

func (r *racer) wait() {
	r.ready <- struct{}{}
	<-r.turn
}

func (d racing) Table(name string) table.Table { return racingTable{d.Database.Table(name), d.racer} }

func (d racing) Transact(ctx context.Context, ops ...table.Op) error {
	d.wait()
	return d.Database.Transact(ctx, ops...)
}

func (t racingTable) Get(ctx context.Context, key table.Key, consistent bool) (table.Item, bool, error) {
	t.wait()
	return t.Table.Get(ctx, key, consistent)
}

func (t racingTable) Query(ctx context.Context, q table.Query) (table.Page, error) {
	t.wait()
	return t.Table.Query(ctx, q)
}

func (t racingTable) Create(ctx context.Context, item table.Item) error {
	t.wait()
	return t.Table.Create(ctx, item)
}

func (t racingTable) Put(ctx context.Context, item table.Item) error {
	t.wait()
	return t.Table.Put(ctx, item)
}

func (t racingTable) Replace(ctx context.Context, item table.Item) error {
	t.wait()
	return t.Table.Replace(ctx, item)
}

func (t racingTable) Delete(ctx context.Context, key table.Key, version int64) error {
	t.wait()
	return t.Table.Delete(ctx, key, version)
}

// race runs all of them, one call at a time, whoever pick says.
func (h *house) race(pick func(n int) int, runs ...func(context.Context, *account.Store) error) []error {
	var live []*racer
	errs := make([]error, len(runs))
	index := map[*racer]int{}
	for i, run := range runs {
		r := &racer{turn: make(chan struct{}), ready: make(chan struct{}), done: make(chan error, 1)}
		store := account.NewStore(racing{h.db, r}, h.keys, h.now)
		store.Hasher.Cost = credential.Cost{Memory: 8, Time: 1, Threads: 1}
		go func() { r.done <- run(context.Background(), store) }()
		live, index[r] = append(live, r), i
	}
	waiting := map[*racer]bool{}
	for {
		for i := 0; i < len(live); i++ {
			if waiting[live[i]] {
				continue
			}
			select {
			case <-live[i].ready:
				waiting[live[i]] = true
			case errs[index[live[i]]] = <-live[i].done:
				live = append(live[:i:i], live[i+1:]...)
				i--
			}
		}
		if len(live) == 0 {
			return errs
		}
		next := live[pick(len(live))]
		waiting[next] = false
		next.turn <- struct{}{}
	}
}

// dormant brings an account to the day on which the sweep deactivates it.
func (h *house) dormant(t *testing.T, id string) *account.Due {
	t.Helper()
	h.advance(account.DormantAfter - account.FirstWarning)
	for _, days := range []int{30, 23, 6, 1} {
		h.visit(t, h.due(t, id))
		h.advance(time.Duration(days) * 24 * time.Hour)
	}
	return h.due(t, id)
}

// due finds an account in the buckets of today.
func (h *house) due(t *testing.T, id string) *account.Due {
	t.Helper()
	for shard := range account.Shards {
		found, _, err := h.DueOn(t.Context(), h.now(), shard, "")
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(found, func(d *account.Due) bool { return d.ID() == id }); i >= 0 {
			return found[i]
		}
	}
	t.Fatal("the account is not due")
	return nil
}

func all(account.Outcome) bool { return true }

func (h *house) visit(t *testing.T, d *account.Due) account.Outcome {
	t.Helper()
	outcome, err := h.Visit(t.Context(), d, all)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

// A login, a new password after a recovery and the deactivation of the account race, call by call, in any order: no session
// is left that the account as it then is would not open.
func TestNoOrderLeavesASessionThatShouldNotBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		h := open(t)
		h.Hasher.Cost = credential.Cost{Memory: 8, Time: 1, Threads: 1}
		a := h.create(t, registration(1))
		h.prove(t, a.ID, account.ProveEmail)
		due := h.dormant(t, a.ID)
		by, _, err := h.Sessions.Open(t.Context(), session.Opening{Account: a.ID, Scope: session.ChoosePassword, Credential: 1, Via: "email"})
		if err != nil {
			rt.Fatal(err)
		}
		const next = "nine brown otters by night"
		var entry *account.Entry
		errs := h.race(func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "next") },
			func(ctx context.Context, s *account.Store) (err error) {
				entry, err = s.Enter(ctx, account.Credentials{Username: "heron1", Password: password}, session.Opening{})
				return err
			},
			func(ctx context.Context, s *account.Store) error {
				return s.Choose(ctx, by, next, operator.Profile{Name: "Post"})
			},
			func(ctx context.Context, s *account.Store) error { _, err := s.Visit(ctx, due, all); return err })
		if errs[0] != nil && fault.Code(errs[0]) != "credentials_invalid" || errs[1] != nil && !errors.Is(errs[1], session.ErrNone) || errs[2] != nil {
			rt.Fatalf("login, password, sweep: %v", errs)
		}
		if entry != nil {
			if _, err := h.Sessions.Check(t.Context(), entry.Token); err == nil && errs[1] == nil {
				rt.Error("the session of the old password lives")
			}
		}
		live, err := h.Sessions.List(t.Context(), a.ID)
		if err != nil {
			rt.Fatal(err)
		}
		for _, l := range live {
			if errs[1] == nil || l.Scope == session.Full && h.status(t, a.ID) != account.Active {
				rt.Errorf("a session of scope %s is left to an account that is %s", l.Scope, h.status(t, a.ID))
			}
		}
	})
}
