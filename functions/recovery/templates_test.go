package recovery

import (
	"bytes"
	"net/url"
	"regexp"
	"testing"

	"postkontor/shared/account"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// missing is the name of a text in place of the text, or a placeholder that was not filled.
var missing = regexp.MustCompile(`>[^<]*\b(?:recovery|disavow|signup|credential|page|fault)\.[a-z][^<]*<|\{[a-z]+\}`)

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
			frame := page.Frame{Lang: l.Code, Title: locale.Text(l.Code, answer.Title), Path: "/recover"}
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
	refused := page.Form{Problem: "Not like this."}
	for _, name := range []string{"username", "email", "code", "answers[0].answer", "answers[1].answer"} {
		refused.Errors = append(refused.Errors, page.Error{Name: name, Message: "Wrong."})
	}
	both := &account.Recovery{ID: "A", Questions: []string{"first-pet", "first-car"}, Hint: "••42"}
	for _, form := range []page.Form{{}, refused, {Values: url.Values{"ended": {"1"}, "sent": {"1"}}}} {
		all = append(all, startPage(v, form, 0), usernamePage(v, form, 0), codePage(v, both, form, 0), waysPage(v.Lang, both, "", form, 0),
			waysPage(v.Lang, both, "answers", form, 0), waysPage(v.Lang, both, "sms", form, 0), waysPage(v.Lang, &account.Recovery{ID: "A"}, "", form, 0))
	}
	all = append(all, web.Answer{Template: "sent", Title: "recovery.sent.title", View: both})
	for _, kind := range []string{"username-changed", account.ClaimChallenged} {
		all = append(all, disavowPage(kind, disavowView{Token: "token"}), disavowPage(kind, disavowView{Finished: true}))
	}
	spent, _ := notDisavowed(v.Lang, account.ErrToken)
	return append(all, spent)
}
