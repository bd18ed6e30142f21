package embedded

import (
	"bytes"
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"postkontor/shared/table"
)

// shelf is one table: its bucket and those of its indexes.
type shelf struct {
	db         *Database
	def        table.Definition
	name       []byte
	indexNames [][]byte // as in def.Indexes
	swept      []byte   // the key up to which the sweep has come; the writer's
}

func newShelf(d *Database, def table.Definition) *shelf {
	s := &shelf{db: d, def: def, name: []byte(def.Name)}
	for _, x := range def.Indexes {
		s.indexNames = append(s.indexNames, indexBucket(def, x))
	}
	return s
}

func indexBucket(def table.Definition, x table.Index) []byte { return []byte(def.Name + "#" + x.Name) }

// live answers the item at the key, with nothing when it is not there or has expired.
func (s *shelf) live(tx *bolt.Tx, key []byte) (table.Item, bool) {
	v := tx.Bucket(s.name).Get(key)
	if v == nil {
		return table.Item{}, false
	}
	if (table.Item{Expires: expiry(v)}).Expired(s.db.now()) {
		return table.Item{}, false
	}
	return decode(key, v), true
}

// Get is table.Table's; every read is consistent.
func (s *shelf) Get(ctx context.Context, key table.Key, _ bool) (item table.Item, there bool, err error) {
	if err := key.Check(); err != nil {
		return item, false, err
	}
	err = s.db.view(ctx, func(tx *bolt.Tx) error {
		item, there = s.live(tx, itemKey(key))
		return nil
	})
	return item, there, err
}

// GetMany is table.Table's.
func (s *shelf) GetMany(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	if err := table.CheckKeys(keys); err != nil || len(keys) == 0 {
		return nil, err
	}
	var items []table.Item
	err := s.db.view(ctx, func(tx *bolt.Tx) error {
		for _, key := range keys {
			if item, there := s.live(tx, itemKey(key)); there {
				items = append(items, item)
			}
		}
		return nil
	})
	return items, err
}

// Query is table.Table's.
func (s *shelf) Query(ctx context.Context, q table.Query) (page table.Page, err error) {
	var index table.Index
	bucket := s.name
	if q.Index != "" {
		if index, err = s.def.Index(q.Index); err != nil {
			return page, err
		}
		bucket = indexBucket(s.def, index)
	}
	if err := q.Check(index); err != nil {
		return page, err
	}
	r, err := spanOf(q, index)
	if err != nil {
		return page, fmt.Errorf("querying %s: %w", s.def.Name, err)
	}
	err = s.db.view(ctx, func(tx *bolt.Tx) error {
		page, err = s.page(tx, tx.Bucket(bucket).Cursor(), r, q, index)
		return err
	})
	return page, err
}

// page walks the range until it is at its end or the page is full.
func (s *shelf) page(tx *bolt.Tx, c *bolt.Cursor, r span, q table.Query, index table.Index) (page table.Page, err error) {
	size := 0
	for k, v := first(c, r, q.Descending); k != nil && r.holds(k); k, v = next(c, q.Descending) {
		key := k
		if q.Index != "" {
			key = v
		}
		item, there := s.live(tx, key)
		if !there {
			continue
		}
		size += len(key) + len(item.Data)
		if n := len(page.Items); n > 0 && (n == q.Limit || size > table.MaxPage) {
			page.Next, err = s.cursor(page.Items[n-1], q, index)
			return page, err
		}
		page.Items = append(page.Items, item)
	}
	return page, nil
}

func (s *shelf) cursor(last table.Item, q table.Query, index table.Index) (string, error) {
	at := table.Position{Key: last.Key}
	if q.Index != "" {
		members, err := s.def.Members(last)
		if err != nil {
			return "", err
		}
		_, at.Sort, _ = index.Entry(members)
	}
	return at.Cursor(q), nil
}

func (r span) holds(k []byte) bool {
	return bytes.Compare(k, r.from) >= 0 && bytes.Compare(k, r.to) < 0
}

func first(c *bolt.Cursor, r span, descending bool) (k, v []byte) {
	if !descending {
		return c.Seek(r.from)
	}
	if k, _ := c.Seek(r.to); k == nil {
		return c.Last()
	}
	return c.Prev()
}

func next(c *bolt.Cursor, descending bool) (k, v []byte) {
	if descending {
		return c.Prev()
	}
	return c.Next()
}
