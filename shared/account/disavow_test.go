package account_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

var (
	otherPassword = "nine brown otters by night"
	otherAnswers  = []credential.Answer{{Question: "first-car", Answer: "Volvo Amazon"}, {Question: "first-concert", Answer: "Monteverdi"}}
	elsewhere     = address.Address{Street: "1301 2ND AVE", City: "SEATTLE", State: "WA", Zip: "98101"}
)

// proved creates an active account whose addresses are both proved, and logs in.
func (h *house) proved(t *testing.T, n int) (*account.Account, *account.Entry) {
	t.Helper()
	a := h.create(t, registration(n))
	h.prove(t, a.ID, account.ProvePhone)
	a = h.prove(t, a.ID, account.ProveEmail)
	return a, h.enter(t, a.Username, password)
}

// must ends the test when one of the steps of its scene fails.
func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// rename, move and so on are the changes, each with the template of its notice.
func (h *house) change(t *testing.T, by *session.Session, c account.Change) {
	t.Helper()
	_, err := h.Change(t.Context(), by, c)
	must(t, err)
}

func (h *house) rename(t *testing.T, by *session.Session, to string) {
	t.Helper()
	_, err := h.Rename(t.Context(), by, to)
	must(t, err)
}

// contact changes an address and proves the new one.
func (h *house) contact(t *testing.T, by *session.Session, p account.Purpose, to string) {
	t.Helper()
	h.advance(time.Minute)
	must(t, h.ChangeContact(t.Context(), by, p, to))
	h.prove(t, by.Account, p)
}

// token is the one in the newest notice of a template.
func (h *house) token(t *testing.T, id string, template message.Template) string {
	t.Helper()
	m := h.newest(t, id, template)
	if m.Secret == "" {
		t.Fatalf("no notice %s", template)
	}
	return m.Secret
}

func (h *house) disavow(t *testing.T, token string) []string {
	t.Helper()
	undone, err := h.Disavow(t.Context(), token, session.Opening{IP: "203.0.113.9"})
	if err != nil {
		t.Fatalf("disavowing: %v", err)
	}
	return undone
}

func (h *house) has(t *testing.T, pk, sk string) bool {
	t.Helper()
	_, found, err := h.db.Table(account.Definition.Name).Get(t.Context(), table.Key{PK: pk, SK: sk}, true)
	must(t, err)
	return found
}

// takeOver is what somebody does who has a session and knows the password: everything.
func (h *house) takeOver(t *testing.T, e *account.Entry) {
	t.Helper()
	by := e.Session
	must(t, h.ChangePassword(t.Context(), by, password, otherPassword, operator.Profile{Name: "Post"}))
	h.contact(t, by, account.ProvePhone, "+12065559998")
	h.contact(t, by, account.ProveEmail, "thief@example.com")
	must(t, h.ChangeAnswers(t.Context(), by, otherAnswers))
	h.rename(t, by, "thief")
	lang := locale.Chinese
	h.change(t, by, account.Change{Name: &person.Name{First: "Ida", Last: "Thief"}, Language: &lang})
	h.change(t, by, account.Change{Address: &elsewhere})
	_, err := h.Close(t.Context(), by)
	must(t, err)
}

func TestRC4_ADisavowBringsAllBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	before, e := h.proved(t, 1)
	other := h.enter(t, before.Username, password)
	h.takeOver(t, e)
	tokens := map[message.Template]string{}
	for _, m := range []message.Template{message.PhoneChanged, message.PhoneMoved, message.EmailChanged, message.EmailMoved, message.QuestionsChanged,
		message.UsernameChanged, message.DetailsChanged, message.AddressChanged, message.AccountClosed} {
		tokens[m] = h.token(t, before.ID, m)
	}
	undone := h.disavow(t, h.token(t, before.ID, message.PasswordChanged))
	want := []string{"closed", "address-changed", "details-changed", "username-changed", "questions-changed", "email-proved", "email-change",
		"phone-proved", "phone-change", "password-changed"}
	if !slices.Equal(undone, want) {
		t.Errorf("undone %v", undone)
	}
	after, err := h.Get(t.Context(), before.ID)
	must(t, err)
	if *after != *before {
		t.Errorf("the account was\n%+v\nand is\n%+v", before, after)
	}
	for template, token := range tokens {
		if _, err := h.Disavow(t.Context(), token, session.Opening{}); !errors.Is(err, account.ErrToken) {
			t.Errorf("the token of the later notice %s: %v", template, err)
		}
	}
	for _, token := range []string{e.Token, other.Token} {
		if _, err := h.Sessions.Check(t.Context(), token); !errors.Is(err, session.ErrNone) {
			t.Errorf("a session lives: %v", err)
		}
	}
	for _, try := range []struct{ username, password, device, code string }{
		{"heron1", password, "", "password_disabled"}, {"heron1", otherPassword, "", "password_disabled"}, {"heron1", password, e.Device, "password_disabled"},
		{"thief", otherPassword, "", "credentials_invalid"}} {
		if code := h.try(t, try.username, try.password, try.device); code != try.code {
			t.Errorf("logging in as %s: %q, not %s", try.username, code, try.code)
		}
	}
	for key, there := range map[string]bool{"EMAIL#heron1@example.com": true, "EMAIL#thief@example.com": false, "PHONE#+12065550001": true,
		"PHONE#+12065559998": false} {
		if h.has(t, key, "ACCOUNT#"+before.ID) != there {
			t.Errorf("%s is there: %v", key, !there)
		}
	}
	h.recoversAsBefore(t, before)
}

// recoversAsBefore: the way back is the old answers, and the e-mail address of then.
func (h *house) recoversAsBefore(t *testing.T, a *account.Account) {
	t.Helper()
	ctx := t.Context()
	for _, template := range []message.Template{message.Disavowed} {
		if m := h.newest(t, a.ID, template); m.ID == "" || m.Secret != "" || m.Language != a.Language {
			t.Errorf("the disavow's own notice: %+v", m)
		}
	}
	r, err := h.Recover(ctx, a.Username, "", true)
	must(t, err)
	if err := h.RecoverByAnswering(ctx, r.ID, otherAnswers, session.Opening{}); fault.Code(err) != "answers_wrong" {
		t.Errorf("the answers that were undone: %v", err)
	}
	h.advance(time.Minute)
	must(t, h.RecoverByAnswering(ctx, r.ID, registration(1).Answers, session.Opening{}))
	words := h.newest(t, a.ID, message.SendTemporaryPassword).Secret
	chosen := h.enter(t, a.Username, words)
	must(t, h.Choose(ctx, chosen.Session, "six slow snails in the rain", operator.Profile{Name: "Post"}))
	if e := h.enter(t, a.Username, "six slow snails in the rain"); e.Session.Scope != session.Full {
		t.Errorf("after the recovery the scope is %s", e.Session.Scope)
	}
}

func TestTheClaimComesBackWithNameAndAddress(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	h.change(t, e.Session, account.Change{Address: &elsewhere})
	token := h.token(t, a.ID, message.AddressChanged)
	h.change(t, e.Session, account.Change{Name: &person.Name{First: "Ida", Last: "Thief"}})
	h.disavow(t, token)
	claims := map[string]int{}
	must(t, h.db.Each(account.Definition.Name, func(item table.Item) error {
		if strings.HasPrefix(item.Key.PK, "ADDRESS#") {
			claims[string(item.Data)]++
		}
		return nil
	}))
	if len(claims) != 1 || h.status(t, a.ID) != account.Active {
		t.Errorf("the account is %s, claims are %v", h.status(t, a.ID), claims)
	}
	twin := registration(2)
	twin.Name = registration(1).Name
	second := h.create(t, twin)
	if b := h.prove(t, second.ID, account.ProveEmail); b.Status != account.Flagged {
		t.Errorf("a second account of the person at the old address is %s", b.Status)
	}
	moved := registration(3)
	moved.Name, moved.Address = person.Name{First: "Ida", Last: "Thief"}, elsewhere
	third := h.create(t, moved)
	if b := h.prove(t, third.ID, account.ProveEmail); b.Status != account.Active {
		t.Errorf("the claim that was given up leaves another account %s", b.Status)
	}
}

func TestAClaimLostMeanwhileFlags(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	h.change(t, e.Session, account.Change{Address: &elsewhere})
	twin := registration(2)
	twin.Name = registration(1).Name
	second := h.create(t, twin)
	if b := h.prove(t, second.ID, account.ProveEmail); b.Status != account.Active {
		t.Fatalf("who takes the claim left behind is %s", b.Status)
	}
	h.disavow(t, h.token(t, a.ID, message.AddressChanged))
	if s := h.status(t, a.ID); s != account.Flagged {
		t.Errorf("the account is %s", s)
	}
	free := registration(3)
	free.Name, free.Address = registration(1).Name, elsewhere
	third := h.create(t, free)
	if b := h.prove(t, third.ID, account.ProveEmail); b.Status != account.Active {
		t.Errorf("the address that was given up leaves another account %s", b.Status)
	}
}

func TestDisavowTokensAreGoodOnceAndForSevenDays(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	b, f := h.proved(t, 2)
	h.change(t, e.Session, account.Change{Name: &person.Name{First: "Ada", Last: "Heron8"}})
	h.change(t, f.Session, account.Change{Name: &person.Name{First: "Ada", Last: "Heron9"}})
	first, second := h.token(t, a.ID, message.DetailsChanged), h.token(t, b.ID, message.DetailsChanged)
	for _, bad := range []string{"", "x", first[1:], first + "A", first[:22] + second[22:], second[:21] + first[21:], strings.ToUpper(first), first + "=",
		e.Token, h.newest(t, a.ID, message.VerifyEmail).Secret} {
		if _, err := h.Disavow(t.Context(), bad, session.Opening{}); !errors.Is(err, account.ErrToken) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	h.advance(7*24*time.Hour - time.Second)
	if kind, err := h.Disavowing(t.Context(), first); kind != "details-changed" || err != nil {
		t.Errorf("looking at a token: %s, %v", kind, err)
	}
	h.disavow(t, first)
	if _, err := h.Disavow(t.Context(), first, session.Opening{}); !errors.Is(err, account.ErrToken) {
		t.Errorf("a token used: %v", err)
	}
	h.advance(time.Second)
	if _, err := h.Disavow(t.Context(), second, session.Opening{}); !errors.Is(err, account.ErrToken) {
		t.Errorf("after seven days: %v", err)
	}
	if now, _ := h.Get(t.Context(), b.ID); now.Name.Last != "Heron9" {
		t.Errorf("the other account is %v", now.Name)
	}
}

func TestAnEarlierChangeCanStillBeDisavowed(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	h.rename(t, e.Session, "otter")
	h.change(t, e.Session, account.Change{Name: &person.Name{First: "Ada", Last: "Otter"}})
	if undone := h.disavow(t, h.token(t, a.ID, message.DetailsChanged)); !slices.Equal(undone, []string{"details-changed"}) {
		t.Errorf("undone %v", undone)
	}
	if now, _ := h.Get(t.Context(), a.ID); now.Username != "otter" || now.Name.Last != "Heron1" {
		t.Errorf("after the later one: %s, %s", now.Username, now.Name.Last)
	}
	h.disavow(t, h.token(t, a.ID, message.UsernameChanged))
	if now, _ := h.Get(t.Context(), a.ID); now.Username != "heron1" {
		t.Errorf("after the earlier one: %s", now.Username)
	}
	if code := h.try(t, "heron1", password, ""); code != "password_disabled" {
		t.Errorf("a login by the name of then: %s", code)
	}
}

func TestOneDisavowOfManyAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	h.rename(t, e.Session, "otter")
	token := h.token(t, a.ID, message.UsernameChanged)
	var done atomic.Int32
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			_, err := h.Disavow(t.Context(), token, session.Opening{})
			if err == nil {
				done.Add(1)
			} else if !errors.Is(err, account.ErrToken) {
				t.Errorf("a disavow at the same time: %v", err)
			}
		})
	}
	group.Wait()
	if done.Load() != 1 || h.count(t, a.ID, message.Disavowed) != 2 {
		t.Errorf("%d succeeded, %d messages", done.Load(), h.count(t, a.ID, message.Disavowed))
	}
}

// Whatever is under way when a change is disavowed, no session and no change of it is left.
func TestNothingOutlivesADisavowThatItRaced(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	h.change(t, e.Session, account.Change{Name: &person.Name{First: "Ada", Last: "Otter"}})
	token := h.token(t, a.ID, message.DetailsChanged)
	tokens := make(chan string, 20)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			if e, err := h.Enter(t.Context(), account.Credentials{Username: "heron1", Password: password}, session.Opening{}); err == nil {
				tokens <- e.Token
			}
		})
	}
	for range 3 {
		by := *e.Session
		group.Go(func() { _ = h.ChangeAnswers(t.Context(), &by, otherAnswers) })
		group.Go(func() { _, _ = h.Change(t.Context(), &by, account.Change{Address: &elsewhere}) })
		group.Go(func() {
			_ = h.ChangePassword(t.Context(), &by, password, otherPassword, operator.Profile{Name: "Post"})
		})
	}
	time.Sleep(60 * time.Millisecond) // some are before the disavow, some within it
	h.disavow(t, token)
	group.Wait()
	close(tokens)
	for token := range tokens {
		if _, err := h.Sessions.Check(t.Context(), token); !errors.Is(err, session.ErrNone) {
			t.Errorf("a session lives: %v", err)
		}
	}
	if now, _ := h.Get(t.Context(), a.ID); now.Address.Street != "400 BROAD ST" || now.Name.Last != "Heron1" {
		t.Errorf("a change lives: %+v", now)
	}
	if ids, _ := h.Questions(t.Context(), a.ID); !slices.Equal(ids, []string{"first-pet", "first-street"}) {
		t.Errorf("the questions are %v", ids)
	}
	if code := h.try(t, "heron1", otherPassword, ""); code != "password_disabled" {
		t.Errorf("the other password: %s", code)
	}
}

func TestDisavowingClosingAndReopening(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	_, err := h.Close(t.Context(), e.Session)
	must(t, err)
	h.advance(time.Hour)
	_, err = h.Reopen(t.Context(), e.Session)
	must(t, err)
	h.disavow(t, h.token(t, a.ID, message.AccountReopened))
	if s := h.status(t, a.ID); s != account.Closed {
		t.Errorf("a reopening taken back leaves the account %s", s)
	}
	h.disavow(t, h.token(t, a.ID, message.AccountClosed))
	if s := h.status(t, a.ID); s != account.Active {
		t.Errorf("a closing taken back leaves the account %s", s)
	}
}

func TestNoticesGoWhereTheAccountWasReached(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.create(t, registration(1))
	e := h.enter(t, "heron1", password)
	must(t, h.ChangeAnswers(t.Context(), e.Session, otherAnswers))
	if n := h.count(t, a.ID, message.QuestionsChanged); n != 0 {
		t.Errorf("%d notices to an address that is not proved", n)
	}
	h.prove(t, a.ID, account.ProveEmail)
	h.prove(t, a.ID, account.ProvePhone)
	h.advance(time.Minute)
	h.contact(t, e.Session, account.ProveEmail, "new@example.com")
	h.contact(t, e.Session, account.ProvePhone, "+12065559998")
	for _, m := range h.messages(t, a.ID) {
		want := map[message.Template]string{message.EmailChanged: "heron1@example.com", message.EmailMoved: "heron1@example.com",
			message.PhoneMoved: "new@example.com", message.PhoneChanged: map[message.Channel]string{message.Email: "new@example.com",
				message.SMS: "+12065550001"}[m.Channel]}[m.Template]
		if want != "" && m.To != want {
			t.Errorf("%s by %s goes to %s, not %s", m.Template, m.Channel, m.To, want)
		}
	}
	if n := h.count(t, a.ID, message.PhoneChanged); n != 2 {
		t.Errorf("%d notices of a change of number, not one by e-mail and one by SMS", n)
	}
}

func TestWhatWaitsForAProofIsDropped(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	h.rename(t, e.Session, "otter")
	h.advance(time.Minute)
	must(t, h.ChangeContact(t.Context(), e.Session, account.ProveEmail, "thief@example.com"))
	code := h.code(t, a.ID, account.ProveEmail)
	h.disavow(t, h.token(t, a.ID, message.UsernameChanged))
	if _, err := h.Prove(t.Context(), &session.Session{Account: a.ID}, account.ProveEmail, code); fault.Code(err) != "code_wrong" {
		t.Errorf("proving it after the disavow: %v", err)
	}
	if now, _ := h.Get(t.Context(), a.ID); now.PendingEmail != "" || now.Email != a.Email {
		t.Errorf("the e-mail address is %s, and %s waits", now.Email, now.PendingEmail)
	}
}

// A device that was known has no tries of its own in the recovery that follows a disavow.
func TestADisavowEndsTheDevices(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	h.rename(t, e.Session, "otter")
	h.disavow(t, h.token(t, a.ID, message.UsernameChanged))
	for i := range 6 {
		device := e.Device
		if i == 5 {
			device = ""
		}
		r, err := h.Recover(t.Context(), "heron1", device, true)
		must(t, err)
		want := map[bool]string{true: "way_closed", false: "answers_wrong"}[i == 5]
		if err := h.RecoverByAnswering(t.Context(), r.ID, otherAnswers, session.Opening{}); fault.Code(err) != want {
			t.Errorf("try %d: %v", i+1, err)
		}
	}
}

// More changes and sessions than one transaction holds are undone and ended all the same.
func TestADisavowOfMany(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	var first string
	for i := range 60 {
		lang := locale.Languages()[i%2+1].Code
		h.change(t, e.Session, account.Change{Language: &lang})
		if i == 0 {
			first = h.token(t, a.ID, message.DetailsChanged)
		}
	}
	var tokens []string
	for range 90 {
		_, token, err := h.Sessions.Open(t.Context(), session.Opening{Account: a.ID, Credential: e.Session.Credential})
		must(t, err)
		tokens = append(tokens, token)
	}
	if undone := h.disavow(t, first); len(undone) != 60 {
		t.Errorf("%d undone", len(undone))
	}
	for _, token := range tokens {
		if _, err := h.Sessions.Check(t.Context(), token); !errors.Is(err, session.ErrNone) {
			t.Fatalf("a session lives: %v", err)
		}
	}
	left := 0
	must(t, h.db.Each(account.Definition.Name, func(item table.Item) error {
		if strings.HasPrefix(item.Key.SK, "CHANGE#") {
			left++
		}
		return nil
	}))
	if now, _ := h.Get(t.Context(), a.ID); left != 0 || now.Language != a.Language {
		t.Errorf("%d records are left, the language is %s", left, now.Language)
	}
}
