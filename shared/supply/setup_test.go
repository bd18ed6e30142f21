package supply_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postkontor/infra/servers"
	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/supply"
	"postkontor/shared/table"
	"postkontor/shared/table/dynamo"
	"postkontor/shared/table/embedded"
)

// tables are those that an order touches.
var tables = []table.Definition{supply.Definition, message.Definition, {Name: "limits", TTL: true}, {Name: activity.Table, TTL: true}}

// store is carts and orders on a database, with a clock that tests move.
type store struct {
	*supply.Store
	t  *testing.T
	at atomic.Int64 // nanoseconds
}

func (s *store) now() time.Time          { return time.Unix(0, s.at.Load()).UTC() }
func (s *store) advance(d time.Duration) { s.at.Add(int64(d)) }

func begin(t *testing.T) *store {
	s := &store{t: t}
	s.at.Store(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).UnixNano())
	return s
}

func open(t *testing.T) *store {
	t.Helper()
	s := begin(t)
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), s.now, tables...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s.Store = supply.NewStore(db, s.now)
	return s
}

// onBoth runs a test on both backends.
func onBoth(t *testing.T, test func(*store)) {
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(open(t))
	})
	t.Run("DynamoDB", func(t *testing.T) {
		t.Parallel()
		s := begin(t)
		anybody := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		})
		db := dynamo.New(dynamo.Options{Endpoint: servers.DynamoDB(t), Region: "us-east-1", Credentials: anybody, Prefix: rand.Text() + "-", Now: s.now, Definitions: tables})
		if err := db.CreateTables(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Store = supply.NewStore(db, s.now)
		test(s)
	})
}

// maria is whose orders these are.
var maria = supply.Recipient{Account: "01JDFWAC4N8QTM0000000000AA", Name: "Maria Garcia", Language: locale.Spanish,
	Address: address.Address{Street: "400 BROAD ST", City: "SEATTLE", State: "WA", Zip: "98109"}}

var agent = activity.By{Agent: "agent-7", Reason: "asked by telephone"}

func none(string) ([]table.Op, error) { return nil, nil }

// put puts packs into Maria's cart.
func (s *store) put(sku string, pack, quantity int) *supply.Cart {
	s.t.Helper()
	c, err := s.Put(s.t.Context(), maria.Account, sku, pack, quantity)
	if err != nil {
		s.t.Fatalf("putting %s into the cart: %v", sku, err)
	}
	return c
}

// order places an order of packs.
func (s *store) order(sku string, pack, quantity int) *supply.Order {
	s.t.Helper()
	s.put(sku, pack, quantity)
	o, err := s.Place(s.t.Context(), maria, none)
	if err != nil {
		s.t.Fatalf("ordering %s: %v", sku, err)
	}
	return o
}

// call orders by telephone.
func (s *store) call(items ...supply.Line) (*supply.Order, error) {
	return s.PlaceFor(s.t.Context(), maria, supply.Call{Items: items, By: agent}, none)
}

// messages are what the outbox holds of a template.
func (s *store) messages(template message.Template) (all []message.Message) {
	s.t.Helper()
	err := s.DB.(*embedded.Database).Each(message.Definition.Name, func(item table.Item) error {
		var m message.Message
		if err := item.Decode(&m); err != nil || m.Template != template {
			return err
		}
		all = append(all, m)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}
