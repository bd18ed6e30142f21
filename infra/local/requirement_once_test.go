package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestOnce_ADayLong: the same key and body are answered the same account for 24 hours, also when what the body names is no
// longer good; and without counting against the caller.
func TestOnce_ADayLong(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	body := p.application(1)
	send := func(key string) answered { return p.apply(1, body, "Idempotency-Key", key) }
	first := send("a key of 24 hours").json(t)
	for range 12 { // more than a caller may make accounts in an hour
		if a := send("a key of 24 hours"); a.StatusCode != http.StatusCreated || a.json(t)["id"] != first["id"] {
			t.Fatalf("again: %d %s", a.StatusCode, a.body)
		}
	}
	p.advance("2h") // the token of the address in it is good for an hour
	if a := send("a key of 24 hours"); a.StatusCode != http.StatusCreated || a.json(t)["id"] != first["id"] {
		t.Errorf("two hours later: %d %s", a.StatusCode, a.body)
	}
	if n := len(p.allMessages()); n != 2 {
		t.Errorf("%d messages", n)
	}
	p.advance("22h1m")
	body["addressToken"] = p.addressToken(1)
	send("a key of 24 hours").refused(t, http.StatusConflict, "username_taken")
}

// TestOnce_OnlySuccessesAreRemembered, and a key is for one body.
func TestOnce_OnlySuccessesAreRemembered(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	body := p.application(1)
	p.apply(1, body.with("password", "short"), "Idempotency-Key", "k").wrong(t, "password_short", "body.password", "password_short")
	p.must(http.StatusOK, "POST", "/_local/faults", object{"table": "throttle"})
	p.apply(1, body, "Idempotency-Key", "k").refused(t, http.StatusServiceUnavailable, "unavailable")
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	if a := p.apply(1, body, "Idempotency-Key", "k"); a.StatusCode != http.StatusCreated {
		t.Fatalf("mended: %d %s", a.StatusCode, a.body)
	}
	for path, value := range map[string]any{"name.last": "Other", "password": newPassword, "email": "other@example.com", "securityAnswers.1.answer": "Another"} {
		p.apply(1, body.with(path, value), "Idempotency-Key", "k").refused(t, http.StatusUnprocessableEntity, "idempotency_mismatch")
	}
	p.apply(1, body, "Idempotency-Key", "another").refused(t, http.StatusConflict, "username_taken")
	p.apply(1, body).refused(t, http.StatusConflict, "username_taken")
	for _, key := range []string{strings.Repeat("k", 65), "kéy", "\xff"} {
		p.apply(2, p.application(2), "Idempotency-Key", key).wrong(t, "validation", "header.Idempotency-Key", "validation.idempotency_key")
	}
	if a := p.apply(2, p.application(2), "Idempotency-Key", strings.Repeat("~ ", 31)+"~~"); a.StatusCode != http.StatusCreated {
		t.Errorf("64 printable characters: %d %s", a.StatusCode, a.body)
	}
}

// TestOnce_TwoBodiesAtOnce with one key: one becomes an account, the others are told of the mismatch.
func TestOnce_TwoBodiesAtOnce(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	statuses := make([]int, 6)
	var all sync.WaitGroup
	for n := range statuses {
		body := p.application(n)
		all.Go(func() { statuses[n] = p.apply(n, body, "Idempotency-Key", "one for all").StatusCode })
	}
	all.Wait()
	made := 0
	for _, status := range statuses {
		if status == http.StatusCreated {
			made++
		} else if status != http.StatusUnprocessableEntity {
			t.Errorf("%v", statuses)
		}
	}
	p.stop()
	if n := whole(t, p.tables()); made != 1 || n != 1 {
		t.Errorf("%d accounts, answered %v", n, statuses)
	}
}
