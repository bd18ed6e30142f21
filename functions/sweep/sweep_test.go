package sweep_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/functions/sweep"
	"postkontor/shared/account"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// TestWarningsComeOnTheirDays: 60, 30, 7 and 1 days ahead of 1,095 days after the day of the last login, on every proved
// channel, in the account's language, and never by its username; the day before each, and again on it, nothing.
func TestWarningsComeOnTheirDays(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages() {
		t.Run(string(language.Code), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			a := h.active(1, language.Code, true)
			h.days(20)
			h.enter("heron1")
			login, deadline := h.now(), h.now().AddDate(0, 0, 1095)
			for n, ahead := range []int{60, 30, 7, 1} {
				h.at.Store(deadline.AddDate(0, 0, -ahead-1).UnixNano())
				h.run(0, 0, 0)
				h.days(1)
				h.run(1, 0, 0)
				h.run(0, 0, 0)
				warnings := h.outbox.to(a.ID, message.DormantWarning)
				if len(warnings) != 2*(n+1) {
					t.Fatalf("%d days ahead there are %d messages", ahead, len(warnings))
				}
				both := warnings[2*n:]
				if !slices.Equal(channels(both), []message.Channel{message.Email, message.SMS}) {
					t.Errorf("sent by %v", channels(both))
				}
				for _, m := range both {
					if m.Expires.After(deadline.Add(24*time.Hour)) || m.Expires.Sub(m.At) > 7*24*time.Hour || m.Expires.Sub(m.At) < 24*time.Hour {
						t.Errorf("written %s, sent until %s, names %s", m.At, m.Expires, deadline)
					}
					if text := h.text(m); !strings.Contains(text, locale.Day(language.Code, deadline)) || strings.Contains(text, "heron1") || m.Language != language.Code {
						t.Errorf("%d days before %s, in %s: %s", ahead, deadline, m.Language, text)
					}
				}
			}
			h.at.Store(deadline.Truncate(24 * time.Hour).Add(-time.Second).UnixNano())
			h.run(0, 0, 0)
			if got := h.status(a.ID); got != account.Active {
				t.Fatalf("%s a second before the day (last login %s)", got, login)
			}
			h.advance(time.Second)
			h.run(0, 1, 0)
			if told := h.outbox.to(a.ID, message.Deactivated); h.status(a.ID) != account.Inactive || len(told) != 1 || told[0].Channel != message.Email {
				t.Errorf("%s, told %v", h.status(a.ID), told)
			}
			h.days(2000)
			if again := h.run(0, 0, 0); again.Visited != 0 {
				t.Errorf("an inactive account is visited again: %+v", again)
			}
		})
	}
}

// TestALateSweepSkipsNoWarning: each keeps its distance to the next, and the day that they name moves.
func TestALateSweepSkipsNoWarning(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.active(1, locale.Swedish, false)
	h.days(1500)
	for _, step := range []struct{ wait, ahead int }{{0, 60}, {30, 30}, {40, 7}, {6, 1}} {
		if step.wait > 0 {
			h.days(step.wait - 1)
			if step.wait != 40 {
				h.run(0, 0, 0)
			}
			h.days(1)
		}
		h.run(1, 0, 0)
		all := h.outbox.to(a.ID, message.DormantWarning)
		if want := locale.Day(locale.Swedish, h.now().AddDate(0, 0, step.ahead)); !strings.Contains(h.text(all[len(all)-1]), want) {
			t.Errorf("%d days ahead: not %s in %s", step.ahead, want, h.text(all[len(all)-1]))
		}
	}
	h.days(1)
	h.run(0, 1, 0)
	if n := len(h.outbox.to(a.ID, message.DormantWarning)); n != 4 {
		t.Errorf("%d warnings", n)
	}
}

func TestALoginEndsTheWarnings(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.active(1, locale.English, false)
	h.days(1035)
	h.run(1, 0, 0)
	h.days(30)
	h.run(1, 0, 0)
	h.days(22)
	h.enter("heron1")
	h.days(1)
	if r := h.run(0, 0, 0); r.Rebucketed != 1 {
		t.Errorf("%+v", r)
	}
	h.days(1033)
	h.run(0, 0, 0)
	h.days(1)
	h.run(1, 0, 0)
	if h.status(a.ID) != account.Active {
		t.Error("not active")
	}
}

// TestALoginRacingTheSweepWins: who is in with a full session is active and not deactivated afterwards, in whatever order.
func TestALoginRacingTheSweepWins(t *testing.T) {
	t.Parallel()
	h := open(t)
	const people = 24
	for n := range people {
		h.active(n, locale.English, false)
	}
	for _, wait := range []int{1035, 30, 23, 6} {
		h.days(wait)
		h.run(people, 0, 0)
	}
	h.days(1)
	entries := make([]*account.Entry, people)
	var all sync.WaitGroup
	for n := range people {
		all.Go(func() {
			var err error
			credentials := account.Credentials{Username: fmt.Sprintf("heron%d", n), Password: password}
			if entries[n], err = h.Enter(t.Context(), credentials, session.Opening{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Go(func() {
		if _, err := h.sweep.Run(t.Context(), sweep.Order{}); err != nil {
			t.Error(err)
		}
	})
	all.Wait()
	if t.Failed() {
		return
	}
	won := 0
	for n, e := range entries {
		live, err := h.Sessions.Check(t.Context(), e.Token)
		status := h.status(e.Account.ID)
		switch {
		case e.Session.Scope == session.Full && status == account.Active && err == nil:
			won++
		case e.Session.Scope == session.Reactivate && status == account.Inactive:
		default:
			t.Errorf("heron%d is %s with a session %s: %v, %v", n, status, e.Session.Scope, live, err)
		}
	}
	h.days(1)
	if r := h.run(0, 0, 0); r.Rebucketed > won {
		t.Errorf("%d won, then %+v", won, r)
	}
}

// TestALoginRacingAWarningKeepsItsDay: whoever of them writes first, nobody who was in is warned again.
func TestALoginRacingAWarningKeepsItsDay(t *testing.T) {
	t.Parallel()
	h := open(t)
	const people = 30
	h.due(people)
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := h.sweep.Run(t.Context(), order); err != nil {
			t.Error(err)
		}
	})
	for n := range people {
		all.Go(func() {
			credentials := account.Credentials{Username: fmt.Sprintf("heron%d", n), Password: password}
			if e, err := h.Enter(t.Context(), credentials, session.Opening{}); err != nil || e.Session.Scope != session.Full {
				t.Error(err)
			}
		})
	}
	all.Wait()
	h.days(31)
	h.run(0, 0, 0)
}

// TestSE4_SessionsEndWithTheAccount: a session that the deactivation meets, of whatever scope, is gone.
func TestSE4_SessionsEndWithTheAccount(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.active(1, locale.English, false)
	for _, wait := range []int{1035, 30, 23, 6} {
		h.days(wait)
		h.run(1, 0, 0)
	}
	h.days(1)
	var tokens []string
	for range 95 {
		_, token, err := h.Sessions.Open(t.Context(), session.Opening{Account: a.ID, Scope: session.ChoosePassword})
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	h.run(0, 1, 0)
	for _, token := range tokens {
		if _, err := h.Sessions.Check(t.Context(), token); !errors.Is(err, session.ErrNone) {
			t.Fatalf("a session lives on: %v", err)
		}
	}
	e := h.enter("heron1")
	if e.Session.Scope != session.Reactivate {
		t.Errorf("logs in with the scope %s", e.Session.Scope)
	}
	if _, err := h.Reactivate(t.Context(), e.Session, account.Proof{Answers: answers}, "", session.Opening{}); err != nil {
		t.Fatal(err)
	}
	h.days(1034)
	h.run(0, 0, 0)
	h.days(1)
	h.run(1, 0, 0)
}

func TestWithoutAProvedChannelALetterWarns(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.active(1, locale.Spanish, false)
	profile := table.Key{PK: "ACCOUNT#" + a.ID, SK: "PROFILE"}
	item, _, err := h.db.Table("accounts").Get(t.Context(), profile, true)
	if err != nil {
		t.Fatal(err)
	}
	item.Data = []byte(strings.Replace(string(item.Data), `"emailVerified":true`, `"emailVerified":false`, 1))
	if err := h.db.Table("accounts").Put(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	for _, wait := range []int{1035, 30, 23, 6} {
		h.days(wait)
		h.run(1, 0, 0)
	}
	h.days(1)
	h.run(0, 1, 0)
	warnings, told := h.outbox.to(a.ID, message.DormantWarning), h.outbox.to(a.ID, message.Deactivated)
	if all := append(warnings, told...); len(all) != 5 || !slices.Equal(channels(all), []message.Channel{message.Letter}) || !strings.Contains(h.text(all[0]), "quedará inactiva") {
		t.Errorf("%d warnings, %d at the end, by %v", len(warnings), len(told), channels(all))
	}
}

// TestAFlaggedAccount wins its claim by waiting, and who lost it is warned and deactivated like everybody.
func TestAFlaggedAccount(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.active(1, locale.English, false)
	r := func() *account.Account {
		a, err := h.Create(t.Context(), account.Registration{Language: locale.English, Username: "other", Password: password, Answers: answers,
			Type: account.Personal, Name: h.get("heron1").Name, Email: "other@example.com", Phone: "+12065559999", Address: h.get("heron1").Address}, none)
		if err != nil {
			t.Fatal(err)
		}
		return h.prove(a.ID, account.ProveEmail, message.VerifyEmail)
	}
	second := r()
	if second.Status != account.Flagged {
		t.Fatalf("the second is %s", second.Status)
	}
	h.days(8) // the bucket of its sign-up
	if got := h.run(0, 0, 0); got.Rebucketed != 1 {
		t.Errorf("%+v", got)
	}
	if err := h.SendLetter(t.Context(), h.enter("other").Session); err != nil {
		t.Fatal(err)
	}
	if _, err := h.EnterLetter(t.Context(), h.enter("other").Session, h.secret(second.ID, message.LetterDuplicate)); err != nil {
		t.Fatal(err)
	}
	h.days(13)
	h.run(0, 0, 0)
	h.advance(24*time.Hour - time.Second)
	h.run(0, 0, 0)
	if h.status(second.ID) != account.Flagged {
		t.Error("the claim passed a second before its time")
	}
	h.advance(time.Second)
	if got := h.run(0, 0, 0); got.Rebucketed != 1 || h.status(second.ID) != account.Active || h.status(h.get("heron1").ID) != account.Flagged {
		t.Errorf("%+v: %s, who held it %s", got, h.status(second.ID), h.status(h.get("heron1").ID))
	}
	for _, wait := range []int{1013, 22, 30, 23, 6, 1} {
		h.days(wait)
		if _, err := h.sweep.Run(t.Context(), sweep.Order{}); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.status(h.get("heron1").ID); got != account.Inactive {
		t.Errorf("a flagged account that nobody uses is %s", got)
	}
}

// get answers an account by its username.
func (h *house) get(username string) *account.Account {
	h.Helper()
	var found *account.Account
	for _, key := range h.kept("accounts") {
		if id, ok := strings.CutPrefix(key.PK, "ACCOUNT#"); ok && key.SK == "PROFILE" {
			if a, err := h.Get(h.Context(), id); err == nil && a.Username == username {
				found = a
			}
		}
	}
	if found == nil {
		h.Fatalf("no account %s", username)
	}
	return found
}
