package supplies

import (
	"context"
	"crypto/rand"
	"strconv"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/address/entry"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// cartView is the cart, and the order that it can become.
type cartView struct {
	page.Form
	Alerts   []page.Alert
	Unproved bool // the e-mail address has to be proved before an order
	Lines    []lineView
	Sum      []page.Row
	Key      string // makes one order of a form that is sent twice
}

// lineView is one product of a cart or an order.
type lineView struct {
	SKU, Name, Image, Href string
	What, Price            string
	PackQuantity           int
	Quantity               page.Input
	Gone                   string // why it cannot be ordered, "" when it can
}

func (s *Supplies) showCart(ctx context.Context, v *web.Visit) (web.Answer, error) {
	return s.cartPage(ctx, v, page.Form{}, 0)
}

// cartPage shows the cart. What was refused of one line stands beside it: form.Prefix is that of the line.
func (s *Supplies) cartPage(ctx context.Context, v *web.Visit, form page.Form, status int) (web.Answer, error) {
	cart, err := s.Supplies.Cart(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	a, err := s.Accounts.Get(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	return cartAnswer(v, s.catalogue(ctx), cart, a, form, status), nil
}

func cartAnswer(v *web.Visit, c *supply.Catalogue, cart *supply.Cart, a *account.Account, form page.Form, status int) web.Answer {
	view := cartView{Key: rand.Text(), Sum: sum(v.Lang, cart, recipient(a, a.Address))}
	for _, line := range c.Lines(cart.Items) {
		one := lineOf(v.Lang, c, line)
		own := page.Form{Prefix: line.SKU + "-", Values: map[string][]string{"quantity": {strconv.Itoa(line.Quantity)}}}
		if own.Prefix == form.Prefix {
			own.Errors = form.Errors
			if typed, ok := form.Values["quantity"]; ok {
				own.Values["quantity"] = typed
			}
		}
		one.Quantity = own.Input(page.Input{Name: "quantity", Label: "supplies.quantity", InputMode: "numeric", MaxLength: 10})
		if line.Withdrawn {
			one.Gone = locale.Text(v.Lang, "supplies.cart.gone")
		}
		if v.Form.Values.Get("added") == line.SKU {
			view.Alerts = append(view.Alerts, page.Alert{Kind: "success", Text: locale.Text(v.Lang, "supplies.cart.added", "name", one.Name)})
		}
		view.Lines = append(view.Lines, one)
	}
	if view.Unproved = a.Status == account.New && len(view.Lines) > 0; view.Unproved {
		view.Alerts = append(view.Alerts, page.Alert{Kind: "warning", Title: locale.Text(v.Lang, "supplies.unproved"), Text: locale.Text(v.Lang, "supplies.unproved.text")})
	}
	view.Form = form
	return web.Answer{Template: "cart", Title: "supplies.cart.title", View: view, Form: form, Status: status, Here: "/cart"}
}

// lineOf shows a line; a product that is no longer in the catalogue has neither a picture nor a page.
func lineOf(lang locale.Tag, c *supply.Catalogue, line supply.Line) lineView {
	view := lineView{SKU: line.SKU, Name: line.Name, Price: price(line.Price), PackQuantity: line.PackQuantity}
	view.What = locale.Text(lang, "supplies.line", "pack", locale.Count(lang, "supplies.pack", line.PackQuantity), "quantity", strconv.Itoa(line.Quantity),
		"pieces", locale.Count(lang, "supplies.pieces", line.Pieces))
	if p, ok := c.Product(line.SKU); ok {
		view.Image, view.Href = page.Drawing(p.Image), "/supplies/"+p.SKU
	}
	return view
}

// sum is what an order comes to, and where it goes.
func sum(lang locale.Tag, cart *supply.Cart, to supply.Recipient) []page.Row {
	return []page.Row{
		{Label: "supplies.cart.all", Lines: []string{locale.Count(lang, "supplies.pieces", cart.Pieces)}},
		{Label: "supplies.price", Lines: []string{price(cart.Total)}},
		{Label: "supplies.delivery", Lines: []string{locale.Text(lang, "supplies.delivery.free")}},
		{Label: "supplies.cart.to", Lines: addressee(to.Name, to.Company, to.Address)},
	}
}

// addressee is name and address as they stand on a parcel.
func addressee(name, company string, to address.Address) []string {
	lines := []string{name}
	if company != "" {
		lines = append(lines, company)
	}
	return append(lines, address.Lines(to)...)
}

// takeCart changes a line of the cart, or removes it.
func (s *Supplies) takeCart(ctx context.Context, v *web.Visit) (web.Answer, error) {
	sku := v.Form.Values.Get("sku")
	var err error
	if v.Form.Values.Has("remove") {
		_, err = s.Supplies.Remove(ctx, v.Session.Account, sku)
	} else {
		err = s.put(ctx, v, sku, 0)
	}
	if err == nil {
		return web.See("/cart"), nil
	}
	form, status, err := v.Refused(err)
	if err != nil {
		return web.Answer{}, err
	}
	form.Prefix = sku + "-"
	return s.cartPage(ctx, v, form, status)
}

// addressView is the page on which another address is entered.
type addressView struct {
	page.Form
	To page.Address
}

func (s *Supplies) showAddress(_ context.Context, v *web.Visit) (web.Answer, error) {
	return addressPage(v.Form, 0), nil
}

func addressPage(form page.Form, status int) web.Answer {
	return web.Answer{Template: "address", Title: "supplies.address.title", View: addressView{form, form.Address()}, Form: form, Status: status}
}

// reviewView is an order to another address, before it is placed.
type reviewView struct {
	Differs    bool // the address is not what was typed
	Suggestion page.Suggestion
	Sum        []page.Row
	Key, Token string
}

// takeAddress verifies the address, and shows the order as it would go there.
func (s *Supplies) takeAddress(ctx context.Context, v *web.Visit) (web.Answer, error) {
	typed := entry.Typed(v.Form.Values)
	result, token, err := entry.Desk{App: s.App, Addresses: s.Addresses, Tokens: s.Tokens}.Usable(ctx, typed)
	if err != nil {
		form, status, err := v.Refused(err)
		return addressPage(form, status), err
	}
	cart, err := s.Supplies.Cart(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	a, err := s.Accounts.Get(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	return reviewPage(v.Lang, typed, result, reviewView{Key: rand.Text(), Token: token, Sum: sum(v.Lang, cart, recipient(a, result.Address))}), nil
}

func reviewPage(lang locale.Tag, typed address.Entry, r address.Result, view reviewView) web.Answer {
	view.Differs, view.Suggestion = entry.Differs(r), entry.Suggestion(lang, typed, r)
	return web.Answer{Template: "review", Title: "supplies.review.title", View: view, Here: "/cart/address"}
}
