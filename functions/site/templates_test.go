package site

import (
	"testing"

	"postkontor/shared/operator"
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
	refused := page.Form{Problem: "Not like this."}
	for _, name := range []string{"topic", "message", "name", "email", "username"} {
		refused.Errors = append(refused.Errors, page.Error{Name: name, Message: "Wrong."})
	}
	silent := operator.Default()
	silent.SupportEmail, silent.Telephones = "", nil
	all = append(all, helpPage(operator.Default(), v.Lang, refused, 0), helpPage(silent, v.Lang, page.Form{}, 0),
		web.Answer{Template: "sent", Title: "support.sent.title", View: sentView{"7K2M-QX4T"}}, web.Answer{Template: "docs", Title: "site.docs.title", View: reference{}})
	return append(all, homePage("Post", ""), homePage("Post", "maria"))
}
