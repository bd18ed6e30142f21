package supply

import (
	"context"
	"errors"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/locale"
	"postkontor/shared/table"
)

var errNotYet = errors.New("supply: not yet")

// Line is one product of a cart or an order. Its name is in the language in which it was put in; see Catalogue.Lines.
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
	Items  []Line `json:"items" nullable:"false"`
	Pieces int    `json:"pieces"`
	Total  Money  `json:"total"`
}

// Status is where an order stands.
type Status string

// The statuses.
const (
	Placed      Status = "placed"
	BackOrdered Status = "back-ordered" // waits for what is out of stock
	Packed      Status = "packed"
	Shipped     Status = "shipped"
	Delivered   Status = "delivered"
	Cancelled   Status = "cancelled"
)

// Source is how an order came.
type Source string

// The sources.
const (
	Web       Source = "web"
	Telephone Source = "telephone" // an agent took it
)

// Order is an order as its customer sees it.
type Order struct {
	Number   string          `json:"number" example:"20261124-3Q7XK2M9T"`
	Account  string          `json:"-"`
	Status   Status          `json:"status" enum:"placed,back-ordered,packed,shipped,delivered,cancelled"`
	Source   Source          `json:"source" enum:"web,telephone"`
	Items    []Line          `json:"items" nullable:"false"`
	Name     string          `json:"name" doc:"Of the addressee"`
	Company  string          `json:"company,omitempty"`
	ShipTo   address.Address `json:"shipTo"`
	PlacedAt time.Time       `json:"placedAt"`
	Tracking string          `json:"tracking,omitempty" doc:"Tracking number, once it is shipped"`
	History  []Step          `json:"history" nullable:"false" doc:"Oldest first"`

	version int64
}

// Step is one change of an order's status.
type Step struct {
	Status Status    `json:"status"`
	At     time.Time `json:"at"`
}

// Cancellable reports whether the customer can still cancel.
func (o *Order) Cancellable() bool { return o.Status == Placed || o.Status == BackOrdered }

// Recipient is whose order it is, and where it goes.
type Recipient struct {
	Account  string
	Name     string
	Company  string
	Language locale.Tag
	Address  address.Address
}

// Place orders what is in the cart, and empties it. further are operations for the same transaction, given the order's
// number; a condition of theirs that fails is table.ErrCondition. The refusals: cart_empty, item_unavailable (sku),
// quantity_over_limit, limit_reached (sku, left).
func (s *Store) Place(ctx context.Context, to Recipient, further func(number string) ([]table.Op, error)) (*Order, error) {
	return nil, errNotYet
}

// PlaceFor orders for a customer at the telephone; the cart stays as it is. Of the lines, SKU, PackQuantity and Quantity
// count. What is wrong with line i is told of body.items[i].
func (s *Store) PlaceFor(ctx context.Context, to Recipient, items []Line, by activity.By) (*Order, error) {
	return nil, errNotYet
}

// Order answers an order of that account; another's is not_found.
func (s *Store) Order(ctx context.Context, account, number string) (*Order, error) {
	return nil, errNotYet
}

// Orders answers a page of an account's orders, newest first, and the cursor of the next.
func (s *Store) Orders(ctx context.Context, account, cursor string, limit int) ([]Order, string, error) {
	return nil, "", errNotYet
}

// Find answers an order by its number alone, for agents.
func (s *Store) Find(ctx context.Context, number string) (*Order, error) { return nil, errNotYet }

// ByStatus answers a page of the orders in a status, for the warehouse: oldest first those that are to be worked on, newest
// first those that are done. It may be a moment behind.
func (s *Store) ByStatus(ctx context.Context, status Status, cursor string, limit int) ([]Order, string, error) {
	return nil, "", errNotYet
}

// Cancel cancels an order that is not packed yet, gives its pieces back to the allowance, and tells the customer. Again it
// answers the order as it is; order_packed.
func (s *Store) Cancel(ctx context.Context, account, number string) (*Order, error) {
	return nil, errNotYet
}

// Act is what the warehouse does with an order.
type Act string

// The acts.
const (
	Pack      Act = "pack"
	Ship      Act = "ship" // with a tracking number
	Deliver   Act = "deliver"
	BackOrder Act = "back-order"
)

// Act does an act; the same again answers the order unchanged, one out of order is order_state.
func (s *Store) Act(ctx context.Context, number string, act Act, tracking string, by activity.By) (*Order, error) {
	return nil, errNotYet
}

// Cart answers an account's cart.
func (s *Store) Cart(ctx context.Context, account string) (*Cart, error) { return nil, errNotYet }

// Put makes quantity packs of packQuantity pieces of a product the cart's line of it; 0 packs remove it.
func (s *Store) Put(ctx context.Context, account, sku string, packQuantity, quantity int) (*Cart, error) {
	return nil, errNotYet
}

// Remove takes a product out of the cart; one that is not in it changes nothing.
func (s *Store) Remove(ctx context.Context, account, sku string) (*Cart, error) {
	return nil, errNotYet
}

// Lines answers the lines with their names in the catalogue's language, as far as it has the products.
func (c *Catalogue) Lines(lines []Line) []Line { return lines }
