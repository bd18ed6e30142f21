package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestLG1_NothingTypedIsLogged: neither what pages and the API were given, right or wrong, in bodies, addresses, queries and
// headers, nor what was sent; not even while things fail. Yet each request has its line.
func TestLG1_NothingTypedIsLogged(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "es")
	who, _ := v.finish(v.register(1), 1)
	who.token = p.logIn(who)
	email, sms := p.codeTo(who.email), p.codeTo(who.phone)
	type sent struct {
		method, path string
		body         any
		headers      []string
	}
	requests := []sent{
		{"POST", "/v1/accounts", p.application(2).with("TypedMember", "TypedValue"), nil},
		{"POST", "/v1/accounts", p.application(2).with("name.first", "TypedFirst").with("email", "typed.email@").with("company", "TypedCompany"), nil},
		{"POST", "/v1/accounts", p.application(2), []string{"Idempotency-Key", "TypedKey"}},
		{"POST", "/v1/sessions", object{"username": "TypedUser", "password": "TypedPassword of nobody"}, nil},
		{"POST", "/v1/addresses/verify", object{"street": "77 TypedStreet", "city": "TypedCity"}, nil},
		{"GET", "/v1/usernames?name=TypedName", nil, nil},
		{"GET", "/TypedPath/x?TypedQuery=1", nil, nil},
		{"GET", "/v1/TypedPath", nil, nil},
		{"DELETE", "/v1/sessions/TypedSession", nil, who.as()},
		{"GET", "/v1/account", nil, []string{"Authorization", "Bearer TypedToken"}},
		{"GET", "/account", nil, []string{"User-Agent", "TypedAgent", "Referer", "https://TypedReferer.example"}},
		{"PUT", "/v1/account/email", object{"email": "typed.next@example.com"}, who.as()},
		{"PUT", "/v1/account/phone", object{"phone": "+12065550199"}, who.as()},
		{"POST", "/v1/account/email/verify", object{"code": "TypedCode"}, who.as()},
		{"POST", "/v1/account/email/verify", object{"code": email}, who.as()},
		{"POST", "/v1/account/phone/verify", object{"code": sms}, who.as()},
		{"PUT", "/v1/account/password", object{"currentPassword": "TypedPassword of nobody", "newPassword": "TypedPassword of nobody too"}, who.as()},
		{"POST", "/login", url.Values{"username": {"TypedUser"}, "password": {"TypedPassword"}, "next": {"/TypedNext"}}, nil},
		{"POST", "/login", url.Values{"username": {"x"}}, []string{"Origin", "https://TypedOrigin.example"}},
		{"POST", "/v1/support/requests", object{"topic": "other", "message": "TypedMessage", "name": "TypedFirst", "email": "typed.email@example.com", "username": "TypedUser"}, nil},
		{"POST", "/v1/support/requests", object{"topic": "TypedTopic", "message": "TypedMessage", "name": "Typed\u0000", "email": "typed.email@"}, nil},
		{"POST", "/help", url.Values{"topic": {"other"}, "message": {"TypedMessage"}, "name": {"TypedFirst"}, "email": {"typed.next@example.com"}}, who.as()},
		{"POST", "/verify", url.Values{"channel": {"TypedChannel"}, "code": {"TypedCode"}}, who.as()},
	}
	for _, faults := range []object{{}, {"ses": "down", "sns": "down"}, {"table": "throttle"}} {
		p.must(http.StatusOK, "POST", "/_local/faults", faults)
		for _, r := range requests {
			p.send(r.method, r.path, r.body, r.headers...)
		}
	}
	p.stop()
	log := string(p.file("events.log"))
	secrets := []string{"Typed", "typed", who.username, who.password, who.email, email, sms, "5550001", "555-0001", "5550199", who.token, "Bergensgatan", "Whiskers",
		"Åsa", "Solberg", "Main", "MAIN", "Seattle", "SEATTLE", "98101", "maria2", "Garcia", "198.51.136."}
	for _, secret := range secrets {
		if at := strings.Index(log, secret); at >= 0 {
			t.Errorf("the log holds %q: %s", secret, log[max(0, at-150):min(len(log), at+80)])
		}
	}
	lines, unread := 0, 0
	for line := range bytes.Lines(p.file("events.log")) {
		var event struct{ Operation, Status, RequestID string }
		if json.Unmarshal(line, &event) != nil {
			unread++
		}
		if event.Status != "" && event.RequestID != "" {
			lines++
		}
	}
	if lines < 3*len(requests) || unread > 0 {
		t.Errorf("%d lines of requests, %d are no JSON", lines, unread)
	}
}

// TestLG2_MessagesWaitForTheirChannel: while neither e-mail nor SMS can be sent all works; what waits arrives in the next
// minutes, each once, and a code that waited is good.
func TestLG2_MessagesWaitForTheirChannel(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	p.must(http.StatusOK, "POST", "/_local/faults", object{"ses": "down", "sns": "down"})
	who := p.signUp(1)
	if n := len(p.allMessages()); n > 0 {
		t.Fatalf("%d messages went out", n)
	}
	p.advance("1m") // tried again, in vain
	p.must(http.StatusOK, "POST", "/_local/faults", object{"sns": "down"})
	p.advance("2m")
	if n, m := len(p.messages(who.email)), len(p.messages(who.phone)); n != 1 || m != 0 {
		t.Errorf("%d e-mails, %d text messages when e-mail is mended", n, m)
	}
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	p.advance("4m")
	if n, m := len(p.messages(who.email)), len(p.messages(who.phone)); n != 1 || m != 1 {
		t.Errorf("%d e-mails, %d text messages when all is mended", n, m)
	}
	p.prove(who)
	p.advance("15m")
	if n := len(p.messages(who.phone)); n != 1 {
		t.Errorf("the text message is sent %d times", n)
	}
}

// TestLG2_NoLoginWithoutTheTables: nobody is let in or out, nothing is half done, and a browser keeps what was typed.
func TestLG2_NoLoginWithoutTheTables(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	p.prove(who)
	v := p.visitor(t, "zh-Hans")
	login, last := v.get("/login"), v.register(2)
	other, sent := p.application(3), len(p.allMessages())
	p.must(http.StatusOK, "POST", "/_local/faults", object{"table": "throttle"})
	for _, r := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/v1/sessions", object{"username": who.username, "password": who.password}},
		{"PUT", "/v1/account/password", object{"currentPassword": who.password, "newPassword": newPassword}},
		{"PUT", "/v1/account/email", object{"email": "next@example.com"}},
		{"PATCH", "/v1/account", object{"language": "es"}},
		{"POST", "/v1/account/phone/code", nil},
		{"DELETE", "/v1/sessions", nil},
		{"DELETE", "/v1/sessions/current", nil},
		{"POST", "/v1/accounts", other},
	} {
		a := p.send(r.method, r.path, r.body, who.as()...)
		a.refused(t, http.StatusServiceUnavailable, "unavailable")
		if strings.Contains(a.body, "table") || strings.Contains(a.body, ".go") || len(a.Cookies()) > 0 {
			t.Errorf("%s %s tells: %s", r.method, r.path, a.body)
		}
	}
	for action, c := range map[string]struct {
		page   sheet
		values url.Values
	}{"/login": {login, url.Values{"username": {who.username}, "password": {who.password}}}, "/register": {last, chosen(2)}} {
		a := v.fill(c.page, action, c.values)
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" || len(a.Cookies()) > 0 || len(a.forms) == 0 ||
			a.control("username")["value"] != c.values.Get("username") {
			t.Errorf("%s: %d %v", action, a.StatusCode, a.Header)
		}
	}
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	p.advance("1m")
	if n := len(p.allMessages()); n != sent {
		t.Errorf("%d messages came of what was refused", n-sent)
	}
	p.logIn(who) // with the password as it was
	if a := p.account(who); a["pendingEmail"] != nil || a["language"] != "en" {
		t.Errorf("%v", a)
	}
	v.finish(last, 2)
	p.stop()
	if n := whole(t, p.tables()); n != 2 {
		t.Errorf("%d accounts", n)
	}
}
