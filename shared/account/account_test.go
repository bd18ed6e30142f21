package account_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/table"
	"postkontor/shared/web"
)

func TestBL1_OneWinnerForAUsername(t *testing.T) {
	t.Parallel()
	h := open(t)
	var won, taken atomic.Int32
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			r := registration(i)
			r.Username = []string{"heron", "Heron", "HERON"}[i%3]
			_, err := h.Create(t.Context(), r, none)
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, account.ErrUsernameTaken):
				taken.Add(1)
			default:
				t.Errorf("sign-up %d: %v", i, err)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 || taken.Load() != 49 {
		t.Errorf("%d won, %d were told that it is taken", won.Load(), taken.Load())
	}
	emails := 0
	_ = h.db.Each(account.Definition.Name, func(item table.Item) error {
		if strings.HasPrefix(item.Key.PK, "EMAIL#") {
			emails++
		}
		return nil
	})
	if emails != 1 {
		t.Errorf("%d e-mail items: a lost sign-up left something behind", emails)
	}
}

func TestProvingTheEmailTakesTheClaim(t *testing.T) {
	t.Parallel()
	h := open(t)
	first := h.create(t, registration(1))
	again := registration(2)
	again.Name = person.Name{First: "ÁDA", Last: "heron1"}
	second := h.create(t, again)
	live := h.enter(t, "heron2", password)

	if a := h.prove(t, first.ID, account.ProveEmail); a.Status != account.Active || !a.EmailVerified {
		t.Errorf("the first account is %s, verified %v", a.Status, a.EmailVerified)
	}
	if n := h.count(t, first.ID, message.AccountActive); n != 1 {
		t.Errorf("%d welcome messages", n)
	}
	if a := h.prove(t, second.ID, account.ProveEmail); a.Status != account.Flagged {
		t.Errorf("the second account of the person at the address is %s", a.Status)
	}
	checked, err := h.Sessions.Check(t.Context(), live.Token)
	if err != nil || checked.Scope != session.Flagged {
		t.Errorf("its session: %v, %v", checked, err)
	}
	if e := h.enter(t, "heron2", password); e.Session.Scope != session.Flagged {
		t.Errorf("a new login of a flagged account has the scope %s", e.Session.Scope)
	}
}

func TestOneClaimUnderRace(t *testing.T) {
	t.Parallel()
	h := open(t)
	var group sync.WaitGroup
	var active atomic.Int32
	for i := range 10 {
		r := registration(i)
		r.Name.Last = "Heron"
		a := h.create(t, r)
		code := h.code(t, a.ID, account.ProveEmail)
		group.Go(func() {
			a, err := h.Prove(t.Context(), &session.Session{Account: a.ID}, account.ProveEmail, code)
			if err != nil {
				t.Errorf("proving: %v", err)
			} else if a.Status == account.Active {
				active.Add(1)
			}
		})
	}
	group.Wait()
	if active.Load() != 1 {
		t.Errorf("%d accounts hold the claim", active.Load())
	}
}

func TestOTP2_CodesEndAfterTenMinutesAndOneUse(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.create(t, registration(1))
	code := h.code(t, a.ID, account.ProvePhone)
	h.advance(9*time.Minute + 59*time.Second)
	if _, err := h.Prove(t.Context(), &session.Session{Account: a.ID}, account.ProvePhone, code[:3]+" "+code[3:]); err != nil {
		t.Errorf("at 9:59: %v", err)
	}
	if _, err := h.Prove(t.Context(), &session.Session{Account: a.ID}, account.ProvePhone, code); fault.Code(err) != "code_wrong" {
		t.Errorf("a second time: %v", err)
	}
	h.advance(2 * time.Second)
	if _, err := h.Prove(t.Context(), &session.Session{Account: a.ID}, account.ProveEmail, h.code(t, a.ID, account.ProveEmail)); fault.Code(err) != "code_expired" {
		t.Errorf("at 10:01: %v", err)
	}
}

func TestOTP3_ANewCodeKeepsTheCountOfTries(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	a := h.create(t, registration(1))
	old := h.code(t, a.ID, account.ProveEmail)
	for range 4 {
		if _, err := h.Prove(ctx, &session.Session{Account: a.ID}, account.ProveEmail, wrong(old)); fault.Code(err) != "code_wrong" {
			t.Fatalf("a wrong code: %v", err)
		}
	}
	h.advance(time.Minute)
	if err := h.SendCode(ctx, a.ID, account.ProveEmail); err != nil {
		t.Fatal(err)
	}
	fresh := h.code(t, a.ID, account.ProveEmail)
	if _, err := h.Prove(ctx, &session.Session{Account: a.ID}, account.ProveEmail, old); fault.Code(err) != "code_wrong" && old != fresh {
		t.Errorf("the replaced code: %v", err)
	}
	if _, err := h.Prove(ctx, &session.Session{Account: a.ID}, account.ProveEmail, fresh); fault.Code(err) != "way_closed" {
		t.Errorf("the sixth try: %v", err)
	}
	h.advance(24 * time.Hour)
	if err := h.SendCode(ctx, a.ID, account.ProveEmail); err != nil {
		t.Fatal(err)
	}
	h.prove(t, a.ID, account.ProveEmail)
}

func TestOTP4_CodesAreBoundToAccountAndPurpose(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := h.create(t, registration(1)), h.create(t, registration(2))
	if _, err := h.Prove(t.Context(), &session.Session{Account: a.ID}, account.ProveEmail, h.code(t, a.ID, account.ProvePhone)); fault.Code(err) != "code_wrong" {
		t.Errorf("the mobile's code for the e-mail: %v", err)
	}
	if _, err := h.Prove(t.Context(), &session.Session{Account: a.ID}, account.ProveEmail, h.code(t, b.ID, account.ProveEmail)); fault.Code(err) != "code_wrong" {
		t.Errorf("another account's code: %v", err)
	}
}

func TestExactlyFiveTriesOfManyAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.create(t, registration(1))
	code := h.code(t, a.ID, account.ProveEmail)
	var compared, closed atomic.Int32
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			_, err := h.Prove(t.Context(), &session.Session{Account: a.ID}, account.ProveEmail, wrong(code))
			switch fault.Code(err) {
			case "code_wrong":
				compared.Add(1)
			case "way_closed":
				closed.Add(1)
			}
		})
	}
	group.Wait()
	if compared.Load() != 5 || closed.Load() != 45 {
		t.Errorf("%d compared, %d refused", compared.Load(), closed.Load())
	}
}

func TestOTP7_CodesStandNowhereInTheTables(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.create(t, registration(1))
	code := h.code(t, a.ID, account.ProveEmail)
	for _, name := range []string{account.Definition.Name, message.Definition.Name, web.LimitsDefinition.Name, session.Definition.Name} {
		_ = h.db.Each(name, func(item table.Item) error {
			for _, secret := range []string{`"` + code + `"`, password, "fluffy"} {
				if strings.Contains(string(item.Data), secret) {
					t.Errorf("%s %s holds a secret", name, item.Key.SK)
				}
			}
			return nil
		})
	}
}

func TestSendingIsBounded(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.create(t, registration(1))
	if err := h.SendCode(t.Context(), a.ID, account.ProveEmail); fault.Code(err) != "sending_too_often" {
		t.Errorf("a second code within a minute: %v", err)
	}
	if err := h.SendCode(t.Context(), a.ID, account.ProvePhone); fault.Code(err) != "sending_too_often" {
		t.Errorf("to the mobile: %v", err)
	}
	same := registration(2)
	same.Email = "HERON1@example.com"
	b := h.create(t, same)
	if n := h.count(t, b.ID, message.VerifyEmail); n != 0 {
		t.Errorf("an address that just got a code got %d more by a sign-up", n)
	}
	h.advance(time.Minute)
	if err := h.SendCode(t.Context(), a.ID, account.ProveEmail); err != nil {
		t.Errorf("after a minute: %v", err)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := registration(1)
	r.Password = "caf\u00e9 caf\u00e9 caf\u00e9 caf\u00e9"
	h.create(t, r)
	h.enter(t, "HERON1", "cafe\u0301 cafe\u0301 cafe\u0301 cafe\u0301") // PW-3: composed and decomposed are one
	for _, try := range [][2]string{{"heron1", r.Password + " "}, {"nobody", r.Password}, {"", ""}} {
		if _, err := h.Enter(t.Context(), account.Credentials{Username: try[0], Password: try[1]}, session.Opening{}); !errors.Is(err, account.ErrCredentials) {
			t.Errorf("%q: %v", try[0], err)
		}
	}
	h.advance(5 * 365 * 24 * time.Hour) // PW-4: no password expires
	h.enter(t, "heron1", r.Password)
}

func TestPasswordChangeEndsOtherSessionsAndTells(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.create(t, registration(1))
	h.prove(t, a.ID, account.ProveEmail)
	mine, other := h.enter(t, "heron1", password), h.enter(t, "heron1", password)
	next := "nine brown otters by night"
	for _, c := range []struct{ current, next, code string }{
		{"not the password at all", next, "password_wrong"}, {password, password, "password_same"}, {password, "short", "password_short"}} {
		err := h.ChangePassword(t.Context(), mine.Session, c.current, c.next, operator.Profile{Name: "Post"})
		if fault.Code(err) != c.code {
			t.Errorf("%s: %v", c.code, err)
		}
	}
	if err := h.ChangePassword(t.Context(), mine.Session, password, next, operator.Profile{Name: "Post"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Sessions.Check(t.Context(), mine.Token); err != nil {
		t.Errorf("the session that changed it: %v", err)
	}
	if _, err := h.Sessions.Check(t.Context(), other.Token); !errors.Is(err, session.ErrNone) {
		t.Errorf("another session: %v", err)
	}
	if _, err := h.Enter(t.Context(), account.Credentials{Username: "heron1", Password: password}, session.Opening{}); !errors.Is(err, account.ErrCredentials) {
		t.Errorf("the old password: %v", err)
	}
	h.enter(t, "heron1", next)
	if n := h.count(t, a.ID, message.PasswordChanged); n != 1 {
		t.Errorf("%d notices", n)
	}
}

func TestNoSessionOutlivesAPasswordChangeThatItRaced(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.create(t, registration(1))
	mine := h.enter(t, "heron1", password)
	tokens := make(chan string, 20)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if e, err := h.Enter(t.Context(), account.Credentials{Username: "heron1", Password: password}, session.Opening{}); err == nil {
				tokens <- e.Token
			}
		})
	}
	time.Sleep(100 * time.Millisecond) // some logins are before the change, some within it
	change := func() error {
		return h.ChangePassword(t.Context(), mine.Session, password, "nine brown otters by night", operator.Profile{Name: "Post"})
	}
	err := change()
	for fault.Code(err) == "login_locked" { // where hashing is slow, tries under way may lock for a moment
		err = change()
	}
	if err != nil {
		t.Fatal(err)
	}
	group.Wait()
	close(tokens)
	for token := range tokens {
		if _, err := h.Sessions.Check(t.Context(), token); !errors.Is(err, session.ErrNone) {
			t.Errorf("a session of the old password lives: %v", err)
		}
	}
}

func TestAddressesChangeWhenTheNewOneIsProved(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	a := h.create(t, registration(1))
	h.prove(t, a.ID, account.ProveEmail)
	live := h.enter(t, "heron1", password).Session
	h.advance(time.Minute)
	if err := h.ChangeContact(ctx, live, account.ProveEmail, "new@example.com"); err != nil {
		t.Fatal(err)
	}
	if a, _ := h.Get(ctx, a.ID); a.Email != "heron1@example.com" || !a.EmailVerified || a.PendingEmail != "new@example.com" {
		t.Errorf("before the proof: %s, pending %s", a.Email, a.PendingEmail)
	}
	if n := h.count(t, a.ID, message.EmailChanged); n != 1 {
		t.Errorf("the old address got %d notices", n)
	}
	if a := h.prove(t, a.ID, account.ProveEmail); a.Email != "new@example.com" || a.PendingEmail != "" || !a.EmailVerified {
		t.Errorf("after the proof: %+v", a)
	}
	for email, there := range map[string]bool{"heron1@example.com": false, "new@example.com": true} {
		_, found, err := h.db.Table(account.Definition.Name).Get(ctx, table.Key{PK: "EMAIL#" + email, SK: "ACCOUNT#" + a.ID}, true)
		if found != there || err != nil {
			t.Errorf("the item of %s: %v, %v", email, found, err)
		}
	}
}

func TestNameMovesTheClaim(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := h.create(t, registration(1)), h.create(t, registration(2))
	h.prove(t, a.ID, account.ProveEmail)
	h.prove(t, b.ID, account.ProveEmail)
	live := h.enter(t, "heron1", password).Session
	taken, free := person.Name{First: "ada", Last: "heron2"}, person.Name{First: "Ada", Last: "Heron9"}
	if _, err := h.Change(t.Context(), live, account.Change{Name: &taken}); !errors.Is(err, account.ErrClaimHeld) {
		t.Errorf("a name whose claim is held: %v", err)
	}
	if changed, err := h.Change(t.Context(), live, account.Change{Name: &free}); err != nil || changed.Name != free {
		t.Fatalf("a free name: %v, %v", changed, err)
	}
	back := registration(3) // the claim that was left can be taken
	back.Name.Last = "Heron1"
	c := h.create(t, back)
	if c := h.prove(t, c.ID, account.ProveEmail); c.Status != account.Active {
		t.Errorf("who takes the claim left behind is %s", c.Status)
	}
}

// TestCost counts the calls of each operation, as its budget does.
func TestCost(t *testing.T) {
	t.Parallel()
	h := open(t)
	calls := func(name string, most int64, run func(ctx context.Context)) {
		ctx, n := table.WithCalls(t.Context())
		run(ctx)
		if n.Load() > most {
			t.Errorf("%s: %d calls, at most %d are paid for", name, n.Load(), most)
		}
	}
	calls("sign-up", 4, func(ctx context.Context) { _, _ = h.Create(ctx, registration(1), none) })
	var e *account.Entry
	calls("login of the day", 6, func(ctx context.Context) {
		e, _ = h.Enter(ctx, account.Credentials{Username: "heron1", Password: password}, session.Opening{})
	})
	calls("login", 6, func(ctx context.Context) {
		e, _ = h.Enter(ctx, account.Credentials{Username: "heron1", Password: password}, session.Opening{})
	})
	calls("failed login", 2, func(ctx context.Context) {
		_, _ = h.Enter(ctx, account.Credentials{Username: "heron1", Password: "wrong"}, session.Opening{})
	})
	calls("unknown username", 2, func(ctx context.Context) {
		_, _ = h.Enter(ctx, account.Credentials{Username: "nobody", Password: "wrong"}, session.Opening{})
	})
	calls("session check", 1, func(ctx context.Context) { _, _ = h.Sessions.Check(ctx, e.Token) })
}
