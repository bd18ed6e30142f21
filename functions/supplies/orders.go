package supplies

import (
	"context"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/supply"
	"postkontor/shared/table"
	"postkontor/shared/web"
)

// Placing is the body of POST /v1/orders.
type Placing struct {
	ShipTo string `json:"shipTo,omitempty" doc:"A token that POST /v1/addresses/verify answered; without one it goes to the account's address"`
}

// OrderRequest is POST /v1/orders.
type OrderRequest struct {
	Key  string `header:"Idempotency-Key" doc:"1–64 printable characters: the same key and body have one effect for 24 hours"`
	Body *Placing
}

// OrderAnswer is an order as every operation here answers it.
type OrderAnswer struct{ Body *supply.Order }

func (s *Supplies) postOrder(ctx context.Context, in *OrderRequest) (*OrderAnswer, error) {
	shipTo := ""
	if in.Body != nil {
		shipTo = in.Body.ShipTo
	}
	o, err := s.place(ctx, in.Key, shipTo)
	return s.answer(ctx, o, err)
}

func (s *Supplies) answer(ctx context.Context, o *supply.Order, err error) (*OrderAnswer, error) {
	if err != nil {
		return nil, err
	}
	o.Items = s.catalogue(ctx).Lines(o.Items)
	return &OrderAnswer{Body: o}, nil
}

// place orders what is in the cart, once for each idempotency key.
func (s *Supplies) place(ctx context.Context, key, shipTo string) (*supply.Order, error) {
	by := web.Session(ctx).Account
	once, err := s.Once("POST /v1/orders "+by, key, Placing{ShipTo: shipTo})
	if err != nil {
		return nil, err
	}
	if o, err := s.made(ctx, by, once); o != nil || err != nil { // whatever was good in it then
		return o, err
	}
	to, err := s.to(ctx, by, shipTo)
	if err != nil {
		return nil, err
	}
	o, err := s.Supplies.Place(ctx, to, func(number string) ([]table.Op, error) { return once.Ops(ctx, number) })
	if err == nil {
		return o, nil
	}
	if o, again := s.made(ctx, by, once); o != nil || again != nil { // a request of that key won a race against this one
		return o, again
	}
	return nil, err
}

// made answers the order that the same request made before.
func (s *Supplies) made(ctx context.Context, by string, once *web.Once) (*supply.Order, error) {
	number, err := once.Made(ctx)
	if err != nil || number == "" {
		return nil, err
	}
	return s.Supplies.Order(ctx, by, number)
}

// to answers where an order goes. Who has not proved their e-mail address cannot order yet.
func (s *Supplies) to(ctx context.Context, id, token string) (supply.Recipient, error) {
	a, err := s.Accounts.Get(ctx, id)
	if err != nil {
		return supply.Recipient{}, err
	}
	if a.Status != account.Active {
		return supply.Recipient{}, fault.New(fault.Forbidden, "email_unproved")
	}
	if token == "" {
		return recipient(a, a.Address), nil
	}
	where, err := s.Tokens.OpenAt(ctx, "body.shipTo", token)
	return recipient(a, where), err
}

func recipient(a *account.Account, where address.Address) supply.Recipient {
	return supply.Recipient{Account: a.ID, Name: a.Name.Full(), Company: a.Company, Language: a.Language, Address: where}
}

// HistoryRequest is GET /v1/orders.
type HistoryRequest struct {
	Cursor string `query:"cursor" maxLength:"512" doc:"The next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

// HistoryAnswer is its answer.
type HistoryAnswer struct {
	Body struct {
		Items []supply.Order `json:"items" nullable:"false" doc:"Newest first"`
		Next  string         `json:"next,omitempty" doc:"The cursor of the next page; missing on the last"`
	}
}

func (s *Supplies) listOrders(ctx context.Context, in *HistoryRequest) (*HistoryAnswer, error) {
	answer := &HistoryAnswer{}
	var err error
	answer.Body.Items, answer.Body.Next, err = s.Supplies.Orders(ctx, web.Session(ctx).Account, in.Cursor, in.Limit)
	for i, o := range answer.Body.Items {
		answer.Body.Items[i].Items = s.catalogue(ctx).Lines(o.Items)
	}
	return answer, err
}

// NumberRequest is a request about one order.
type NumberRequest struct {
	Number string `path:"number" maxLength:"64" example:"20261124-3Q7XK2M9T"`
}

func (s *Supplies) getOrder(ctx context.Context, in *NumberRequest) (*OrderAnswer, error) {
	o, err := s.Supplies.Order(ctx, web.Session(ctx).Account, in.Number)
	return s.answer(ctx, o, err)
}

func (s *Supplies) cancelOrder(ctx context.Context, in *NumberRequest) (*OrderAnswer, error) {
	o, err := s.Supplies.Cancel(ctx, web.Session(ctx).Account, in.Number)
	return s.answer(ctx, o, err)
}
