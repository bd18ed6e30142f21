package desk

import (
	"net/url"
	"testing"
	"time"

	"postkontor/shared/address"
	"postkontor/shared/page"
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
	all := []web.Answer{
		{Template: "shell", Title: "desk.title", View: shellView{}},
		{Template: "start", Title: "desk.title", View: startView{cards}},
	}
	everyone := &web.Agent{Name: "agent.17", Roles: []web.Role{web.Desk, web.Warehouse, web.Counter}}
	return append(all, orderAnswers(v, everyone)...)
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
	for _, status := range shownStatuses {
		o.Status = status
		o.History = append(o.History, supply.Step{Status: status, At: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)})
		all = append(all, ordersPage(v.Lang, status, []supply.Order{o}, ordersView{Next: "/desk/orders?cursor=1", Back: "/desk/accounts/1"}, 0))
		for _, act := range works {
			v.Form = page.Form{Values: url.Values{"done": {string(act)}}}
			all = append(all, d.orderPage(v, everyone, &o, refusedWork{}), d.orderPage(v, &web.Agent{}, &o, refusedWork{refusedForm("reason", "tracking"), act, 422}))
		}
	}
	return append(all, ordersPage(v.Lang, "", nil, ordersView{Form: refusedForm("number")}, 422))
}
