package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var noticeLink = regexp.MustCompile(`/not-me\?t=([A-Za-z0-9_-]{43})`)

// notice answers the token in the newest message to somebody whose text says words.
func (p *product) notice(to, words string) string {
	p.t.Helper()
	for _, m := range p.messages(to) {
		if found := noticeLink.FindStringSubmatch(m.Text); found != nil && strings.Contains(m.Subject+m.Text, words) {
			return found[1]
		}
	}
	p.t.Fatalf("no notice to %s says %q", to, words)
	return ""
}

var newAnswers = object{"securityAnswers": []object{{"question": "first-car", "answer": "Volvo Amazon"}, {"question": "first-concert", "answer": "Monteverdi"}}}

// sensitive are the changes for which a login must be of the last 20 minutes.
func (p *product) sensitive() []struct {
	method, path string
	body         object
	status       int
} {
	return []struct {
		method, path string
		body         object
		status       int
	}{
		{"PUT", "/v1/account/password", object{"currentPassword": "a quiet harbour at dawn", "newPassword": freshPassword}, http.StatusNoContent},
		{"PUT", "/v1/account/username", object{"username": "another.name"}, http.StatusOK},
		{"PUT", "/v1/account/email", object{"email": "moved@example.com"}, http.StatusAccepted},
		{"PUT", "/v1/account/phone", object{"phone": "+12065550999"}, http.StatusAccepted},
		{"PUT", "/v1/account/address", object{"addressToken": p.addressToken(800)}, http.StatusOK},
		{"PATCH", "/v1/account", object{"name": object{"first": "Maria", "last": "Lopez"}}, http.StatusOK},
		{"PUT", "/v1/account/security-answers", newAnswers, http.StatusNoContent},
		{"GET", "/v1/account/export", nil, http.StatusOK},
		{"DELETE", "/v1/account", nil, http.StatusAccepted},
	}
}

func TestSE6_SensitiveChangesNeedAFreshLogin(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	p.advance("20m30s")
	for _, c := range p.sensitive() {
		var body any
		if c.body != nil {
			body = c.body
		}
		if a := p.must(http.StatusForbidden, c.method, c.path, body, who.as()...); a.code(t) != "login_again" {
			t.Errorf("%s %s: %s", c.method, c.path, a.body)
		}
	}
	p.must(http.StatusOK, "PATCH", "/v1/account", object{"language": "sv"}, who.as()...)
	p.must(http.StatusOK, "GET", "/v1/account/activity", nil, who.as()...)
	who.token = p.logIn(who)
	p.advance("19m30s")
	for _, c := range p.sensitive() {
		var body any
		if c.body != nil {
			body = c.body
		}
		p.must(c.status, c.method, c.path, body, who.as()...)
	}
}

func TestSE5_APasswordChangeEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	other := p.logIn(who)
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"currentPassword": who.password, "newPassword": freshPassword}, who.as()...)
	p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, bearer(other)...)
	p.must(http.StatusNoContent, "PUT", "/v1/account/security-answers", newAnswers, who.as()...) // the session that changed it goes on
}

func TestNT1_OldAndNewAddressesAreTold(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	p.advance("61s")
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": "moved@example.com"}, who.as()...)
	p.notice(who.email, "A new e-mail address")
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo("moved@example.com")}, who.as()...)
	p.notice(who.email, "is confirmed")
	p.must(http.StatusAccepted, "PUT", "/v1/account/phone", object{"phone": "+12065550999"}, who.as()...)
	if sms := p.notice(who.phone, "a new mobile number"); sms != p.notice("moved@example.com", "A new mobile number") {
		t.Error("the notices of one change have two tokens")
	}
	p.must(http.StatusOK, "POST", "/v1/account/phone/verify", object{"code": p.codeTo("+12065550999")}, who.as()...)
	p.must(http.StatusOK, "PUT", "/v1/account/username", object{"username": "another.name"}, who.as()...)
	p.notice("moved@example.com", "Your username was changed")
	for _, m := range p.messages("moved@example.com") {
		if strings.Contains(m.Text, "another.name") || strings.Contains(m.Text, "0999") {
			t.Errorf("a notice repeats what was typed: %s", m.Text)
		}
	}
}

func TestRC4_ANoticesLinkTakesTheChangeBack(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	before := p.account(who)
	p.must(http.StatusOK, "PUT", "/v1/account/username", object{"username": "thief"}, who.as()...)
	p.advance("61s")
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": "thief@example.com"}, who.as()...)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo("thief@example.com")}, who.as()...)
	p.must(http.StatusNoContent, "PUT", "/v1/account/security-answers", newAnswers, who.as()...)
	token, later := p.notice(who.email, "Your username was changed"), p.notice("thief@example.com", "security questions")
	for _, lang := range []string{"en", "es", "sv", "zh-Hans"} {
		if body := p.page("/not-me?t=" + token + "&lang=" + lang).body; !strings.Contains(body, `action="/not-me"`) || strings.Contains(body, "disavow.") {
			t.Errorf("the page of the link in %s: %s", lang, body)
		}
	}
	p.must(http.StatusOK, "GET", "/v1/account", nil, who.as()...) // a GET has done nothing
	a := p.must(http.StatusOK, "POST", "/v1/disavow", object{"token": token}).json(t)
	if got := strings.Join(wordsOf(a["undone"]), " "); got != "questions-changed email-proved email-change username-changed" {
		t.Errorf("undone: %s", got)
	}
	for _, used := range []string{token, later, "", token[:42] + "_"} {
		if a := p.must(http.StatusUnprocessableEntity, "POST", "/v1/disavow", object{"token": used}); a.code(t) != "token_invalid" {
			t.Errorf("%q: %s", used, a.body)
		}
	}
	p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, who.as()...)
	if a := p.must(http.StatusForbidden, "POST", "/v1/sessions", object{"username": who.username, "password": who.password}); a.code(t) != "password_disabled" {
		t.Errorf("the password: %s", a.body)
	}
	own := p.messages(who.email)[0]
	contains(t, own.Subject+own.Text, "secured your account", p.url+"/recover")
	if noticeLink.MatchString(own.Text) {
		t.Errorf("its own notice has a token: %s", own.Text)
	}
	r := p.recover(who.username)
	r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
	chosen, _ := p.enter(who.username, p.temporary(who))
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": freshPassword}, bearer(chosen)...)
	who.token, _ = p.enter(who.username, freshPassword)
	after := p.account(who)
	for _, part := range []string{"username", "email", "emailVerified", "phone", "status"} {
		if before[part] != after[part] {
			t.Errorf("%s was %v and is %v", part, before[part], after[part])
		}
	}
}

func wordsOf(list any) (all []string) {
	items, _ := list.([]any)
	for _, item := range items {
		text, _ := item.(string)
		all = append(all, text)
	}
	return all
}

func TestANoticesLinkOnThePages(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	p.must(http.StatusOK, "PATCH", "/v1/account", object{"name": object{"first": "Mara", "last": "Garcia"}}, who.as()...)
	token := p.notice(who.email, "Your account was changed")
	contains(t, p.postForm("/not-me", url.Values{"t": {token}}).body, "Your account is secured", `href="/recover"`)
	if a := p.send("GET", "/not-me?t="+token, nil); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "does not work any more") {
		t.Errorf("the link a second time: %d %s", a.StatusCode, a.body)
	}
}

func TestNamesAndAddressesOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	one, two := p.proved(1), p.proved(2)
	a := p.must(http.StatusConflict, "PUT", "/v1/account/username", object{"username": "MARIA2"}, one.as()...).json(t)
	if a["code"] != "username_taken" || len(wordsOf(a["suggestions"])) != 5 {
		t.Errorf("a name that is taken: %v", a)
	}
	p.must(http.StatusUnprocessableEntity, "PUT", "/v1/account/username", object{"username": "no spaces please"}, one.as()...)
	p.must(http.StatusOK, "PUT", "/v1/account/username", object{"username": "another.name"}, one.as()...)
	if a := p.must(http.StatusOK, "GET", "/v1/usernames?name=maria1", nil, "X-Local-IP", p.caller()).json(t); a["available"] != false {
		t.Error("a name that was left is offered to others")
	}
	token := object{"addressToken": p.addressToken(2)}
	for i := range 4 {
		a := p.send("PUT", "/v1/account/address", token, one.as()...)
		if code := a.code(t); i < 3 && code != "claim_held" || i == 3 && code != "too_many_requests" {
			t.Errorf("the address of the same person's other account, %d: %s", i+1, a.body)
		}
	}
	hints := 0
	for _, m := range p.messages(two.email) {
		if strings.Contains(m.Text, "/recover\n") {
			hints++
		}
	}
	if hints != 1 {
		t.Errorf("the holder got %d hints", hints)
	}
	for _, bad := range []any{object{"addressToken": ""}, object{"addressToken": "x.y.z"}} {
		if a := p.must(http.StatusUnprocessableEntity, "PUT", "/v1/account/address", bad, two.as()...); a.code(t) != "address_unverified" {
			t.Errorf("%v: %s", bad, a.body)
		}
	}
}

func TestActivityIsPaged(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	for _, language := range []string{"es", "sv", "en"} {
		p.must(http.StatusOK, "PATCH", "/v1/account", object{"language": language}, append(who.as(), "User-Agent", "Firefox/150.0", "X-Local-IP", "203.0.113.50")...)
	}
	seen, path := 0, "/v1/account/activity?limit=2"
	for {
		a := p.must(http.StatusOK, "GET", path, nil, who.as()...).json(t)
		items := a["items"].([]any)
		seen += len(items)
		if seen == 2 {
			first := items[0].(map[string]any)
			if first["kind"] != "details-changed" || first["detail"] != "language" || first["ip"] == "" || first["at"] == nil {
				t.Errorf("the newest line is %v", first)
			}
		}
		next, more := a["next"].(string)
		if !more {
			break
		}
		if len(items) != 2 {
			t.Errorf("a page of %d", len(items))
		}
		path = "/v1/account/activity?limit=2&cursor=" + url.QueryEscape(next)
	}
	if seen != 6 {
		t.Errorf("%d lines", seen)
	}
	for _, bad := range []string{"limit=0", "limit=101", "limit=x", "cursor=nonsense"} {
		p.must(http.StatusUnprocessableEntity, "GET", "/v1/account/activity?"+bad, nil, who.as()...)
	}
}

func TestAClosedAccountIsOpenedAgainOrTakenAlong(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	a := p.must(http.StatusAccepted, "DELETE", "/v1/account", nil, who.as()...).json(t)
	if a["status"] != "closed" || a["email"] != nil {
		t.Errorf("closed: %v", a)
	}
	p.must(http.StatusForbidden, "GET", "/v1/sessions", nil, who.as()...)
	token, scope := p.enter(who.username, who.password)
	if scope != "closed" {
		t.Errorf("a login has the scope %s", scope)
	}
	export := p.must(http.StatusOK, "GET", "/v1/account/export", nil, bearer(token)...)
	contains(t, export.body, who.email, `"closedAt"`, `"status":"closed"`)
	if d := export.Header.Get("Content-Disposition"); d != `attachment; filename="account.json"` {
		t.Errorf("Content-Disposition: %s", d)
	}
	if a := p.must(http.StatusOK, "POST", "/v1/account/reopen", nil, bearer(token)...).json(t); a["status"] != "active" || a["email"] != who.email {
		t.Errorf("opened again: %v", a)
	}
	p.must(http.StatusOK, "GET", "/v1/sessions", nil, bearer(token)...)
	p.must(http.StatusForbidden, "POST", "/v1/account/reopen", nil, bearer(token)...)
	p.notice(who.email, "Your account is open again")
}

func TestTheAccountsPages(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	p.postForm("/login?lang=en", url.Values{"username": {who.username}, "password": {who.password}})
	contains(t, p.page("/account").body, `href="/account/username"`, `href="/account/address"`, `href="/account/questions"`, `href="/account/activity"`,
		`href="/account/export"`, `href="/account/close"`)
	for _, page := range []string{"username", "address", "questions", "activity", "export", "close"} {
		for _, lang := range []string{"es", "sv", "zh-Hans", "en"} {
			body := p.page("/account/" + page + "?lang=" + lang).body
			if words := regexp.MustCompile(`>(profile|signup|login|page)\.[a-z.]+<`).FindString(body); words != "" || !strings.Contains(body, `<html lang="`+lang+`"`) {
				t.Errorf("%s in %s: %s", page, lang, words)
			}
		}
	}
	refused := p.postForm("/account/username", url.Values{"username": {"no"}})
	contains(t, refused.body, "<title>Error:", `value="no"`)
	contains(t, p.postForm("/account/username", url.Values{"username": {"another.name"}}).body, "another.name")
	suggested := p.postForm("/account/address", url.Values{"street": {"900 Main Street"}, "city": {"Seatle"}, "state": {"WA"}, "zip": {"98101"}})
	token := regexp.MustCompile(`name="addressToken" value="([^"]+)"`).FindStringSubmatch(suggested.body)
	if token == nil {
		t.Fatalf("no suggestion: %s", suggested.body)
	}
	contains(t, suggested.body, "Seatle", "900 MAIN ST")
	contains(t, p.postForm("/account/address", url.Values{"addressToken": {token[1]}}).body, "900 MAIN ST")
	contains(t, p.postForm("/account/address", url.Values{"street": {""}}).body, "<title>Error:", `href="#street"`)
	answers := url.Values{"securityAnswers[0].question": {"first-car"}, "securityAnswers[0].answer": {"Volvo Amazon"},
		"securityAnswers[1].question": {"first-concert"}, "securityAnswers[1].answer": {"1234"}}
	contains(t, p.postForm("/account/questions", answers).body, "<title>Error:", `value="Volvo Amazon"`)
	answers.Set("securityAnswers[1].answer", "Monteverdi")
	contains(t, p.postForm("/account/questions", answers).body, "Your account")
	contains(t, p.page("/account/export").body, "900 MAIN ST", "101 MAIN ST", who.email, "another.name", `href="/v1/account/export"`)
	contains(t, p.postForm("/account/close", nil).body, "Your account is closed", `action="/account/reopen"`)
	contains(t, p.page("/account/export").body, "Closed")
	contains(t, p.postForm("/account/reopen", nil).body, "another.name", "Security")
	p.advance("21m")
	for _, page := range []string{"username", "address", "questions", "export", "close", "password", "email", "phone"} {
		a := p.must(http.StatusSeeOther, "GET", "/account/"+page, nil)
		contains(t, a.Header.Get("Location"), "/login?", "why=again", url.QueryEscape("/account/"+page))
	}
}
