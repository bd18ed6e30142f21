package sweep_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"postkontor/functions/sweep"
	"postkontor/shared/account"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// between is a database that does something right before the first write to a LOGIN: the closest race there is.
type between struct {
	table.Database
	first func()
}

func (b *between) meddle(keys ...table.Key) {
	for _, key := range keys {
		if meddle := b.first; key.SK == "LOGIN" && meddle != nil {
			b.first = nil
			meddle()
		}
	}
}

func (b *between) Transact(ctx context.Context, ops ...table.Op) error {
	for _, op := range ops {
		b.meddle(op.Item.Key)
	}
	return b.Database.Transact(ctx, ops...)
}

func (b *between) Table(name string) table.Table { return betweenTable{b.Database.Table(name), b} }

type betweenTable struct {
	table.Table
	between *between
}

func (t betweenTable) Replace(ctx context.Context, item table.Item) error {
	t.between.meddle(item.Key)
	return t.Table.Replace(ctx, item)
}

// TestALoginBeforeTheWriteWins: what the sweep has decided by a LOGIN that changes before it writes, it decides anew.
func TestALoginBeforeTheWriteWins(t *testing.T) {
	t.Parallel()
	for name, waits := range map[string][]int{"another bucket": {535}, "warning": {1035}, "another warning": {1035, 30}, "deactivation": {1035, 30, 23, 6, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			a := h.active(1, locale.English, false)
			if waits[0] < 1035 {
				h.days(1035 - waits[0])
				h.enter("heron1")
			}
			for _, wait := range waits[:len(waits)-1] {
				h.days(wait)
				h.run(1, 0, 0)
			}
			h.days(waits[len(waits)-1])
			var e *account.Entry
			racing := h.sweeper(&between{Database: h.outbox, first: func() { e = h.enter("heron1") }}, 0)
			report, err := racing.Run(t.Context(), order)
			if err != nil || report != (sweep.Report{Visited: 1, Rebucketed: 1}) || h.status(a.ID) != account.Active {
				t.Errorf("%+v, %v; the account is %s", report, err, h.status(a.ID))
			}
			if _, err := h.Sessions.Check(t.Context(), e.Token); err != nil || e.Session.Scope != session.Full {
				t.Errorf("its session: %v", err)
			}
			h.days(1034)
			h.run(0, 0, 0)
			h.days(1)
			h.run(1, 0, 0)
		})
	}
}

// TestASweepBeforeTheLoginsWrite: the day of the login is kept, and one that finds its account deactivated is answered.
func TestASweepBeforeTheLoginsWrite(t *testing.T) {
	t.Parallel()
	for name, waits := range map[string][]int{"warning": {1035}, "deactivation": {1035, 30, 23, 6, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.active(1, locale.English, false)
			for _, wait := range waits[:len(waits)-1] {
				h.days(wait)
				h.run(1, 0, 0)
			}
			h.days(waits[len(waits)-1])
			racing := *h.Store
			racing.DB = &between{Database: h.outbox, first: func() {
				if _, err := h.sweep.Run(t.Context(), order); err != nil {
					t.Error(err)
				}
			}}
			e, err := racing.Enter(t.Context(), account.Credentials{Username: "heron1", Password: password}, session.Opening{})
			if err != nil {
				t.Fatal(err)
			}
			if want := map[string]session.Scope{"warning": session.Full, "deactivation": session.Reactivate}[name]; e.Session.Scope != want {
				t.Errorf("logged in with the scope %s", e.Session.Scope)
			}
			h.days(30)
			h.run(0, 0, 0)
		})
	}
}

// TestAnAccountInTooEarlyABucket is not hurried: the distance to the warning before is its own.
func TestAnAccountInTooEarlyABucket(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.active(1, locale.English, false)
	h.days(1400)
	h.run(1, 0, 0)
	key := table.Key{PK: "USERNAME#heron1", SK: "LOGIN"}
	item, _, err := h.db.Table("accounts").Get(t.Context(), key, true)
	if err != nil {
		t.Fatal(err)
	}
	due := func(days int) string { return h.now().AddDate(0, 0, days).Format(time.DateOnly) }
	item.Data = []byte(strings.Replace(string(item.Data), "DUE#"+due(30), "DUE#"+due(1), 1))
	if err := h.db.Table("accounts").Put(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	h.days(1)
	if report := h.run(0, 0, 0); report.Rebucketed != 1 {
		t.Errorf("%+v", report)
	}
	h.days(28)
	h.run(0, 0, 0)
	h.days(1)
	h.run(1, 0, 0)
}

// TestProvingBeforeTheErasing: an account that is proved at the last moment stays, whole.
func TestProvingBeforeTheErasing(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.create(1, locale.English)
	h.days(7)
	if err := h.SendCode(t.Context(), a.ID, account.ProveEmail); err != nil {
		t.Fatal(err)
	}
	racing := h.sweeper(&between{Database: h.outbox, first: func() { h.prove(a.ID, account.ProveEmail, message.VerifyEmail) }}, 0)
	if report, err := racing.Run(t.Context(), order); err != nil || report.Erased > 0 || h.status(a.ID) != account.Active {
		t.Errorf("%+v, %v: %s", report, err, h.status(a.ID))
	}
	if left := fmt.Sprint(h.traces(a)); !strings.Contains(left, "EMAIL#") || !strings.Contains(left, "EVENT#") {
		t.Errorf("left of it: %s", left)
	}
}
