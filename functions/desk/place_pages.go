package desk

import (
	"context"
	"crypto/rand"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/address/entry"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// placeView is the page on which an agent puts together what a caller orders. The lines travel in the address, as
// item=SKU*PACK*QUANTITY, so that nothing is kept until the order is placed.
type placeView struct {
	page.Form
	Action, Back string
	Name         string
	Lines        []placeLine
	Items        []string // the lines as the address has them
	Product      page.Choice
	Quantity     page.Input
	Reason       page.Input
	To           page.Address
	Elsewhere    bool // something was typed there
}

// placeLine is a product that the caller wants.
type placeLine struct {
	orderLine
	Without string // where the page is without it
}

// item is a line as the address has it.
func item(w Wanted) string {
	return strings.Join([]string{w.SKU, strconv.Itoa(w.PackQuantity), strconv.Itoa(w.Quantity)}, "*")
}

// wanted reads the lines of a form; what is none is left out.
func wanted(items []string) (all []Wanted) {
	for _, text := range items {
		parts := strings.Split(text, "*")
		if len(parts) != 3 {
			continue
		}
		pack, wrongPack := strconv.Atoi(parts[1])
		quantity, wrongQuantity := strconv.Atoi(parts[2])
		if wrongPack == nil && wrongQuantity == nil {
			all = append(all, Wanted{parts[0], pack, quantity})
		}
	}
	return all
}

// showPlace shows what is wanted so far; asked for one more, it leads to the page with that.
func (d *Desk) showPlace(ctx context.Context, v *web.Visit) (web.Answer, error) {
	a, err := d.Accounts.Seen(ctx, v.PathValue("id"))
	if err != nil {
		return web.Answer{}, err
	}
	items := wanted(v.Form.Values["item"])
	if !v.Form.Values.Has("product") {
		return d.placePage(v, a, items, v.Form, 0), nil
	}
	more, err := d.more(v.Form)
	if err != nil {
		form, status, err := v.Refused(err)
		return d.placePage(v, a, items, form, status), err
	}
	items = append(slices.DeleteFunc(items, func(w Wanted) bool { return w.SKU == more.SKU }), more)
	return web.See(placePath(a.ID, items)), nil
}

// more is the line that the form adds.
func (d *Desk) more(form page.Form) (Wanted, error) {
	sku, pack, _ := strings.Cut(form.Values.Get("product"), "*")
	p, there := d.Supplies.Catalogue.Product(sku)
	pieces, err := strconv.Atoi(pack)
	if !there || err != nil || !slices.Contains(p.PackOptions, pieces) {
		return Wanted{}, fault.Fields([]fault.Field{{Location: "body.product", Code: "validation.required"}})
	}
	quantity, err := strconv.Atoi(strings.TrimSpace(form.Values.Get("quantity")))
	switch {
	case err != nil || quantity < 1:
		return Wanted{}, fault.Fields([]fault.Field{{Location: "body.quantity", Code: "validation.quantity"}})
	case quantity > p.MaxPerOrder/pieces:
		return Wanted{}, fault.Fields([]fault.Field{{Location: "body.quantity", Code: "quantity_over_limit", Args: map[string]string{"n": strconv.Itoa(p.MaxPerOrder)}}})
	}
	return Wanted{p.SKU, pieces, quantity}, nil
}

func placePath(id string, items []Wanted) string {
	query := url.Values{}
	for _, w := range items {
		query.Add("item", item(w))
	}
	return strings.TrimSuffix(accountPath(id)+"/order?"+query.Encode(), "?")
}

func (d *Desk) placePage(v *web.Visit, a *account.Seen, items []Wanted, form page.Form, status int) web.Answer {
	c := d.Supplies.Catalogue.In(v.Lang)
	view := placeView{Form: form, Action: accountPath(a.ID) + "/order", Back: accountPath(a.ID), Name: a.Name.Full(),
		Quantity: form.Input(page.Input{Name: "quantity", Label: "supplies.quantity", InputMode: "numeric", Autocomplete: "off"}),
		Reason:   form.Input(page.Input{Name: "reason", Label: "desk.reason", Hint: "desk.reason.hint", Autocomplete: "off"})}
	view.To = form.Address()
	view.To.Street.Optional = true
	view.Elsewhere = entry.Typed(form.Values) != (address.Entry{})
	for i, line := range c.Lines(asked(items)) {
		without := slices.Delete(slices.Clone(items), i, i+1)
		view.Lines = append(view.Lines, placeLine{lineOf(v.Lang, c, line), placePath(a.ID, without)})
		view.Items = append(view.Items, item(items[i]))
	}
	var options []page.Option
	products, _ := c.Find(supply.Filter{})
	for _, p := range products {
		for _, pack := range p.PackOptions {
			options = append(options, page.Option{Value: p.SKU + "*" + strconv.Itoa(pack),
				Text: locale.Text(v.Lang, "desk.place.product", "name", p.Name, "pack", locale.Count(v.Lang, "supplies.pack", pack))})
		}
	}
	view.Product = form.Choice(page.Choice{Name: "product", Label: "desk.place.choose", Options: options})
	return web.Answer{Template: "place", Title: "desk.place", View: view, Form: form, Status: status, Here: placePath(a.ID, items)}
}

// takePlace asks once more, and then places the order.
func (d *Desk) takePlace(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	in := &PlaceRequest{ID: v.PathValue("id"), Key: get("key")}
	in.Body = Call{Items: wanted(v.Form.Values["item"]), Reason: get("reason"), ShipTo: get("shipTo")}
	a, err := d.Accounts.Seen(ctx, in.ID)
	if err != nil {
		return web.Answer{}, err
	}
	if get("back") != "" {
		return d.placePage(v, a, in.Body.Items, v.Form, 0), nil
	}
	var next web.Answer
	if get("confirmed") == "" {
		next, err = d.review(ctx, v, a, in.Body)
	} else {
		var o *OrderAnswer
		if o, err = d.place(ctx, in); err == nil {
			next = web.See(orderPath(o.Body.Number) + "?done=place")
		}
	}
	if err != nil {
		form, status, err := v.Refused(err)
		return d.placePage(v, a, in.Body.Items, form, status), err
	}
	return next, nil
}

// review checks what was typed, and shows what the agent reads to the caller before the order is placed.
func (d *Desk) review(ctx context.Context, v *web.Visit, a *account.Seen, c Call) (web.Answer, error) {
	if len(c.Items) == 0 {
		return web.Answer{}, fault.Fields([]fault.Field{{Location: "body.product", Code: "validation.required"}})
	}
	if _, err := by(ctx, c.Reason, true); err != nil {
		return web.Answer{}, err
	}
	to := address.Result{Address: a.Address}
	if typed := entry.Typed(v.Form.Values); typed != (address.Entry{}) {
		var err error
		if to, c.ShipTo, err = (entry.Desk{App: d.App, Addresses: d.Addresses, Tokens: d.Tokens}).Usable(ctx, typed); err != nil {
			return web.Answer{}, err
		}
	}
	return d.reviewPage(v, a, c, to), nil
}

func (d *Desk) reviewPage(v *web.Visit, a *account.Seen, call Call, to address.Result) web.Answer {
	c := d.Supplies.Catalogue.In(v.Lang)
	view := confirmView{Title: "desk.place.review", Action: accountPath(a.ID) + "/order", Yes: "desk.place.submit",
		Alerts: append([]page.Alert{{Kind: "info", Text: locale.Text(v.Lang, "desk.place.review.text")}}, entry.Suggestion(v.Lang, address.Entry{}, to).Warnings...),
		Kept:   []hidden{{"key", rand.Text()}, {"shipTo", call.ShipTo}}}
	for _, name := range []string{"reason", "street", "secondary", "urbanization", "city", "state", "zip"} { // for the way back
		view.Kept = append(view.Kept, hidden{name, v.Form.Values.Get(name)})
	}
	var content []string
	for i, line := range c.Lines(asked(call.Items)) {
		one := lineOf(v.Lang, c, line)
		content = append(content, one.Name+": "+one.What)
		view.Kept = append(view.Kept, hidden{"item", item(call.Items[i])})
	}
	addressee := append(append([]string{a.Name.Full()}, companyLine(a.Company)...), address.Lines(to.Address)...)
	view.Rows = []page.Row{{Label: "supplies.order.items", Lines: content}, {Label: "supplies.cart.to", Lines: addressee},
		{Label: "supplies.delivery", Lines: []string{locale.Text(v.Lang, "supplies.delivery.free")}}, {Label: "desk.reason", Lines: []string{call.Reason}}}
	return web.Answer{Template: "confirm", Title: "desk.place", View: view}
}
