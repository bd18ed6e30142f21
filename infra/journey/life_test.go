package journey_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"postkontor/infra/journey"
	"postkontor/shared/locale"
)

var asked = [2]string{"first-pet", "first-school"}

// settled answers somebody whose account is there, with e-mail address and mobile number proved.
func (r runner) settled(t *testing.T, p journey.Person) journey.Person {
	t.Helper()
	if err := journey.Walk(journey.NewVisitor(r.origin, http.DefaultTransport), p, asked, r.code, func(string) {}); err != nil {
		t.Fatal(err)
	}
	return p
}

// find answers what came by a channel to an address.
func (b tab) find(r runner, channel, to, what string) string {
	b.t.Helper()
	found, err := r.newest(channel, to, what)
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

func (b tab) logIn(p journey.Person, want string) {
	b.t.Helper()
	b.fill(form, url.Values{"username": {p.Username}, "password": {p.Password}}, want)
}

// form answers the form that has a hidden field with that value.
func formOf(value string) string {
	return fmt.Sprintf(`main form:has([type="hidden"][value=%q])`, value)
}

// answers are p's, right ones or with something behind them.
func answers(p journey.Person, behind string) url.Values {
	return url.Values{"answers[0].answer": {p.Answers[0] + behind}, "answers[1].answer": {p.Answers[1] + behind}}
}

// TestRecovery: who forgot the username and the password comes back, by questions and by SMS, in two scripts and without
// any script.
func TestRecovery(t *testing.T) {
	t.Parallel()
	r := start(t)
	for i, lang := range []locale.Tag{locale.English, locale.Chinese} {
		t.Run(string(lang), func(t *testing.T) {
			p := journey.Fictional(strings.ToLower(string(lang)))
			p.Language, p.Phone, p.Street = string(lang), fmt.Sprintf("+1202555014%d", i), fmt.Sprintf("%d Harbor Ave", 1200+2*i)
			b := browse(t, r.origin, lang)
			comeBack(b, r, r.settled(t, p), b.look)
		})
	}
	t.Run("plain", func(t *testing.T) {
		p := journey.Fictional("plain")
		p.Street = "1208 Harbor Ave"
		b := browse(t, r.origin, locale.English)
		if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			t.Fatal(err)
		}
		comeBack(b, r, r.settled(t, p), func(string) {})
	})
}

func comeBack(b tab, r runner, p journey.Person, look func(string)) {
	b.t.Helper()
	b.open("/login")
	b.press(`main a[href="/recover/username"]`, "/recover/username")
	look("recover-username")
	b.fill(form, url.Values{"email": {p.Email}}, "/recover/username?sent=1")
	look("recover-username-sent")
	p.Username = b.find(r, "email", p.Email, `wayfarer\.\S+`)

	b.press(`main a[href="/recover"]`, "/recover")
	look("recover")
	b.fill(form, url.Values{"username": {""}}, "/recover")
	look("recover-refused")
	b.fill(form, url.Values{"username": {p.Username}}, "/recover?id=*")
	look("recover-ways")
	b.fill(formOf("answers"), answers(p, " not"), "/recover")
	look("recover-ways-refused")
	b.fill(formOf("answers"), answers(p, ""), "/recover?id=*")
	look("recover-sent")
	b.press(`main a[href="/login"]`, "/login")
	p.Password = b.find(r, "email", p.Email, `(?m)^[a-z]+( [a-z]+){4}$`)
	b.logIn(p, "/account/password")
	look("choose")
	p.Password = "nine slow rivers go by"
	chosen := url.Values{"newPassword": {p.Password}, "newPasswordAgain": {p.Password}}
	b.fill(form, chosen, "/login?chosen=1")
	look("login-chosen")
	b.logIn(p, "/account")
	b.press(`form[action="/logout"] button`, "/login?out=1")

	b.press(`main a[href="/recover"]`, "/recover")
	b.fill(form, url.Values{"username": {p.Username}}, "/recover?id=*")
	b.press(formOf("sms")+" button", "/recover?id=*")
	look("recover-code")
	b.fill(formOf("code"), url.Values{"code": {"000000"}}, "/recover")
	look("recover-code-refused")
	b.fill(formOf("code"), url.Values{"code": {b.find(r, "sms", p.Phone, `(?m)^\d{6}$`)}}, "/account/password")
	p.Password = "ten slow rivers go by"
	b.fill(form, url.Values{"newPassword": {p.Password}, "newPasswordAgain": {p.Password}}, "/login?chosen=1")
	b.logIn(p, "/account")
}

// TestChanges: all that a customer changes, looks at and takes back.
func TestChanges(t *testing.T) {
	t.Parallel()
	r := start(t)
	p, b := r.settled(t, journey.Fictional("changing")), browse(t, r.origin, locale.English)
	other := journey.Fictional("other")
	other.Phone, other.Street = "+12025550144", "1210 Harbor Ave"
	r.settled(t, other)
	b.open("/login?next=/account")
	b.logIn(p, "/account")
	b.press(`main a[href="/account/username"]`, "/account/username")
	b.fill(form, url.Values{"username": {other.Username}}, "/account/username")
	b.look("username-taken")
	b.fill(form, url.Values{"username": {"ferrywoman"}}, "/account")
	undo := b.find(r, "email", p.Email, `/not-me\?t=\S+`)
	b.press(`main a[href="/account/address"]`, "/account/address")
	b.look("address")
	b.fill(form, url.Values{"street": {"1301 2nd Avenue"}, "city": {"Seatle"}, "state": {"WA"}, "zip": {"98101"}}, "/account/address")
	b.look("address-suggested")
	b.press(`main form:has([name="addressToken"]) button`, "/account")
	b.press(`main a[href="/account/questions"]`, "/account/questions")
	b.look("questions")
	b.fill(form, url.Values{"securityAnswers[0].question": {"first-car"}, "securityAnswers[0].answer": {"Volvo Amazon"},
		"securityAnswers[1].question": {"first-concert"}, "securityAnswers[1].answer": {"Monteverdi"}}, "/account")
	for _, name := range []string{"activity", "export", "close"} {
		b.open("/account")
		b.press(fmt.Sprintf(`main a[href="/account/%s"]`, name), "/account/"+name)
		b.look(name)
	}
	b.press(`main form[action="/account/close"] button`, "/account")
	b.look("closed")
	b.press(`main a[href="/account/export"]`, "/account/export")
	b.open("/account")
	b.press(`main form[action="/account/reopen"] button`, "/account")
	b.open(undo)
	b.look("not-me")
	b.press(`main form[action="/not-me"] button`, "/not-me?done=*")
	b.look("not-me-done")
	b.open(undo)
	b.look("not-me-spent")
	b.open("/account")
	b.logIn(p, "/login")
	b.says(`main [role="alert"]`, locale.Text(b.lang, "fault.password_disabled.title"))
	b.look("login-disabled")
	b.press(`main a[href="/recover"]`, "/recover")
}

// TestDuplicate: a second account of one person asks by letter for the place of the first, whose holder objects.
func TestDuplicate(t *testing.T) {
	t.Parallel()
	r := start(t)
	first, second := r.settled(t, journey.Fictional("first")), journey.Fictional("second")
	second.Phone = "+12025550144"
	b := browse(t, r.origin, locale.English)
	b.open("/register")
	steps := second.Steps(asked)
	b.fill(form, steps[0], "/register?step=address")
	b.fill(form, steps[1], "/register?step=login")
	b.fill(form, steps[2], "/verify")
	b.prove(r, "email", "email", second.Email, "/duplicate")
	b.look("duplicate")
	b.press(`main button[name="letter"]`, "/duplicate?sent=1")
	b.look("duplicate-sent")
	b.press(`main button[name="letter"]`, "/duplicate")
	b.look("duplicate-refused")
	b.fill(form, url.Values{"code": {b.letter(r)}}, "/duplicate")
	b.look("duplicate-waiting")
	b.open(b.find(r, "email", first.Email, `/not-me\?t=\S+`))
	b.look("not-me-claim")
	b.press(`main form[action="/not-me"] button`, "/not-me?done=*")
	b.look("not-me-claim-done")
}

// letter answers the code of the only letter.
func (b tab) letter(r runner) string {
	b.t.Helper()
	return b.find(r, "letter", "", `(?m)^[0-9A-Z]{10}$`)
}

// TestReactivation: after three years the account sleeps, and wakes by a code and by answers.
func TestReactivation(t *testing.T) {
	t.Parallel()
	r := start(t)
	p, b := r.settled(t, journey.Fictional("returning")), browse(t, r.origin, locale.English)
	for _, days := range []time.Duration{1035, 1, 30, 23, 6, 1} {
		r.later(t, days*24*time.Hour)
		r.tell(t, "sweep", "{}")
	}
	b.open("/login")
	b.logIn(p, "/reactivate")
	b.look("reactivate")
	b.fill(`main form:has([name="answers[0].answer"])`, answers(p, " not"), "/reactivate")
	b.look("reactivate-refused")
	b.press(`main button[value="sms"]`, "/reactivate?sent=1")
	b.look("reactivate-sent")
	b.fill(`main form:has([name="code"])`, url.Values{"code": {b.find(r, "sms", p.Phone, `(?m)^\d{6}$`)}}, "/account")
}
