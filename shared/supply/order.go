package supply

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/table"
)

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
	Number   string          `json:"number" example:"20261124-3Q7XK2M9T" doc:"Begins with the day, UTC"`
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

// Pieces is how many pieces are in it.
func (o *Order) Pieces() (n int) {
	for _, line := range o.Items {
		n += line.Pieces
	}
	return n
}

// Recipient is whose order it is, and where it goes.
type Recipient struct {
	Account  string
	Name     string
	Company  string
	Language locale.Tag
	Address  address.Address
}

// Place orders what is in the cart, and empties it; the confirmation is in the same transaction. further are operations for
// that transaction, given the order's number. The refusals: cart_empty; of what became of the cart meanwhile item_unavailable
// and quantity_over_limit (sku); limit_reached (sku, left).
func (s *Store) Place(ctx context.Context, to Recipient, further func(number string) ([]table.Op, error)) (o *Order, err error) {
	err = again(func() error {
		h, err := s.holding(ctx, to.Account)
		if err != nil {
			return err
		}
		if len(h.Cart) == 0 {
			return fault.New(fault.Conflict, "cart_empty")
		}
		if err := s.orderable(h.Cart); err != nil {
			return err
		}
		o = s.order(to, Web, h.Cart)
		h.Cart = nil
		more, err := further(o.Number)
		if err != nil {
			return err
		}
		return s.place(ctx, o, h, to.Language, more)
	})
	return o, err
}

// orderable holds a cart, which may be older than the catalogue, to it.
func (s *Store) orderable(cart []wanted) error {
	for _, w := range cart {
		p, ok := s.Catalogue.Product(w.SKU)
		if !ok || !slices.Contains(p.PackOptions, w.Pack) {
			return &fault.Error{Kind: fault.Conflict, Code: "item_unavailable", Args: map[string]string{"item": w.Name}, Members: map[string]any{"sku": w.SKU}}
		}
		if w.Quantity > p.MaxPerOrder/w.Pack {
			return &fault.Error{Kind: fault.Invalid, Code: "quantity_over_limit", Words: "cart_over_limit", Members: map[string]any{"sku": w.SKU},
				Args: map[string]string{"item": w.Name, "n": strconv.Itoa(p.MaxPerOrder)}}
		}
	}
	return nil
}

// Call is what a customer asks for at the telephone, and who took it. Of the lines, SKU, PackQuantity and Quantity count, and
// each SKU may stand there once.
type Call struct {
	Items []Line
	By    activity.By
}

// PlaceFor orders for a customer at the telephone; the cart stays as it is. further is as in Place. What is wrong with line i is
// told of body.items[i]; limit_reached (sku, left).
func (s *Store) PlaceFor(ctx context.Context, to Recipient, c Call, further func(number string) ([]table.Op, error)) (o *Order, err error) {
	lines, err := s.asked(c.Items)
	if err != nil {
		return nil, err
	}
	err = again(func() error {
		h, err := s.holding(ctx, to.Account)
		if err != nil {
			return err
		}
		o = s.order(to, Telephone, lines)
		more, err := further(o.Number)
		if err != nil {
			return err
		}
		note, err := activity.Op(to.Account, c.By.Event("order-placed", o.Number), s.Now())
		if err != nil {
			return err
		}
		return s.place(ctx, o, h, to.Language, append(more, note))
	})
	return o, err
}

// asked holds what an agent asks for to the catalogue, and says everything that is wrong with it.
func (s *Store) asked(items []Line) ([]wanted, error) {
	var lines []wanted
	var wrong []fault.Field
	for i, item := range items {
		location := fmt.Sprintf("body.items[%d]", i)
		p, ok := s.Catalogue.Product(item.SKU)
		if !ok || slices.ContainsFunc(lines, func(w wanted) bool { return w.SKU == item.SKU }) {
			wrong = append(wrong, fault.Field{Location: location + ".sku", Code: "validation.one_of"})
			continue
		}
		w := wanted{SKU: item.SKU, Name: p.Name, Pack: item.PackQuantity, Quantity: item.Quantity}
		wrong = append(wrong, p.check(location, w)...)
		lines = append(lines, w)
	}
	if len(items) == 0 {
		wrong = []fault.Field{{Location: "body.items", Code: "validation.required"}}
	}
	return lines, fault.Fields(wrong)
}

// order makes an order of lines that the catalogue allows.
func (s *Store) order(to Recipient, source Source, lines []wanted) *Order {
	now := s.Now().UTC()
	o := &Order{Number: number(now), Account: to.Account, Status: Placed, Source: source, Name: to.Name, Company: to.Company,
		ShipTo: to.Address, PlacedAt: now, History: []Step{{Placed, now}}}
	for _, w := range lines {
		o.Items = append(o.Items, w.line())
	}
	o.Items = s.Catalogue.In(to.Language).Lines(o.Items)
	return o
}

// place takes an order's pieces from the allowance and writes all of it at once.
func (s *Store) place(ctx context.Context, o *Order, h *holding, lang locale.Tag, further []table.Op) error {
	if err := s.use(h, o); err != nil {
		return err
	}
	var b batch
	b.add(h.op())
	b.add(o.op(table.OpCreate))
	owner, err := table.New(ownerKey(o.Number), owned{o.Account})
	b.add(table.Op{Verb: table.OpCreate, Table: Definition.Name, Item: owner}, err)
	b.add(s.Outbox.Op(ctx, message.Message{Account: o.Account, Channel: message.Email, Template: message.OrderPlaced, Language: lang,
		Values: map[string]string{"order": o.Number, "items": o.Listed(), "address": strings.Join(address.Lines(o.ShipTo), ", ")}}))
	b.ops = append(b.ops, further...)
	if b.err != nil {
		return b.err
	}
	if err := s.DB.Transact(ctx, b.ops...); err != nil {
		return fmt.Errorf("placing an order of %s: %w", o.Account, err)
	}
	o.version = 1
	return nil
}

// owned is the item that says whose an order is.
type owned struct {
	Account string `json:"account"`
}

func (o *Order) op(verb table.Verb) (table.Op, error) {
	item, err := table.New(orderKey(o.Account, o.Number), o)
	item.Version = o.version
	return table.Op{Verb: verb, Table: Definition.Name, Item: item}, err
}

// Listed is what is in it, in one line.
func (o *Order) Listed() string {
	var parts []string
	for _, l := range o.Items {
		parts = append(parts, strconv.Itoa(l.Pieces)+" × "+l.Name)
	}
	return strings.Join(parts, "; ")
}

// number makes an order's number: its day, then nine of Crockford's base 32 that hold the millisecond of the day and 15 random
// bits, so that the numbers of one customer are in order and nobody's can be guessed by counting. That it is new is for the
// transaction to find out.
func number(now time.Time) string {
	var random [2]byte
	_, _ = rand.Read(random[:]) // never fails
	n := uint64(now.Sub(now.Truncate(24*time.Hour)).Milliseconds())<<15 | uint64(binary.BigEndian.Uint16(random[:])&0x7fff)
	digits := make([]byte, 9)
	for i := range digits {
		digits[i] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[n>>(5*(len(digits)-1-i))&31]
	}
	return now.Format("20060102") + "-" + string(digits)
}

// batch collects the operations of one transaction and the first error in making one.
type batch struct {
	ops []table.Op
	err error
}

func (b *batch) add(op table.Op, err error) {
	b.ops = append(b.ops, op)
	if b.err == nil {
		b.err = err
	}
}
