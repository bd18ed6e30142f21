package account_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/session"
)

// try logs in and answers the code of the refusal, "" for none.
func (h *house) try(t *testing.T, username, password, device string) string {
	t.Helper()
	_, err := h.Enter(t.Context(), account.Credentials{Username: username, Password: password, Device: device}, session.Opening{})
	if err != nil && fault.Code(err) == "" {
		t.Fatalf("logging in: %v", err)
	}
	return fault.Code(err)
}

func (h *house) fail(t *testing.T, username string, times int) {
	t.Helper()
	for i := range times {
		if code := h.try(t, username, "not the password", ""); code != "credentials_invalid" {
			t.Fatalf("wrong password %d: %s", i+1, code)
		}
	}
}

func TestTH4_LocksGrowAndUnknownNamesLockAlike(t *testing.T) {
	t.Parallel()
	for _, username := range []string{"heron1", "nobody"} {
		h := open(t)
		h.create(t, registration(1))
		h.fail(t, username, 5)
		for i, lock := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
			_, err := h.Enter(t.Context(), account.Credentials{Username: username, Password: password}, session.Opening{})
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != "login_locked" || f.RetryAfter != lock || f.Members["until"] == nil { // TH-5, TH-6
				t.Fatalf("%s, lock %d: %+v", username, i+1, err)
			}
			h.advance(lock - time.Second)
			if code := h.try(t, username, password, ""); code != "login_locked" {
				t.Errorf("%s, a second before the end of lock %d: %s", username, i+1, code)
			}
			h.advance(time.Second)
			h.fail(t, username, 1)
		}
	}
}

func TestLockoutReturnsToTheStart(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.create(t, registration(1))
	h.fail(t, "heron1", 4)
	h.enter(t, "heron1", password) // TH-3: a success
	h.fail(t, "heron1", 4)
	h.advance(15 * time.Minute) // the window
	h.fail(t, "heron1", 5)
	h.advance(12 * time.Hour) // the memory
	h.fail(t, "heron1", 5)
	if code := h.try(t, "heron1", password, ""); code != "login_locked" {
		t.Errorf("after five more: %q", code)
	}
}

func TestTH1_FiftyFailuresSwitchThePasswordOff(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.create(t, registration(1))
	for i := range 50 {
		h.fail(t, "heron1", 1)
		if i >= 4 {
			h.advance(15 * time.Minute)
		}
	}
	h.advance(30 * 24 * time.Hour)
	if code := h.try(t, "heron1", password, ""); code != "password_disabled" {
		t.Errorf("the right password after 50 failures: %q", code)
	}
}

func TestOfTwoHundredGuessesAtOnceFiveAreLookedAt(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.create(t, registration(1))
	var looked, locked atomic.Int32
	var group sync.WaitGroup
	for range 200 {
		group.Go(func() {
			switch code := h.try(t, "heron1", "not the password", ""); code {
			case "credentials_invalid":
				looked.Add(1)
			case "login_locked":
				locked.Add(1)
			default:
				t.Errorf("%s", code)
			}
		})
	}
	group.Wait()
	if looked.Load() != 5 || locked.Load() != 195 {
		t.Errorf("%d looked at, %d locked", looked.Load(), locked.Load())
	}
}

func TestADeviceHasCountersOfItsOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.create(t, registration(1))
	h.create(t, registration(2))
	h.prove(t, a.ID, account.ProveEmail)
	mine := h.enter(t, "heron1", password).Device
	other := h.enter(t, "heron2", password).Device
	h.fail(t, "heron1", 5)
	if code := h.try(t, "heron1", password, other); code != "login_locked" {
		t.Errorf("another account's device: %q", code)
	}
	if code := h.try(t, "heron1", password, other+"~"+mine); code != "" {
		t.Errorf("the owner's own browser: %q", code)
	}
	if code := h.try(t, "heron1", password, ""); code != "login_locked" { // its success clears only its own
		t.Errorf("a stranger after that: %q", code)
	}
	for range 5 {
		h.try(t, "heron1", "not the password", mine)
	}
	if code := h.try(t, "heron1", password, mine); code != "login_locked" {
		t.Errorf("the device after five wrong ones of its own: %q", code)
	}
	if n := h.count(t, a.ID, message.NewSession); n != 1 { // heron1 was entered once without a device
		t.Errorf("%d e-mails about a new device", n)
	}
	h.advance(366 * 24 * time.Hour)
	h.fail(t, "heron1", 5)
	if code := h.try(t, "heron1", password, mine); code != "login_locked" {
		t.Errorf("a device after a year: %q", code)
	}
}

func TestTakingANameClearsItsCounter(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.fail(t, "heron1", 5)
	h.create(t, registration(1))
	h.enter(t, "heron1", password)
}
