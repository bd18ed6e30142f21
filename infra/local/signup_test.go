package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestBL1_OneWinner: of 50 who want one username at once, one gets it, and the others get free alternatives.
func TestBL1_OneWinner(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	var created, taken atomic.Int64
	var all sync.WaitGroup
	for n := range 50 {
		_, form := p.form(n)
		form["username"] = []string{"Maria", "maria"}[n%2]
		all.Go(func() {
			a := p.send("POST", "/v1/accounts", form, "X-Local-IP", callerOf(n))
			switch a.StatusCode {
			case http.StatusCreated:
				created.Add(1)
			case http.StatusConflict:
				if o := a.json(t); o["code"] == "username_taken" && len(o["suggestions"].([]any)) > 0 {
					taken.Add(1)
				}
			}
		})
	}
	all.Wait()
	if created.Load() != 1 || taken.Load() != 49 {
		t.Errorf("%d accounts, %d told that it is taken", created.Load(), taken.Load())
	}
}

// TestBL1_NoStepIsSkipped: without a token of a verified address there is no account.
func TestBL1_NoStepIsSkipped(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for _, token := range []any{nil, "", "x", strings.Repeat("A", 500), p.addressToken(1).(string) + "x"} {
		_, form := p.form(1)
		form["addressToken"] = token
		p.must(http.StatusUnprocessableEntity, "POST", "/v1/accounts", form)
	}
	_, form := p.form(1)
	p.advance("61m")
	if a := p.must(http.StatusUnprocessableEntity, "POST", "/v1/accounts", form); a.json(t)["code"] != "address_unverified" {
		t.Errorf("an expired token: %s", a.body)
	}
}

// TestOneKeyOneAccount: a request sent twice, and two at once, make one account and answer it alike.
func TestOneKeyOneAccount(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who, form := p.form(1)
	ids := make([]any, 4)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			ids[i] = p.must(http.StatusCreated, "POST", "/v1/accounts", form, "Idempotency-Key", "one").json(t)["id"]
		})
	}
	all.Wait()
	for _, id := range ids {
		if id == nil || id != ids[0] {
			t.Errorf("the accounts %v", ids)
		}
	}
	if n := len(p.messages(who.email)); n != 1 {
		t.Errorf("%d e-mails", n)
	}
	form["name"] = object{"first": "Ana", "last": "Garcia"}
	if a := p.must(http.StatusUnprocessableEntity, "POST", "/v1/accounts", form, "Idempotency-Key", "one"); a.json(t)["code"] != "idempotency_mismatch" {
		t.Error(a.body)
	}
}

// TestMA1_NothingIsGranted by members that are not the client's to send.
func TestMA1_NothingIsGranted(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for _, member := range []string{"status", "emailVerified", "phoneVerified", "role", "id", "createdAt"} {
		_, form := p.form(1)
		form[member] = "active"
		p.must(http.StatusUnprocessableEntity, "POST", "/v1/accounts", form)
	}
	who := p.signUp(1)
	for _, member := range []string{"status", "emailVerified", "email", "username", "type"} {
		p.must(http.StatusUnprocessableEntity, "PATCH", "/v1/account", object{member: "active"}, who.as()...)
	}
	if status := p.account(who)["status"]; status != "new" {
		t.Errorf("the account is %v", status)
	}
}

// TestNF1_WhatIsKnownDoesNotShow: a second account with the same e-mail, number and address is answered as the first.
func TestNF1_WhatIsKnownDoesNotShow(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	first := p.signUp(1)
	p.enterCode(first, "email", p.codeTo(first.email))
	var bodies []string
	for n, name := range []string{"second", "third0"} {
		_, form := p.form(2 + n)
		form["username"] = name
		if n == 0 {
			form["email"], form["phone"], form["addressToken"] = first.email, first.phone, p.addressToken(1)
		}
		a := p.must(http.StatusCreated, "POST", "/v1/accounts", form, "X-Local-IP", callerOf(2+n)).json(t)
		for _, own := range []string{"id", "username", "email", "phone", "address", "createdAt"} {
			delete(a, own)
		}
		bodies = append(bodies, fmt.Sprint(a))
	}
	if bodies[0] != bodies[1] {
		t.Errorf("%s for what is known, %s for what is not", bodies[0], bodies[1])
	}
}

func TestSQ3_Answers(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for _, c := range []struct{ first, second, code string }{
		{"Bergensgatan", " BERGENSGATAN ", "answers_equal"},
		{"maria1", "Whiskers", "answer_weak"},
		{"a quiet harbour at dawn", "Whiskers", "answer_weak"},
		{"a", "Whiskers", ""},
		{"", "Whiskers", ""},
	} {
		_, form := p.form(1)
		form["securityAnswers"] = p.answers(c.first, c.second)
		a := p.send("POST", "/v1/accounts", form)
		if code := a.json(t)["code"]; a.StatusCode != http.StatusUnprocessableEntity || c.code != "" && code != c.code {
			t.Errorf("%q and %q: %d %v", c.first, c.second, a.StatusCode, code)
		}
	}
	_, form := p.form(1)
	same := p.answers("Bergensgatan", "Whiskers")
	same[1]["question"] = same[0]["question"]
	form["securityAnswers"] = same
	p.must(http.StatusUnprocessableEntity, "POST", "/v1/accounts", form)
}

// TestLG2_FailsClosed: without its table the product lets nobody in, and says nothing of why.
func TestLG2_FailsClosed(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	_, form := p.form(2)
	p.must(http.StatusOK, "POST", "/_local/faults", object{"table": "throttle"})
	for path, c := range map[string]struct {
		method string
		body   any
	}{
		"/v1/account":             {"GET", nil},
		"/v1/sessions":            {"POST", object{"username": who.username, "password": who.password}},
		"/v1/accounts":            {"POST", form},
		"/v1/usernames?name=nina": {"GET", nil},
	} {
		a := p.must(http.StatusServiceUnavailable, c.method, path, c.body, who.as()...)
		if o := a.json(t); o["code"] != "unavailable" || a.Header.Get("Retry-After") == "" || strings.Contains(a.body, "table") || strings.Contains(a.body, ".go") {
			t.Errorf("%s: %v %s", path, a.Header, a.body)
		}
	}
	for _, path := range []string{"/account", "/verify"} {
		if a := p.send("GET", path, nil, "Cookie", "__Host-session="+who.token); a.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	p.must(http.StatusOK, "GET", "/help", nil)
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	p.must(http.StatusOK, "GET", "/v1/account", nil, who.as()...)
}
