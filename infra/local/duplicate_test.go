package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// twins are two accounts of Maria in one house with their e-mail addresses proved: the first is active, the second
// flagged.
func (p *product) twins(house, first, second int) (person, person, string) {
	p.t.Helper()
	one, two := p.createIn(house, first), p.createIn(house, second)
	for _, who := range []*person{&one, &two} {
		who.token = p.logIn(*who)
		p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(who.email)}, who.as()...)
	}
	return one, two, p.account(two)["id"].(string)
}

// letterTo answers the code of the newest letter to an account.
func (p *product) letterTo(id string) string {
	p.t.Helper()
	for _, m := range p.messages(id) {
		if c := regexp.MustCompile(`(?m)^[0-9A-Z]{10}$`).FindString(m.Text); c != "" && m.Channel == "letter" {
			return c
		}
	}
	p.t.Fatalf("no letter to %s", id)
	return ""
}

func TestADuplicateByTheAPI(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	one, two, id := p.twins(1, 1, 2)
	seen := p.account(two)
	if seen["status"] != "flagged" || seen["username"] != two.username || len(seen) != 3 {
		t.Errorf("a flagged account is %v", seen)
	}
	contains(t, p.must(http.StatusOK, "GET", "/v1/duplicate", nil, two.as()...).body, `"ways":["recover","letter","support"]`)
	p.must(http.StatusForbidden, "GET", "/v1/duplicate", nil, one.as()...)
	p.must(http.StatusForbidden, "PATCH", "/v1/account", object{"language": "sv"}, two.as()...)
	if hint := p.messages(one.email)[0]; !strings.Contains(hint.Text, "/recover\n") || strings.Contains(hint.Text, two.email) {
		t.Errorf("the holder's newest e-mail is %s", hint.Text)
	}

	p.must(http.StatusAccepted, "POST", "/v1/duplicate/letter", nil, two.as()...)
	again := p.must(http.StatusTooManyRequests, "POST", "/v1/duplicate/letter", nil, two.as()...)
	if wait := again.Header.Get("Retry-After"); again.json(t)["code"] != "sending_too_often" || len(wait) != 6 || wait < "604700" {
		t.Errorf("a second letter: Retry-After %s, %s", wait, again.body)
	}
	wrong := p.must(http.StatusUnprocessableEntity, "POST", "/v1/duplicate/code", object{"code": "AAAAAAAAAA"}, two.as()...).json(t)
	if wrong["code"] != "code_wrong" || wrong["triesLeft"] != 4.0 {
		t.Errorf("a wrong code: %v", wrong)
	}
	waiting := p.must(http.StatusOK, "POST", "/v1/duplicate/code", object{"code": strings.ToLower(p.letterTo(id))}, two.as()...).json(t)
	if waiting["status"] != "flagged" || waiting["claimAt"] == nil || p.account(two)["claimAt"] != waiting["claimAt"] {
		t.Errorf("after the code: %v", waiting)
	}

	contains(t, p.must(http.StatusOK, "GET", "/v1/duplicate", nil, two.as()...).body, `"claimAt":"`+waiting["claimAt"].(string))

	p.advance("336h")
	two.token = p.logIn(two)
	if seen := p.account(two); seen["status"] != "active" || seen["email"] != two.email || seen["claimAt"] != nil {
		t.Errorf("after 14 days: %v", seen)
	}
	one.token = p.logIn(one)
	if seen := p.account(one); seen["status"] != "flagged" {
		t.Errorf("the one that did not object: %v", seen)
	}
	contains(t, p.messages(one.email)[0].Subject, "taken the place")
}

// page answers a page that a browser with a session is led to.
func (p *product) page(path string) answered {
	p.t.Helper()
	a := p.send("GET", path, nil)
	for range 3 {
		if a.StatusCode != http.StatusSeeOther {
			break
		}
		a = p.send("GET", a.Header.Get("Location"), nil)
	}
	if a.StatusCode != http.StatusOK {
		p.t.Fatalf("GET %s answers %d: %s", path, a.StatusCode, a.body)
	}
	return a
}

// post sends a form and answers the page that it leads to.
func (p *product) postForm(path string, form url.Values) answered {
	p.t.Helper()
	a := p.send("POST", path, form, "Origin", p.url)
	if a.StatusCode != http.StatusSeeOther {
		return a
	}
	return p.page(a.Header.Get("Location"))
}

func TestADuplicateOnThePages(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	one, two, id := p.twins(1, 1, 2)
	login := url.Values{"username": {two.username}, "password": {two.password}}
	start := p.postForm("/login?lang=en", login)
	contains(t, start.body, "There is already an account", `href="/recover"`, `href="/help"`, `action="/duplicate"`)
	for _, lang := range []string{"es", "sv", "zh-Hans"} {
		if body := p.page("/duplicate?lang=" + lang).body; strings.Contains(body, "login.duplicate.") || !strings.Contains(body, `<html lang="`+lang+`"`) {
			t.Errorf("in %s: %s", lang, body)
		}
	}
	p.page("/duplicate?lang=en")
	contains(t, p.postForm("/duplicate", url.Values{"letter": {"1"}}).body, "Your letter is on its way")
	refused := p.postForm("/duplicate", url.Values{"letter": {"1"}})
	contains(t, refused.body, "You can ask for another letter from", "<title>Error:")
	contains(t, p.postForm("/duplicate", url.Values{"code": {"AAAA AAAA AA"}}).body, "Tries left: 4", `value="AAAA AAAA AA"`)
	contains(t, p.postForm("/duplicate", url.Values{"code": {""}}).body, `id="code-error"`)
	code := p.letterTo(id)
	contains(t, p.postForm("/duplicate", url.Values{"code": {code[:5] + "-" + code[5:]}}).body, "Your code was right")

	link := regexp.MustCompile(`/not-me\?t=\S+`).FindString(p.messages(one.email)[0].Text)
	if link == "" {
		t.Fatalf("the holder's newest e-mail is %s", p.messages(one.email)[0].Text)
	}
	undone := p.must(http.StatusOK, "POST", "/v1/disavow", object{"token": strings.TrimPrefix(link, "/not-me?t=")})
	contains(t, undone.body, "claim-challenged")
	contains(t, p.messages(two.email)[0].Subject, "objection")
	p.advance("337h")
	contains(t, p.postForm("/login", login).body, "There is already an account")
	contains(t, p.postForm("/duplicate", url.Values{"letter": {"1"}}).body, "You can ask for another letter from")
	one.token = p.logIn(one)
	if seen := p.account(one); seen["status"] != "active" {
		t.Errorf("the one that objected is %v", seen["status"])
	}
}
