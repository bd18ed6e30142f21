package supplies

import (
	"context"
	"net/url"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// takeOrder places the order. What stands in its way is told where the customer can mend it.
func (s *Supplies) takeOrder(ctx context.Context, v *web.Visit) (web.Answer, error) {
	o, err := s.place(ctx, v.Form.Values.Get("key"), v.Form.Values.Get("shipTo"))
	switch fault.Code(err) {
	case "":
		if err != nil {
			return web.Answer{}, err
		}
		return web.See("/orders/" + o.Number + "?placed=1"), nil
	case "email_unproved":
		return web.See("/cart"), nil // which says what to do
	}
	form, status, err := v.Refused(err)
	if err != nil {
		return web.Answer{}, err
	}
	for _, wrong := range form.Errors {
		if wrong.Name == "shipTo" { // verified over an hour ago
			return addressPage(page.Form{Problem: wrong.Message}, status), nil
		}
	}
	return s.cartPage(ctx, v, form, status)
}

type ordersView struct {
	Orders []orderLine
	Older  string // where the next page is, "" on the last
}

type orderLine struct{ Href, Title, Status, When, Pieces string }

func (s *Supplies) showOrders(ctx context.Context, v *web.Visit) (web.Answer, error) {
	orders, next, err := s.Supplies.Orders(ctx, v.Session.Account, v.Form.Values.Get("cursor"), 20)
	return ordersPage(v.Lang, orders, next), err
}

func ordersPage(lang locale.Tag, orders []supply.Order, next string) web.Answer {
	view := ordersView{}
	for _, o := range orders {
		view.Orders = append(view.Orders, orderLine{Href: "/orders/" + o.Number, Title: title(lang, o.Number), Status: status(lang, o.Status),
			When: locale.Moment(lang, o.PlacedAt), Pieces: locale.Count(lang, "supplies.pieces", o.Pieces())})
	}
	if next != "" {
		view.Older = "/orders?cursor=" + url.QueryEscape(next)
	}
	return web.Answer{Template: "orders", Title: "supplies.orders.title", View: view}
}

func title(lang locale.Tag, number string) string {
	return locale.Text(lang, "supplies.order.title", "number", number)
}

func status(lang locale.Tag, s supply.Status) string {
	return locale.Text(lang, "supplies.status."+string(s))
}

// orderView is one order.
type orderView struct {
	page.Form
	Title, Href string
	Done        page.Alert // right after it was placed
	Rows        []page.Row
	Tracking    string
	Lines       []lineView
	Open        bool // it can still be cancelled
}

func (s *Supplies) showOrder(ctx context.Context, v *web.Visit) (web.Answer, error) {
	o, err := s.Supplies.Order(ctx, v.Session.Account, v.PathValue("number"))
	if err != nil {
		return web.Answer{}, err
	}
	return orderPage(v, s.catalogue(ctx), o, page.Form{}, 0), nil
}

func orderPage(v *web.Visit, c *supply.Catalogue, o *supply.Order, form page.Form, code int) web.Answer {
	view := orderView{Form: form, Title: title(v.Lang, o.Number), Href: "/orders/" + o.Number, Open: o.Cancellable(), Tracking: o.Tracking,
		Rows: []page.Row{{Label: "supplies.order.status", Lines: []string{status(v.Lang, o.Status)}}}}
	for _, step := range o.History {
		view.Rows = append(view.Rows, page.Row{Label: "supplies.status." + string(step.Status), Lines: []string{locale.Moment(v.Lang, step.At)}})
	}
	view.Rows = append(view.Rows,
		page.Row{Label: "supplies.order.source", Lines: []string{locale.Text(v.Lang, "supplies.order.source."+string(o.Source))}},
		page.Row{Label: "supplies.cart.to", Lines: addressee(o.Name, o.Company, o.ShipTo)})
	if o.Status != supply.Cancelled && o.Status != supply.Delivered {
		view.Rows = append(view.Rows, page.Row{Label: "supplies.delivery", Lines: []string{locale.Text(v.Lang, "supplies.delivery.free")}})
	}
	if o.Tracking != "" {
		view.Rows = append(view.Rows, page.Row{Label: "supplies.order.tracking", Lines: []string{o.Tracking}})
	}
	if v.Form.Values.Has("placed") {
		view.Done = page.Alert{Kind: "success", Title: locale.Text(v.Lang, "supplies.order.done"), Text: locale.Text(v.Lang, "supplies.order.done.text", "number", o.Number)}
	}
	for _, line := range c.Lines(o.Items) {
		view.Lines = append(view.Lines, lineOf(v.Lang, c, line))
	}
	return web.Answer{Template: "order", Title: "supplies.orders.title", About: o.Number, View: view, Form: form, Status: code}
}

// takeCancel cancels an order, and shows it again when it is too late for that.
func (s *Supplies) takeCancel(ctx context.Context, v *web.Visit) (web.Answer, error) {
	number := v.PathValue("number")
	_, err := s.Supplies.Cancel(ctx, v.Session.Account, number)
	if err == nil {
		return web.See("/orders/" + number), nil
	}
	form, code, err := v.Refused(err)
	if err != nil {
		return web.Answer{}, err
	}
	o, err := s.Supplies.Order(ctx, v.Session.Account, number)
	if err != nil {
		return web.Answer{}, err
	}
	return orderPage(v, s.catalogue(ctx), o, form, code), nil
}
