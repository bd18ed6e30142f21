package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/account/saved"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// traces answers what is left of an account, its e-mail address or telephone number anywhere in accounts and sessions.
func (h *house) traces(a *account.Account) (left []string) {
	h.Helper()
	for _, name := range []string{"accounts", "sessions"} {
		err := h.db.Each(name, func(item table.Item) error {
			text := fmt.Sprint(item.Key, string(item.Data))
			for _, trace := range []string{a.ID, a.Email, a.Phone, a.Name.Last, a.Username} {
				if strings.Contains(strings.ToLower(text), strings.ToLower(trace)) {
					left = append(left, text)
					break
				}
			}
			return nil
		})
		if err != nil {
			h.Fatal(err)
		}
	}
	return left
}

// TestAccountsNeverProvedAreErased seven days after they were made, whole, and their usernames are free at once.
func TestAccountsNeverProvedAreErased(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, proved := h.create(1, locale.English), h.active(2, locale.English, false)
	h.enter("heron1")
	h.advance(7*24*time.Hour - time.Second)
	h.run(0, 0, 0)
	if got := h.status(a.ID); got != account.New {
		t.Fatalf("%s a second early", got)
	}
	h.advance(time.Second)
	h.run(0, 0, 1)
	h.run(0, 0, 0)
	if left := h.traces(a); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if _, err := h.Get(t.Context(), a.ID); fault.Code(err) != "not_found" {
		t.Errorf("answers %v", err)
	}
	if free, err := h.Free(t.Context(), []string{"heron1", "heron2"}); err != nil || len(free) != 1 {
		t.Errorf("free: %v, %v", free, err)
	}
	h.create(1, locale.Swedish)
	if h.status(proved.ID) != account.Active {
		t.Error("one that was proved is not active")
	}
}

// TestProvingRacesTheErasing: either the account is active and whole, or it is gone.
func TestProvingRacesTheErasing(t *testing.T) {
	t.Parallel()
	h := open(t)
	var all []*account.Account
	for n := range 20 {
		all = append(all, h.create(n, locale.English))
	}
	h.days(7)
	for _, a := range all {
		if err := h.SendCode(t.Context(), a.ID, account.ProveEmail); err != nil {
			t.Fatal(err)
		}
	}
	codes := make([]string, len(all))
	for n, a := range all {
		codes[n] = h.secret(a.ID, message.VerifyEmail)
	}
	done := make(chan int)
	go func() {
		won := 0
		for n, a := range all {
			if _, err := h.Prove(t.Context(), &session.Session{Account: a.ID}, account.ProveEmail, codes[n]); err == nil {
				won++
			}
		}
		done <- won
	}()
	report, err := h.sweep.Run(t.Context(), order)
	won := <-done
	if err != nil || report.Erased+won != len(all) {
		t.Errorf("%+v, %d proved: %v", report, won, err)
	}
	for _, a := range all {
		if left := h.traces(a); len(left) != 0 && h.status(a.ID) != account.Active {
			t.Errorf("%v", left)
		}
	}
}

// TestClosedAccountsAreErased thirty days after: nothing of the customer is left but the username, kept from others; the
// person can have a new account at the same address.
func TestClosedAccountsAreErased(t *testing.T) {
	t.Parallel()
	for _, many := range []int{0, 1, 100} { // packages, and changes, which each leave an event and the record that undoes it
		t.Run(fmt.Sprint(many), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			a := h.active(1, locale.English, true)
			by := h.enter("heron1").Session
			for n := range many {
				if err := (&saved.Store{DB: h.db, Now: h.now}).Save(t.Context(), a.ID, fmt.Sprintf("94001000000000000%05d", n), "Boots"); err != nil {
					t.Fatal(err)
				}
				tag := []locale.Tag{locale.Spanish, locale.Swedish}[n%2]
				if _, err := h.Change(t.Context(), by, account.Change{Language: &tag}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := h.Close(t.Context(), by); err != nil {
				t.Fatal(err)
			}
			h.advance(30*24*time.Hour - time.Second)
			h.run(0, 0, 0)
			if got := h.status(a.ID); got != account.Closed {
				t.Fatalf("%s a second early", got)
			}
			h.enter("heron1")
			h.advance(time.Second)
			h.run(0, 0, 1)
			h.run(0, 0, 0)
			left := h.traces(a)
			if len(left) != 1 || !strings.HasPrefix(left[0], "{USERNAME#heron1 LOGIN}") || strings.Contains(left[0], "argon2") || strings.Contains(left[0], a.Email) {
				t.Errorf("left: %v", left)
			}
			r := h.registration(1, locale.English)
			if _, err := h.Create(t.Context(), r, none); !errors.Is(err, account.ErrUsernameTaken) {
				t.Errorf("the username of a closed account: %v", err)
			}
			r.Username = "heron.again"
			again, err := h.Create(t.Context(), r, none)
			if err != nil {
				t.Fatal(err)
			}
			if got := h.prove(again.ID, account.ProveEmail, message.VerifyEmail); got.Status != account.Active {
				t.Errorf("the claim of an erased account is held: %s", got.Status)
			}
			h.days(3 * 365)
			if free, err := h.Free(t.Context(), []string{"heron1"}); err != nil || len(free) != 1 {
				t.Errorf("after three years: %v, %v", free, err)
			}
		})
	}
}

// untimely is a database in which customers do something right before the transaction that removes their PROFILE.
type untimely struct {
	table.Database
	do func()
}

func (u *untimely) Transact(ctx context.Context, ops ...table.Op) error {
	for _, op := range ops {
		if do := u.do; do != nil && op.Verb == table.OpDelete && op.Item.Key.SK == "PROFILE" {
			u.do = nil
			do()
		}
	}
	return u.Database.Transact(ctx, ops...)
}

// TestWhatIsAddedWhileAnAccountIsErased goes with it: a package that is saved, and a parcel that is followed.
func TestWhatIsAddedWhileAnAccountIsErased(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.active(1, locale.English, true)
	if _, err := h.Close(t.Context(), h.enter("heron1").Session); err != nil {
		t.Fatal(err)
	}
	h.days(30)
	const number = "9400100000000000000006"
	db := &untimely{h.outbox, func() {
		keep, subscribe := saved.Store{DB: h.db, Now: h.now}, follow.Store{DB: h.db, Now: h.now}
		err := errors.Join(keep.Save(t.Context(), a.ID, number, "Boots"), subscribe.Save(t.Context(), a.ID,
			follow.Subscription{Number: number, Channels: []message.Channel{message.Email}, Events: []parcel.Status{parcel.Delivered}}))
		if err != nil {
			t.Error(err)
		}
	}}
	if report, err := h.sweeper(db, 0).Run(t.Context(), order); err != nil || report.Erased != 1 || db.do != nil {
		t.Errorf("%+v, %v", report, err)
	}
	if left := h.traces(a); len(left) != 1 || !strings.HasPrefix(left[0], "{USERNAME#heron1 LOGIN}") {
		t.Errorf("left: %v", left)
	}
	if item, _, err := h.db.Table(parcel.Definition.Name).Get(t.Context(), parcel.Key(number), true); err != nil || strings.Contains(string(item.Data), a.ID) {
		t.Errorf("the parcel: %s, %v", item.Data, err)
	}
}

func TestAReopenedAccountIsNotErased(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, young := h.active(1, locale.English, false), h.create(2, locale.English)
	for _, username := range []string{"heron1", "heron2"} {
		if _, err := h.Close(t.Context(), h.enter(username).Session); err != nil {
			t.Fatal(err)
		}
	}
	h.days(29)
	for _, username := range []string{"heron1", "heron2"} {
		if _, err := h.Reopen(t.Context(), h.enter(username).Session); err != nil {
			t.Fatal(err)
		}
	}
	h.days(2)
	h.run(0, 0, 0)
	h.days(5)
	h.run(0, 0, 1)
	if h.status(a.ID) != account.Active {
		t.Error("not active")
	}
	if _, err := h.Get(t.Context(), young.ID); fault.Code(err) != "not_found" {
		t.Errorf("one that was never proved, opened again: %v", err)
	}
}
