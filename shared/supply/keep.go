package supply

import (
	"context"
	"fmt"
	"strings"

	"postkontor/shared/table"
)

// Kept is all that is kept of an account here.
type Kept struct {
	Cart    []Line                    `json:"cart" nullable:"false"`
	Ordered map[string]map[string]int `json:"ordered,omitempty" doc:"Pieces of the last 30 days, by SKU and day"`
	Orders  []Order                   `json:"orders" nullable:"false" doc:"Oldest first"`
}

// Export answers all that is kept of an account.
func (s *Store) Export(ctx context.Context, account string) (*Kept, error) {
	k := &Kept{Cart: []Line{}, Orders: []Order{}}
	items, err := partition(ctx, s.DB, account)
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		if item.Key == holdingKey(account) {
			h := &holding{}
			if err := item.Decode(h); err != nil {
				return nil, fmt.Errorf("decoding the supplies of %s: %w", account, err)
			}
			h.forget(s.Now())
			k.Cart, k.Ordered = s.cart(h).Items, h.Used
			continue
		}
		o, err := decoded(item)
		if err != nil {
			return nil, err
		}
		k.Orders = append(k.Orders, *o)
	}
	return k, nil
}

// EraseOps answers the operations that remove all that is kept of an account in a database.
func EraseOps(ctx context.Context, db table.Database, account string) (ops []table.Op, err error) {
	items, err := partition(ctx, db, account)
	for _, item := range items {
		if number, ok := strings.CutPrefix(item.Key.SK, "ORDER#"); ok {
			ops = append(ops, remove(ownerKey(number))) // before the order, by which it is found
		}
		ops = append(ops, remove(item.Key))
	}
	return ops, err
}

func remove(key table.Key) table.Op {
	return table.Op{Verb: table.OpDelete, Table: Definition.Name, Item: table.Item{Key: key, Version: table.AnyVersion}}
}

// partition answers every item under ACCOUNT#id.
func partition(ctx context.Context, db table.Database, account string) (items []table.Item, err error) {
	for q := (table.Query{Partition: holdingKey(account).PK, Consistent: true}); ; {
		page, err := db.Table(Definition.Name).Query(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("listing the supplies of %s: %w", account, err)
		}
		items = append(items, page.Items...)
		if q.Cursor = page.Next; q.Cursor == "" {
			return items, nil
		}
	}
}
