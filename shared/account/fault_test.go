package account_test

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// dying is a database whose process dies at its transactions: before them or right after, when nobody hears the answer.
type dying struct {
	table.Database
	when string // "", "before", "after"
}

func (d *dying) Transact(ctx context.Context, ops ...table.Op) error {
	switch d.when {
	case "before":
		return table.ErrUnavailable
	case "after":
		if err := d.Database.Transact(ctx, ops...); err != nil {
			return err
		}
		return table.ErrUnavailable
	}
	return d.Database.Transact(ctx, ops...)
}

// contents is what a table holds.
func (h *house) contents(t *testing.T, name string) map[table.Key]string {
	t.Helper()
	all := map[table.Key]string{}
	err := h.db.Each(name, func(item table.Item) error { all[item.Key] = string(item.Data); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sessionsFollow: whoever is flagged or closed has no session that may do everything, and no session but the one that
// changed a password is older than it.
func (h *house) sessionsFollow(t *testing.T, stale int) {
	t.Helper()
	credentials := map[string]int64{}
	err := h.db.Each(account.Definition.Name, func(item table.Item) error {
		var l struct {
			Account    string
			Credential int64
		}
		err := item.Decode(&l)
		credentials[l.Account] = max(credentials[l.Account], l.Credential)
		return err
	})
	err = errors.Join(err, h.db.Each(session.Definition.Name, func(item table.Item) error {
		var s session.Session
		if err := item.Decode(&s); err != nil {
			return err
		}
		if status := h.status(t, s.Account); s.Scope == session.Full && status.Scope() != session.Full {
			t.Errorf("an account that is %s has a session of scope %s", status, s.Scope)
		}
		if s.Credential < credentials[s.Account] {
			stale--
		}
		return nil
	}))
	if err != nil || stale < 0 {
		t.Errorf("%d sessions too many are older than the password, %v", -stale, err)
	}
}

// acts are what changes an account and tells of it, each with what leads up to it and how many messages it causes.
var acts = map[string]func(*testing.T, *house) (act func(context.Context) error, messages int){
	"a code is sent again": func(t *testing.T, h *house) (func(context.Context) error, int) {
		a := h.create(t, registration(1))
		h.advance(time.Minute)
		return func(ctx context.Context) error { return h.SendCode(ctx, a.ID, account.ProveEmail) }, 1
	},
	"the e-mail is proved": func(t *testing.T, h *house) (func(context.Context) error, int) {
		a := h.create(t, registration(1))
		code := h.code(t, a.ID, account.ProveEmail)
		return func(ctx context.Context) error {
			_, err := h.Prove(ctx, &session.Session{Account: a.ID}, account.ProveEmail, code)
			return err
		}, 1
	},
	"a second account is flagged": func(t *testing.T, h *house) (func(context.Context) error, int) {
		h.prove(t, h.create(t, registration(1)).ID, account.ProveEmail)
		r := registration(2)
		r.Name = registration(1).Name
		a := h.create(t, r)
		code := h.code(t, a.ID, account.ProveEmail)
		return func(ctx context.Context) error {
			_, err := h.Prove(ctx, &session.Session{Account: a.ID}, account.ProveEmail, code)
			return err
		}, 1
	},
	"a letter is sent": func(t *testing.T, h *house) (func(context.Context) error, int) {
		_, _, live := h.twins(t, nil)
		return func(ctx context.Context) error { return h.SendLetter(ctx, live) }, 1
	},
	"a claim is challenged": func(t *testing.T, h *house) (func(context.Context) error, int) {
		_, _, live := h.twins(t, nil)
		code := h.letter(t, live)
		return func(ctx context.Context) error { _, err := h.EnterLetter(ctx, live, code); return err }, 1
	},
	"a claim passes": func(t *testing.T, h *house) (func(context.Context) error, int) {
		first, _, live := h.twins(t, nil)
		code := h.letter(t, live)
		h.sleep(t, first)
		return func(ctx context.Context) error { _, err := h.EnterLetter(ctx, live, code); return err }, 2
	},
	"a claim passes at a login": func(t *testing.T, h *house) (func(context.Context) error, int) {
		_, _, live := h.twins(t, nil)
		if _, err := h.EnterLetter(t.Context(), live, h.letter(t, live)); err != nil {
			t.Fatal(err)
		}
		h.advance(account.ObjectionTime)
		h.enter(t, "heron1", password)
		return func(ctx context.Context) error {
			_, err := h.Enter(ctx, account.Credentials{Username: "heron2", Password: password}, session.Opening{})
			return err
		}, 2
	},
	"a holder objects": func(t *testing.T, h *house) (func(context.Context) error, int) {
		first, _, live := h.twins(t, nil)
		if _, err := h.EnterLetter(t.Context(), live, h.letter(t, live)); err != nil {
			t.Fatal(err)
		}
		token := h.newest(t, first.ID, message.ClaimChallenged).Secret
		return func(ctx context.Context) error { _, err := h.Disavow(ctx, token, session.Opening{}); return err }, 1
	},
	"an agent releases": func(t *testing.T, h *house) (func(context.Context) error, int) {
		_, second, _ := h.twins(t, nil)
		return func(ctx context.Context) error {
			_, err := h.Release(ctx, second.ID, why)
			return err
		}, 1
	},
	"an agent unlocks": byAgent(2, func(ctx context.Context, h *house, id string) error {
		_, err := h.Unlock(ctx, id, why)
		return err
	}),
	"an agent resets the questions": byAgent(2, func(ctx context.Context, h *house, id string) error {
		_, err := h.ResetAnswers(ctx, id, why)
		return err
	}),
	"an agent starts a recovery": byAgent(3, func(ctx context.Context, h *house, id string) error {
		_, err := h.RecoverFor(ctx, id, "email", why)
		return err
	}),
	"an agent sees a document": byAgent(2, func(ctx context.Context, h *house, id string) error {
		_, err := h.RecordProof(ctx, id, "passport", why)
		return err
	}),
	"an agent enters new contact details": byAgent(4, func(ctx context.Context, h *house, id string) error {
		_, err := h.SetContact(ctx, id, "later@example.com", "+12065559999", why)
		return err
	}),
	"new contact details come in force": func(t *testing.T, h *house) (func(context.Context) error, int) {
		a, _ := h.proved(t, 1)
		h.identified(t, a.ID)
		if _, err := h.SetContact(t.Context(), a.ID, "later@example.com", "", why); err != nil {
			t.Fatal(err)
		}
		h.advance(account.ContactWait)
		return func(ctx context.Context) error { _, err := h.Seen(ctx, a.ID); return err }, 1
	},
	"a recovery is answered": func(t *testing.T, h *house) (func(context.Context) error, int) {
		h.prove(t, h.create(t, registration(1)).ID, account.ProveEmail)
		r, err := h.Recover(t.Context(), "heron1", "", true)
		if err != nil {
			t.Fatal(err)
		}
		return func(ctx context.Context) error {
			return h.RecoverByAnswering(ctx, r.ID, registration(1).Answers, session.Opening{})
		}, 1
	},
	"a password is chosen": func(t *testing.T, h *house) (func(context.Context) error, int) {
		a := h.create(t, registration(1))
		h.prove(t, a.ID, account.ProveEmail)
		h.enter(t, "heron1", password)
		by, _, err := h.Sessions.Open(t.Context(), session.Opening{Account: a.ID, Scope: session.ChoosePassword, Credential: 1, Via: "email"})
		if err != nil {
			t.Fatal(err)
		}
		return func(ctx context.Context) error {
			return h.Choose(ctx, by, "nine brown otters by night", operator.Profile{Name: "Post"})
		}, 2
	},
	"a password is changed": signedIn(func(ctx context.Context, h *house, by *session.Session) error {
		return h.ChangePassword(ctx, by, password, "nine brown otters by night", operator.Profile{Name: "Post"})
	}),
	"a name is changed": signedIn(func(ctx context.Context, h *house, by *session.Session) error {
		_, err := h.Change(ctx, by, account.Change{Name: &person.Name{First: "Ada", Last: "Byron"}})
		return err
	}),
	"an account moves": signedIn(func(ctx context.Context, h *house, by *session.Session) error {
		_, err := h.Change(ctx, by, account.Change{Address: &address.Address{Street: "1 OAK ST", City: "SEATTLE", State: "WA", Zip: "98109"}})
		return err
	}),
	"a username is changed": signedIn(func(ctx context.Context, h *house, by *session.Session) error {
		_, err := h.Rename(ctx, by, "heron-again")
		return err
	}),
	"questions are changed": signedIn(func(ctx context.Context, h *house, by *session.Session) error {
		return h.ChangeAnswers(ctx, by, []credential.Answer{{Question: "first-pet", Answer: "Rex"}, {Question: "first-school", Answer: "Lowell"}})
	}),
	"an account is closed": signedIn(func(ctx context.Context, h *house, by *session.Session) error {
		_, err := h.Close(ctx, by)
		return err
	}),
}

// why is who acts for the operator in these tests.
var why = activity.By{Agent: "agent", Reason: "asked for at the telephone"}

// byAgent is an act of an agent on an account whose addresses are both proved, and whose customer has shown a document.
func byAgent(messages int, act func(context.Context, *house, string) error) func(*testing.T, *house) (func(context.Context) error, int) {
	return func(t *testing.T, h *house) (func(context.Context) error, int) {
		a, _ := h.proved(t, 1)
		h.identified(t, a.ID)
		return func(ctx context.Context) error { return act(ctx, h, a.ID) }, messages
	}
}

func (h *house) identified(t *testing.T, id string) {
	t.Helper()
	_, err := h.RecordProof(t.Context(), id, "passport", why)
	must(t, err)
}

// signedIn is an act of an active account's session; one e-mail tells of it.
func signedIn(act func(context.Context, *house, *session.Session) error) func(*testing.T, *house) (func(context.Context) error, int) {
	return func(t *testing.T, h *house) (func(context.Context) error, int) {
		h.prove(t, h.create(t, registration(1)).ID, account.ProveEmail)
		h.enter(t, "heron1", password)
		by := h.enter(t, "heron1", password).Session
		return func(ctx context.Context) error { return act(ctx, h, by) }, 1
	}
}

// Whenever a process dies, the change of an account and its messages are both there or both not.
func TestNoCrashBetweenAChangeAndItsMessage(t *testing.T) {
	t.Parallel()
	for name, prepare := range acts {
		for _, when := range []string{"before", "after"} {
			t.Run(name+", a crash "+when, func(t *testing.T) {
				t.Parallel()
				h := open(t)
				act, messages := prepare(t, h)
				accounts, outbox := h.contents(t, account.Definition.Name), h.contents(t, message.Definition.Name)
				d := &dying{h.DB, when}
				h.DB = d
				if err := act(t.Context()); !errors.Is(err, table.ErrUnavailable) {
					t.Fatalf("the crash is answered with %v", err)
				}
				changed := !maps.Equal(accounts, h.contents(t, account.Definition.Name))
				told := len(h.contents(t, message.Definition.Name)) - len(outbox)
				if changed != (when == "after") || changed != (told == messages) || !changed && told != 0 {
					t.Errorf("changed: %v, messages: %d, expected %d", changed, told, messages)
				}
				stale := 0
				if name == "a password is changed" {
					stale = 1
				}
				h.sessionsFollow(t, stale)
				if d.when = ""; when == "before" {
					if err := act(t.Context()); err != nil {
						t.Errorf("once more, without a crash: %v", err)
					}
				}
			})
		}
	}
}
