package recovery

import (
	"net/url"
	"testing"

	"postkontor/shared/account"
	"postkontor/shared/message"
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
	for _, name := range []string{"username", "email", "code", "answers[0].answer", "answers[1].answer"} {
		refused.Errors = append(refused.Errors, page.Error{Name: name, Message: "Wrong."})
	}
	both := &account.Recovery{ID: "A", Questions: []string{"first-pet", "first-car"}, Hint: "••42"}
	for _, form := range []page.Form{{}, refused, {Values: url.Values{"ended": {"1"}, "sent": {"1"}}}} {
		all = append(all, startPage(v, form, 0), usernamePage(v, form, 0), codePage(v, both, form, 0), waysPage(v.Lang, both, "", form, 0),
			waysPage(v.Lang, both, "answers", form, 0), waysPage(v.Lang, both, "sms", form, 0), waysPage(v.Lang, &account.Recovery{ID: "A"}, "", form, 0))
	}
	for _, way := range []message.Channel{message.Letter, message.SMS} {
		all = append(all, codePage(v, &account.Recovery{ID: "A", Way: way}, refused, 422))
	}
	all = append(all, web.Answer{Template: "sent", Title: "recovery.sent.title", View: both})
	for _, kind := range []string{"username-changed", account.ClaimChallenged} {
		all = append(all, disavowPage(kind, disavowView{Token: "token"}), disavowPage(kind, disavowView{Finished: true}))
	}
	spent, _ := notDisavowed(v.Lang, account.ErrToken)
	return append(all, spent)
}
