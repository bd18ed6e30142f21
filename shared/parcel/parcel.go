// Package parcel keeps the story of every parcel: its scan events, what they say of it, and when it is expected.
//
// The table parcels has two kinds of item:
//
//	PARCEL#number / PARCEL   number: canonical; exp: Kept after the last scan
//	PARCEL#number / OLD#n    n: four digits, from 0001; exp
//
// Members of the first:
//
//	e:ID      a scan event, a line of fields between tabs: when (milliseconds, base 36), code, ZIP Code, description,
//	          city, state, country. Empty fields at the end are left off, and so is what follows from code and ZIP Code.
//	to        the destination's ZIP Code, when a scan's number had it in front
//	old       how many OLD items there are
//	f:…       what followers of the parcel have here
//
// Events come in any order, late and twice. Each is added with Merge, so that an id keeps its first content, and what
// they say is computed when it is read. Past Most events the oldest are moved to an OLD item, which has no other
// members; an event that comes once more after that is there twice, and reading removes the repeat.
package parcel

import (
	"slices"
	"strings"
	"time"

	"postkontor/shared/barcode"
	"postkontor/shared/table"
)

// Definition is the table of this package.
var Definition = table.Definition{Name: "parcels", TTL: true}

// How much is kept, and for how long.
const (
	Kept    = 120 * 24 * time.Hour // after the last scan
	keptOld = 365 * 24 * time.Hour // OLD items, from when they are written: a parcel that is scanned for longer loses its oldest events
	Most    = 300                  // events of a PARCEL item, about 15 KB
	keep    = 100                  // of them stay when the others are moved
	heavy   = 150 << 10            // bytes of events from which they are moved, however few: an item holds 400 KB
)

// Who told a parcel's story.
const (
	Embedded = "embedded" // what this package keeps itself
	USPS     = "usps"     // the operator's live API
)

// Store reads and writes parcels.
type Store struct {
	DB  table.Database
	Now func() time.Time
	// Tell hears what a followed parcel has newly become; see News. Nil: nobody follows.
	Tell Teller
}

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
	ExpectedDelivery string // a day, "2026-11-27", an estimate; see expected
	Scans            []Scan // newest first
	Source           string // who told it: Embedded or USPS
}

// Of tells a parcel from its events, whatever their order. An id that is there twice counts once, as it stands first.
// Without events there is no parcel.
func Of(number barcode.Number, scans []Scan) *Parcel {
	scans = distinct(scans)
	if len(scans) == 0 {
		return nil
	}
	p := &Parcel{Number: number.Canonical, Carrier: number.Carrier, Product: number.Product, Source: Embedded, Scans: scans}
	for i := range scans {
		scans[i].Number = number.Canonical
	}
	p.Status, p.Decisive = decide(scans)
	p.ExpectedDelivery = expected(number, p.Status, p.Decisive, scans)
	slices.Reverse(p.Scans)
	return p
}

// distinct answers scans in order, oldest first, each id once.
func distinct(scans []Scan) []Scan {
	seen := make(map[string]bool, len(scans))
	once := make([]Scan, 0, len(scans))
	for _, scan := range scans {
		if !seen[scan.ID] {
			seen[scan.ID] = true
			once = append(once, scan)
		}
	}
	slices.SortFunc(once, byTime)
	return once
}

// byTime is the order of events: when they happened, then their ids.
func byTime(a, b Scan) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}
