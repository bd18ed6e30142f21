package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// asleep lets everybody's account become inactive.
func (p *product) asleep() {
	p.t.Helper()
	for _, wait := range []int{1035, 1, 30, 23, 6, 1} {
		p.advance(days(wait))
		p.must(http.StatusOK, "POST", "/_local/sweep", nil)
	}
}

// sleeper is a session of scope reactivate.
type sleeper struct {
	*product
	token string
}

// wakes logs in to an account that sleeps.
func (p *product) wakes(username, password string) sleeper {
	p.t.Helper()
	token, scope := p.enter(username, password)
	if scope != "reactivate" {
		p.t.Fatalf("the login has the scope %s", scope)
	}
	return sleeper{p, token}
}

func (s sleeper) ways() (ways []string) {
	s.t.Helper()
	for _, way := range s.must(http.StatusOK, "GET", "/v1/reactivation", nil, bearer(s.token)...).json(s.t)["ways"].([]any) {
		ways = append(ways, way.(string))
	}
	return ways
}

func (s sleeper) send(channel string, status int) answered {
	s.t.Helper()
	return s.must(status, "POST", "/v1/reactivation/code", object{"channel": channel}, bearer(s.token)...)
}

func (s sleeper) prove(status int, proof object) answered {
	s.t.Helper()
	return s.must(status, "POST", "/v1/reactivation", proof, bearer(s.token)...)
}

func answersOf(first, second string) object {
	return object{"answers": []object{{"question": "first-school", "answer": second}, {"question": "first-pet", "answer": first}}}
}

func TestNT2_AnInactiveAccountIsWokenByAnswers(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	p.asleep()
	s := p.wakes(who.username, who.password)
	if a := p.must(http.StatusOK, "GET", "/v1/account", nil, bearer(s.token)...); strings.Contains(a.body, who.email) || a.json(t)["status"] != "inactive" {
		t.Errorf("before it is awake the account shows %s", a.body)
	}
	p.must(http.StatusForbidden, "GET", "/v1/account/export", nil, bearer(s.token)...)
	asked := s.must(http.StatusOK, "GET", "/v1/reactivation", nil, bearer(s.token)...)
	if again := s.must(http.StatusOK, "GET", "/v1/reactivation", nil, bearer(s.token)...); again.body != asked.body {
		t.Errorf("other questions: %s, then %s", asked.body, again.body)
	}
	if ways := s.ways(); !slices.Equal(ways, []string{"questions", "sms", "email"}) {
		t.Errorf("ways %v", ways)
	}
	for i := range 5 {
		a := s.prove(http.StatusUnprocessableEntity, answersOf("Bergensgatan", "no"))
		if a.code(t) != "answers_wrong" || a.json(t)["triesLeft"] != float64(4-i) {
			t.Errorf("try %d: %s", i+1, a.body)
		}
	}
	if a := s.prove(http.StatusTooManyRequests, answersOf("Bergensgatan", "Whiskers")); a.code(t) != "way_closed" {
		t.Errorf("the sixth try: %s", a.body)
	}
	p.advance("24h1s")
	s = p.wakes(who.username, who.password)
	other := p.wakes(who.username, who.password)
	woken := s.prove(http.StatusOK, answersOf(" BERGENSGATAN", "whiskers")).json(t)
	if woken["scope"] != "full" || woken["account"].(map[string]any)["status"] != "active" || woken["token"] == s.token {
		t.Errorf("the account wakes as %v", woken)
	}
	p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, bearer(s.token)...)
	told := p.messages(who.email)[0]
	contains(t, told.Subject+told.Text, "in use again", "/not-me?t=")
	contains(t, p.must(http.StatusOK, "GET", "/v1/account/activity", nil, bearer(woken["token"].(string))...).body, `"kind":"reactivated"`)
	if again := other.prove(http.StatusOK, answersOf("Bergensgatan", "Whiskers")).json(t); again["scope"] != "full" { // from another window
		t.Errorf("a second reactivation: %v", again)
	}
	p.enter(who.username, who.password)
	p.advance(days(1034)) // the years begin anew
	p.must(http.StatusOK, "POST", "/_local/sweep", nil)
	if _, scope := p.enter(who.username, who.password); scope != "full" {
		t.Errorf("1034 days later the login has the scope %s", scope)
	}
}

func TestOTP2_OTP3_OTP4_AnInactiveAccountIsWokenByACode(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who, mailOnly := p.proved(1), p.signUp(2)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(mailOnly.email)}, mailOnly.as()...)
	p.asleep()
	m := p.wakes(mailOnly.username, mailOnly.password)
	if ways := m.ways(); !slices.Equal(ways, []string{"questions", "email"}) {
		t.Errorf("without a proved mobile: ways %v", ways)
	}
	if a := m.send("sms", http.StatusUnprocessableEntity); a.code(t) != "channel_unproved" {
		t.Errorf("a code to a number that is not proved: %s", a.body)
	}
	m.send("email", http.StatusAccepted)
	s := p.wakes(who.username, who.password)
	s.send("sms", http.StatusAccepted)
	first := p.codeTo(who.phone)
	s.send("sms", http.StatusTooManyRequests)
	s.send("email", http.StatusAccepted) // another address, another count; the code before is dead
	for _, code := range []string{first, p.codeTo(mailOnly.email)} {
		if a := s.prove(http.StatusUnprocessableEntity, object{"code": code}); a.code(t) != "code_wrong" {
			t.Errorf("a replaced or foreign code: %s", a.body)
		}
	}
	code := p.codeTo(who.email)
	p.advance("10m1s")
	if a := s.prove(http.StatusUnprocessableEntity, object{"code": code}); a.code(t) != "code_expired" {
		t.Errorf("at 10:01: %s", a.body)
	}
	s.send("sms", http.StatusAccepted)
	p.advance("9m59s")
	if woken := s.prove(http.StatusOK, object{"code": p.codeTo(who.phone)}).json(t); woken["scope"] != "full" {
		t.Errorf("a code wakes it as %v", woken)
	}
	p.must(http.StatusUnprocessableEntity, "POST", "/v1/reactivation", object{}, bearer(m.token)...)
}

// TestNumbersChangeHands: a year after the last login an SMS alone brings nobody in.
func TestNumbersChangeHands(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who, recent := p.proved(1), p.proved(2)
	bySMS := func(who person, password string) {
		t.Helper()
		r := p.recover(who.username)
		r.must(http.StatusAccepted, "POST", r.path+"/sms", nil)
		token := r.must(http.StatusCreated, "POST", r.path+"/code", object{"code": p.codeTo(who.phone)}).json(t)["token"].(string)
		p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": password}, bearer(token)...)
	}
	p.advance(days(365))
	bySMS(recent, freshPassword)
	if _, scope := p.enter(recent.username, freshPassword); scope != "full" {
		t.Errorf("after twelve months to the day: %s", scope)
	}
	p.advance(days(1))
	bySMS(who, freshPassword)
	s := p.wakes(who.username, freshPassword)
	if ways := s.ways(); !slices.Equal(ways, []string{"questions", "email"}) {
		t.Errorf("ways %v", ways)
	}
	s.send("sms", http.StatusUnprocessableEntity)
	p.advance("1h")
	bySMS(who, "ten quiet herons at dusk") // the mark outlives another recovery and another day
	s = p.wakes(who.username, "ten quiet herons at dusk")
	s.send("email", http.StatusAccepted)
	woken := s.prove(http.StatusOK, object{"code": p.codeTo(who.email)}).json(t)
	if woken["scope"] != "full" || woken["account"].(map[string]any)["status"] != "active" {
		t.Errorf("%v", woken)
	}
	if _, scope := p.enter(who.username, "ten quiet herons at dusk"); scope != "full" {
		t.Errorf("the mark stays: %s", scope)
	}
}

func TestRecoveryLeavesAnAccountAsItStands(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	_, flagged, _ := p.twins(1, 1, 2)
	closed := p.proved(3)
	p.must(http.StatusAccepted, "DELETE", "/v1/account", nil, closed.as()...)
	for who, scope := range map[person]string{flagged: "flagged", closed: "closed"} {
		p.byAnswers(who, freshPassword)
		if _, got := p.enter(who.username, freshPassword); got != scope {
			t.Errorf("a recovered %s account logs in as %s", scope, got)
		}
	}
	p.advance(days(30)) // the sweep may come late
	over := p.recover(closed.username)
	over.questions = []string{"first-pet", "first-school"}
	over.must(http.StatusUnprocessableEntity, "POST", over.path+"/answers", over.answers(asTheyAre))
	p.asleep()
	who := p.proved(4)
	p.asleep()
	p.byAnswers(who, freshPassword)
	if ways := p.wakes(who.username, freshPassword).ways(); !slices.Equal(ways, []string{"questions", "sms", "email"}) {
		t.Errorf("an inactive account recovered by e-mail wakes by %v", ways)
	}
}

// byAnswers recovers by the questions.
func (p *product) byAnswers(who person, password string) {
	p.t.Helper()
	r := p.recover(who.username)
	r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
	token, _ := p.enter(who.username, p.temporary(who))
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": password}, bearer(token)...)
}

// TestAClaimLostInSleep: who wakes up and finds the claim another's is flagged, with the ways of a flagged account.
func TestAClaimLostInSleep(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	one := p.createIn(1, 1)
	one.token = p.logIn(one)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(one.email)}, one.as()...)
	p.asleep()
	two := p.createIn(1, 2)
	two.token = p.logIn(two)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(two.email)}, two.as()...)
	id := p.account(two)["id"].(string)
	p.must(http.StatusAccepted, "POST", "/v1/duplicate/letter", nil, two.as()...)
	if a := p.must(http.StatusOK, "POST", "/v1/duplicate/code", object{"code": p.letterTo(id)}, two.as()...).json(t); a["status"] != "active" {
		t.Fatalf("the second account takes over from the first, which sleeps: %v", a)
	}
	woken := p.wakes(one.username, one.password).prove(http.StatusOK, answersOf("Bergensgatan", "Whiskers")).json(t)
	if woken["scope"] != "flagged" || woken["account"].(map[string]any)["status"] != "flagged" {
		t.Errorf("the first one wakes as %v", woken)
	}
	p.must(http.StatusOK, "GET", "/v1/duplicate", nil, bearer(woken["token"].(string))...)
}

func TestReactivationOnThePages(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	p.asleep()
	p.must(http.StatusSeeOther, "POST", "/login", url.Values{"username": {who.username}, "password": {who.password}})
	if next := p.must(http.StatusSeeOther, "GET", "/account", nil).Header.Get("Location"); next != "/reactivate" {
		t.Errorf("a login to an account that sleeps leads to %s", next)
	}
	contains(t, p.must(http.StatusOK, "GET", "/reactivate", nil).body, "answers[1].answer", `value="sms"`, `value="email"`, `name="code"`)
	form := url.Values{"answers[0].question": {"first-pet"}, "answers[0].answer": {"Bergensgatan"}, "answers[1].question": {"first-school"}, "answers[1].answer": {""}}
	contains(t, p.must(http.StatusUnprocessableEntity, "POST", "/reactivate", form).body, "Error:", `value="Bergensgatan"`, `href="#answers%5b1%5d.answer"`)
	form.Set("answers[1].answer", "no")
	contains(t, p.must(http.StatusUnprocessableEntity, "POST", "/reactivate", form).body, "Tries left: 4", `value="no"`)
	sent := p.must(http.StatusSeeOther, "POST", "/reactivate", url.Values{"channel": {"email"}}).Header.Get("Location")
	contains(t, p.must(http.StatusOK, "GET", sent, nil).body, "A code is on its way")
	contains(t, p.must(http.StatusUnprocessableEntity, "POST", "/reactivate", url.Values{"code": {""}}).body, `href="#code"`)
	if next := p.must(http.StatusSeeOther, "POST", "/reactivate", url.Values{"code": {p.codeTo(who.email)}}).Header.Get("Location"); next != "/account" {
		t.Errorf("who is awake comes to %s", next)
	}
	contains(t, p.must(http.StatusOK, "GET", "/account", nil).body, who.email)
}

// TestTwoRecoveriesAtOnce: one temporary password lives, one code opens one session.
func TestTwoRecoveriesAtOnce(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	a, b := p.recover(who.username), p.recover(who.username)
	statuses := make(chan string, 20)
	try := func(n int, run func(i int) answered) (all []string) {
		for i := range n {
			go func() { got := run(i); statuses <- fmt.Sprint(got.StatusCode) }()
		}
		for range n {
			all = append(all, <-statuses)
		}
		slices.Sort(all)
		return all
	}
	before := len(p.messages(who.email))
	if got := try(4, func(i int) answered {
		r := []recovering{a, b}[i%2]
		return r.send("POST", r.path+"/answers", r.answers(asTheyAre))
	}); !slices.Equal(got, []string{"202", "202", "202", "202"}) {
		t.Errorf("right answers at once: %v", got)
	}
	if n := len(p.messages(who.email)) - before; n != 1 {
		t.Errorf("%d temporary passwords went out", n)
	}
	words := p.temporary(who)
	if got := try(4, func(int) answered {
		return p.send("POST", "/v1/sessions", object{"username": who.username, "password": words})
	}); !slices.Equal(got, []string{"201", "401", "401", "401"}) {
		t.Errorf("the temporary password at once: %v", got)
	}
	a.must(http.StatusAccepted, "POST", a.path+"/sms", nil)
	code := p.codeTo(who.phone)
	if got := try(4, func(int) answered {
		return a.send("POST", a.path+"/code", object{"code": code})
	}); got[0] != "201" || got[1] == "201" {
		t.Errorf("the code at once: %v", got)
	}
}
