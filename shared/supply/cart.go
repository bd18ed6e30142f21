package supply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"postkontor/shared/fault"
	"postkontor/shared/table"
)

// Line is one product of a cart or an order. Its name is in English, or as it was when it was ordered; see Catalogue.Lines.
type Line struct {
	SKU          string `json:"sku" example:"O-FRB1"`
	Name         string `json:"name"`
	PackQuantity int    `json:"packQuantity" doc:"Pieces a pack"`
	Quantity     int    `json:"quantity" doc:"Packs"`
	Pieces       int    `json:"pieces" doc:"packQuantity × quantity"`
	Price        Money  `json:"price" doc:"Of a pack"`
	Withdrawn    bool   `json:"withdrawn,omitempty" doc:"Of a cart: it cannot be ordered any more, in this pack or at all"`
}

// Cart is what a customer means to order.
type Cart struct {
	Items  []Line `json:"items" nullable:"false" doc:"One a SKU"`
	Pieces int    `json:"pieces"`
	Total  Money  `json:"total"`
}

// wanted is a line of the cart as it is kept.
type wanted struct {
	SKU      string `json:"sku"`
	Name     string `json:"name"` // for when it is withdrawn
	Pack     int    `json:"pack"`
	Quantity int    `json:"quantity"`
}

// holding is the item SUPPLIES.
type holding struct {
	Cart []wanted                  `json:"cart,omitempty"`
	Used map[string]map[string]int `json:"used,omitempty"` // pieces by SKU and day, of the last 30 days

	account string
	version int64
}

func (s *Store) holding(ctx context.Context, account string) (*holding, error) {
	h := &holding{account: account}
	item, found, err := s.supplies().Get(ctx, holdingKey(account), true)
	if err != nil {
		return nil, fmt.Errorf("reading the supplies of %s: %w", account, err)
	}
	if !found {
		return h, nil
	}
	h.version = item.Version
	if err := item.Decode(h); err != nil {
		return nil, fmt.Errorf("decoding the supplies of %s: %w", account, err)
	}
	return h, nil
}

// op writes what was read before and changed, if nobody else has changed it.
func (h *holding) op() (table.Op, error) {
	item, err := table.New(holdingKey(h.account), h)
	item.Version = h.version
	verb := table.OpReplace
	if h.version == 0 {
		verb = table.OpCreate
	}
	return table.Op{Verb: verb, Table: Definition.Name, Item: item}, err
}

// Cart answers an account's cart.
func (s *Store) Cart(ctx context.Context, account string) (*Cart, error) {
	h, err := s.holding(ctx, account)
	if err != nil {
		return nil, err
	}
	return s.cart(h), nil
}

func (s *Store) cart(h *holding) *Cart {
	c := &Cart{Items: []Line{}, Total: Free}
	for _, w := range h.Cart {
		line := w.line()
		p, ok := s.Catalogue.Product(w.SKU)
		line.Withdrawn = !ok || !slices.Contains(p.PackOptions, w.Pack)
		c.Items = append(c.Items, line)
		c.Pieces += line.Pieces
	}
	return c
}

func (w wanted) line() Line {
	return Line{SKU: w.SKU, Name: w.Name, PackQuantity: w.Pack, Quantity: w.Quantity, Pieces: w.Pack * w.Quantity, Price: Free}
}

// Put makes quantity packs of packQuantity pieces the cart's line of a product, whatever it was before; 0 packs remove it. An
// unknown product is not_found; of the field body.packQuantity a pack that is not offered is pack_not_offered; of the field
// body.quantity a negative number is
// validation.quantity, and more than one order may have quantity_over_limit.
func (s *Store) Put(ctx context.Context, account, sku string, packQuantity, quantity int) (*Cart, error) {
	if quantity == 0 {
		return s.Remove(ctx, account, sku)
	}
	p, ok := s.Catalogue.Product(sku)
	if !ok {
		return nil, fault.New(fault.NotFound, "not_found")
	}
	w := wanted{SKU: sku, Name: p.Name, Pack: packQuantity, Quantity: quantity}
	if err := fault.Fields(p.check("body", w)); err != nil {
		return nil, err
	}
	return s.changeCart(ctx, account, func(cart []wanted) []wanted {
		for i := range cart {
			if cart[i].SKU == sku {
				cart[i] = w
				return cart
			}
		}
		return append(cart, w)
	})
}

// Remove takes a product out of the cart; one that is not in it changes nothing.
func (s *Store) Remove(ctx context.Context, account, sku string) (*Cart, error) {
	return s.changeCart(ctx, account, func(cart []wanted) []wanted {
		return slices.DeleteFunc(cart, func(w wanted) bool { return w.SKU == sku })
	})
}

func (s *Store) changeCart(ctx context.Context, account string, change func([]wanted) []wanted) (c *Cart, err error) {
	err = again(func() error {
		h, err := s.holding(ctx, account)
		if err != nil {
			return err
		}
		before := slices.Clone(h.Cart)
		h.Cart = change(h.Cart)
		if c = s.cart(h); slices.Equal(before, h.Cart) {
			return nil
		}
		return s.write(ctx, h)
	})
	return c, err
}

// write replaces a holding by itself.
func (s *Store) write(ctx context.Context, h *holding) error {
	op, err := h.op()
	if err != nil {
		return err
	}
	if h.version == 0 {
		err = s.supplies().Create(ctx, op.Item)
	} else {
		err = s.supplies().Replace(ctx, op.Item)
	}
	if err != nil {
		return fmt.Errorf("writing the cart of %s: %w", h.account, err)
	}
	return nil
}

// again runs what lost a race once more.
func again(run func() error) (err error) {
	for range tries {
		if err = run(); !errors.Is(err, table.ErrCondition) {
			return err
		}
	}
	return fmt.Errorf("tried %d times: %w", tries, err)
}

const tries = 10

// check holds a line to the product: a pack that is offered, and not more than one order may have. At most one field is wrong.
func (p Product) check(location string, w wanted) []fault.Field {
	switch {
	case !slices.Contains(p.PackOptions, w.Pack):
		return []fault.Field{{Location: location + ".packQuantity", Code: "pack_not_offered"}}
	case w.Quantity < 1:
		return []fault.Field{{Location: location + ".quantity", Code: "validation.quantity"}}
	case w.Quantity > p.MaxPerOrder/w.Pack: // multiplied it might not fit
		return []fault.Field{{Location: location + ".quantity", Code: "quantity_over_limit", Args: map[string]string{"n": strconv.Itoa(p.MaxPerOrder)}}}
	}
	return nil
}
