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
	items, _ := c.Find(supply.Filter{})
	for _, form := range []page.Form{{}, refused} {
		for i := 0; i < len(items); i += 5 {
			all = append(all, productPage(v, c, items[i], form, 0))
		}
		v.Session = &session.Session{Username: "maria"}
		for _, status := range []account.Status{account.New, account.Active} {
			a := &account.Account{Status: status, Type: account.Business, Company: "Garcia & Co", Name: person.Name{First: "Maria", Last: "Garcia"}, Address: home}
			for _, cart := range []supply.Cart{{}, {Items: lines, Pieces: 21, Total: supply.Free}} {
				all = append(all, cartAnswer(v, c, &cart, a, form, 0), reviewPage(v.Lang, address.Entry{Street: "400 broad"},
					address.Result{Address: home, Level: address.Street, Warnings: []address.Warning{{Code: address.CityOther}}}, reviewView{Sum: sum(v.Lang, &cart, recipient(a, home))}))
			}
		}
		all = append(all, addressPage(form, 0))
		for _, status := range []supply.Status{supply.Placed, supply.BackOrdered, supply.Packed, supply.Shipped, supply.Delivered, supply.Cancelled} {
			o := &supply.Order{Number: "20261124-3Q7XK2M9T", Status: status, Source: supply.Telephone, Items: lines, Name: "Maria Garcia", ShipTo: home, PlacedAt: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), History: []supply.Step{{Status: supply.Placed}, {Status: status}}}
			if status == supply.Shipped {
				o.Source, o.Tracking = supply.Web, "9400100000000000000000"
			}
			all = append(all, orderPage(v, c, o, form, 0), ordersPage(v.Lang, []supply.Order{*o}, "next"))
		}
	}
	return append(all, ordersPage(v.Lang, nil, ""))
}
