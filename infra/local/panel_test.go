package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postkontor/shared/page"
)

func (p *product) now() time.Time {
	p.t.Helper()
	now, err := time.Parse(time.RFC3339Nano, p.must(http.StatusOK, "GET", "/_local/clock", nil).json(p.t)["now"].(string))
	if err != nil {
		p.t.Fatal(err)
	}
	return now
}

func TestTheClockMovesForwardAndIsKept(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	p.advance("26280h")
	p.advance("90s")
	want := 26280*time.Hour + 90*time.Second
	if ahead := time.Until(p.now()); ahead < want-time.Minute || ahead > want {
		t.Errorf("%s ahead instead of %s", ahead, want)
	}
	for _, by := range []string{"-1s", "900000h", "tomorrow", ""} {
		p.must(http.StatusUnprocessableEntity, "POST", "/_local/clock", object{"advance": by})
	}
	p.must(http.StatusUnprocessableEntity, "POST", "/_local/clock", object{"back": "1h"})
	p.must(http.StatusSeeOther, "POST", "/_local/clock", url.Values{"advance": {"1h"}})
	p.stop()
	again := startOn(t, p.data)
	if ahead := time.Until(again.now()); ahead < want+59*time.Minute || ahead > want+time.Hour {
		t.Errorf("%s ahead after a restart instead of %s", ahead, want+time.Hour)
	}
}

// TestTheMailbox: newest first, by address, a page at a time, and still there after a restart.
func TestTheMailbox(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	email, sms := p.messages(strings.ToUpper(who.email)), p.messages(strings.TrimPrefix(who.phone, "+"))
	if len(email) != 1 || len(sms) != 1 || len(p.messages("")) != 2 {
		t.Fatalf("%d e-mails, %d text messages", len(email), len(sms))
	}
	if email[0].Subject == "" || email[0].HTML == "" || email[0].Language != "en" || email[0].Channel != "email" || sms[0].Channel != "sms" {
		t.Errorf("%+v %+v", email[0], sms[0])
	}
	contains(t, sms[0].Text, "\n@localhost #"+code(sms[0].Text))
	first := p.must(http.StatusOK, "GET", "/_local/messages?limit=1", nil).json(t)
	rest := p.must(http.StatusOK, "GET", "/_local/messages?limit=1&cursor="+url.QueryEscape(first["next"].(string)), nil).json(t)
	a, b := first["items"].([]any)[0].(map[string]any), rest["items"].([]any)[0].(map[string]any)
	if a["id"].(string) <= b["id"].(string) || rest["next"] != nil && len(rest["next"].(string)) == 0 {
		t.Errorf("%v before %v", a["id"], b["id"])
	}
	for _, limit := range []string{"0", "101", "x"} {
		p.must(http.StatusUnprocessableEntity, "GET", "/_local/messages?limit="+limit, nil)
	}
	p.stop()
	if again := startOn(t, p.data); len(again.messages(who.email)) != 1 {
		t.Error("a restart loses messages")
	}
}

func TestThePage(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	contains(t, p.must(http.StatusOK, "GET", "/_local/", nil).body, "Nothing was sent yet.", `href="/register"`)
	who := p.signUp(1)
	page := p.must(http.StatusOK, "GET", "/_local/?lang=sv", nil)
	contains(t, page.body, `<html lang="sv">`, strings.TrimPrefix(who.phone, "+"), who.email, `data-copy="`+p.codeTo(who.phone)+`"`, "Flytta klockan")
	contains(t, page.Header.Get("Content-Security-Policy"), "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
	for _, inline := range []string{"<script>", " style=", "<style", "onclick="} {
		if strings.Contains(page.body, inline) {
			t.Errorf("the content policy forbids %s", inline)
		}
	}
	mail := p.messages(who.email)[0]
	email := p.must(http.StatusOK, "GET", "/_local/messages/"+mail.ID, nil)
	contains(t, email.body, code(mail.Text), `<base target="_blank">`)
	policy := email.Header.Get("Content-Security-Policy")
	contains(t, policy, "sandbox ", "default-src 'none'")
	if strings.Contains(policy, "allow-scripts") || strings.Contains(policy, "script-src") {
		t.Errorf("an e-mail may run scripts: %s", policy)
	}
	p.must(http.StatusNotFound, "GET", "/_local/messages/none", nil)
	for _, asset := range []string{"panel.css", "panel.js"} {
		p.must(http.StatusOK, "GET", "/_local/static/"+asset, nil)
	}
	p.must(http.StatusSeeOther, "GET", "/_local", nil)
	p.must(http.StatusNotFound, "POST", "/_local/nothing", nil)
}

// TestThePageHasItsWords in every language, with every kind of message and everything broken.
func TestThePageHasItsWords(t *testing.T) {
	t.Parallel()
	p := &panel{runner: &runner{}, pages: page.NewSet(templates)}
	p.faults.set(Faults{SES: "down", SNS: "down", Table: "throttle"})
	for _, mails := range [][]Mail{nil, {
		{ID: "3", Channel: "letter", To: "01J", Text: "482913"},
		{ID: "2", Channel: "email", To: "maria@example.com", Subject: "Code", Text: "482913", HTML: "<p>482913</p>"},
		{ID: "1", Channel: "sms", To: "+12065550100", Text: "able acid army away axis\n"},
	}} {
		v := p.view(mails)
		if err := p.pages.Check("panel", v); err != nil {
			t.Error(err)
		}
		for _, devices := range [][]device{v.Phones, v.Boxes, v.Letters} {
			if len(mails) > 0 && (len(devices) != 1 || devices[0].Mails[0].Code == "") {
				t.Errorf("%+v", devices)
			}
		}
	}
}

// TestBrowsersThatKeepNoCookies are told of, before a login and after.
func TestBrowsersThatKeepNoCookies(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	p.client.Jar = nil // the jar keeps __Host- cookies on http://localhost only when it takes it for a secure place
	probe := p.must(http.StatusOK, "GET", "/_local/", nil).Header.Get("Set-Cookie")
	contains(t, probe, "__Host-probe=1; Path=/; HttpOnly; Secure; SameSite=Lax")
	if p.must(http.StatusOK, "GET", "/_local/cookie", nil).json(t)["kept"] != false ||
		p.must(http.StatusOK, "GET", "/_local/cookie", nil, "Cookie", "__Host-probe=1").json(t)["kept"] != true {
		t.Error("the probe does not tell what came back")
	}
	hidden := func() bool {
		return strings.Contains(p.send("GET", "/_local/", nil).body, `usa-alert--warning" hidden`)
	}
	safari := []string{"User-Agent", "Mozilla/5.0 (Macintosh) Safari/605.1.15", "Accept", "text/html"}
	login := p.must(http.StatusSeeOther, "POST", "/login", url.Values{"username": {who.username}, "password": {who.password}}, safari...)
	cookie, _, _ := strings.Cut(strings.Join(login.Header["Set-Cookie"], ";"), ";")
	p.send("GET", "/account", nil, append(safari, "Cookie", cookie)...)
	if !hidden() {
		t.Error("a browser that kept the cookie is told of")
	}
	p.must(http.StatusSeeOther, "POST", "/login", url.Values{"username": {who.username}, "password": {who.password}}, safari...)
	p.send("GET", "/account", nil, safari...)
	if hidden() {
		t.Error("a browser that lost the cookie is not told of")
	}
}

// TestForeignPagesAreKeptOut: neither by another origin nor by another name of this machine's address.
func TestForeignPagesAreKeptOut(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	own := strings.TrimPrefix(p.url, "http://")
	_, port, _ := strings.Cut(own, ":")
	for _, c := range []struct {
		status  int
		headers []string
	}{
		{http.StatusOK, nil},
		{http.StatusOK, []string{"Origin", p.url}},
		{http.StatusOK, []string{"Host", "127.0.0.1:" + port, "Origin", "http://127.0.0.1:" + port, "Sec-Fetch-Site", "same-origin"}},
		{http.StatusOK, []string{"Host", "[::1]:" + port}},
		{http.StatusForbidden, []string{"Host", "rebound.example.com:" + port}},
		{http.StatusForbidden, []string{"Host", "localhost.example.com"}},
		{http.StatusForbidden, []string{"Host", "192.0.2.1"}},
		{http.StatusForbidden, []string{"Origin", "null"}},
		{http.StatusForbidden, []string{"Origin", "https://example.com"}},
		{http.StatusForbidden, []string{"Origin", "http://localhost:1"}},
		{http.StatusForbidden, []string{"Sec-Fetch-Site", "cross-site"}},
		{http.StatusForbidden, []string{"Sec-Fetch-Site", "same-site"}},
	} {
		for _, path := range []string{"/_local/faults", "/_local/clock", "/_local/messages"} {
			method, body := "POST", any(object{})
			if path == "/_local/messages" {
				if len(c.headers) > 0 && c.headers[0] == "Sec-Fetch-Site" {
					continue // reading is kept out by the browser itself
				}
				method, body = "GET", nil
			}
			if path == "/_local/clock" {
				body = object{"advance": "0s"}
			}
			if a := p.send(method, path, body, c.headers...); a.StatusCode != c.status {
				t.Errorf("%s with %v answers %d instead of %d", path, c.headers, a.StatusCode, c.status)
			}
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	p.advance("2m")
	p.must(http.StatusOK, "POST", "/_local/faults", object{"ses": "down", "sns": "down"})
	before := len(p.messages(""))
	p.must(http.StatusAccepted, "POST", "/v1/account/email/code", nil, who.as()...)
	p.must(http.StatusAccepted, "POST", "/v1/account/phone/code", nil, who.as()...)
	if n := len(p.messages("")); n != before {
		t.Fatalf("%d messages although nothing can be sent", n-before)
	}
	p.must(http.StatusOK, "POST", "/_local/faults", object{"ses": "down"})
	p.advance("1m")
	if n := len(p.messages(who.phone)); n != 2 {
		t.Errorf("%d text messages after the channel is mended", n)
	}
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	p.advance("2m")
	if n := len(p.messages(who.email)); n != 2 {
		t.Errorf("%d e-mails after the channel is mended", n)
	}
	p.must(http.StatusOK, "POST", "/_local/faults", object{"table": "throttle"})
	refused := p.must(http.StatusServiceUnavailable, "GET", "/v1/account", nil, who.as()...)
	if refused.Header.Get("Retry-After") == "" || refused.json(t)["code"] != "unavailable" {
		t.Errorf("%v %s", refused.Header, refused.body)
	}
	p.must(http.StatusSeeOther, "POST", "/_local/faults", url.Values{})
	p.must(http.StatusOK, "GET", "/v1/account", nil, who.as()...)
	for _, wrong := range []object{{"ses": "up"}, {"sqs": "down"}, {"table": "down"}} {
		p.must(http.StatusUnprocessableEntity, "POST", "/_local/faults", wrong)
	}
}

// TestUnsentMessagesOutliveTheRunner: what could not be sent before a restart is sent after it.
func TestUnsentMessagesOutliveTheRunner(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	p.must(http.StatusOK, "POST", "/_local/faults", object{"ses": "down"})
	who := p.signUp(1)
	p.stop()
	if again := startOn(t, p.data); len(again.messages(who.email)) != 1 {
		t.Error("the e-mail is lost")
	}
}
