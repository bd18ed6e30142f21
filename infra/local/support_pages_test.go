package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"postkontor/shared/locale"
)

// written is what somebody types into the form.
func written() url.Values {
	return url.Values{"topic": {"account"}, "message": {"My code\r\ndoes not <come>."}, "name": {"Åsa Lind"}, "email": {"asa@example.org"}, "username": {"asa.lind"}}
}

// TestSupportPage: the form in every language, with every field kept when one is refused, and a confirmation with the number.
func TestSupportPage(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for n, l := range locale.Languages() {
		v := p.visitor(t, string(l.Code))
		v.from = append(caller(9100+n), "Accept-Language", string(l.Code))
		form := written()
		form.Set("email", strings.ToLower(string(l.Code))+"@example.org")
		form.Set("name", "")
		refused := v.fill(v.get("/help"), "/help", form)
		if links := refused.errorLinks(); refused.StatusCode != http.StatusUnprocessableEntity || len(links) != 1 || links[0] != "contact-name" {
			t.Errorf("%s: %d, the summary leads to %v", l.Name, refused.StatusCode, links)
		}
		contains(t, refused.title(), locale.Text(l.Code, "page.title.failed", "title", locale.Text(l.Code, "site.help.title")))
		contains(t, refused.body, "My code\r\ndoes not &lt;come&gt;.</textarea>", `value="asa.lind"`, `<option value="account" selected>`, `value="`+form.Get("email")+`"`,
			`id="contact-name-error"`, `aria-describedby="contact-name-error"`)
		form.Set("name", "Åsa Lind")
		sent := v.fill(refused, "/help", form)
		at, number, _ := strings.Cut(sent.Header.Get("Location"), "=")
		if sent.StatusCode != http.StatusSeeOther || at != "/help?sent" || !ticketNumber.MatchString(number) {
			t.Fatalf("%s: %d to %s", l.Name, sent.StatusCode, sent.Header.Get("Location"))
		}
		shown := v.get(sent.Header.Get("Location"))
		contains(t, shown.body, number, locale.Text(l.Code, "support.sent.title"), "tel:18002758777")
		if again := v.fill(v.get("/help"), "/help", form); again.Header.Get("Location") != sent.Header.Get("Location") {
			t.Errorf("%s: pressed twice it is %s too", l.Name, again.Header.Get("Location"))
		}
		told := p.messages(form.Get("email"))
		if len(told) != 1 || string(told[0].Language) != string(l.Code) || !strings.Contains(told[0].Text, number) || missing.MatchString(told[0].Text) {
			t.Errorf("%s: told %+v", l.Name, told)
		}
	}
	if n := len(p.messages(service)); n != len(locale.Languages()) {
		t.Errorf("the service has %d messages", n)
	}
	contains(t, p.messages(service)[0].Text, "> My code\n> does not <come>.")
}

// TestSupportPage_Refused as a whole: too often, from another site, with a number that is none.
func TestSupportPage_Refused(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "es")
	for n := range 6 {
		form := written()
		form.Set("message", strings.Repeat("x", n+1))
		a := v.fill(v.get("/help"), "/help", form)
		if n < 5 && a.StatusCode != http.StatusSeeOther {
			t.Fatalf("message %d is answered %d", n, a.StatusCode)
		}
		if n == 5 {
			if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
				t.Errorf("the sixth: %d", a.StatusCode)
			}
			contains(t, a.body, "<title>Error: ", `role="alert"`, "xxxxxx</textarea>", `value="asa@example.org"`)
		}
	}
	p.must(http.StatusForbidden, "POST", "/help", written(), "Origin", "https://elsewhere.example", "X-Local-IP", p.caller())
	if n := len(p.messages(service)); n != 5 {
		t.Errorf("the service has %d messages", n)
	}
	for _, forged := range []string{"<b>", "AAAA-AAA1", "AAAA-AAAA\nx", "Call 555"} {
		if page := p.page("/help?lang=en&sent=" + url.QueryEscape(forged)); strings.Contains(page.body, "We have your message") || strings.Contains(page.body, "555<") {
			t.Errorf("a page says that %q was sent", forged)
		}
	}
}

// TestSupportPage_KnowsWhoIsSignedIn, as far as the session may see it.
func TestSupportPage_KnowsWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	one, two, _ := p.twins(1, 1, 2)
	for _, c := range []struct {
		who  person
		full bool
	}{{one, true}, {two, false}} {
		v := p.visitor(t, "en")
		v.from = caller(9200)
		v.fill(v.get("/login"), "/login", url.Values{"username": {c.who.username}, "password": {c.who.password}})
		form := v.get("/help")
		if got := form.control("email")["value"]; (got == c.who.email) != c.full {
			t.Errorf("%s is shown the address %q", c.who.username, got)
		}
		if got := form.control("username")["value"]; got != c.who.username {
			t.Errorf("the username is %q", got)
		}
	}
}

// TestStuckPeopleSeeWhomToCall: the number for the purpose stands on each page on which nothing else may lead on.
func TestStuckPeopleSeeWhomToCall(t *testing.T) {
	t.Parallel()
	const account, general = `href="tel:18003447779"`, `href="tel:18002758777"`
	p := startProduct(t)
	who := p.proved(1)
	v := p.visitor(t, "sv")
	sees := func(name string, page sheet, number string) {
		t.Helper()
		if strings.Count(page.body, number) != 1 || !strings.Contains(page.body, `href="/help#contact"`) || !strings.Contains(page.body, ">Ring oss<") {
			t.Errorf("%s (%d) does not say whom to call", name, page.StatusCode)
		}
	}
	sees("an unknown page", v.get("/nowhere"), general)
	if login := v.get("/login"); strings.Contains(login.body, "tel:") {
		t.Error("the login shows a number before anybody is stuck")
	}
	sees("an address that nobody knows", v.stuckAddress(), account)
	bad := url.Values{"username": {who.username}, "password": {"a wrong password"}}
	for range 5 {
		v.fill(v.get("/login"), "/login", bad)
	}
	sees("a locked login", v.fill(v.get("/login"), "/login", bad), account)
	start := v.fill(v.get("/recover"), "/recover", url.Values{"username": {who.username}})
	sees("the ways of a recovery", v.get(start.Header.Get("Location")), account)
	sees("a link that is none", v.get("/not-me?t=x"), account)
	p.must(http.StatusOK, "POST", "/_local/faults", object{"table": "throttle"})
	sees("a login that cannot be tried", v.seen(v.send("POST", "/login", bad, v.from...)), general)
	sees("a page that cannot be made", v.get("/recover?id=x"), general)
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	enters := func(who person, path string) sheet {
		w := p.visitor(t, "sv")
		w.fill(w.get("/login"), "/login", url.Values{"username": {who.username}, "password": {who.password}})
		return w.get(path + "?lang=sv")
	}
	one, two, _ := p.twins(5, 5, 6)
	sees("a duplicate account", enters(two, "/duplicate"), account)
	p.must(http.StatusAccepted, "DELETE", "/v1/account", nil, one.as()...)
	sees("a closed account", enters(one, "/account"), account)
	p.asleep()
	sees("a return after years", enters(who, "/reactivate"), account)
}

// TestARefusedOrderSaysWhomToCall: the number for supplies, with its hours.
func TestARefusedOrderSaysWhomToCall(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.customer(1)
	for range 3 {
		p.order(who, "EP14", 10, 10)
	}
	p.put(who, "EP14", 10, 10)
	refused := p.send("POST", "/orders", url.Values{}, "Cookie", "__Host-session="+who.token)
	if refused.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a fourth order within the month: %d", refused.StatusCode)
	}
	contains(t, refused.body, `href="tel:18006108734"`, "Eastern Time")
}

// stuckAddress answers the page of a sign-up whose address is refused.
func (v *visitor) stuckAddress() sheet {
	v.t.Helper()
	v.leads(v.fill(v.get("/register"), "/register", you(1)), "/register?step=address")
	return v.fill(v.get("/register?step=address"), "/register", plus(home(1), "zip", ""))
}
