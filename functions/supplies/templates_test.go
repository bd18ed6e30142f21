package supplies

import (
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/page"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// TestTemplates renders every page in every language: empty and full, with each field refused, for a stranger and a
// customer, and for every status of an order.
func TestTemplates(t *testing.T) {
	t.Parallel()
	if err := web.CheckPages(templates, answers); err != nil {
		t.Error(err)
	}
}

// answers are the pages that there are.
func answers(v *web.Visit) (all []web.Answer) {
	c := supply.Default().In(v.Lang)
	home := address.Address{Street: "400 BROAD ST", City: "SEATTLE", State: "WA", Zip: "98109"}
	lines := []supply.Line{{SKU: "LABEL-228", Name: "Labels", PackQuantity: 10, Quantity: 2, Pieces: 20, Price: supply.Free}, {SKU: "GONE", Name: "Gone", PackQuantity: 1, Quantity: 1, Pieces: 1, Price: supply.Free, Withdrawn: true}}
	v.Form = page.Form{Values: map[string][]string{"added": {"LABEL-228"}, "placed": {"1"}}}
	refused := page.Form{Prefix: "LABEL-228-", Problem: "Not like this.", Errors: []page.Error{{Name: "quantity", Message: "Wrong."}, {Name: "street", Message: "Wrong."}, {Name: "packQuantity", Message: "Wrong."}}}
	for _, f := range []supply.Filter{{}, {Category: "shipping-supplies", Type: "free-shipping-supplies", Kind: "labels", Query: "roll"}, {Kind: "no such"}} {
		all = append(all, storePage(v.Lang, c, f))
	}
	box, _ := c.Product("O-FRB1")
	kit, _ := c.Product("BOX-CRE-KIT2-SM")
	for _, form := range []page.Form{{}, refused} {
		all = append(all, productPage(v, c, box, form, 0), addressPage(form, 0))
		v.Session = &session.Session{Username: "maria"}
		a := &account.Account{Status: account.New, Company: "Garcia & Co", Name: person.Name{First: "Maria", Last: "Garcia"}, Address: home}
		all = append(all, productPage(v, c, kit, form, 0), cartAnswer(v, c, &supply.Cart{}, a, form, 0),
			cartAnswer(v, c, &supply.Cart{Items: lines, Pieces: 21, Total: supply.Free}, a, form, 0),
			reviewPage(v.Lang, address.Entry{Street: "400 broad"}, address.Result{Address: home, Level: address.Street, Warnings: []address.Warning{{Code: address.CityOther}}},
				reviewView{Sum: sum(v.Lang, &supply.Cart{Items: lines, Pieces: 21, Total: supply.Free}, recipient(a, home))}))
	}
	o := supply.Order{Number: "20261124-3Q7XK2M9T", Source: supply.Telephone, Items: lines, Name: "Maria Garcia", ShipTo: home,
		PlacedAt: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), Tracking: "9400100000000000000000"}
	var orders []supply.Order
	for _, o.Status = range []supply.Status{supply.Placed, supply.BackOrdered, supply.Packed, supply.Shipped, supply.Delivered, supply.Cancelled} {
		orders, o.History = append(orders, o), append(o.History, supply.Step{Status: o.Status, At: o.PlacedAt})
	}
	o.Status, o.Source = supply.Placed, supply.Web
	return append(all, orderPage(v, c, &o, page.Form{}, 0), orderPage(v, c, &orders[5], refused, 0), ordersPage(v.Lang, orders, "next"), ordersPage(v.Lang, nil, ""))
}
