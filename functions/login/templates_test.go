package login

import (
	"bytes"
	"net/url"
	"regexp"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// missing is the name of a text in place of the text, or a placeholder that was not filled.
var missing = regexp.MustCompile(`>[^<]*\b(?:login|credential|page|fault)\.[a-z][^<]*<|\{[a-z]+\}`)

// TestTemplates renders every page in every language: empty, and with each field refused.
func TestTemplates(t *testing.T) {
	t.Parallel()
	set := page.NewSet(templates)
	tested := map[string]bool{}
	for _, l := range locale.Languages() {
		for _, answer := range answers(&web.Visit{Lang: l.Code}) {
			tested[answer.Template+".html"] = true
			if err := set.Check(answer.Template, answer.View); err != nil {
				t.Errorf("%s: %v", answer.Template, err)
			}
			var out bytes.Buffer
			frame := page.Frame{Lang: l.Code, Title: locale.Text(l.Code, answer.Title), Path: "/login"}
			if err := set.Render(&out, answer.Template, frame, answer.View); err != nil {
				t.Errorf("%s in %s: %v", answer.Template, l.Name, err)
			}
			if found := missing.FindString(out.String()); found != "" {
				t.Errorf("%s in %s shows %s", answer.Template, l.Name, found)
			}
		}
	}
	files, err := templates.ReadDir("templates")
	if err != nil || len(files) != len(tested) {
		t.Errorf("%d templates, %d are rendered here: %v", len(files), len(tested), err)
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
