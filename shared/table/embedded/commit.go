package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"postkontor/shared/table"
)

// mostShared is how many writes share one commit.
const mostShared = 256

// sweptPerWrite is how many items the sweep looks at for each write to a table: more than one, so that it is faster
// than what the writes add.
const sweptPerWrite = 4

// apply does one write, and says whether it changed anything. It checks everything before it changes anything, so that
// a condition that does not hold leaves nothing to undo in the transaction that the write shares with others: its error
// is then its own. An error after a change is the file's, and that of the whole commit.
type apply func(tx *bolt.Tx) (changed bool, err error)

// write is one write on its way to the file.
type write struct {
	apply  apply
	on     []*shelf
	err    error
	finish chan struct{}
}

// write hands a write to the writer and waits until it is on the disk; one call of the backend.
func (d *Database) write(ctx context.Context, f apply, on ...*shelf) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	table.Called(ctx)
	w := &write{apply: f, on: on, finish: make(chan struct{})}
	select {
	case d.writes <- w:
	case <-d.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	<-w.finish
	return w.err
}

// writer is the only goroutine that writes: it commits what is waiting, all of it at once.
func (d *Database) writer() {
	defer close(d.done)
	for {
		select {
		case <-d.closing:
			return
		case w := <-d.writes:
			d.commit(d.waiting([]*write{w}))
		}
	}
}

func (d *Database) waiting(batch []*write) []*write {
	for len(batch) < mostShared {
		select {
		case w := <-d.writes:
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

func (d *Database) commit(batch []*write) {
	err := d.file.Update(func(tx *bolt.Tx) error {
		any := false
		for _, w := range batch {
			var changed bool
			changed, w.err = w.apply(tx)
			if changed && w.err != nil {
				return w.err
			}
			any = any || changed
		}
		if !any {
			return errUnchanged
		}
		return d.sweep(tx, batch)
	})
	for _, w := range batch {
		if err != nil && err != errUnchanged {
			w.err = fmt.Errorf("embedded: committing: %w: %w", table.ErrUnavailable, err)
		}
		close(w.finish)
	}
}

// errUnchanged spares the file a commit when nothing changed.
var errUnchanged = errors.New("embedded: nothing to commit")

// sweep removes expired items from the tables that were written, going on where it stopped the last time.
func (d *Database) sweep(tx *bolt.Tx, batch []*write) error {
	for _, w := range batch {
		for _, s := range w.on {
			if err := s.sweep(tx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *shelf) sweep(tx *bolt.Tx) error {
	if !s.def.TTL {
		return nil
	}
	var dead [][]byte
	c, now := tx.Bucket(s.name).Cursor(), s.db.now()
	k, v := c.Seek(s.swept)
	for range sweptPerWrite {
		if k == nil {
			break
		}
		if (table.Item{Expires: expiry(v)}).Expired(now) {
			dead = append(dead, bytes.Clone(k))
		}
		k, v = c.Next()
	}
	s.swept = append(s.swept[:0], k...)
	for _, key := range dead {
		if err := s.remove(tx, key); err != nil {
			return err
		}
	}
	return nil
}
