package embedded

import (
	"context"
	"encoding/json"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"postkontor/shared/table"
)

// change is an operation that has been checked and can be applied.
type change struct {
	table.Op
	shelf   *shelf
	key     []byte
	members map[string]json.RawMessage // of what is to be stored
}

func (s *shelf) change(op table.Op) (*change, error) {
	c := &change{Op: op, shelf: s, key: itemKey(op.Item.Key)}
	if op.Verb == table.OpDelete || op.Verb == table.OpCheck {
		return c, op.Item.Key.Check()
	}
	var err error
	c.members, err = s.def.Members(op.Item)
	return c, err
}

// decide sets the version to be stored, or answers table.ErrCondition. It changes nothing in the file.
func (c *change) decide(tx *bolt.Tx) error {
	old, there := c.shelf.live(tx, c.key)
	holds, given := true, c.Item.Version
	switch c.Verb {
	case table.OpCreate:
		holds, given = !there, 0
	case table.OpReplace:
		holds, given = there && (given == old.Version || given == table.AnyVersion), old.Version
	case table.OpDelete:
		holds = !there || given == old.Version || given == table.AnyVersion
	case table.OpCheck:
		holds = there == (given != 0) && (!there || given == old.Version || given == table.AnyVersion)
	}
	if !holds {
		return table.ErrCondition
	}
	c.Item.Version = given + 1
	return nil
}

func (c *change) apply(tx *bolt.Tx) error {
	switch c.Verb {
	case table.OpCheck:
		return nil
	case table.OpDelete:
		return c.shelf.remove(tx, c.key)
	}
	return c.shelf.store(tx, c.key, c.Item, c.members)
}

// store writes an item and its index entries in place of what was there.
func (s *shelf) store(tx *bolt.Tx, key []byte, item table.Item, members map[string]json.RawMessage) error {
	if err := s.unindex(tx, key); err != nil {
		return err
	}
	for i, x := range s.def.Indexes {
		partition, sort, in := x.Entry(members)
		if !in {
			continue
		}
		if err := tx.Bucket(s.indexNames[i]).Put(indexKey(partition, sort, key), key); err != nil {
			return err
		}
	}
	return tx.Bucket(s.name).Put(key, encode(item))
}

func (s *shelf) remove(tx *bolt.Tx, key []byte) error {
	if err := s.unindex(tx, key); err != nil {
		return err
	}
	return tx.Bucket(s.name).Delete(key)
}

// unindex removes the index entries of what is stored at the key, living or expired.
func (s *shelf) unindex(tx *bolt.Tx, key []byte) error {
	if len(s.def.Indexes) == 0 {
		return nil
	}
	v := tx.Bucket(s.name).Get(key)
	if v == nil {
		return nil
	}
	members, err := s.def.Members(decode(key, v))
	if err != nil {
		return err
	}
	for i, x := range s.def.Indexes {
		partition, sort, in := x.Entry(members)
		if !in {
			continue
		}
		if err := tx.Bucket(s.indexNames[i]).Delete(indexKey(partition, sort, key)); err != nil {
			return err
		}
	}
	return nil
}

// one decides on a single operation and applies it.
func (s *shelf) one(ctx context.Context, verb table.Verb, item table.Item) error {
	c, err := s.change(table.Op{Verb: verb, Item: item})
	if err != nil {
		return err
	}
	return s.db.write(ctx, func(tx *bolt.Tx) (bool, error) {
		if err := c.decide(tx); err != nil {
			return false, err
		}
		return true, c.apply(tx)
	}, s)
}

// Create is table.Table's.
func (s *shelf) Create(ctx context.Context, item table.Item) error {
	return s.one(ctx, table.OpCreate, item)
}

// Replace is table.Table's.
func (s *shelf) Replace(ctx context.Context, item table.Item) error {
	return s.one(ctx, table.OpReplace, item)
}

// Delete is table.Table's.
func (s *shelf) Delete(ctx context.Context, key table.Key, version int64) error {
	return s.one(ctx, table.OpDelete, table.Item{Key: key, Version: version})
}

// Put is table.Table's.
func (s *shelf) Put(ctx context.Context, item table.Item) error {
	c, err := s.change(table.Op{Verb: table.OpPut, Item: item})
	if err != nil {
		return err
	}
	return s.db.write(ctx, func(tx *bolt.Tx) (bool, error) {
		old, _ := s.live(tx, c.key)
		c.Item.Version = old.Version + 1
		return true, c.apply(tx)
	}, s)
}

// Transact is table.Database's.
func (d *Database) Transact(ctx context.Context, ops ...table.Op) error {
	if err := table.CheckOps(ops); err != nil {
		return err
	}
	changes, on := make([]*change, len(ops)), make([]*shelf, len(ops))
	for i, op := range ops {
		s, there := d.tables[op.Table]
		if !there {
			return fmt.Errorf("embedded: no table %s", op.Table)
		}
		var err error
		if changes[i], err = s.change(op); err != nil {
			return fmt.Errorf("operation %d of a transaction: %w", i, err)
		}
		on[i] = s
	}
	return d.write(ctx, func(tx *bolt.Tx) (bool, error) {
		for i, c := range changes {
			if c.decide(tx) != nil {
				return false, &table.Conflict{Op: i}
			}
		}
		for _, c := range changes {
			if err := c.apply(tx); err != nil {
				return true, err
			}
		}
		return true, nil
	}, on...)
}
