package main

import (
	"context"
	"log/slog"
	"time"

	"postkontor/functions/courier"
	"postkontor/shared/message"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

// post has courier bring messages to their end, as the stream and the queue resend do when deployed.
type post struct {
	courier *courier.Courier
	waiting *courier.Waiting
	log     *slog.Logger
}

// deliver sends what stands in o, and what that causes.
func (p *post) deliver(ctx context.Context, o *outbox) {
	for ids := o.take(); len(ids) > 0; ids = o.take() {
		for _, id := range ids {
			p.try(ctx, courier.Retry{ID: id})
		}
	}
}

func (p *post) try(ctx context.Context, r courier.Retry) {
	if err := p.courier.Deliver(ctx, r); err != nil {
		p.log.ErrorContext(ctx, "message lost until the next start", "id", r.ID, "error", err)
	}
}

// again sends what waits and is due by the clock.
func (p *post) again(ctx context.Context) {
	ctx, made := withOutbox(ctx)
	for _, r := range p.waiting.Due() {
		p.try(ctx, r)
	}
	p.deliver(ctx, made)
}

// tick sends what becomes due while time passes, until ctx ends.
func (p *post) tick(ctx context.Context) {
	for tick := time.Tick(time.Second); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick:
			p.again(ctx)
		}
	}
}

// resume sends what a runner before this one has left in the outbox.
func (p *post) resume(ctx context.Context, db *embedded.Database) error {
	ctx, made := withOutbox(ctx)
	err := db.Each(message.Definition.Name, func(item table.Item) error {
		var m message.Stored
		if err := item.Decode(&m); err != nil || m.State != message.Pending {
			return err
		}
		made.add(m.ID)
		return nil
	})
	p.deliver(ctx, made)
	return err
}
