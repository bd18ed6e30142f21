package main

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestSE1_OnlyTheWholeTokenCounts: what is almost a token opens nothing, in the header and in the cookie.
func TestSE1_OnlyTheWholeTokenCounts(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who, other := p.signUp(1), p.signUp(2)
	token := who.token
	for name, wrong := range map[string]string{
		"another account's id":    other.token[:30] + token[30:],
		"without its beginning":   token[4:],
		"another kind":            "pka_" + token[4:],
		"cut":                     token[:len(token)-1],
		"longer":                  token + "A",
		"padded":                  token + "=",
		"another last character":  token[:len(token)-1] + "!",
		"another first character": token[:30] + string(token[30]^1) + token[31:],
		"in other letters":        strings.ToUpper(token),
		"nothing":                 "",
		"nothing but its kind":    "pks_",
		"long":                    "pks_" + strings.Repeat("A", 5000),
	} {
		p.send("GET", "/v1/account", nil, "Authorization", "Bearer "+wrong).refused(t, http.StatusUnauthorized, "login_required")
		if !strings.ContainsAny(wrong, "!") {
			p.send("GET", "/v1/account", nil, "Cookie", "__Host-session="+wrong).refused(t, http.StatusUnauthorized, "login_required")
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
	p.must(http.StatusOK, "GET", "/v1/account", nil, "Authorization", "bearer "+token)
	p.must(http.StatusOK, "GET", "/v1/account", nil, "Cookie", "__Host-session="+token)
	p.send("GET", "/v1/account", nil, "Authorization", "Basic "+token).refused(t, http.StatusUnauthorized, "login_required")
	p.send("GET", "/v1/account", nil, "Cookie", "session="+token).refused(t, http.StatusUnauthorized, "login_required")
	p.send("GET", "/v1/account?token="+token, nil).refused(t, http.StatusUnauthorized, "login_required")
}

// TestSE1_ALoginDoesNotLiftTheSessionBefore: who planted a session of their own in a browser gains nothing by its login.
func TestSE1_ALoginDoesNotLiftTheSessionBefore(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	planter, who := p.signUp(1), p.create(2)
	v := p.visitor(t, "en")
	v.from = append(v.from, "Cookie", "__Host-session="+planter.token)
	login := v.fill(v.get("/login"), "/login", url.Values{"username": {who.username}, "password": {who.password}})
	if strings.Contains(strings.Join(login.Header["Set-Cookie"], " "), planter.token) {
		t.Error("the login keeps the token that was there")
	}
	if a := p.account(planter); a["username"] != planter.username {
		t.Errorf("the planted session is now %v's", a["username"])
	}
}

// TestSE2_EveryCookie of the pages is for this host only, out of reach of scripts, and says nothing to who reads it.
func TestSE2_EveryCookie(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	seen := map[string]bool{}
	look := func(s sheet) sheet {
		for _, c := range s.Cookies() {
			seen[c.Name] = true
			if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s", c.Raw)
			}
			if c.Name != "__Host-language" && c.Name != "__Host-device" && c.MaxAge > 0 {
				t.Errorf("%s outlives the browser", c.Raw)
			}
			opened, _ := base64.RawURLEncoding.DecodeString(c.Value[strings.LastIndexAny(c.Value, ".")+1:])
			for _, typed := range []string{"asa1", "Solberg", "Main", "555", "Seattle", "98101", "personal"} {
				if strings.Contains(c.Value, typed) || strings.Contains(string(opened), typed) {
					t.Errorf("%s shows %s", c.Name, typed)
				}
			}
		}
		return s
	}
	look(v.fill(look(v.get("/register?lang=en")), "/register", you(1)))
	look(v.fill(v.get("/register?step=address"), "/register", home(1)))
	look(v.fill(v.get("/register?step=login"), "/register", chosen(1)))
	look(v.fill(v.get("/account"), "/logout", nil))
	for _, name := range []string{"__Host-session", "__Host-draft", "__Host-language"} {
		if !seen[name] {
			t.Errorf("%s was not set", name)
		}
	}
}

// TestSE3_IdleAndAbsolute: unused for 25 minutes it lives, for 30 it does not; the twelfth hour is its last whatever was
// done; and a cookie that the browser kept is of no use then.
func TestSE3_IdleAndAbsolute(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.create(1)
	v := p.visitor(t, "en")
	enter := func() {
		v.leads(v.fill(v.get("/login"), "/login", url.Values{"username": {who.username}, "password": {who.password}}), "/account")
	}
	lives := func() bool { return v.get("/account/sessions").StatusCode == http.StatusOK }
	enter()
	for range 3 {
		p.advance("24m55s")
		if !lives() {
			t.Fatal("25 minutes without a request end it")
		}
	}
	p.advance("30m")
	if lives() {
		t.Fatal("30 minutes without a request do not end it")
	}
	v.leads(v.get("/account/sessions"), "/login?next=%2Faccount%2Fsessions")
	login := p.login(1, who.username, who.password).json(t)
	who.token = login["token"].(string)
	ends, err := time.Parse(time.RFC3339, login["expiresAt"].(string))
	if left := ends.Sub(p.now()); err != nil || left > 12*time.Hour || left < 12*time.Hour-time.Minute {
		t.Errorf("it says that it ends at %v, in %s", login["expiresAt"], left)
	}
	for range 35 { // 11 h 40 min
		p.advance("20m")
		p.must(http.StatusOK, "GET", "/v1/account", nil, who.as()...)
	}
	p.advance("19m50s")
	p.must(http.StatusOK, "GET", "/v1/account", nil, who.as()...)
	p.advance("11s")
	p.send("GET", "/v1/account", nil, who.as()...).refused(t, http.StatusUnauthorized, "login_required")
}

// TestSE4_LogoutEndsItAtTheServer: a copy of the cookie is worth nothing afterwards, and logging out twice is no error.
func TestSE4_LogoutEndsItAtTheServer(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	v.finish(v.register(1), 1)
	address, _ := url.Parse(p.url)
	copied := ""
	for _, c := range v.client.Jar.Cookies(address) {
		if c.Name == "__Host-session" {
			copied = c.Name + "=" + c.Value
		}
	}
	p.must(http.StatusOK, "GET", "/v1/account", nil, "Cookie", copied)
	account := v.get("/account")
	v.leads(v.fill(account, "/logout", nil), "/login?out=1")
	p.send("GET", "/v1/account", nil, "Cookie", copied).refused(t, http.StatusUnauthorized, "login_required")
	if a := p.send("GET", "/account", nil, "Cookie", copied); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/login?next=%2Faccount" {
		t.Errorf("the account's page: %d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	v.leads(v.fill(account, "/logout", nil), "/login?out=1")
	v.leads(v.get("/account"), "/login?next=%2Faccount")
}

// TestSE5_EndingOtherSessions on the page, one and all, and by a change of password.
func TestSE5_EndingOtherSessions(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	who, _ := v.finish(v.register(1), 1)
	tokens := []string{p.logIn(who), p.logIn(who), p.logIn(who), p.logIn(who)}
	living := func() (n int) {
		for _, token := range tokens {
			if p.send("GET", "/v1/account", nil, "Authorization", "Bearer "+token).StatusCode == http.StatusOK {
				n++
			}
		}
		return n
	}
	list := v.get("/account/sessions")
	buttons := 0
	for _, form := range list.forms {
		buttons += len(form.buttons)
	}
	if buttons != len(tokens) {
		t.Fatalf("%d of %d other sessions can be ended", buttons, len(tokens))
	}
	one := url.Values{"id": {list.forms[1].buttons[0]["value"]}}
	v.leads(v.fill(list, "/account/sessions", one), "/account/sessions")
	v.leads(v.fill(list, "/account/sessions", one), "/account/sessions") // in another window it still stands there
	if n := living(); n != 3 {
		t.Errorf("%d of 4 others live after one was ended", n)
	}
	v.leads(v.fill(v.get("/account/sessions"), "/account/sessions", nil), "/account/sessions")
	if n := living(); n != 0 {
		t.Errorf("%d others live after all were ended", n)
	}
	tokens = []string{p.logIn(who), p.logIn(who)}
	v.leads(v.fill(v.get("/account/password"), "/account/password", url.Values{"currentPassword": {who.password}, "newPassword": {"seven quiet herons"},
		"newPasswordAgain": {"seven quiet herons"}}), "/account")
	if n := living(); n != 0 {
		t.Errorf("%d others live after a change of the password", n)
	}
	if own := v.get("/account"); own.StatusCode != http.StatusOK {
		t.Errorf("the change ended the session that made it: %d", own.StatusCode)
	}
}

// TestSE6_PagesAskForALoginAndLeadBack when the login is over 20 minutes old; until then they do not.
func TestSE6_PagesAskForALoginAndLeadBack(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	who, _ := v.finish(v.register(1), 1)
	forms := map[string]url.Values{
		"/account/password": {"currentPassword": {who.password}, "newPassword": {"seven quiet herons"}, "newPasswordAgain": {"seven quiet herons"}},
		"/account/email":    {"email": {"other@example.com"}},
		"/account/phone":    {"phone": {"+12065550177"}},
	}
	p.advance("19m45s")
	pages := map[string]sheet{}
	for path := range forms {
		pages[path] = v.get(path)
	}
	account := v.get("/account")
	p.advance("20s")
	for path, form := range forms {
		want := "/login?" + url.Values{"next": {path}, "why": {"again"}}.Encode()
		v.leads(v.fill(pages[path], path, form), want)
		login := v.leads(v.get(path), want)
		contains(t, login.body, "20 minutes")
		v.leads(v.fill(login, "/login", url.Values{"username": {who.username}, "password": {who.password}}), path)
		p.advance("20m5s")
	}
	if a := v.fill(account, "/account", url.Values{"name.last": {"Ek"}}); a.Header.Get("Location") != "/login?next=%2Faccount&why=again" {
		t.Errorf("a new name: %d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	v.leads(v.fill(account, "/account", url.Values{"language": {"en"}}), "/account")
	if len(p.messages("other@example.com")) > 0 {
		t.Error("a stale login changed the e-mail address")
	}
	p.logIn(who) // and not the password
}

// TestSE7_EveryFormIsForThisSiteOnly, and the API takes no form at all.
func TestSE7_EveryFormIsForThisSiteOnly(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	last := v.register(1)
	pages := []sheet{last}
	who, verify := v.finish(last, 1)
	for _, path := range []string{"/account", "/account/password", "/account/email", "/account/phone", "/account/sessions", "/login"} {
		pages = append(pages, v.get(path))
	}
	forms := 0
	for _, page := range append(pages, verify) {
		for _, form := range page.forms {
			forms++
			for _, from := range [][]string{{"Origin", "https://example.com"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://localhost:1"}} {
				a := v.send("POST", form.action, form.values, append(from, "Accept-Language", v.lang)...)
				if a.StatusCode != http.StatusForbidden || len(a.Cookies()) > 0 {
					t.Errorf("%s from %v: %d", form.action, from, a.StatusCode)
				}
				v.seen(a)
			}
		}
	}
	if forms < 12 {
		t.Errorf("only %d forms", forms)
	}
	v.get("/account") // still logged in
	token := p.logIn(who)
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		r, _ := http.NewRequest("PATCH", p.url+"/v1/account", strings.NewReader(`{"language":"es"}`))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Authorization", "Bearer "+token)
		p.do(r).refused(t, http.StatusUnsupportedMediaType, "media_type")
	}
}
