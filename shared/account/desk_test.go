package account_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// contacts are the items by which accounts are found, as "EMAIL#… proved".
func (h *house) contacts(t *testing.T, id string) (found []string) {
	t.Helper()
	must(t, h.db.Each(account.Definition.Name, func(item table.Item) error {
		var c struct{ Proved bool }
		err := item.Decode(&c)
		if item.Key.SK == "ACCOUNT#"+id || strings.HasPrefix(item.Key.SK, "AWAITED#") {
			found = append(found, fmt.Sprint(strings.TrimPrefix(item.Key.PK, "ACCOUNT#"+id), strings.TrimPrefix(item.Key.SK, "ACCOUNT#"+id), " ", c.Proved))
		}
		return err
	}))
	slices.Sort(found)
	return found
}

// TestWhatIsAwaitedLeavesNothingBehind: whichever way it ends, the account is found by its addresses and no other.
func TestWhatIsAwaitedLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	was := []string{"EMAIL#heron1@example.com true", "PHONE#+12065550001 true"}
	for name, c := range map[string]struct {
		end  func(t *testing.T, h *house, id string, live *session.Session)
		want []string
	}{
		"it is in force": {func(t *testing.T, h *house, id string, _ *session.Session) {
			h.advance(account.ContactWait)
			_, err := h.Seen(t.Context(), id)
			must(t, err)
		}, []string{"EMAIL#later@example.com true", "PHONE#+12065559999 true"}},
		"another is entered": {func(t *testing.T, h *house, id string, _ *session.Session) {
			_, err := h.SetContact(t.Context(), id, "LATER@example.com", "+12065558888", why)
			must(t, err)
			h.advance(account.ContactWait)
			_, err = h.Seen(t.Context(), id)
			must(t, err)
		}, []string{"EMAIL#later@example.com true", "PHONE#+12065558888 true"}},
		"it is taken back": {func(t *testing.T, h *house, id string, _ *session.Session) {
			_, err := h.SetContact(t.Context(), id, "Heron1@example.com", "+12065550001", why)
			must(t, err)
		}, was},
		"its customer objects": {func(t *testing.T, h *house, id string, _ *session.Session) {
			_, err := h.Disavow(t.Context(), h.newest(t, id, message.AgentContact).Secret, session.Opening{})
			must(t, err)
		}, was},
		"its customer objects when it is in force": {func(t *testing.T, h *house, id string, _ *session.Session) {
			h.advance(account.ContactWait)
			_, err := h.Seen(t.Context(), id)
			must(t, err)
			_, err = h.Disavow(t.Context(), h.newest(t, id, message.AgentContact).Secret, session.Opening{})
			must(t, err)
		}, was},
		"the account is erased": {func(t *testing.T, h *house, id string, live *session.Session) {
			_, err := h.Close(t.Context(), live)
			must(t, err)
			h.advance(account.ClosedKept - account.ContactWait/2)
			h.identified(t, id)
			_, err = h.SetContact(t.Context(), id, "latest@example.com", "+12065556666", why)
			must(t, err)
			h.advance(account.ContactWait / 2)
			h.visit(t, h.due(t, id))
		}, nil},
		"its customer proves it": {func(t *testing.T, h *house, id string, live *session.Session) {
			h.contact(t, live, account.ProveEmail, "later@example.com")
			h.contact(t, live, account.ProvePhone, "+12065559999")
		}, []string{"EMAIL#later@example.com true", "PHONE#+12065559999 true"}},
		"its customer proves another": {func(t *testing.T, h *house, id string, live *session.Session) {
			h.contact(t, live, account.ProveEmail, "own@example.com")
			h.contact(t, live, account.ProvePhone, "+12065557777")
		}, []string{"EMAIL#own@example.com true", "PHONE#+12065557777 true"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			a, entry := h.proved(t, 1)
			h.identified(t, a.ID)
			_, err := h.SetContact(t.Context(), a.ID, "later@example.com", "+12065559999", why)
			must(t, err)
			c.end(t, h, a.ID, entry.Session)
			if got := h.contacts(t, a.ID); !slices.Equal(got, c.want) {
				t.Errorf("found by %v", got)
			}
		})
	}
}

// TestWhatIsInForceAlready is refused, unless something else is awaited: that it takes back, and the customer is told so.
func TestWhatIsInForceAlready(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, _ := h.proved(t, 1)
	h.identified(t, a.ID)
	sent := len(h.messages(t, a.ID))
	if _, err := h.SetContact(t.Context(), a.ID, "Heron1@example.com", "+12065559999", why); fault.Code(err) != "contact_in_force" {
		t.Errorf("the address that it has: %v", err)
	}
	if got, err := h.Seen(t.Context(), a.ID); err != nil || got.NewPhone != nil || len(h.messages(t, a.ID)) != sent {
		t.Errorf("refused, it has %+v and %d messages more, %v", got.NewPhone, len(h.messages(t, a.ID))-sent, err)
	}
	_, err := h.SetContact(t.Context(), a.ID, "later@example.com", "", why)
	must(t, err)
	h.advance(time.Second) // so that the next is the newest
	sent = h.count(t, a.ID, message.AgentContact)
	_, err = h.SetContact(t.Context(), a.ID, "heron1@example.com", "", why)
	must(t, err)
	if h.count(t, a.ID, message.AgentContact) != sent || h.count(t, a.ID, message.AgentContactKept) != 2 {
		t.Errorf("taken back, %d read of new details, %d that they stay", h.count(t, a.ID, message.AgentContact)-sent, h.count(t, a.ID, message.AgentContactKept))
	}
	if events, _, err := h.Activity(t.Context(), a.ID, "", 1); err != nil || events[0].Kind != "contact-kept" {
		t.Errorf("the activity says %+v, %v", events, err)
	}
}

// TestNewContactDetailsOfANewAccount: the address it has, unproved, and another.
func TestNewContactDetailsOfANewAccount(t *testing.T) {
	t.Parallel()
	for email, end := range map[string]string{"heron1@example.com": "EMAIL#heron1@example.com true", "later@example.com": "EMAIL#later@example.com true"} {
		h := open(t)
		a := h.create(t, registration(1))
		h.identified(t, a.ID)
		_, err := h.SetContact(t.Context(), a.ID, email, "", why)
		must(t, err)
		h.advance(account.ContactWait)
		if got, err := h.Seen(t.Context(), a.ID); err != nil || got.Status != account.Active || got.Email != email {
			t.Errorf("after the wait: %+v, %v", got, err)
		}
		if got := h.contacts(t, a.ID); !slices.Contains(got, end) || len(got) != 2 {
			t.Errorf("found by %v", got)
		}
		if h.count(t, a.ID, message.LetterAgent) != 2 {
			t.Error("who has no proved address is told by letter")
		}
	}
}

// TestAnObjectionRacesTheNewAddress: in whatever order both are written, the old address is in force in the end.
func TestAnObjectionRacesTheNewAddress(t *testing.T) {
	t.Parallel()
	for range 8 {
		h := open(t)
		a, _ := h.proved(t, 1)
		h.identified(t, a.ID)
		_, err := h.SetContact(t.Context(), a.ID, "later@example.com", "", why)
		must(t, err)
		token := h.newest(t, a.ID, message.AgentContact).Secret
		h.advance(account.ContactWait)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if _, err := h.Seen(t.Context(), a.ID); err != nil && !errors.Is(err, table.ErrCondition) {
					t.Error(err)
				}
			})
		}
		var objected error
		all.Go(func() { _, objected = h.Disavow(t.Context(), token, session.Opening{}) })
		all.Wait()
		if got, err := h.Seen(t.Context(), a.ID); objected != nil || err != nil || got.Email != a.Email {
			t.Errorf("the address is %s: %v, %v", got.Email, objected, err)
		}
		if got := h.contacts(t, a.ID); !slices.Equal(got, []string{"EMAIL#heron1@example.com true", "PHONE#+12065550001 true"}) {
			t.Errorf("found by %v", got)
		}
	}
}

// TestTwoAgentsStartARecoveryAtOnce: one code goes out, and it is good.
func TestTwoAgentsStartARecoveryAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, _ := h.proved(t, 1)
	var all sync.WaitGroup
	var mu sync.Mutex
	var begun []string
	for range 50 {
		all.Go(func() {
			id, err := h.RecoverFor(t.Context(), a.ID, "sms", why)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				begun = append(begun, id)
			} else if fault.Code(err) != "sending_too_often" && !errors.Is(err, table.ErrCondition) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(begun) != 1 || h.count(t, a.ID, message.SendAgentCode) != 1 {
		t.Fatalf("%d recoveries began, %d codes went out", len(begun), h.count(t, a.ID, message.SendAgentCode))
	}
	if _, err := h.RecoverWithCode(t.Context(), begun[0], h.newest(t, a.ID, message.SendAgentCode).Secret, session.Opening{}); err != nil {
		t.Error(err)
	}
}

// TestALetterEndsTheDoubt: who recovers by SMS after a year first answers or enters a code; a letter to the home settles it.
func TestALetterEndsTheDoubt(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, _ := h.proved(t, 1)
	for n, c := range []struct {
		way   string
		scope session.Scope
	}{{"sms", session.Reactivate}, {"email", session.Reactivate}, {"letter", session.Full}} {
		h.advance(400 * 24 * time.Hour)
		id, err := h.RecoverFor(t.Context(), a.ID, c.way, why)
		must(t, err)
		entry, err := h.RecoverWithCode(t.Context(), id, h.newest(t, a.ID, message.SendAgentCode).Secret, session.Opening{})
		must(t, err)
		next := fmt.Sprintf("%s, the %d", otherPassword, n)
		must(t, h.Choose(t.Context(), entry.Session, next, operator.Profile{Name: "Post"}))
		if got := h.enter(t, a.Username, next).Session.Scope; got != c.scope {
			t.Errorf("after a recovery by %s a login has the scope %s", c.way, got)
		}
	}
}

// TestANewAddressOfAClosedAccount: one that was closed before its e-mail address was proved is active when it is opened again.
func TestANewAddressOfAClosedAccount(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.create(t, registration(1))
	live := h.enter(t, a.Username, password).Session
	_, err := h.Close(t.Context(), live)
	must(t, err)
	h.identified(t, a.ID)
	_, err = h.SetContact(t.Context(), a.ID, "later@example.com", "", why)
	must(t, err)
	h.advance(account.ContactWait)
	live = h.enter(t, a.Username, password).Session
	if got, err := h.Reopen(t.Context(), live); err != nil || got.Status != account.Active || !got.EmailVerified {
		t.Errorf("opened again: %+v, %v", got, err)
	}
}
