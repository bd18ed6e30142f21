package supply

import (
	"context"
	"fmt"
	"slices"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/table"
)

// Act is what the warehouse does with an order.
type Act string

// The acts.
const (
	Pack      Act = "pack"
	Ship      Act = "ship" // with a tracking number
	Deliver   Act = "deliver"
	BackOrder Act = "back-order"
)

// acts say from where an act leads where, how the activity names it, and what the customer is told.
var acts = map[Act]struct {
	from []Status
	to   Status
	kind string
	tell message.Template
}{
	Pack:      {from: []Status{Placed, BackOrdered}, to: Packed, kind: "order-packed"},
	Ship:      {from: []Status{Packed}, to: Shipped, kind: "order-shipped", tell: message.OrderShipped},
	Deliver:   {from: []Status{Shipped}, to: Delivered, kind: "order-delivered"},
	BackOrder: {from: []Status{Placed}, to: BackOrdered, kind: "order-back-ordered", tell: message.OrderDelayed},
}

// Act does an act, notes it in the customer's activity, and tells the customer of what they wait for. The same again answers
// the order unchanged; one out of order, and shipping again under another tracking number, is order_state.
func (s *Store) Act(ctx context.Context, number string, act Act, tracking string, by activity.By) (o *Order, err error) {
	err = again(func() error {
		o, err = s.Find(ctx, number)
		if err != nil {
			return err
		}
		rule := acts[act]
		if o.Status == rule.to && (act != Ship || tracking == o.Tracking) {
			return nil
		}
		if !slices.Contains(rule.from, o.Status) {
			return &fault.Error{Kind: fault.Conflict, Code: "order_state", Members: map[string]any{"orderStatus": o.Status}}
		}
		if act == Ship {
			o.Tracking = tracking
		}
		var b batch
		b.add(activity.Op(o.Account, by.Event(rule.kind, o.Number), s.Now()))
		if rule.tell != "" {
			values := map[string]string{"order": o.Number}
			if act == Ship {
				values["tracking"] = tracking
			}
			b.add(s.Outbox.Op(ctx, message.Message{Account: o.Account, Channel: message.Email, Template: rule.tell, Values: values}))
		}
		return s.move(ctx, o, rule.to, b)
	})
	return o, err
}

// Cancel cancels an order that is not packed yet, gives its pieces back to the allowance, and tells the customer. Again it
// answers the order as it is; after packing it is order_packed.
func (s *Store) Cancel(ctx context.Context, account, number string) (o *Order, err error) {
	err = again(func() error {
		o, err = s.Order(ctx, account, number)
		if err != nil || o.Status == Cancelled {
			return err
		}
		if !o.Cancellable() {
			return fault.New(fault.Conflict, "order_packed")
		}
		h, err := s.holding(ctx, account)
		if err != nil {
			return err
		}
		h.giveBack(o)
		var b batch
		b.add(h.op())
		b.add(s.Outbox.Op(ctx, message.Message{Account: account, Channel: message.Email, Template: message.OrderCancelled,
			Values: map[string]string{"order": o.Number}}))
		return s.move(ctx, o, Cancelled, b)
	})
	return o, err
}

// move writes an order in another status, with what else is to happen at once.
func (s *Store) move(ctx context.Context, o *Order, to Status, b batch) error {
	o.Status = to
	o.History = append(o.History, Step{to, s.Now().UTC()})
	b.add(o.op(table.OpReplace))
	if b.err != nil {
		return b.err
	}
	if err := s.DB.Transact(ctx, b.ops...); err != nil {
		return fmt.Errorf("making %s %s: %w", o.Number, to, err)
	}
	return nil
}
