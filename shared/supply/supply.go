// Package supply is the operator's shipping supplies: what there is, a customer's cart, and orders on their way from the
// cart to the door.
//
// The table supplies:
//
//	ACCOUNT#id / SUPPLIES       the cart, and the pieces ordered in the last 30 days, by SKU and day
//	ACCOUNT#id / ORDER#number   an order; the number begins with its day. Index open: status, and number
//	ORDER#number / ACCOUNT      whose order it is
//
// SUPPLIES is the lock of all limits: every order and every cancellation replaces the version it has read, in the
// transaction of the order itself.
package supply

import (
	"time"

	"postkontor/shared/message"
	"postkontor/shared/table"
)

// Definition is the table of this package.
var Definition = table.Definition{Name: "supplies", Indexes: []table.Index{{Name: "open", Partition: "status", Sort: "number"}}}

// Money is an amount as the API writes it.
type Money struct {
	Amount   string `json:"amount" example:"0.00"`
	Currency string `json:"currency" example:"USD"`
}

// Free is the price of all that can be ordered here: nothing takes a payment.
var Free = Money{"0.00", "USD"}

// Store is the carts and orders of all accounts. Who may order is the caller's to decide.
type Store struct {
	DB        table.Database
	Catalogue *Catalogue
	Outbox    *message.Outbox
	Now       func() time.Time
}

// NewStore answers the carts and orders of a database, with the shipped catalogue.
func NewStore(db table.Database, now func() time.Time) *Store {
	return &Store{DB: db, Catalogue: Default(), Outbox: &message.Outbox{Now: now}, Now: now}
}

func (s *Store) supplies() table.Table { return s.DB.Table(Definition.Name) }

func holdingKey(account string) table.Key { return table.Key{PK: "ACCOUNT#" + account, SK: "SUPPLIES"} }

func orderKey(account, number string) table.Key {
	return table.Key{PK: "ACCOUNT#" + account, SK: "ORDER#" + number}
}

func ownerKey(number string) table.Key { return table.Key{PK: "ORDER#" + number, SK: "ACCOUNT"} }
