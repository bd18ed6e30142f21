// Package parcel keeps the story of every parcel: its scan events, what they say of it, and when it is expected.
package parcel

import (
	"context"
	"encoding/json"
	"time"

	"postkontor/shared/barcode"
	"postkontor/shared/locale"
	"postkontor/shared/table"
)

// Definition is the table of this package.
var Definition = table.Definition{Name: "parcels", TTL: true}

// Kept is how long a parcel is known after its last scan.
const Kept = 120 * 24 * time.Hour

// Scan is an event of a parcel's story.
type Scan struct {
	ID          string // unique within a parcel; its first content stays
	Number      string // of the parcel, in any form that barcode reads; canonical in what Look answers
	At          time.Time
	Code        string
	Description string // kept for codes that the event table does not have; "" in what Look answers for the others
	Zip         string // five digits, or with the four more
	City        string
	State       string
	Country     string // ISO 3166-1 alpha-2
}

// Words says what happened: the event table's words, else the event's own description, else its code.
func (s Scan) Words(tag locale.Tag) string { return "" }

// Local is when it happened by the clock of its place, UTC where the place is not known.
func (s Scan) Local() time.Time { return s.At }

// Place is where it happened, as a line: "SEATTLE, WA 98101"; "" where it is not known.
func (s Scan) Place() string { return "" }

// Status is how far a parcel has come.
type Status string

// The statuses, as the HTTP contract names them.
const (
	PreShipment        Status = "pre-shipment"
	Accepted           Status = "accepted"
	InTransit          Status = "in-transit"
	OutForDelivery     Status = "out-for-delivery"
	Delivered          Status = "delivered"
	AvailableForPickup Status = "available-for-pickup"
	Alert              Status = "alert"
	Returned           Status = "returned"
)

// Parcel is a parcel as its events tell it.
type Parcel struct {
	Number           string // canonical
	Carrier          string
	Product          string // an id, with words under parcel.product; "" when the number does not tell
	Status           Status
	Decisive         Scan   // the event that the status follows from
	ExpectedDelivery string // a day, "2026-11-27", an estimate; "" before acceptance and once delivered or returned
	Scans            []Scan // newest first
	Source           string // who told it: Embedded, or an operator's API
}

// Embedded is the source of what this package keeps itself.
const Embedded = "embedded"

// Summary says the status in a sentence: what happened, when by the clock of the place, and where.
func (p *Parcel) Summary(tag locale.Tag) string { return "" }

// Of tells a parcel from its events, whatever their order. An id that is there twice counts once, as it stands first.
func Of(number barcode.Number, scans []Scan) *Parcel { return nil }

// Refusal is a scan that was not taken.
type Refusal struct {
	Index int    // in what was handed to Record
	Code  string // "number_invalid", "at_invalid", "at_future" or "validation"
}

// Unapplied is the error of a Record that could not write some of the scans; the others are written. All may be sent
// again.
type Unapplied struct {
	Indexes []int // in what was handed to Record
	Err     error
}

func (u *Unapplied) Error() string { return u.Err.Error() }
func (u *Unapplied) Unwrap() error { return u.Err }

// News is that a parcel which somebody follows has newly become something.
type News struct {
	Parcel *Parcel
	Before Status                     // "": the parcel was not known
	Fields map[string]json.RawMessage // the followers' members of the parcel's item, as FollowPrefix begins them
}

// FollowPrefix begins the names of the members that followers have in a parcel's item; no other member begins so.
const FollowPrefix = "f:"

// Store reads and writes parcels.
type Store struct {
	DB  table.Database
	Now func() time.Time
	// Tell hears of news, after they are written and before Record answers, of followed parcels only. An error makes
	// the scans unapplied, so that they come again, and the news with them: Tell must know what it has told. Nil: nobody
	// follows.
	Tell func(ctx context.Context, n News) error
}

// Record adds scans to their parcels and answers how many were taken and which were refused and why. What was taken is
// written when it answers; a scan whose id is there already counts as taken and changes nothing. An error is *Unapplied.
func (s *Store) Record(ctx context.Context, scans []Scan) (accepted int, refused []Refusal, err error) {
	return 0, nil, nil
}

// Look answers the parcels that are known, by their numbers: canonical, distinct, up to 35.
func (s *Store) Look(ctx context.Context, numbers []string) (map[string]*Parcel, error) {
	return nil, nil
}
