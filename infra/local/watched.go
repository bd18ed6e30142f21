package main

import (
	"context"
	"sync"

	"postkontor/shared/message"
	"postkontor/shared/table"
)

// watched is a database whose faults can be switched on, and that notes which messages its transactions put into the
// outbox: it stands for the stream of the table messages.
type watched struct {
	table.Database
	faults *switches
}

type outboxKey struct{}

// outbox is the ids of the messages that one request made.
type outbox struct {
	mu  sync.Mutex
	ids []string
}

// withOutbox answers a context that notes what is put into the outbox.
func withOutbox(ctx context.Context) (context.Context, *outbox) {
	o := &outbox{}
	return context.WithValue(ctx, outboxKey{}, o), o
}

// note remembers an item that was created, when it is a message.
func note(ctx context.Context, name string, key table.Key) {
	o, watching := ctx.Value(outboxKey{}).(*outbox)
	if id, ok := message.IDOf(key.PK); ok && watching && name == message.Definition.Name {
		o.add(id)
	}
}

func (o *outbox) add(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ids = append(o.ids, id)
}

// take answers the ids noted so far, and forgets them.
func (o *outbox) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	ids := o.ids
	o.ids = nil
	return ids
}

// throttled is the answer of a backend that takes no calls; each was one try.
func (w watched) throttled(ctx context.Context) error {
	if w.faults.get().Table == "" {
		return nil
	}
	table.Called(ctx)
	return table.ErrUnavailable
}

// Transact is the database's.
func (w watched) Transact(ctx context.Context, ops ...table.Op) error {
	if err := w.throttled(ctx); err != nil {
		return err
	}
	if err := w.Database.Transact(ctx, ops...); err != nil {
		return err
	}
	for _, op := range ops {
		if op.Verb == table.OpCreate {
			note(ctx, op.Table, op.Item.Key)
		}
	}
	return nil
}

// Table is the database's.
func (w watched) Table(name string) table.Table { return shelf{w.Database.Table(name), name, w} }

// shelf is one table of a watched database.
type shelf struct {
	table.Table
	name    string
	watched watched
}

func (s shelf) Get(ctx context.Context, key table.Key, consistent bool) (table.Item, bool, error) {
	if err := s.watched.throttled(ctx); err != nil {
		return table.Item{}, false, err
	}
	return s.Table.Get(ctx, key, consistent)
}

func (s shelf) GetMany(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	if err := s.watched.throttled(ctx); err != nil {
		return nil, err
	}
	return s.Table.GetMany(ctx, keys)
}

func (s shelf) Query(ctx context.Context, q table.Query) (table.Page, error) {
	if err := s.watched.throttled(ctx); err != nil {
		return table.Page{}, err
	}
	return s.Table.Query(ctx, q)
}

func (s shelf) Create(ctx context.Context, item table.Item) error {
	if err := s.watched.throttled(ctx); err != nil {
		return err
	}
	if err := s.Table.Create(ctx, item); err != nil {
		return err
	}
	note(ctx, s.name, item.Key)
	return nil
}

func (s shelf) Put(ctx context.Context, item table.Item) error {
	if err := s.watched.throttled(ctx); err != nil {
		return err
	}
	return s.Table.Put(ctx, item)
}

func (s shelf) Replace(ctx context.Context, item table.Item) error {
	if err := s.watched.throttled(ctx); err != nil {
		return err
	}
	return s.Table.Replace(ctx, item)
}

func (s shelf) Delete(ctx context.Context, key table.Key, version int64) error {
	if err := s.watched.throttled(ctx); err != nil {
		return err
	}
	return s.Table.Delete(ctx, key, version)
}

func (s shelf) Take(ctx context.Context, key table.Key, limit table.Limit) (table.Count, bool, error) {
	if err := s.watched.throttled(ctx); err != nil {
		return table.Count{}, false, err
	}
	return s.Table.Take(ctx, key, limit)
}

func (s shelf) Merge(ctx context.Context, item table.Item) (table.Item, error) {
	if err := s.watched.throttled(ctx); err != nil {
		return table.Item{}, err
	}
	return s.Table.Merge(ctx, item)
}
