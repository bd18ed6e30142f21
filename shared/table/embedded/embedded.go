// Package embedded keeps the tables in one file on disk, for the laptop and for tests. It is a production-grade backend
// of package table: what a write acknowledged is on the disk (fsync), what it did not is there whole or not at all,
// whenever the process or the machine dies. Writes that come at the same time share one fsync; each still sees what
// those before it did, so that every condition holds.
//
// The file is one bbolt database with a bucket for each table, and one for each index. Expired items are removed bit by
// bit as a table is written, so that at most about half of it is dead.
package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"postkontor/shared/table"
)

// ErrLocked says that another process has the file open.
var ErrLocked = errors.New("embedded: the file is in use by another process")

// lockWait is how long Open waits for a process that is just closing the file.
const lockWait = 200 * time.Millisecond

// Database is the tables of one file. It is safe for concurrent use.
type Database struct {
	file   *bolt.DB
	now    func() time.Time
	tables map[string]*shelf

	writes  chan *write
	closing chan struct{}
	done    chan struct{}
	close   sync.Once
}

// Open opens the file at path, making it and its tables where they are not there yet. The folder must be there. Other
// tables that the file may hold are left alone. now is the clock that decides what has expired.
func Open(path string, now func() time.Time, defs ...table.Definition) (*Database, error) {
	file, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockWait, FreelistType: bolt.FreelistMapType})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("opening %s: %w", path, ErrLocked)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	d := &Database{file: file, now: now, tables: map[string]*shelf{},
		writes: make(chan *write), closing: make(chan struct{}), done: make(chan struct{})}
	for _, def := range defs {
		d.tables[def.Name] = newShelf(d, def)
	}
	if err := file.Update(d.makeBuckets); err != nil {
		return nil, errors.Join(fmt.Errorf("making the tables of %s: %w", path, err), file.Close())
	}
	go d.writer()
	return d, nil
}

func (d *Database) makeBuckets(tx *bolt.Tx) error {
	for _, s := range d.tables {
		for _, name := range append([][]byte{s.name}, s.indexNames...) {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close waits for the writes under way and closes the file. Calls after it are table.ErrUnavailable.
func (d *Database) Close() error {
	d.close.Do(func() { close(d.closing) })
	<-d.done
	return d.file.Close()
}

// Table answers the table of that name, which must be one that Open was given.
func (d *Database) Table(name string) table.Table {
	s, there := d.tables[name]
	if !there {
		panic("embedded: no table " + name)
	}
	return s
}

// atOnce is how many items Each reads before it hands them on.
const atOnce = 256

// Each calls f with every living item of a table and stops at its first error. f may read and write; what is written
// meanwhile may or may not be met.
func (d *Database) Each(name string, f func(table.Item) error) error {
	s, there := d.tables[name]
	if !there {
		return fmt.Errorf("embedded: no table %s", name)
	}
	for from := []byte{}; from != nil; {
		var items []table.Item
		err := d.file.View(func(tx *bolt.Tx) error {
			items, from = s.some(tx, from)
			return nil
		})
		if err != nil {
			return fmt.Errorf("walking %s: %w", name, err)
		}
		for _, item := range items {
			if err := f(item); err != nil {
				return fmt.Errorf("walking %s: %w", name, err)
			}
		}
	}
	return nil
}

// some answers living items from a key on, and the key to go on from, nil at the end.
func (s *shelf) some(tx *bolt.Tx, from []byte) (items []table.Item, next []byte) {
	c, now := tx.Bucket(s.name).Cursor(), s.db.now()
	k, v := c.Seek(from)
	for ; k != nil && len(items) < atOnce; k, v = c.Next() {
		if item := decode(k, v); !item.Expired(now) {
			items = append(items, item)
		}
	}
	return items, bytes.Clone(k)
}

// view runs a read; one call of the backend.
func (d *Database) view(ctx context.Context, f func(tx *bolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	table.Called(ctx)
	err := d.file.View(f)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return errClosed
	}
	return err
}

var errClosed = fmt.Errorf("embedded: closed: %w", table.ErrUnavailable)
