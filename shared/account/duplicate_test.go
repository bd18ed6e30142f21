package account_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/person"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// newest answers the newest message of a template to an account, with its opened secret.
func (h *house) newest(t *testing.T, id string, template message.Template) (m message.Message) {
	t.Helper()
	all := h.messages(t, id)
	slices.SortStableFunc(all, func(a, b message.Message) int { return a.At.Compare(b.At) })
	for _, one := range all {
		if one.Template == template {
			m = one
		}
	}
	if m.Secret != "" {
		plain, err := secret.NewOpener(h.keys).Open(t.Context(), m.Secret)
		if err != nil {
			t.Fatal(err)
		}
		m.Secret = string(plain)
	}
	return m
}

// twins creates two accounts of one person at one address and proves their e-mail addresses: the first is active, the
// second flagged, with a session.
func (h *house) twins(t *testing.T, change func(*account.Registration)) (first, second *account.Account, live *session.Session) {
	t.Helper()
	one, two := registration(1), registration(2)
	two.Name = one.Name
	for _, r := range []*account.Registration{&one, &two} {
		if change != nil {
			change(r)
		}
	}
	first, second = h.create(t, one), h.create(t, two)
	h.prove(t, first.ID, account.ProveEmail)
	if a := h.prove(t, second.ID, account.ProveEmail); a.Status != account.Flagged {
		t.Fatalf("the second account is %s", a.Status)
	}
	return first, second, h.enter(t, two.Username, password).Session
}

// letter has a letter sent and answers its code.
func (h *house) letter(t *testing.T, by *session.Session) string {
	t.Helper()
	if err := h.SendLetter(t.Context(), by); err != nil {
		t.Fatalf("asking for a letter: %v", err)
	}
	return h.newest(t, by.Account, message.LetterDuplicate).Secret
}

func (h *house) status(t *testing.T, id string) account.Status {
	t.Helper()
	a, err := h.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a.Status
}

// sleep makes an account inactive, as years do.
func (h *house) sleep(t *testing.T, a *account.Account) {
	t.Helper()
	for _, key := range []table.Key{{PK: "USERNAME#" + strings.ToLower(a.Username), SK: "LOGIN"}, {PK: "ACCOUNT#" + a.ID, SK: "PROFILE"}} {
		item, _, err := h.db.Table(account.Definition.Name).Get(t.Context(), key, true)
		if err != nil {
			t.Fatal(err)
		}
		item.Data = []byte(strings.Replace(string(item.Data), `"status":"active"`, `"status":"inactive"`, 1))
		if err := h.db.Table(account.Definition.Name).Put(t.Context(), item); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOTP5_LetterCodesEndAfterThreeWeeksOrThirtyDays(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct {
		state string
		after time.Duration
		code  string
	}{
		{"WA", 21*day - time.Minute, ""}, {"WA", 21 * day, "code_expired"},
		{"AK", 30*day - time.Minute, ""}, {"AK", 30 * day, "code_expired"}, {"PR", 21 * day, ""}, {"AE", 30 * day, "code_expired"}, {"GU", 29 * day, ""},
	} {
		t.Run(c.state+" "+c.after.String(), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			_, _, live := h.twins(t, func(r *account.Registration) { r.Address.State = c.state })
			code := h.letter(t, live)
			h.advance(c.after)
			if _, err := h.EnterLetter(t.Context(), live, code); fault.Code(err) != c.code {
				t.Errorf("the code: %v", err)
			}
		})
	}
}

func TestTheClaimPassesWhenNobodyObjects(t *testing.T) {
	t.Parallel()
	h := open(t)
	first, second, live := h.twins(t, nil)
	h.prove(t, first.ID, account.ProvePhone)
	code := h.letter(t, live)
	a, err := h.EnterLetter(t.Context(), live, " "+strings.ToLower(code[:4])+"-"+code[4:])
	if err != nil || a.Status != account.Flagged || a.ClaimAt == nil || !a.ClaimAt.Equal(h.now().Add(account.ObjectionTime)) || live.Scope != session.Flagged {
		t.Fatalf("entering the code: %+v, %v", a, err)
	}
	if n := h.count(t, first.ID, message.ClaimChallenged); n != 2 {
		t.Errorf("the holder is told %d times, not by e-mail and SMS", n)
	}
	if _, err := h.EnterLetter(t.Context(), live, code); fault.Code(err) != "code_wrong" {
		t.Errorf("the code a second time: %v", err)
	}
	h.advance(account.ObjectionTime - time.Second)
	if e := h.enter(t, "heron2", password); e.Session.Scope != session.Flagged || h.status(t, first.ID) != account.Active {
		t.Errorf("a second before the end the login's scope is %s", e.Session.Scope)
	}
	holder := h.enter(t, "heron1", password)
	h.advance(time.Second)
	if e := h.enter(t, "heron2", password); e.Session.Scope != session.Full || e.Account.Status != account.Active || e.Account.ClaimAt != nil {
		t.Errorf("after it the login's scope is %s, the account %s", e.Session.Scope, e.Account.Status)
	}
	if checked, err := h.Sessions.Check(t.Context(), holder.Token); err != nil || checked.Scope != session.Flagged || h.status(t, first.ID) != account.Flagged {
		t.Errorf("the holder that did not object: %+v, %v", checked, err)
	}
	if h.count(t, first.ID, message.ClaimLost) != 2 || h.count(t, second.ID, message.DuplicateCleared) != 1 {
		t.Error("one of both is not told that the claim has passed")
	}
	if e := h.enter(t, "heron1", password); e.Session.Scope != session.Flagged {
		t.Errorf("the one that lost it logs in with the scope %s", e.Session.Scope)
	}
}

func TestTheHolderObjects(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	first, second, live := h.twins(t, nil)
	if _, err := h.EnterLetter(ctx, live, h.letter(t, live)); err != nil {
		t.Fatal(err)
	}
	h.advance(8 * 24 * time.Hour) // longer than other notices' tokens are good
	spare := h.letter(t, h.enter(t, "heron2", password).Session)
	h.advance(5 * 24 * time.Hour)
	holder := h.enter(t, "heron1", password)
	token := h.newest(t, first.ID, message.ClaimChallenged).Secret
	if undone, err := h.Disavow(ctx, token, session.Opening{}); err != nil || !slices.Equal(undone, []string{"claim-challenged"}) {
		t.Fatalf("objecting: %v, %v", undone, err)
	}
	if _, err := h.Sessions.Check(ctx, holder.Token); err != nil {
		t.Errorf("objecting ended a session of the holder: %v", err)
	}
	h.enter(t, "heron1", password)
	if _, err := h.Disavow(ctx, token, session.Opening{}); fault.Code(err) != "token_invalid" {
		t.Errorf("objecting twice: %v", err)
	}
	if h.count(t, second.ID, message.ClaimObjected) != 1 {
		t.Error("who was objected to is not told")
	}
	h.advance(2 * 24 * time.Hour)
	late := h.enter(t, "heron2", password)
	if late.Session.Scope != session.Flagged || late.Account.ClaimAt != nil {
		t.Errorf("after the objection: %s, %v", late.Session.Scope, late.Account.ClaimAt)
	}
	if _, err := h.EnterLetter(ctx, late.Session, spare); fault.Code(err) != "code_wrong" {
		t.Errorf("another letter's code: %v", err)
	}
	h.advance(28*24*time.Hour - time.Hour)
	refused := &fault.Error{}
	if err := h.SendLetter(ctx, late.Session); !errors.As(err, &refused) || refused.Code != "sending_too_often" || refused.RetryAfter != time.Hour {
		t.Errorf("a letter within 30 days: %v, %+v", err, refused)
	}
	h.advance(time.Hour)
	if err := h.SendLetter(ctx, late.Session); err != nil {
		t.Errorf("a letter after 30 days: %v", err)
	}
}

func TestOneLetterAWeekAndFiveTries(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	_, _, live := h.twins(t, nil)
	old := h.letter(t, live)
	refused := &fault.Error{}
	h.advance(account.LetterEvery - time.Second)
	if err := h.SendLetter(ctx, live); !errors.As(err, &refused) || refused.Code != "sending_too_often" || refused.RetryAfter != time.Second {
		t.Errorf("a second letter within a week: %v", err)
	}
	h.advance(time.Second)
	for _, wrong := range []string{"", old + "0", "000000"} {
		if _, err := h.EnterLetter(ctx, live, wrong); fault.Code(err) != "code_wrong" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	fresh := h.letter(t, live)
	if _, err := h.EnterLetter(ctx, live, old); fault.Code(err) != "code_wrong" {
		t.Errorf("the code that was replaced: %v", err)
	}
	_, _ = h.EnterLetter(ctx, live, "ZZZZZZZZZZ")
	if _, err := h.EnterLetter(ctx, live, fresh); fault.Code(err) != "way_closed" {
		t.Errorf("a sixth try, after another letter: %v", err)
	}
	h.advance(24 * time.Hour)
	if _, err := h.EnterLetter(ctx, live, fresh); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

func TestAnInactiveHolderLosesAtOnceAndIsFlaggedWhenItReturns(t *testing.T) {
	t.Parallel()
	h := open(t)
	first, second, live := h.twins(t, nil)
	h.sleep(t, first)
	a, err := h.EnterLetter(t.Context(), live, h.letter(t, live))
	if err != nil || a.Status != account.Active || live.Scope != session.Full {
		t.Fatalf("entering the code: %+v, %v, scope %s", a, err, live.Scope)
	}
	if h.status(t, first.ID) != account.Inactive || h.count(t, first.ID, message.ClaimLost) != 1 || h.status(t, second.ID) != account.Active {
		t.Errorf("the sleeping one is %s", h.status(t, first.ID))
	}
	if a.Email != "heron2@example.com" || a.Username != "heron2" {
		t.Error("something of the older account has passed")
	}
}

// Many of one name and address are flagged at once; whoever enters codes, one of them holds the claim.
func TestOneHolderWhoeverEntersCodes(t *testing.T) {
	t.Parallel()
	h := open(t)
	first, _, live := h.twins(t, nil)
	third := registration(3)
	third.Name = registration(1).Name
	h.prove(t, h.create(t, third).ID, account.ProveEmail)
	rival := h.enter(t, "heron3", password).Session
	h.sleep(t, first)
	codes := []string{h.letter(t, live), h.letter(t, rival)}
	var group sync.WaitGroup
	for i, by := range []*session.Session{live, rival} {
		group.Go(func() {
			if _, err := h.EnterLetter(t.Context(), by, codes[i]); err != nil {
				t.Errorf("code %d: %v", i, err)
			}
		})
	}
	group.Wait()
	active := 0
	for _, by := range []*session.Session{live, rival} {
		if h.status(t, by.Account) == account.Active {
			active++
		}
	}
	if active != 1 {
		t.Errorf("%d of two are active", active)
	}
	h.advance(account.ObjectionTime)
	h.enter(t, "heron2", password)
	h.enter(t, "heron3", password)
	if two, three := h.status(t, live.Account), h.status(t, rival.Account); (two == account.Active) == (three == account.Active) {
		t.Errorf("after the time to object they are %s and %s", two, three)
	}
}

func TestTwoOfOneNameInOneHousehold(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	father, son, _ := h.twins(t, nil)
	if _, err := h.Release(ctx, father.ID, activity.By{Agent: "agent", Reason: "none"}); fault.Code(err) != "changed_meanwhile" {
		t.Errorf("releasing what is not flagged: %v", err)
	}
	h.advance(time.Second) // so that it is the newest
	a, err := h.Release(ctx, son.ID, activity.By{Agent: "agent", Reason: "father and son, seen at the counter"})
	if err != nil || a.Status != account.Active {
		t.Fatalf("releasing: %+v, %v", a, err)
	}
	if events, _, err := h.Activity(ctx, son.ID, "", 1); err != nil || events[0].Kind != "released" || events[0].Agent != "agent" || events[0].Reason != "father and son, seen at the counter" {
		t.Errorf("the activity of a release: %+v, %v", events, err)
	}
	live := h.enter(t, "heron2", password).Session
	if live.Scope != session.Full || h.status(t, father.ID) != account.Active {
		t.Error("not both are active")
	}
	away, back := person.Name{First: "Adam", Last: "Heron1"}, registration(1).Name
	for _, name := range []person.Name{away, back} { // the first is free, for the second it was released
		if _, err := h.Change(ctx, live, account.Change{Name: &name}); err != nil {
			t.Errorf("changing to %v: %v", name, err)
		}
	}
	if _, err := h.Close(ctx, live); err != nil {
		t.Fatal(err)
	}
	if a, err := h.Reopen(ctx, live); err != nil || a.Status != account.Active {
		t.Errorf("opened again after a release: %+v, %v", a, err)
	}
	third := registration(3)
	third.Name = away
	if a := h.prove(t, h.create(t, third).ID, account.ProveEmail); a.Status != account.Active {
		t.Errorf("the claim that was left is still held: %s", a.Status)
	}
	if e := h.enter(t, "heron1", password); e.Session.Scope != session.Full {
		t.Errorf("the father's scope is %s", e.Session.Scope)
	}
}

// TestAReleaseWithoutAHolder: an account whose claim nobody holds any more is released with it, so that no other becomes active
// for the same person.
func TestAReleaseWithoutAHolder(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, second, _ := h.twins(t, nil)
	first := h.enter(t, "heron1", password).Session
	other := person.Name{First: "Adam", Last: "Heron1"}
	h.change(t, first, account.Change{Name: &other})
	if a, err := h.Release(t.Context(), second.ID, why); err != nil || a.Status != account.Active {
		t.Fatalf("releasing: %+v, %v", a, err)
	}
	third := registration(3)
	third.Name = registration(1).Name
	if a := h.prove(t, h.create(t, third).ID, account.ProveEmail); a.Status != account.Flagged {
		t.Errorf("beside the released account another is %s", a.Status)
	}
	if found, err := h.Search(t.Context(), account.Query{Address: third.Address, Last: third.Name.Last}); err != nil || !slices.ContainsFunc(found, func(a account.Seen) bool { return a.ID == second.ID }) {
		t.Errorf("at the address there are %+v, %v", found, err)
	}
}

func TestOneHintInThirtyDays(t *testing.T) {
	t.Parallel()
	h := open(t)
	first, _, _ := h.twins(t, nil) // the second was flagged
	taken := registration(1).Name
	h.prove(t, h.create(t, registration(5)).ID, account.ProveEmail)
	hints := h.count(t, first.ID, message.DuplicateHint)
	for _, wait := range []time.Duration{time.Hour, 29*24*time.Hour + 22*time.Hour, time.Hour} { // the outbox keeps none so long
		h.advance(wait)
		live := h.enter(t, "heron5", password).Session
		before := h.count(t, first.ID, message.DuplicateHint)
		if _, err := h.Change(t.Context(), live, account.Change{Name: &taken}); !errors.Is(err, account.ErrClaimHeld) {
			t.Errorf("a name whose claim is held: %v", err)
		}
		hints += h.count(t, first.ID, message.DuplicateHint) - before
	}
	if hints != 2 {
		t.Errorf("%d hints in 30 days and a moment", hints)
	}
}

func TestAFreeClaimIsTakenAtLogin(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, _, _ = h.twins(t, nil)
	moved := person.Name{First: "Ada", Last: "Byron"}
	if _, err := h.Change(t.Context(), h.enter(t, "heron1", password).Session, account.Change{Name: &moved}); err != nil {
		t.Fatal(err)
	}
	if e := h.enter(t, "heron2", password); e.Session.Scope != session.Full || e.Account.Status != account.Active {
		t.Errorf("who waited for it logs in with the scope %s", e.Session.Scope)
	}
}

func TestAFirmIsPartOfThePerson(t *testing.T) {
	t.Parallel()
	h := open(t)
	firm := func(n int, company string) account.Status {
		r := registration(n)
		r.Name, r.Type, r.Company = registration(1).Name, account.Business, company
		return h.prove(t, h.create(t, r).ID, account.ProveEmail).Status
	}
	h.prove(t, h.create(t, registration(1)).ID, account.ProveEmail)
	for n, c := range []struct {
		company string
		want    account.Status
	}{{"Heron & Co", account.Active}, {"HERON & CO", account.Flagged}, {"Heron Boats", account.Active}} {
		if got := firm(2+n, c.company); got != c.want {
			t.Errorf("%s is %s", c.company, got)
		}
	}
}

func TestDuplicateCost(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, _, live := h.twins(t, nil)
	for _, c := range []struct {
		name string
		most int64
		run  func(context.Context) error
	}{
		{"a letter", 2, func(ctx context.Context) error { return h.SendLetter(ctx, live) }},
		{"its code", 8, func(ctx context.Context) error {
			_, err := h.EnterLetter(ctx, live, h.newest(t, live.Account, message.LetterDuplicate).Secret)
			return err
		}},
		{"a login that waits", 10, func(ctx context.Context) error {
			_, err := h.Enter(ctx, account.Credentials{Username: "heron2", Password: password}, session.Opening{})
			return err
		}},
	} {
		ctx, n := table.WithCalls(t.Context())
		if err := c.run(ctx); err != nil || n.Load() > c.most {
			t.Errorf("%s: %v, %d calls, at most %d are paid for", c.name, err, n.Load(), c.most)
		}
	}
}
