// Package meter tells what calls to the tables cost by DynamoDB's rules, on whichever backend they run: a read unit for
// 4 KB read consistently, half of one else; a write unit for each KB, two in a transaction; a write of an item that stands
// in an index once more. Sizes are those of the items as JSON, a little more than DynamoDB counts.
package meter

import (
	"bytes"
	"context"
	"sync"

	"postkontor/shared/supply"
	"postkontor/shared/table"
)

// Cost is what some calls cost.
type Cost struct {
	Calls         int
	Reads, Writes float64 // units
}

// Bill adds up costs. It is safe for concurrent use.
type Bill struct {
	mu    sync.Mutex
	total Cost
}

// Settle answers what was added since the last time.
func (b *Bill) Settle() Cost {
	b.mu.Lock()
	defer b.mu.Unlock()
	total := b.total
	b.total = Cost{}
	return total
}

// Of answers the database with its calls on the bill.
func (b *Bill) Of(db table.Database) table.Database { return metered{db, b} }

func (b *Bill) add(reads, writes float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total.Calls++
	b.total.Reads += reads
	b.total.Writes += writes
}

func (b *Bill) wrote(i table.Item) { b.add(0, blocks(sizeOf(i), 1<<10)) }

func blocks(bytes, size int) float64 { return float64(max(1, (bytes+size-1)/size)) }

func sizeOf(i table.Item) int { return len(i.Key.PK) + len(i.Key.SK) + len(i.Data) + 30 }

// read is what reading so many bytes in one costs.
func read(consistent bool, size int) float64 {
	if consistent {
		return blocks(size, 4<<10)
	}
	return blocks(size, 4<<10) / 2
}

type metered struct {
	table.Database
	bill *Bill
}

func (m metered) Transact(ctx context.Context, ops ...table.Op) error {
	writes := 0.0
	for _, op := range ops {
		writes += 2 * blocks(sizeOf(op.Item), 1<<10)
		if bytes.Contains(op.Item.Data, []byte(`"due":"DUE#`)) {
			writes++
		}
		if op.Table == supply.Definition.Name && bytes.Contains(op.Item.Data, []byte(`"status":`)) {
			writes += blocks(sizeOf(op.Item), 1<<10)
			if op.Verb == table.OpReplace { // leaves one place in the index for another
				writes += blocks(sizeOf(op.Item), 1<<10)
			}
		}
	}
	m.bill.add(0, writes)
	return m.Database.Transact(ctx, ops...)
}

func (m metered) Table(name string) table.Table { return meteredTable{m.Database.Table(name), m.bill} }

type meteredTable struct {
	table.Table
	bill *Bill
}

func (m meteredTable) Get(ctx context.Context, key table.Key, consistent bool) (table.Item, bool, error) {
	item, found, err := m.Table.Get(ctx, key, consistent)
	m.bill.add(read(consistent, sizeOf(item)), 0)
	return item, found, err
}

// GetMany rounds up for each item, and asks for those that are not there too.
func (m meteredTable) GetMany(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	items, err := m.Table.GetMany(ctx, keys)
	units := float64(len(keys)-len(items)) / 2
	for _, item := range items {
		units += read(false, sizeOf(item))
	}
	m.bill.add(units, 0)
	return items, err
}

func (m meteredTable) Query(ctx context.Context, q table.Query) (table.Page, error) {
	p, err := m.Table.Query(ctx, q)
	size := 0
	for _, item := range p.Items {
		size += sizeOf(item)
	}
	m.bill.add(read(q.Consistent, size), 0)
	return p, err
}

func (m meteredTable) Create(ctx context.Context, i table.Item) error {
	m.bill.wrote(i)
	return m.Table.Create(ctx, i)
}

func (m meteredTable) Put(ctx context.Context, i table.Item) error {
	m.bill.wrote(i)
	return m.Table.Put(ctx, i)
}

func (m meteredTable) Replace(ctx context.Context, i table.Item) error {
	m.bill.wrote(i)
	return m.Table.Replace(ctx, i)
}

func (m meteredTable) Delete(ctx context.Context, key table.Key, version int64) error {
	m.bill.wrote(table.Item{Key: key})
	return m.Table.Delete(ctx, key, version)
}

func (m meteredTable) Take(ctx context.Context, key table.Key, limit table.Limit) (table.Count, bool, error) {
	m.bill.wrote(table.Item{Key: key})
	return m.Table.Take(ctx, key, limit)
}

// Merge costs as much as what it leaves.
func (m meteredTable) Merge(ctx context.Context, i table.Item) (table.Item, error) {
	merged, err := m.Table.Merge(ctx, i)
	m.bill.wrote(merged)
	return merged, err
}
