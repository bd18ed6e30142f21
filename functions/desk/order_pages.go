package desk

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// shownStatuses are the orders that the warehouse looks at, those first on which there is something to do.
var shownStatuses = []supply.Status{supply.Placed, supply.BackOrdered, supply.Packed, supply.Shipped, supply.Delivered, supply.Cancelled}

// ordersView is a page of orders: those in a status, or a customer's.
type ordersView struct {
	page.Form
	Number   page.Input
	Statuses page.Tabs
	Orders   []listedOrder
	Next     string // where the next page is, "" on the last
	Back     string // to the customer, of a customer's
}

// listedOrder is an order as a line of a list.
type listedOrder struct{ Href, Number, Status, When, To, Pieces string }

// showOrders leads on to the order when it was asked for by its number.
func (d *Desk) showOrders(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	in := &OrdersRequest{Number: strings.TrimSpace(get("number")), Account: get("account"), Cursor: get("cursor"), Limit: 20}
	if in.Number == "" && in.Account == "" {
		in.Status = supply.Status(cmp.Or(get("status"), string(supply.Placed)))
	}
	orders, next, err := d.findOrders(ctx, in)
	switch {
	case err != nil:
		return web.Answer{}, err
	case len(orders) == 1 && in.Number != "":
		return web.See(orderPath(orders[0].Number)), nil
	}
	view := ordersView{Form: v.Form}
	if next != "" {
		view.Next = "/desk/orders?" + url.Values{"status": {string(in.Status)}, "account": {in.Account}, "cursor": {next}}.Encode()
	}
	if in.Account != "" && web.AgentOf(ctx).Has(seesAccounts.Roles...) {
		view.Back = accountPath(in.Account)
	}
	status := 0
	if in.Number != "" {
		if view.Form, status, err = v.Refused(fault.Fields([]fault.Field{{Location: "body.number", Code: "order_unknown"}})); err != nil {
			return web.Answer{}, err
		}
	}
	return ordersPage(v.Lang, in.Status, orders, view, status), nil
}

func ordersPage(lang locale.Tag, chosen supply.Status, orders []supply.Order, view ordersView, status int) web.Answer {
	view.Number = view.Form.Input(page.Input{Name: "number", Label: "desk.order.number", Autocomplete: "off", Verbatim: true})
	view.Statuses.Label = "supplies.order.status"
	for _, s := range shownStatuses {
		view.Statuses.Items = append(view.Statuses.Items, page.Tab{Href: "/desk/orders?status=" + string(s), Label: "supplies.status." + string(s), Current: s == chosen})
	}
	for _, o := range orders {
		view.Orders = append(view.Orders, listed(lang, o))
	}
	return web.Answer{Template: "orders", Title: "desk.orders.title", View: view, Form: view.Form, Status: status}
}

func listed(lang locale.Tag, o supply.Order) listedOrder {
	pieces := 0
	for _, line := range o.Items {
		pieces += line.Pieces
	}
	return listedOrder{Href: orderPath(o.Number), Number: o.Number, Status: locale.Text(lang, "supplies.status."+string(o.Status)),
		When: locale.Moment(lang, o.PlacedAt), To: strings.Join([]string{o.Name, o.ShipTo.City, o.ShipTo.State}, ", "), Pieces: locale.Count(lang, "supplies.pieces", pieces)}
}

func orderPath(number string) string { return "/desk/orders/" + url.PathEscape(number) }

// orderView is one order, and what this agent can do with it.
type orderView struct {
	page.Form
	Number  string
	Done    page.Alert
	Rows    []page.Row
	Items   []orderLine
	Works   []orderWork
	Account string // whose it is, for who may see accounts
}

// orderLine is a product of an order.
type orderLine struct{ SKU, Name, Image, What string }

// orderWork is the form of one act.
type orderWork struct {
	Action, Title string
	Inputs        []page.Input
}

// steps are the acts that an order in a status is waiting for.
var steps = map[supply.Status][]supply.Act{
	supply.Placed:      {supply.Pack, supply.BackOrder},
	supply.BackOrdered: {supply.Pack},
	supply.Packed:      {supply.Ship},
	supply.Shipped:     {supply.Deliver},
}

func (d *Desk) showOrder(ctx context.Context, v *web.Visit) (web.Answer, error) {
	o, err := d.Supplies.Find(ctx, v.PathValue("number"))
	if err != nil {
		return web.Answer{}, err
	}
	return d.orderPage(v, web.AgentOf(ctx), o, refusedWork{}), nil
}

// refusedWork is the form of an act that was refused.
type refusedWork struct {
	page.Form
	act    supply.Act
	status int
}

func (d *Desk) orderPage(v *web.Visit, agent *web.Agent, o *supply.Order, refused refusedWork) web.Answer {
	view := orderView{Form: refused.Form, Number: o.Number, Rows: orderRows(v.Lang, o)}
	view.Form.Prefix = string(refused.act) + "-"
	c := d.Supplies.Catalogue.In(v.Lang)
	for _, line := range c.Lines(o.Items) {
		view.Items = append(view.Items, lineOf(v.Lang, c, line))
	}
	if agent.Has(packs.Roles...) {
		for _, act := range steps[o.Status] {
			view.Works = append(view.Works, workForm(o.Number, act, refused))
		}
	}
	if agent.Has(seesAccounts.Roles...) {
		view.Account = accountPath(o.Account)
	}
	switch done := v.Form.Values.Get("done"); {
	case done == "place":
		view.Done = page.Alert{Kind: "success", Text: locale.Text(v.Lang, "desk.place.done")}
	case slices.Contains(works, supply.Act(done)):
		view.Done = page.Alert{Kind: "success", Text: locale.Text(v.Lang, "desk.work."+done+".done")}
	}
	return web.Answer{Template: "order", Title: "desk.order.title", About: o.Number, View: view, Form: refused.Form, Status: refused.status, Here: orderPath(o.Number)}
}

func workForm(number string, act supply.Act, refused refusedWork) orderWork {
	form := page.Form{}
	if act == refused.act {
		form = refused.Form
	}
	form.Prefix = string(act) + "-"
	w := orderWork{Action: orderPath(number) + "/" + string(act), Title: "desk.work." + string(act)}
	if act == supply.Ship {
		w.Inputs = append(w.Inputs, form.Input(page.Input{Name: "tracking", Label: "supplies.order.tracking", Autocomplete: "off", Verbatim: true}))
	}
	w.Inputs = append(w.Inputs, form.Input(page.Input{Name: "reason", Label: "desk.reason", Hint: "desk.reason.hint", Autocomplete: "off", Optional: true}))
	return w
}

func lineOf(lang locale.Tag, c *supply.Catalogue, line supply.Line) orderLine {
	one := orderLine{SKU: line.SKU, Name: line.Name, What: locale.Text(lang, "supplies.line", "pack", locale.Count(lang, "supplies.pack", line.PackQuantity),
		"quantity", strconv.Itoa(line.Quantity), "pieces", locale.Count(lang, "supplies.pieces", line.Pieces))}
	if p, there := c.Product(line.SKU); there {
		one.Image = page.Drawing(p.Image)
	}
	return one
}

func orderRows(lang locale.Tag, o *supply.Order) []page.Row {
	to := append([]string{o.Name}, companyLine(o.Company)...)
	rows := []page.Row{
		{Label: "supplies.order.status", Lines: []string{locale.Text(lang, "supplies.status."+string(o.Status))}},
		{Label: "supplies.cart.to", Lines: append(to, address.Lines(o.ShipTo)...)},
	}
	if o.Tracking != "" {
		rows = append(rows, page.Row{Label: "supplies.order.tracking", Lines: []string{o.Tracking}})
	}
	for _, step := range o.History {
		rows = append(rows, page.Row{Label: "supplies.status." + string(step.Status), Lines: []string{locale.Moment(lang, step.At)}})
	}
	return append(rows, page.Row{Label: "supplies.order.source", Lines: []string{locale.Text(lang, "supplies.order.source."+string(o.Source))}})
}

// takeWork answers the form of an act.
func (d *Desk) takeWork(act supply.Act) func(context.Context, *web.Visit) (web.Answer, error) {
	return func(ctx context.Context, v *web.Visit) (web.Answer, error) {
		number, get := v.PathValue("number"), v.Form.Values.Get
		_, err := d.worked(ctx, number, act, get("tracking"), get("reason"))
		if err == nil {
			return web.See(orderPath(number) + "?done=" + string(act)), nil
		}
		form, status, err := v.Refused(err)
		if err != nil {
			return web.Answer{}, err
		}
		o, err := d.Supplies.Find(ctx, number)
		if err != nil {
			return web.Answer{}, err
		}
		return d.orderPage(v, web.AgentOf(ctx), o, refusedWork{form, act, status}), nil
	}
}
