package desk

import (
	"context"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/supply"
	"postkontor/shared/table"
	"postkontor/shared/web"
)

// PlaceRequest is POST /v1/desk/accounts/{id}/orders.
type PlaceRequest struct {
	ID   string `path:"id" maxLength:"64"`
	Key  string `header:"Idempotency-Key" doc:"1–64 printable characters: the same key and body have one effect for 24 hours"`
	Body Call
}

// Call is what a customer asks for at the telephone.
type Call struct {
	Items  []Wanted `json:"items" minItems:"1" maxItems:"50" nullable:"false"`
	ShipTo string   `json:"shipTo,omitempty" doc:"An address token; else the account's address"`
	Reason string   `json:"reason" doc:"2–200 characters; the customer reads it"`
}

// Wanted is one product of it.
type Wanted struct {
	SKU          string `json:"sku" maxLength:"64"`
	PackQuantity int    `json:"packQuantity" doc:"Pieces a pack"`
	Quantity     int    `json:"quantity" doc:"Packs"`
}

// place places an order, once for each idempotency key.
func (d *Desk) place(ctx context.Context, in *PlaceRequest) (*OrderAnswer, error) {
	who, err := by(ctx, in.Body.Reason, true)
	if err != nil {
		return nil, err
	}
	once, err := d.Once("POST /v1/desk/accounts/"+in.ID+"/orders "+who.Agent, in.Key, in.Body)
	if err != nil {
		return nil, err
	}
	if made, err := d.made(ctx, in.ID, once); made != nil || err != nil {
		return made, err
	}
	to, err := d.to(ctx, in.ID, in.Body.ShipTo)
	if err != nil {
		return nil, err
	}
	o, err := d.Supplies.PlaceFor(ctx, to, supply.Call{Items: asked(in.Body.Items), By: who}, func(number string) ([]table.Op, error) { return once.Ops(ctx, number) })
	if err == nil {
		return &OrderAnswer{d.found(ctx, *o)}, nil
	}
	if made, again := d.made(ctx, in.ID, once); made != nil || again != nil { // a request of that key won a race against this one
		return made, again
	}
	return nil, err
}

// made answers the order that the same request made before.
func (d *Desk) made(ctx context.Context, id string, once *web.Once) (*OrderAnswer, error) {
	number, err := once.Made(ctx)
	if err != nil || number == "" {
		return nil, err
	}
	o, err := d.Supplies.Order(ctx, id, number)
	if err != nil {
		return nil, err
	}
	return &OrderAnswer{d.found(ctx, *o)}, nil
}

// to answers where an order goes. Only an active account can have one.
func (d *Desk) to(ctx context.Context, id, token string) (supply.Recipient, error) {
	a, err := d.Accounts.Get(ctx, id)
	if err != nil {
		return supply.Recipient{}, err
	}
	if a.Status != account.Active {
		return supply.Recipient{}, fault.New(fault.Invalid, "account_state")
	}
	to := supply.Recipient{Account: a.ID, Name: a.Name.Full(), Company: a.Company, Language: a.Language, Address: a.Address}
	if token != "" {
		to.Address, err = d.Tokens.OpenAt(ctx, "body.shipTo", token)
	}
	return to, err
}

// asked are the lines as an order has them.
func asked(items []Wanted) []supply.Line {
	lines := make([]supply.Line, len(items))
	for i, w := range items {
		lines[i] = supply.Line{SKU: w.SKU, PackQuantity: w.PackQuantity, Quantity: w.Quantity, Pieces: w.PackQuantity * w.Quantity}
	}
	return lines
}
