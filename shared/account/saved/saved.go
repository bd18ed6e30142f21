// Package saved keeps the packages that customers put into their accounts, each under a name of theirs.
//
// Its items lie in the table accounts, where the account's export and its erasure find them:
//
//	ACCOUNT#id / PACKAGE#number   a package, by its canonical number
//	ACCOUNT#id / PACKAGES         how many there are; each that comes or goes is written together with it
//
// It stands apart from package account so that the function tracking links nothing that knows of passwords.
package saved

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/table"
)

// Most is how many packages an account keeps.
const Most = 100

// accounts is the table of package account.
const accounts = "accounts"

// Package is a package in an account.
type Package struct {
	Number  string    `json:"number"` // canonical
	Label   string    `json:"label,omitempty"`
	SavedAt time.Time `json:"savedAt"`

	version int64
}

// count is the item PACKAGES.
type count struct {
	N int `json:"n"`

	version int64
}

// Store is the packages of all accounts.
type Store struct {
	DB  table.Database
	Now func() time.Time
}

const prefix = "PACKAGE#"

func key(account, number string) table.Key {
	return table.Key{PK: "ACCOUNT#" + account, SK: prefix + number}
}

func profileKey(account string) table.Key { return table.Key{PK: "ACCOUNT#" + account, SK: "PROFILE"} }

func countKey(account string) table.Key { return table.Key{PK: "ACCOUNT#" + account, SK: "PACKAGES"} }

// List answers the packages of an account, in the order of their numbers.
func (s *Store) List(ctx context.Context, account string) ([]Package, error) {
	var all []Package
	q := table.Query{Partition: key(account, "").PK, Prefix: prefix}
	for {
		page, err := s.DB.Table(accounts).Query(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("listing the packages of %s: %w", account, err)
		}
		for _, item := range page.Items {
			p, err := Read(item)
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return all, nil
		}
	}
}

// Read answers the package that an item holds.
func Read(item table.Item) (Package, error) {
	p := Package{version: item.Version}
	if err := item.Decode(&p); err != nil {
		return p, fmt.Errorf("decoding a package: %w", err)
	}
	return p, nil
}

// Get answers a package of an account, nil when the account does not keep it.
func (s *Store) Get(ctx context.Context, account, number string) (*Package, error) {
	item, found, err := s.DB.Table(accounts).Get(ctx, key(account, number), true)
	if err != nil || !found {
		return nil, err
	}
	p, err := Read(item)
	return &p, err
}

// Save keeps a package under a label, "" for none; one that is there gets the label. The one past Most is
// too_many_packages.
func (s *Store) Save(ctx context.Context, account, number, label string) error {
	return s.again(func() error {
		there, err := s.Get(ctx, account, number)
		if err != nil {
			return err
		}
		if there != nil {
			there.Label = label
			item, err := item(account, there)
			if err != nil {
				return err
			}
			return s.DB.Table(accounts).Replace(ctx, item)
		}
		return s.add(ctx, account, &Package{Number: number, Label: label, SavedAt: s.Now().UTC()})
	})
}

func item(account string, p *Package) (table.Item, error) {
	item, err := table.New(key(account, p.Number), p)
	item.Version = p.version
	return item, err
}

// add keeps one more, if nobody adds or removes one meanwhile.
func (s *Store) add(ctx context.Context, account string, p *Package) error {
	have, err := s.count(ctx, account)
	if err != nil {
		return err
	}
	if have.N >= Most {
		return fault.New(fault.Conflict, "too_many_packages")
	}
	item, err := item(account, p)
	counted, countErr := have.op(account, 1)
	if err := errors.Join(err, countErr); err != nil {
		return err
	}
	err = s.DB.Transact(ctx, table.Op{Verb: table.OpCheck, Table: accounts, Item: table.Item{Key: profileKey(account), Version: table.AnyVersion}},
		table.Op{Verb: table.OpCreate, Table: accounts, Item: item}, counted)
	if conflict := new(table.Conflict); errors.As(err, &conflict) && conflict.Op == 0 {
		return fault.New(fault.Unauthorized, "login_required") // the account is erased: nothing may be kept of it
	}
	return err
}

// Remove takes a package out of an account; one that is not there is not_found.
func (s *Store) Remove(ctx context.Context, account, number string) error {
	return s.again(func() error {
		there, err := s.Get(ctx, account, number)
		if err != nil {
			return err
		}
		if there == nil {
			return fault.New(fault.NotFound, "not_found")
		}
		have, err := s.count(ctx, account)
		if err != nil {
			return err
		}
		counted, err := have.op(account, -1)
		if err != nil {
			return err
		}
		gone := table.Item{Key: key(account, number), Version: there.version}
		return s.DB.Transact(ctx, table.Op{Verb: table.OpDelete, Table: accounts, Item: gone}, counted)
	})
}

// again repeats what lost a race. Whoever lost saw another package come or go, and no more than Most can come: who saves
// in a crowd gets through or finds the account full.
func (s *Store) again(try func() error) (err error) {
	for range Most + 1 {
		if err = try(); !errors.Is(err, table.ErrCondition) {
			return err
		}
	}
	return err
}

func (s *Store) count(ctx context.Context, account string) (count, error) {
	var c count
	item, found, err := s.DB.Table(accounts).Get(ctx, countKey(account), true)
	if err != nil || !found {
		return c, err
	}
	c.version = item.Version
	return c, item.Decode(&c)
}

// op is the operation that writes the count with so many more, on the condition that it still stands.
func (c count) op(account string, more int) (table.Op, error) {
	c.N += more
	item, err := table.New(countKey(account), c)
	item.Version = c.version
	verb := table.OpReplace
	if c.version == 0 {
		verb = table.OpCreate
	}
	return table.Op{Verb: verb, Table: accounts, Item: item}, err
}
