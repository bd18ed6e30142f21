package main

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/locale"
	"postkontor/shared/person"
	"postkontor/shared/table"
)

// dormant is after how many days without a login an account is first warned.
const dormant = int((account.DormantAfter - account.FirstWarning) / (24 * time.Hour))

// original is the items LOGIN and PROFILE of an account that the product made, as if its e-mail address were proved.
type original struct{ login, profile map[string]any }

func (c *crowd) original(ctx context.Context) (o original, err error) {
	a, err := account.NewStore(c.db, c.keys, c.now).Create(ctx, account.Registration{Language: locale.English, Username: "original",
		Password: "seven quiet herons at dawn",
		Answers:  []credential.Answer{{Question: "first-pet", Answer: "Fluffy"}, {Question: "first-street", Answer: "Elm Street"}},
		Type:     account.Personal, Name: person.Name{First: "Ada", Last: "Heron"}, Email: "original@example.com", Phone: "+12065550142",
		Address: address.Address{Street: "400 BROAD ST", City: "SEATTLE", State: "WA", Zip: "98109"}},
		func(string) ([]table.Op, error) { return nil, nil })
	if err != nil {
		return o, err
	}
	for key, into := range map[table.Key]*map[string]any{{PK: "USERNAME#original", SK: "LOGIN"}: &o.login, {PK: "ACCOUNT#" + a.ID, SK: "PROFILE"}: &o.profile} {
		item, _, err := c.db.Table(account.Definition.Name).Get(ctx, key, true)
		if err != nil {
			return o, err
		}
		if err := item.Decode(into); err != nil {
			return o, fmt.Errorf("decoding %s: %w", key.SK, err)
		}
		(*into)["status"] = account.Active
	}
	o.profile["emailVerified"] = true
	return o, nil
}

// atOnce is how many writes are under way at a time: the embedded table writes those to the disk together; DynamoDB Local
// does one after the other.
const atOnce = 32

// write puts items in one transaction, or where transactions are slow, one by one.
func (c *crowd) write(ctx context.Context, ops []table.Op) error {
	if !c.oneByOne {
		return c.db.Transact(ctx, ops...)
	}
	for _, op := range ops {
		if err := c.db.Table(op.Table).Put(ctx, op.Item); err != nil {
			return err
		}
	}
	return nil
}

// fill writes so many copies, 50 a transaction.
func (c *crowd) fill(ctx context.Context, accounts int) error {
	o, err := c.original(ctx)
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	var once sync.Once
	free := make(chan struct{}, atOnce)
	for first := 0; first < accounts; first += table.MaxOps / 2 {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			ops, failed := c.copies(o, first, min(first+table.MaxOps/2, accounts))
			if failed == nil {
				failed = c.write(ctx, ops)
			}
			if failed != nil {
				once.Do(func() { err = failed })
			}
		})
	}
	all.Wait()
	return err
}

func (c *crowd) copies(o original, from, to int) (ops []table.Op, err error) {
	for n := from; n < to && err == nil; n++ {
		id, username := ulid.MustNew(ulid.Timestamp(c.now()), ulid.DefaultEntropy()).String(), fmt.Sprintf("heron%d", n)
		due := c.now().AddDate(0, 0, 2+n%dormant)
		last := due.AddDate(0, 0, -dormant)
		if n/dormant%2 == 0 { // logged in to since
			last = c.now().AddDate(0, 0, -(n % 30))
		}
		login, profile := maps.Clone(o.login), maps.Clone(o.profile)
		login["account"], login["username"], login["lastActiveDay"] = id, username, last.Format(time.DateOnly)
		login["due"] = fmt.Sprintf("DUE#%s#%02d", due.Format(time.DateOnly), id[len(id)-1]%account.Shards)
		profile["id"], profile["username"], profile["email"] = id, username, username+"@example.com"
		for key, data := range map[table.Key]map[string]any{{PK: "USERNAME#" + username, SK: "LOGIN"}: login, {PK: "ACCOUNT#" + id, SK: "PROFILE"}: profile} {
			var item table.Item
			if item, err = table.New(key, data); err != nil {
				return nil, err
			}
			ops = append(ops, table.Op{Verb: table.OpPut, Table: account.Definition.Name, Item: item})
		}
	}
	return ops, err
}
