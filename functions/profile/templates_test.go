package profile

import (
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/account/saved"
	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// TestTemplates renders every page in every language: empty, with each field refused, and for every state of an account
// that it tells of.
func TestTemplates(t *testing.T) {
	t.Parallel()
	if err := web.CheckPages(templates, answers); err != nil {
		t.Error(err)
	}
}

// answers are the pages that there are.
func answers(v *web.Visit) (all []web.Answer) {
	v.Session, v.Form = &session.Session{Username: "maria"}, page.Form{Values: map[string][]string{"sent": {"1"}}}
	fresh := account.Account{Username: "maria", Type: account.Personal, Status: account.Active, Name: person.Name{First: "Maria", Last: "Garcia"}, Email: "maria@example.com", Phone: "+12065550142",
		Address: address.Address{Street: "400 BROAD ST", City: "SEATTLE", State: "WA", Zip: "98109"}}
	firm := fresh
	firm.Type, firm.Company, firm.EmailVerified, firm.PhoneVerified = account.Business, "Garcia & Co", true, true
	firm.PendingEmail, firm.PendingPhone = "next@example.com", "+12065550143"
	firm.NewPhone = &account.Awaited{To: "+12065550144", At: time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)}
	refused := page.Form{Problem: "Not like this."}
	for _, name := range []string{"language", "name.first", "company", "code", "email", "phone", "currentPassword", "newPassword", "username", "street",
		"securityAnswers[1].question", "securityAnswers[1].answer"} {
		refused.Errors = append(refused.Errors, page.Error{Name: name, Message: "Wrong."})
	}
	for _, form := range []page.Form{{}, refused} {
		all = append(all, emailPage(form, 0), phonePage(form, 0), usernamePage(form, 0), addressPage(form, 0), questionsPage(v.Lang, form, 0),
			web.Answer{Template: "close", Title: "profile.close.title", View: closeView{form}})
		for _, scope := range []session.Scope{session.Full, session.ChoosePassword} {
			v.Session.Scope = scope
			all = append(all, passwordPage(v, form, 0))
		}
		for _, a := range []account.Account{fresh, firm} {
			all = append(all, (&Profile{App: &web.App{}}).accountPage(v, &a, form, 0), verifyPage(v, &a, "email", form, 0), verifyPage(v, &a, "phone", form, 0))
		}
	}
	closed := fresh
	closed.Status = account.Closed
	all = append(all, web.Answer{Template: "limited", Title: "profile.title", View: limited(v.Lang, &closed)},
		suggestedPage(v, address.Entry{Street: "400 broad"}, address.Result{Address: fresh.Address, Level: address.Street, Warnings: []address.Warning{{Code: address.CityOther}}}, "token"))
	return append(all, history(v.Lang, &firm)...)
}

// history are the pages of what was and is: with nothing in them, and with all that there can be.
func history(lang locale.Tag, a *account.Account) (all []web.Answer) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	events := []activity.Event{{At: at, Kind: "details-changed", Detail: "name company", IP: "203.0.113.7", UserAgent: "Mozilla/5.0 Firefox/140.0"}, {At: at, Kind: "created"},
		{At: at, Kind: "released", Agent: "agent.17", Reason: "Two people of one name"}}
	empty := &account.Export{Account: a.View(time.Time{})}
	full := &account.Export{Account: a.View(at), LastActiveDay: "2026-11-23", SecurityQuestions: []string{"first-pet", "first-car"}, Activity: events,
		Sessions: []account.ExportedSession{{CreatedAt: at, IP: "203.0.113.7", UserAgent: "Mozilla/5.0 Firefox/140.0"}, {CreatedAt: at}},
		Packages: []saved.Package{{Number: "9400100000000000000006", Label: "Boots"}, {Number: "9400100000000000000013"}},
		Changes:  []account.ExportedChange{{At: at, Kind: "created"}, {At: at, Kind: "username-changed", Before: &account.Past{Username: "maria.old"}}},
		Supplies: supply.Kept{Orders: []supply.Order{{Number: "20261124-3Q7XK2M9T", PlacedAt: at, Items: []supply.Line{{Name: "Box", Pieces: 10}}}}}}
	for _, view := range []activityView{{}, {Lines: activity.Lines(lang, events), Older: "/account/activity?cursor=1"}} {
		all = append(all, web.Answer{Template: "activity", Title: "profile.activity.title", View: view})
	}
	for _, e := range []*account.Export{empty, full} {
		all = append(all, web.Answer{Template: "export", Title: "profile.export.title", View: exported(lang, e)})
	}
	return all
}
