package supply

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"postkontor/shared/fault"
	"postkontor/shared/table"
)

var numberForm = regexp.MustCompile(`^\d{8}-[0-9A-Z]{9}$`)

var errNoOrder = fault.New(fault.NotFound, "not_found")

// Order answers an order of that account; another's is not_found, as one that does not exist.
func (s *Store) Order(ctx context.Context, account, number string) (*Order, error) {
	if !numberForm.MatchString(number) {
		return nil, errNoOrder
	}
	item, found, err := s.supplies().Get(ctx, orderKey(account, number), true)
	if err != nil {
		return nil, fmt.Errorf("reading the order %s: %w", number, err)
	}
	if !found {
		return nil, errNoOrder
	}
	return decoded(item)
}

// Find answers an order by its number alone, for agents, who may have it with small letters and spaces around it.
func (s *Store) Find(ctx context.Context, number string) (*Order, error) {
	number = strings.ToUpper(strings.TrimSpace(number))
	if !numberForm.MatchString(number) {
		return nil, errNoOrder
	}
	item, found, err := s.supplies().Get(ctx, ownerKey(number), true)
	if err != nil {
		return nil, fmt.Errorf("looking for the order %s: %w", number, err)
	}
	var owner owned
	if !found {
		return nil, errNoOrder
	}
	if err := item.Decode(&owner); err != nil {
		return nil, fmt.Errorf("decoding whose the order %s is: %w", number, err)
	}
	return s.Order(ctx, owner.Account, number)
}

// Orders answers a page of an account's orders, newest first, and the cursor of the next, "" when there is none.
func (s *Store) Orders(ctx context.Context, account, cursor string, limit int) ([]Order, string, error) {
	return s.page(ctx, table.Query{Partition: holdingKey(account).PK, Prefix: "ORDER#", Descending: true, Limit: limit, Cursor: cursor})
}

// ByStatus answers a page of the orders in a status, for the warehouse: the oldest first where they wait for somebody, else the
// newest. It may be a moment behind.
func (s *Store) ByStatus(ctx context.Context, status Status, cursor string, limit int) ([]Order, string, error) {
	finished := status == Delivered || status == Cancelled
	return s.page(ctx, table.Query{Index: "open", Partition: string(status), Descending: finished, Limit: limit, Cursor: cursor})
}

func (s *Store) page(ctx context.Context, q table.Query) ([]Order, string, error) {
	page, err := s.supplies().Query(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("listing orders of %s: %w", q.Partition, err)
	}
	orders := []Order{}
	for _, item := range page.Items {
		o, err := decoded(item)
		if err != nil {
			return nil, "", err
		}
		orders = append(orders, *o)
	}
	return orders, page.Next, nil
}

func decoded(item table.Item) (*Order, error) {
	o := &Order{Account: strings.TrimPrefix(item.Key.PK, "ACCOUNT#"), version: item.Version}
	if err := item.Decode(o); err != nil {
		return nil, fmt.Errorf("decoding an order of %s: %w", o.Account, err)
	}
	return o, nil
}
