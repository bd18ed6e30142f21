package login

import (
	"net/url"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// TestTemplates renders every page in every language: empty, and with each field refused.
func TestTemplates(t *testing.T) {
	t.Parallel()
	if err := web.CheckPages(templates, answers); err != nil {
		t.Error(err)
	}
}

// answers are the pages that there are.
func answers(v *web.Visit) (all []web.Answer) {
	refused := page.Form{Problem: "Not like this.", Next: "/account"}
	for _, name := range []string{"username", "password", "code", "answers[0].answer", "answers[1].answer"} {
		refused.Errors = append(refused.Errors, page.Error{Name: name, Message: "Wrong."})
	}
	sent, at := page.Form{Values: url.Values{"sent": {"1"}}}, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, form := range []page.Form{{}, refused, sent} {
		v.Form = form
		all = append(all, loginPage(form, 0), loginPage(form, 0, page.Alert{Kind: "info", Title: "Again", Text: "It was long ago."}),
			duplicatePage(v, &account.Account{}, form, 0), duplicatePage(v, &account.Account{ClaimAt: &at}, form, 0))
		for _, open := range []account.Reactivation{{Questions: []string{"first-pet", "first-car"}, Ways: []string{"questions"}}, {Ways: []string{"sms", "email"}}} {
			all = append(all, reactivatePage(v, &open, form, 0))
		}
	}
	lines := []sessionLine{{ID: "a", Since: "1", Seen: "2", IP: "203.0.113.7", Device: "Firefox", Current: true}, {ID: "b", Since: "1", Seen: "2", IP: "203.0.113.8"}}
	for _, view := range []sessionsView{{}, {Others: true, Items: lines}} {
		all = append(all, web.Answer{Template: "sessions", Title: "login.sessions.title", View: view})
	}
	return all
}
