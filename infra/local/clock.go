package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"postkontor/shared/table"
)

// furthest is how far ahead of the machine's clock the movable one may go.
const furthest = 100 * 365 * 24 * time.Hour

// errBackward says that somebody wants to move the clock back, or further than it goes.
var errBackward = errors.New("the clock moves forward only, and at most 100 years")

// clock is what every function reads instead of the machine's: it runs like that one, and can be moved ahead.
type clock struct {
	ahead atomic.Int64 // nanoseconds
	moves sync.Mutex
	table table.Table // where it is kept; set before the first move
}

// moved is the item CLOCK / CLOCK of the table runner.
type moved struct {
	Ahead string `json:"ahead"` // "26280h0m0s"
}

var clockKey = table.Key{PK: "CLOCK", SK: "CLOCK"}

// Now is the time of the product.
func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())).Round(0).UTC() }

// restore moves the clock to where it was left in t.
func (c *clock) restore(ctx context.Context, t table.Table) error {
	c.table = t
	item, there, err := t.Get(ctx, clockKey, true)
	if err != nil || !there {
		return err
	}
	var m moved
	if err := item.Decode(&m); err != nil {
		return fmt.Errorf("reading the clock: %w", err)
	}
	ahead, err := time.ParseDuration(m.Ahead)
	c.ahead.Store(int64(ahead))
	return err
}

// advance moves the clock, and keeps that before anybody can see it.
func (c *clock) advance(ctx context.Context, by time.Duration) error {
	c.moves.Lock()
	defer c.moves.Unlock()
	ahead := time.Duration(c.ahead.Load())
	if by < 0 || by > furthest-ahead {
		return errBackward
	}
	item, err := table.New(clockKey, moved{(ahead + by).String()})
	if err != nil {
		return err
	}
	if err := c.table.Put(ctx, item); err != nil {
		return fmt.Errorf("keeping the clock: %w", err)
	}
	c.ahead.Store(int64(ahead + by))
	return nil
}
