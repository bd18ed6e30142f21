package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"postkontor/shared/locale"
)

// says is the words of a key in the visitor's language.
func (v *visitor) says(key string, pairs ...string) string {
	return locale.Text(locale.Tag(v.lang), key, pairs...)
}

// shows checks that a page has these words.
func (v *visitor) shows(s sheet, parts ...string) {
	v.t.Helper()
	text := strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&#43;", "+", "&amp;", "&").Replace(s.body)
	for _, part := range parts {
		if !strings.Contains(text, part) {
			v.t.Errorf("%s %s (%s) does not show %q", s.Request.Method, s.Request.URL.Path, v.lang, part)
		}
	}
}

// refuses checks a page that came back: its status, a title that says so, and a summary that leads to exactly these fields.
func (v *visitor) refuses(s sheet, status int, fields ...string) sheet {
	v.t.Helper()
	failed, _, _ := strings.Cut(v.says("page.title.failed"), "{")
	if s.StatusCode != status || !strings.HasPrefix(s.title(), failed) || !strings.Contains(s.body, `role="alert"`) {
		v.t.Errorf("%s %s (%s) answers %d with the title %q", s.Request.Method, s.Request.URL, v.lang, s.StatusCode, s.title())
	}
	links := s.errorLinks()
	if slices.Sort(links); !slices.Equal(links, slices.Sorted(slices.Values(fields))) {
		v.t.Errorf("%s (%s) refuses %v instead of %v: %s", s.Request.URL, v.lang, links, fields, s.errors())
	}
	for _, id := range links {
		if !strings.Contains(s.body, `id="`+id+`"`) || !strings.Contains(s.body, `id="`+id+`-error"`) {
			v.t.Errorf("%s (%s): nothing stands at #%s", s.Request.URL, v.lang, id)
		}
	}
	return s
}

// keeps checks that a form still holds what was typed, and no password.
func (v *visitor) keeps(s sheet, action string, typed url.Values) sheet {
	v.t.Helper()
	form, ok := s.form(action, typed)
	if !ok {
		v.t.Fatalf("%s has no form to %s for %v", s.Request.URL, action, typed)
	}
	for name, value := range typed {
		want := value[0]
		if strings.Contains(strings.ToLower(name), "password") {
			want = ""
		}
		if got := form.values.Get(name); got != want {
			v.t.Errorf("%s (%s): %s holds %q instead of %q", s.Request.URL, v.lang, name, got, want)
		}
	}
	return s
}

// TestPages_TheJourney goes the whole way without scripts, in each language: every step with its mistakes, the codes, the
// account and its changes, out and in again.
func TestPages_TheJourney(t *testing.T) {
	t.Parallel()
	for n, l := range locale.Languages() {
		t.Run(string(l.Code), func(t *testing.T) {
			t.Parallel()
			v := startProduct(t).visitor(t, string(l.Code))
			v.shows(v.get("/"), v.says("site.home.heading"))
			v.aboutYou(n)
			v.atHome(n)
			who := v.howToLogIn(n)
			v.proves(who)
			v.changesThings(&who, string(locale.Languages()[(n+1)%4].Code))
			v.outAndIn(who)
		})
	}
}

func (v *visitor) aboutYou(n int) {
	v.t.Helper()
	page := v.get("/register")
	v.shows(page, v.says("signup.you.title"), v.says("page.steps.count", "n", "1", "of", "4"))
	if page.forms[0].values.Get("language") != v.lang {
		v.t.Errorf("the language offered is %q", page.forms[0].values.Get("language"))
	}
	v.refuses(v.fill(page, "/register", nil), http.StatusUnprocessableEntity, "name.first", "name.last", "email", "phone")
	typed := plus(you(n), "language", v.lang, "type", "business", "company", "", "email", "asa@", "name.suffix", "Esq")
	v.keeps(v.refuses(v.fill(page, "/register", typed), http.StatusUnprocessableEntity, "company", "email", "name.suffix"), "/register", typed)
	typed = plus(you(n), "language", v.lang)
	v.leads(v.fill(page, "/register", typed), "/register?step=address")
	v.keeps(v.get("/register?step=you"), "/register", typed)
	v.shows(v.keeps(v.get("/register"), "/register", typed), v.says("signup.next"))
}

func (v *visitor) atHome(n int) {
	v.t.Helper()
	page := v.get("/register?step=address")
	v.refuses(v.fill(page, "/register", nil), http.StatusUnprocessableEntity, "street")
	typed := plus(home(n), "zip", "00001")
	v.keeps(v.refuses(v.fill(page, "/register", typed), http.StatusUnprocessableEntity, "zip"), "/register", typed)
	typed = plus(home(n), "secondary", "Apt", "zip", "")
	v.keeps(v.refuses(v.fill(page, "/register", typed), http.StatusUnprocessableEntity, "secondary", "zip"), "/register", typed)

	typed = plus(home(n), "city", "Tukwila") // which is another name in this state
	confirm := v.leads(v.fill(page, "/register", typed), "/register?step=confirm")
	v.shows(confirm, v.says("signup.confirm.typed"), "Tukwila Washington 98101", v.says("signup.confirm.suggested"), "SEATTLE WA 98101", v.says("address.warning.city_other"))
	v.leads(v.get("/register?step=login"), "/register?step=confirm")
	v.keeps(v.get("/register?step=address"), "/register", typed)
	v.keeps(v.get("/register?step=you"), "/register", you(n))
	v.leads(v.fill(confirm, "/register", nil), "/register?step=login")
	v.leads(v.fill(v.get("/register?step=address"), "/register", home(n)), "/register?step=login")
	v.keeps(v.get("/register?step=address"), "/register", home(n))
	v.keeps(v.get("/register?step=you"), "/register", you(n))
}

func (v *visitor) howToLogIn(n int) person {
	v.t.Helper()
	page := v.get("/register?step=login")
	v.refuses(v.fill(page, "/register", nil), http.StatusUnprocessableEntity, "username", "password", "securityAnswers[0].question", "securityAnswers[0].answer",
		"securityAnswers[1].question", "securityAnswers[1].answer")
	typed := plus(chosen(n), "passwordAgain", "another")
	v.keeps(v.refuses(v.fill(page, "/register", typed), http.StatusUnprocessableEntity, "passwordAgain"), "/register", typed)
	typed = plus(chosen(n), "securityAnswers[1].answer", "BERGENSGATAN", "password", "passwordpassword", "passwordAgain", "passwordpassword")
	v.keeps(v.refuses(v.fill(page, "/register", typed), http.StatusUnprocessableEntity, "password", "securityAnswers[1].answer"), "/register", typed)
	taken := v.create(1).username
	typed = plus(chosen(n), "username", taken)
	refused := v.keeps(v.refuses(v.fill(page, "/register", typed), http.StatusConflict, "username"), "/register", typed)
	v.shows(refused, v.says("signup.username.instead"), "<strong>")
	who, verify := v.finish(page, n)
	v.leads(v.fill(page, "/register", chosen(n)), "/register?step=you") // the draft is gone
	v.shows(verify, who.email, "(206) 555-")
	return who
}

func (v *visitor) proves(who person) {
	v.t.Helper()
	page := v.get("/verify")
	code := v.codeTo(who.email)
	enter := func(channel, code string) sheet {
		return v.fill(page, "/verify", url.Values{"channel": {channel}, "code": {code}})
	}
	v.refuses(enter("email", ""), http.StatusUnprocessableEntity, "email-code")
	v.shows(v.refuses(enter("phone", wrongFor(v.codeTo(who.phone))), http.StatusUnprocessableEntity, "phone-code"), "4")
	again := url.Values{"channel": {"email"}, "again": {"1"}}
	if early := v.refuses(v.fill(page, "/verify", again), http.StatusTooManyRequests); early.Header.Get("Retry-After") == "" {
		v.t.Error("a code again at once: no Retry-After")
	}
	v.advance("61s")
	v.shows(v.leads(v.fill(page, "/verify", again), "/verify?sent=1"), v.says("profile.verify.again.sent"))
	if mail := v.messages(who.email)[0]; string(mail.Language) != v.lang {
		v.t.Errorf("the code came in %s, not %s", mail.Language, v.lang)
	}
	if code != v.codeTo(who.email) {
		v.refuses(enter("email", code), http.StatusUnprocessableEntity, "email-code")
	}
	v.shows(v.get("/account"), v.says("profile.unproved.email"))
	page = v.leads(enter("email", v.codeTo(who.email)), "/verify")
	if strings.Contains(page.body, who.email) {
		v.t.Error("a proved address is still asked for")
	}
	v.leads(v.leads(enter("phone", v.codeTo(who.phone)), "/verify"), "/account")
	v.shows(v.get("/account"), v.says("profile.confirmed"), who.email)
}

func (v *visitor) changesThings(who *person, other string) {
	v.t.Helper()
	page := v.get("/account")
	own := v.lang
	refused := v.refuses(v.fill(page, "/account", url.Values{"name.last": {""}}), http.StatusUnprocessableEntity, "name.last")
	v.keeps(refused, "/account", url.Values{"name.last": {""}, "name.first": {"Åsa"}})
	changed := v.fill(page, "/account", url.Values{"name.last": {"Ek"}, "language": {other}})
	v.lang = other
	v.keeps(v.leads(changed, "/account"), "/account", url.Values{"name.last": {"Ek"}, "name.first": {"Åsa"}, "language": {other}})
	v.shows(v.get("/account/sessions"), v.says("login.sessions.title"))
	changed = v.fill(v.get("/account"), "/account", url.Values{"language": {own}})
	v.lang = own
	v.leads(changed, "/account")

	typed := url.Values{"email": {"not an address"}}
	v.keeps(v.refuses(v.fill(v.get("/account/email"), "/account/email", typed), http.StatusUnprocessableEntity, "email"), "/account/email", typed)
	next := "next." + who.email
	verify := v.leads(v.fill(v.get("/account/email"), "/account/email", url.Values{"email": {next}}), "/verify")
	v.shows(verify, next)
	v.shows(v.get("/account"), v.says("profile.pending", "value", next), who.email)
	v.leads(v.leads(v.fill(verify, "/verify", url.Values{"channel": {"email"}, "code": {v.codeTo(next)}}), "/verify"), "/account")
	who.email = next
	typed = url.Values{"phone": {"12"}}
	v.keeps(v.refuses(v.fill(v.get("/account/phone"), "/account/phone", typed), http.StatusUnprocessableEntity, "phone"), "/account/phone", typed)
}

func (v *visitor) outAndIn(who person) {
	v.t.Helper()
	page := v.get("/account/password")
	differ := url.Values{"currentPassword": {"x"}, "newPassword": {"five new words of mine"}, "newPasswordAgain": {"x"}}
	v.refuses(v.fill(page, "/account/password", differ), http.StatusUnprocessableEntity, "newPasswordAgain")
	change := url.Values{"currentPassword": {"not this"}, "newPassword": {"five new words of mine"}, "newPasswordAgain": {"five new words of mine"}}
	v.keeps(v.refuses(v.fill(page, "/account/password", change), http.StatusUnprocessableEntity, "currentPassword"), "/account/password", change)
	change.Set("currentPassword", who.password)
	v.leads(v.fill(page, "/account/password", change), "/account")

	out := v.leads(v.fill(v.get("/account"), "/logout", nil), "/login?out=1")
	v.shows(out, v.says("login.out"))
	v.leads(v.get("/account/sessions?x=1"), "/login?next=%2Faccount%2Fsessions%3Fx%3D1")
	login := v.get("/login?next=%2Faccount%2Fsessions")
	v.refuses(v.fill(login, "/login", nil), http.StatusUnprocessableEntity, "username", "password")
	typed := url.Values{"username": {who.username}, "password": {who.password}}
	refused := v.keeps(v.refuses(v.fill(login, "/login", typed), http.StatusUnauthorized), "/login", typed)
	v.keeps(refused, "/login", url.Values{"next": {"/account/sessions"}})
	v.shows(v.leads(v.fill(refused, "/login", plus(typed, "password", "five new words of mine")), "/account/sessions"), v.says("login.sessions.current"))
}

// TestPages_EveryLanguageByChoice: what is picked in the page holds for the next one, before login and after; and the
// picker leads to the same page.
func TestPages_EveryLanguageByChoice(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	v.lang = "sv" // though the browser still asks for English
	v.get("/?lang=sv")
	v.get("/register")
	v.finish(v.register(1), 1)
	for _, path := range []string{"/", "/help", "/account", "/account/password", "/account/sessions", "/verify", "/login", "/register", "/account/email", "/account/phone"} {
		for _, l := range locale.Languages() {
			before := v.get(path)
			href := path + "?lang=" + string(l.Code)
			if path == "/register" { // which says at which step it stands
				href = path + "?step=you&amp;lang=" + string(l.Code)
			}
			if !strings.Contains(before.body, `href="`+href+`"`) {
				t.Errorf("%s does not lead to %s", path, href)
			}
			v.lang = string(l.Code)
			v.get(path + "?lang=" + v.lang)
			v.get(path)
		}
	}
	v.get("/?lang=xx") // is none: the one before stays
}

// TestPages_SentTwice: the last step sent twice at once, or again later with the same cookies, is one account.
func TestPages_SentTwice(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	last := v.register(1)
	form, _ := last.form("/register", chosen(1))
	sent := plus(form.values)
	for name, value := range chosen(1) {
		sent[name] = value
	}
	headers := append(v.from, "Cookie", v.cookies())
	v.client.Jar = nil
	answers := make([]answered, 4)
	var all sync.WaitGroup
	for n := range answers {
		all.Go(func() { answers[n] = v.send("POST", "/register", sent, headers...) })
	}
	all.Wait()
	for _, a := range append(answers, v.send("POST", "/register", sent, headers...)) {
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/verify" {
			t.Errorf("%d to %q: %s", a.StatusCode, a.Header.Get("Location"), sheetOf(a).errors())
		}
	}
	if n := len(p.allMessages()); n != 2 {
		t.Errorf("%d messages", n)
	}
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"currentPassword": newPassword, "newPassword": "seven quiet herons"},
		"Authorization", "Bearer "+p.logIn(person{username: "asa1", password: newPassword}))
	if a := v.send("POST", "/register", sent, headers...); strings.Contains(strings.Join(a.Header["Set-Cookie"], " "), "__Host-session=pks_") {
		t.Error("the form of the sign-up logs in with a password that was changed since")
	}
	p.stop()
	if n := whole(t, p.tables()); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

// TestPages_NextStaysHere: after a login nobody is led to another site, however that is written.
func TestPages_NextStaysHere(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.create(1)
	for n, next := range []string{
		"https://evil.example/", "//evil.example", "//evil.example/x", "///evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "/\n/evil.example", "%2F%2Fevil.example", "/%2Fevil.example",
		"javascript:alert(1)", "data:text/html,x", "http:evil.example", "http:/evil.example", "evil.example", "/.//evil.example", "/..//evil.example", "@evil.example", "/@evil.example",
		"\u2028//evil.example", " //evil.example", "/account\r\nSet-Cookie: typed=1", "?next=//evil.example", "/account/../..//evil.example", "/;//evil.example",
		"http://localhost.evil.example/", "//localhost@evil.example", "//localhost:80@evil.example",
	} {
		v := p.visitor(t, "en")
		v.from = append(caller(n), "Accept-Language", "en")
		login := v.get("/login?" + url.Values{"next": {next}}.Encode())
		for _, form := range []url.Values{login.forms[len(login.forms)-1].values, {"next": {next}}} {
			a := v.send("POST", "/login", plus(form, "username", who.username, "password", who.password), v.from...)
			location := a.Header.Get("Location")
			at, err := url.Parse(location)
			if a.StatusCode != http.StatusSeeOther || err != nil {
				t.Fatalf("%q: %d %v", next, a.StatusCode, err)
			}
			here, _ := url.Parse(p.url + "/login")
			if to := here.ResolveReference(at); to.Host != here.Host || strings.HasPrefix(location, "//") || strings.ContainsAny(location, "\\\t\n") {
				t.Errorf("%q leads to %s", next, location)
			}
		}
	}
}
