package desk

import (
	"context"
	"strings"

	"postkontor/shared/barcode"
	"postkontor/shared/fault"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// FoundOrder is an order as an agent sees it.
type FoundOrder struct {
	supply.Order
	Account string `json:"account" doc:"Whose it is"`
}

// found is an order in the agent's language.
func (d *Desk) found(ctx context.Context, o supply.Order) FoundOrder {
	o.Items = d.Supplies.Catalogue.In(web.Language(ctx)).Lines(o.Items)
	return FoundOrder{o, o.Account}
}

// OrdersRequest is GET /v1/desk/orders: by one of status, number and account.
type OrdersRequest struct {
	Status  supply.Status `query:"status" enum:"placed,back-ordered,packed,shipped,delivered,cancelled"`
	Number  string        `query:"number" maxLength:"64"`
	Account string        `query:"account" maxLength:"64"`
	Cursor  string        `query:"cursor" maxLength:"512" doc:"The next of the page before"`
	Limit   int           `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

// OrdersAnswer is its answer.
type OrdersAnswer struct {
	Body struct {
		Items []FoundOrder `json:"items" nullable:"false" doc:"Of a status that is to be worked on the oldest first, else the newest"`
		Next  string       `json:"next,omitempty" doc:"The cursor of the next page; missing on the last"`
	}
}

func (d *Desk) orders(ctx context.Context, in *OrdersRequest) (*OrdersAnswer, error) {
	orders, next, err := d.findOrders(ctx, in)
	if err != nil {
		return nil, err
	}
	answer := &OrdersAnswer{}
	answer.Body.Items, answer.Body.Next = make([]FoundOrder, len(orders)), next
	for i, o := range orders {
		answer.Body.Items[i] = d.found(ctx, o)
	}
	return answer, nil
}

func (d *Desk) findOrders(ctx context.Context, in *OrdersRequest) ([]supply.Order, string, error) {
	switch {
	case in.Number != "" && in.Account == "" && in.Status == "":
		o, err := d.Supplies.Find(ctx, in.Number)
		if fault.Code(err) == "not_found" {
			return nil, "", nil
		}
		if err != nil {
			return nil, "", err
		}
		return []supply.Order{*o}, "", nil
	case in.Account != "" && in.Number == "" && in.Status == "":
		return d.Supplies.Orders(ctx, in.Account, in.Cursor, in.Limit)
	case in.Status != "" && in.Number == "" && in.Account == "":
		return d.Supplies.ByStatus(ctx, in.Status, in.Cursor, in.Limit)
	}
	return nil, "", fault.Fields([]fault.Field{{Location: "query", Code: "validation.one_query"}})
}

// Why is the body of an act that needs nothing else.
type Why struct {
	Reason string `json:"reason,omitempty" doc:"2–200 characters; the customer reads it"`
}

// WorkRequest is what the warehouse sends for POST /v1/desk/orders/{number}/pack, /deliver and /back-order.
type WorkRequest struct {
	Number string `path:"number" maxLength:"64"`
	Body   *Why
}

// ShipRequest is POST /v1/desk/orders/{number}/ship.
type ShipRequest struct {
	Number string `path:"number" maxLength:"64"`
	Body   struct {
		Why
		Tracking string `json:"tracking" maxLength:"64" doc:"The parcel's tracking number, as it was typed or scanned"`
	}
}

// works are the acts of the warehouse, and workSummaries what the reference says of them.
var (
	works         = []supply.Act{supply.Pack, supply.BackOrder, supply.Ship, supply.Deliver}
	workSummaries = map[supply.Act]string{supply.Pack: "Pack an order", supply.BackOrder: "Let an order wait for what is out of stock",
		supply.Ship: "Ship an order", supply.Deliver: "Note that an order was delivered"}
)

// OrderAnswer is an order as every operation here answers it.
type OrderAnswer struct{ Body FoundOrder }

// work answers the operation of an act that needs nothing else.
func (d *Desk) work(act supply.Act) func(context.Context, *WorkRequest) (*OrderAnswer, error) {
	return func(ctx context.Context, in *WorkRequest) (*OrderAnswer, error) {
		var why Why
		if in.Body != nil {
			why = *in.Body
		}
		return d.worked(ctx, in.Number, act, "", why.Reason)
	}
}

func (d *Desk) ship(ctx context.Context, in *ShipRequest) (*OrderAnswer, error) {
	return d.worked(ctx, in.Number, supply.Ship, in.Body.Tracking, in.Body.Reason)
}

func (d *Desk) worked(ctx context.Context, number string, act supply.Act, tracking, reason string) (*OrderAnswer, error) {
	if act == supply.Ship {
		var err error
		if tracking, err = parcelNumber(tracking); err != nil {
			return nil, err
		}
	}
	who, err := by(ctx, reason, false)
	if err != nil {
		return nil, err
	}
	o, err := d.Supplies.Act(ctx, number, act, tracking, who)
	if err != nil {
		return nil, err
	}
	return &OrderAnswer{d.found(ctx, *o)}, nil
}

// parcelNumber is the canonical form of a tracking number as it was typed or scanned.
func parcelNumber(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", fault.Fields([]fault.Field{{Location: "body.tracking", Code: "validation.required"}})
	}
	number, problem := barcode.Parse(typed)
	if problem == nil {
		return number.Canonical, nil
	}
	members := map[string]any{"reason": problem.Reason}
	if problem.Carrier != "" {
		members["carrier"] = problem.Carrier
	}
	if problem.Suggestion != "" {
		members["suggestion"] = problem.Suggestion
	}
	return "", &fault.Error{Kind: fault.Invalid, Code: "number_invalid", Members: members, Fields: []fault.Field{{Location: "body.tracking", Code: "number_invalid"}}}
}
