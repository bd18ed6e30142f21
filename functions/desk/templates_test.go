package desk

import (
	"net/url"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/person"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// TestTemplates renders every page in every language.
func TestTemplates(t *testing.T) {
	t.Parallel()
	if err := web.CheckPages(templates, answers); err != nil {
		t.Error(err)
	}
}

// answers are the pages that there are: empty, with each field refused, and for every role and state.
func answers(v *web.Visit) []web.Answer {
	everyone := &web.Agent{Name: "agent.17", Roles: []web.Role{web.Desk, web.Warehouse, web.Counter}}
	all := []web.Answer{{Template: "shell", Title: "desk.title", View: shellView{}}, startPage(everyone)}
	return append(append(all, orderAnswers(v, everyone)...), accountAnswers(v, everyone)...)
}

func refusedForm(names ...string) page.Form {
	form := page.Form{Values: url.Values{}, Problem: "Not like this."}
	for _, name := range names {
		form.Errors = append(form.Errors, page.Error{Name: name, Message: "Wrong."})
	}
	return form
}

var home = address.Address{Street: "400 BROAD ST", City: "SEATTLE", State: "WA", Zip: "98109"}

func orderAnswers(v *web.Visit, everyone *web.Agent) (all []web.Answer) {
	d := &Desk{Config: Config{Supplies: &supply.Store{Catalogue: supply.Default()}}}
	o := supply.Order{Number: "20261124-3Q7XK2M9T", Account: "01JDFWAC4N8QTM0000000000AA", Source: supply.Telephone, Name: "Maria Garcia", Company: "Garcia & Co",
		ShipTo: home, Tracking: "9400 1000", Items: []supply.Line{{SKU: "O-FRB1", PackQuantity: 10, Quantity: 2, Pieces: 20}, {SKU: "GONE", Name: "Gone", PackQuantity: 1, Quantity: 1, Pieces: 1}}}
	for i, status := range shownStatuses {
		act := works[i%len(works)]
		o.Status = status
		o.History = append(o.History, supply.Step{Status: status, At: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)})
		all = append(all, ordersPage(v.Lang, status, []supply.Order{o}, ordersView{Next: "/desk/orders?cursor=1", Back: "/desk/accounts/1"}, 0))
		v.Form = page.Form{Values: url.Values{"done": {string(act)}}}
		all = append(all, d.orderPage(v, everyone, &o, refusedWork{}), d.orderPage(v, everyone, &o, refusedWork{refusedForm("reason", "tracking"), act, 422}))
	}
	return append(all, ordersPage(v.Lang, "", nil, ordersView{Form: refusedForm("number")}, 422))
}

func accountAnswers(v *web.Visit, everyone *web.Agent) (all []web.Answer) {
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	seen := account.Seen{Account: account.Account{ID: "01JDFWAC4N8QTM0000000000AA", Status: account.Active, Username: "maria", Type: account.Business, Company: "Garcia & Co", Language: locale.English,
		Name: person.Name{First: "Maria", Last: "Garcia"}, Email: "maria@example.com", Phone: "+12065550142", Address: home}, LastActiveDay: "2026-11-23",
		ThrowawayEmail: true, LetterAt: &at}
	v.Form = page.Form{Values: url.Values{}}
	all = append(all, accountsPage(v, nil, v.Form, 0), accountsPage(v, nil, refusedForm("username", "email", "phone", "order", "zip", "street", "last"), 422))
	v.Form = page.Form{Values: url.Values{"username": {"maria"}}}
	all = append(all, accountsPage(v, nil, v.Form, 0), accountsPage(v, []account.Seen{seen, seen}, v.Form, 0),
		web.Answer{Template: "events", Title: "profile.activity.title", View: eventsView{Name: "Maria Garcia, maria", Back: "/desk/accounts/1", Older: "/desk/accounts/1/activity?cursor=1",
			Events: activity.Lines(v.Lang, []activity.Event{{At: at, Kind: "created"}, {At: at, Kind: "order-placed", Agent: "agent.17", Reason: "Called"}})}})
	for _, status := range []account.Status{account.New, account.Active, account.Flagged, account.Inactive, account.Closed} {
		seen.Status = status
		for i, lock := range []account.LockState{account.LockOpen, account.LockLocked, account.LockDisabled} {
			seen.Lock = account.Lock{State: lock, Until: &at}
			seen.Questions = []account.QuestionsState{account.QuestionsOpen, account.QuestionsClosed, account.QuestionsUnset}[i]
			all = append(all, accountPage(v, everyone, &seen))
		}
		seen.EmailVerified, seen.PhoneVerified, seen.NewEmail = true, true, &account.Awaited{To: "next@example.com", At: at}
	}
	for _, document := range account.Documents {
		seen.Proof, seen.NewEmail, seen.PendingEmail = &account.ShownProof{At: at, Document: document}, nil, "next@example.com"
		all = append(all, accountPage(v, everyone, &seen))
	}
	return append(all, actAnswers(v, everyone, &seen)...)
}

func actAnswers(v *web.Visit, everyone *web.Agent, seen *account.Seen) (all []web.Answer) {
	for _, one := range acts {
		v.Form = page.Form{Values: url.Values{"done": {one.name}, "email": {"next@example.com"}, "reason": {"Called"}}}
		all = append(all, accountPage(v, everyone, seen), actPage(v.Lang, one, seen, page.Form{}, 0), confirmPage(v, one, seen),
			actPage(v.Lang, one, seen, refusedForm("reason", "way", "document", "email", "phone"), 422))
	}
	d := &Desk{Config: Config{Supplies: &supply.Store{Catalogue: supply.Default()}}}
	v.Form = page.Form{Values: url.Values{"done": {"place"}, "reason": {"Called"}}}
	items := wanted([]string{"O-FRB1*10*2", "GONE*1*1", "nothing", "O-FRB1*x*1"})
	return append(all, d.placePage(v, seen, nil, page.Form{}, 0), d.placePage(v, seen, items, refusedForm("product", "quantity", "reason", "street", "zip"), 422), d.reviewPage(v, seen, Call{Items: items, Reason: "Called"}, address.Result{Address: home, Warnings: []address.Warning{{Code: address.CityOther}}}),
		d.orderPage(v, everyone, &supply.Order{Status: supply.Placed, Source: supply.Telephone}, refusedWork{}))
}
