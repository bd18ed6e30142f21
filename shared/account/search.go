package account

import (
	"context"
	"fmt"
	"strings"

	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/person"
	"postkontor/shared/table"
)

// Query is what an agent looks for: a username, an e-mail address, a telephone number (E.164), or a last name at an address,
// which was standardised as those of accounts are; only its street, unit, urbanization and ZIP Code count.
type Query struct {
	Username, Email, Phone, Last string
	Address                      address.Address
}

// mostFound is how many accounts a search shows.
const mostFound = 20

// Search answers up to mostFound accounts: of a username, of one that was left too; of an e-mail address or number, proved
// or not; at an address those that hold the claim of somebody of that last name there, and so none that was released
// without it.
func (s *Store) Search(ctx context.Context, q Query) ([]Seen, error) {
	ids, err := s.find(ctx, q)
	if err != nil {
		return nil, err
	}
	found := []Seen{}
	for _, id := range ids {
		seen, err := s.Seen(ctx, id)
		switch {
		case fault.Code(err) == "not_found": // a name that is kept of an account that was erased
			continue
		case err != nil:
			return nil, err
		}
		if q.Last == "" || person.FoldName(seen.Name.Last) == person.FoldName(q.Last) {
			found = append(found, *seen)
		}
		if len(found) == mostFound {
			break
		}
	}
	return found, nil
}

// find answers the ids of the accounts that may be meant.
func (s *Store) find(ctx context.Context, q Query) ([]string, error) {
	switch {
	case q.Username != "":
		l, err := s.named(ctx, q.Username)
		if err != nil || l == nil {
			return nil, err
		}
		return []string{l.Account}, nil
	case q.Email != "":
		return s.usersOf(ctx, contactKey(ProveEmail, q.Email, "").PK)
	case q.Phone != "":
		return s.usersOf(ctx, contactKey(ProvePhone, q.Phone, "").PK)
	}
	home, err := s.claimOf(ctx, &Account{Address: q.Address})
	if err != nil {
		return nil, err
	}
	var ids []string
	return ids, s.query(ctx, home.key().PK, func(item table.Item) error {
		var c claimed
		err := item.Decode(&c)
		ids = append(ids, c.Account)
		return err
	})
}

// usersOf answers the accounts that have an address or a number, whose partition is given.
func (s *Store) usersOf(ctx context.Context, partition string) (ids []string, err error) {
	err = s.query(ctx, partition, func(item table.Item) error {
		ids = append(ids, strings.TrimPrefix(item.Key.SK, "ACCOUNT#"))
		return nil
	})
	return ids, err
}

// query gives every item of a partition to take.
func (s *Store) query(ctx context.Context, partition string, take func(table.Item) error) error {
	q := table.Query{Partition: partition}
	for {
		page, err := s.accounts().Query(ctx, q)
		if err != nil {
			return fmt.Errorf("looking an account up: %w", err)
		}
		for _, item := range page.Items {
			if err := take(item); err != nil {
				return fmt.Errorf("decoding %s: %w", item.Key.SK, err)
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}
