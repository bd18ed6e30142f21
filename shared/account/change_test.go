package account_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/account/saved"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

func TestAUsernameThatWasLeftIsKeptForItsOwner(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	_, f := h.proved(t, 2)
	h.fail(t, "otter", 5) // somebody guessed at the name while it was nobody's
	h.rename(t, e.Session, "otter")
	for _, c := range []struct{ username, code string }{{"otter", ""}, {"OTTER", ""}, {"heron1", "credentials_invalid"}} {
		if code := h.try(t, c.username, password, ""); code != c.code {
			t.Errorf("logging in as %s: %q", c.username, code)
		}
	}
	if live, err := h.Sessions.Check(t.Context(), e.Token); err != nil || live.Username != "otter" {
		t.Errorf("the session is of %v: %v", live, err)
	}
	if free, err := h.Free(t.Context(), []string{"heron1", "otter", "stoat"}); err != nil || !slices.Equal(free, []string{"stoat"}) {
		t.Errorf("free are %v, %v", free, err)
	}
	for _, taken := range []string{"heron1", "otter", "Heron1"} {
		if _, err := h.Rename(t.Context(), f.Session, taken); !errors.Is(err, account.ErrUsernameTaken) {
			t.Errorf("another account takes %s: %v", taken, err)
		}
	}
	h.rename(t, e.Session, "Heron1") // back, in another spelling
	h.rename(t, e.Session, "heron1")
	h.rename(t, e.Session, "heron1")
	if n := h.count(t, a.ID, message.UsernameChanged); n != 3 {
		t.Errorf("%d notices of three changes", n)
	}
	if h.enter(t, "heron1", password).Account.Username != "heron1" {
		t.Error("the name is not back")
	}
	if _, err := h.Rename(t.Context(), f.Session, "otter"); !errors.Is(err, account.ErrUsernameTaken) {
		t.Errorf("a name left by another account: %v", err)
	}
	h.advance(account.NameKept - time.Second)
	f = h.enter(t, "heron2", password)
	if _, err := h.Rename(t.Context(), f.Session, "otter"); !errors.Is(err, account.ErrUsernameTaken) {
		t.Errorf("within three years: %v", err)
	}
	h.advance(time.Second)
	h.rename(t, f.Session, "otter")
}

func TestFiftyRaceForOneName(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, owner := h.proved(t, 0)
	h.rename(t, owner.Session, "otter")
	h.advance(account.NameKept) // released
	var sessions []*session.Session
	for i := 1; i <= 10; i++ {
		h.create(t, registration(i))
		sessions = append(sessions, h.enter(t, fmt.Sprintf("heron%d", i), password).Session)
	}
	var won, taken atomic.Int32
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			var err error
			if i < len(sessions) {
				_, err = h.Rename(t.Context(), sessions[i], "Heron0")
			} else {
				r := registration(100 + i)
				r.Username = "heron0"
				_, err = h.Create(t.Context(), r, none)
			}
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, account.ErrUsernameTaken):
				taken.Add(1)
			default:
				t.Errorf("try %d: %v", i, err)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 || taken.Load() != 49 {
		t.Errorf("%d won, %d were told that it is taken", won.Load(), taken.Load())
	}
}

func TestAMoveTakesTheClaimAlongOrIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	first, e := h.proved(t, 1)
	there := registration(2)
	there.Name, there.Address = registration(1).Name, elsewhere
	second := h.create(t, there)
	h.prove(t, second.ID, account.ProveEmail)
	toOther := account.Change{Address: &elsewhere}
	for i := range 4 {
		_, err := h.Change(t.Context(), e.Session, toOther)
		want := "claim_held"
		if i == 3 {
			want = "too_many_requests"
		}
		if fault.Code(err) != want {
			t.Errorf("refusal %d: %v", i+1, err)
		}
	}
	free := elsewhere
	free.Street = "1302 2ND AVE"
	if _, err := h.Change(t.Context(), e.Session, account.Change{Address: &free}); fault.Code(err) != "too_many_requests" { // else it would tell who lives where
		t.Errorf("a claim that is free, after three refusals: %v", err)
	}
	if n := h.count(t, second.ID, message.DuplicateHint); n != 1 {
		t.Errorf("the holder got %d hints", n)
	}
	if now, _ := h.Get(t.Context(), first.ID); now.Address != first.Address {
		t.Errorf("a refused move moved: %v", now.Address)
	}
	h.advance(30 * 24 * time.Hour)
	e = h.enter(t, "heron1", password)
	h.change(t, e.Session, account.Change{Address: &free})
	if n := h.count(t, first.ID, message.AddressChanged); n != 1 {
		t.Errorf("%d notices", n)
	}
	back := registration(3)
	back.Name = registration(1).Name
	third := h.create(t, back)
	if c := h.prove(t, third.ID, account.ProveEmail); c.Status != account.Active {
		t.Errorf("the claim left behind leaves who takes it %s", c.Status)
	}
}

// A new account has no claim, so nothing is refused to it: its proof decides.
func TestNothingIsRefusedToANewAccount(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.proved(t, 1)
	b := h.create(t, registration(2))
	e := h.enter(t, "heron2", password)
	name := registration(1).Name
	h.change(t, e.Session, account.Change{Name: &name})
	if b = h.prove(t, b.ID, account.ProveEmail); b.Status != account.Flagged {
		t.Errorf("its proof leaves it %s", b.Status)
	}
}

func TestOneClaimUnderRacingMoves(t *testing.T) {
	t.Parallel()
	h := open(t)
	var sessions []*session.Session
	for i := range 8 {
		_, e := h.proved(t, i)
		sessions = append(sessions, e.Session)
	}
	name := person.Name{First: "Ada", Last: "Otter"}
	var won atomic.Int32
	var group sync.WaitGroup
	for _, by := range sessions {
		group.Go(func() {
			_, err := h.Change(t.Context(), by, account.Change{Name: &name, Address: &elsewhere})
			if err == nil {
				won.Add(1)
			} else if fault.Code(err) != "claim_held" {
				t.Errorf("moving: %v", err)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 {
		t.Errorf("%d hold one claim", won.Load())
	}
}

func TestSQ3_NewAnswersAreHeldToTheRules(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	pet := credential.Answer{Question: "first-pet", Answer: "Rosinante"}
	for _, c := range []struct{ answer, code string }{{"Rosinante", "answers_equal"}, {" rosinänte ", "answers_equal"}, {"heron1", "answer_weak"},
		{password, "answer_weak"}, {"1234", "answer_weak"}, {"", "validation"}} {
		err := h.ChangeAnswers(t.Context(), e.Session, []credential.Answer{pet, {Question: "first-car", Answer: c.answer}})
		if fault.Code(err) != c.code {
			t.Errorf("%q: %v", c.answer, err)
		}
	}
	must(t, h.ChangeAnswers(t.Context(), e.Session, otherAnswers))
	if ids, err := h.Questions(t.Context(), a.ID); err != nil || !slices.Equal(ids, []string{"first-car", "first-concert"}) {
		t.Errorf("the questions are %v, %v", ids, err)
	}
}

func TestClosingAndOpeningAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	other := h.enter(t, "heron1", password)
	closed, err := h.Close(t.Context(), e.Session)
	must(t, err)
	if closed.Status != account.Closed || h.count(t, a.ID, message.AccountClosed) != 1 {
		t.Errorf("closed: %s, %d notices", closed.Status, h.count(t, a.ID, message.AccountClosed))
	}
	for _, token := range []string{e.Token, other.Token} {
		if live, err := h.Sessions.Check(t.Context(), token); err != nil || live.Scope != session.Closed {
			t.Errorf("a session: %+v, %v", live, err)
		}
	}
	h.advance(account.ClosedKept - time.Hour)
	late := h.enter(t, "heron1", password)
	if late.Session.Scope != session.Closed || late.Device != "" {
		t.Errorf("a login to a closed account has the scope %s", late.Session.Scope)
	}
	if _, err := h.Reopen(t.Context(), late.Session); err != nil || late.Session.Scope != session.Full || h.status(t, a.ID) != account.Active {
		t.Errorf("opened again: %v, scope %s, %s", err, late.Session.Scope, h.status(t, a.ID))
	}
	if _, err := h.Reopen(t.Context(), late.Session); fault.Code(err) != "changed_meanwhile" {
		t.Errorf("a second time: %v", err)
	}
	_, err = h.Close(t.Context(), late.Session)
	must(t, err)
	h.advance(account.ClosedKept - time.Second)
	h.enter(t, "heron1", password)
	h.advance(time.Second)
	if code := h.try(t, "heron1", password, ""); code != "credentials_invalid" {
		t.Errorf("after 30 days: %s", code)
	}
	if _, err := h.Reopen(t.Context(), late.Session); fault.Code(err) != "changed_meanwhile" {
		t.Errorf("opening after 30 days: %v", err)
	}
}

func TestReopeningRestoresWhatWas(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.create(t, registration(1))
	fresh := h.enter(t, "heron1", password)
	_, err := h.Close(t.Context(), fresh.Session)
	must(t, err)
	if a, err := h.Reopen(t.Context(), fresh.Session); err != nil || a.Status != account.New || fresh.Session.Scope != session.Full {
		t.Errorf("a new account opened again: %v, %v", a, err)
	}
	a, e := h.proved(t, 2)
	_, err = h.Close(t.Context(), e.Session)
	must(t, err)
	must(t, h.db.Each(account.Definition.Name, func(item table.Item) error { // another account has taken the claim
		if strings.HasPrefix(item.Key.PK, "ADDRESS#") && strings.Contains(string(item.Data), a.ID) {
			item.Data = json.RawMessage(`{"account":"01JDFWAC4N8QTM0000000000AA"}`)
			defer func() { must(t, h.db.Table(account.Definition.Name).Put(t.Context(), item)) }()
		}
		return nil
	}))
	if a, err := h.Reopen(t.Context(), e.Session); err != nil || a.Status != account.Flagged || e.Session.Scope != session.Flagged {
		t.Errorf("an account whose claim is another's: %v, %v, %s", a, err, e.Session.Scope)
	}
}

// Every change of an account is told by e-mail, with a token, and stands in its activity.
func TestNT1_EveryChangeIsToldAndNoted(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, e := h.proved(t, 1)
	h.takeOver(t, e)
	_, err := h.Reopen(t.Context(), e.Session)
	must(t, err)
	for template, n := range map[message.Template]int{message.PasswordChanged: 1, message.PhoneChanged: 2, message.PhoneMoved: 1, message.EmailChanged: 1,
		message.EmailMoved: 1, message.QuestionsChanged: 1, message.UsernameChanged: 1, message.DetailsChanged: 1, message.AddressChanged: 1,
		message.AccountClosed: 1, message.AccountReopened: 1} {
		if told := h.count(t, a.ID, template); told != n {
			t.Errorf("%s is told %d times, not %d", template, told, n)
		}
	}
	var kinds []string
	cursor := ""
	for {
		events, next, err := h.Activity(t.Context(), a.ID, cursor, 3)
		must(t, err)
		for _, event := range events {
			kinds = append(kinds, event.Kind)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	want := []string{"reopened", "closed", "address-changed", "details-changed", "username-changed", "questions-changed", "email-proved", "email-change",
		"phone-proved", "phone-change", "password-changed", "email-proved", "phone-proved", "created"}
	slices.Sort(kinds) // lines of one millisecond have no order
	if slices.Sort(want); !slices.Equal(kinds, want) {
		t.Errorf("the activity is %v", kinds)
	}
}

func TestTheExportHoldsAllButSecrets(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, e := h.proved(t, 1)
	h.change(t, e.Session, account.Change{Name: &person.Name{First: "Ada", Last: "Otter"}, Address: &elsewhere})
	h.advance(time.Minute)
	must(t, h.ChangeContact(t.Context(), e.Session, account.ProveEmail, "new@example.com"))
	must(t, (&saved.Store{DB: h.db, Now: h.now}).Save(t.Context(), e.Account.ID, "9400100000000000000000", "Grandmother's clock"))
	all, err := h.Export(t.Context(), e.Session)
	must(t, err)
	text, err := json.Marshal(all)
	must(t, err)
	for _, part := range []string{"heron1", "heron1@example.com", "new@example.com", "+12065550001", "Otter", "Heron1", "1301 2ND AVE", "400 BROAD ST",
		"first-pet", `"lastActiveDay":"2026-11-24"`, e.Session.ID, "address-changed", "exported",
		`"packages":[{"number":"9400100000000000000000","label":"Grandmother's clock","savedAt":"2026-11-24T09:01:00Z"}]`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s is missing in %s", part, text)
		}
	}
	for _, secret := range []string{"argon2", "hash", h.code(t, e.Account.ID, account.ProveEmail), strings.TrimPrefix(e.Token, "pks_")[26:], "claim\"", e.Session.Hash} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s stands in %s", secret, text)
		}
	}
}
