package parcel

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"postkontor/shared/barcode"
	"postkontor/shared/table"
)

// atOnce is how many parcels are written at the same time.
const atOnce = 64

// Refusal is a scan that was not taken.
type Refusal struct {
	Index int    // in what was handed to Record
	Code  string // "number_invalid", "at_invalid", "at_future" or "validation"
}

// Unapplied is the error of a Record that could not write some of the scans; all others were taken or refused. Scans may
// be handed in again as often as one likes.
type Unapplied struct {
	Indexes []int // in what was handed to Record, ascending
	Err     error
}

func (u *Unapplied) Error() string {
	return fmt.Sprintf("recording scans, of which %d were not written: %v", len(u.Indexes), u.Err)
}

func (u *Unapplied) Unwrap() error { return u.Err }

// batch is the scans of one parcel that came together.
type batch struct {
	number  barcode.Number
	indexes []int
	scans   []Scan
}

// Record adds scans to their parcels and answers how many were taken, and which were refused and why. What was taken is
// written when it answers; a scan whose id is there already counts as taken and changes nothing. An error is *Unapplied.
//
// It is one write for each parcel and 99 of its scans, whatever is there; another one in 200 scans of a parcel moves old
// events (see roll).
func (s *Store) Record(ctx context.Context, scans []Scan) (accepted int, refused []Refusal, err error) {
	batches, refused := s.sort(scans)
	var failed Unapplied
	var lock sync.Mutex
	var writing errgroup.Group
	writing.SetLimit(atOnce)
	for _, b := range batches {
		writing.Go(func() error {
			if err := s.write(ctx, b); err != nil {
				lock.Lock()
				defer lock.Unlock()
				failed.Indexes = append(failed.Indexes, b.indexes...)
				failed.Err = cmp.Or(failed.Err, err) // hundreds fail for one reason
			}
			return nil
		})
	}
	_ = writing.Wait() // each keeps its own error
	accepted = len(scans) - len(refused) - len(failed.Indexes)
	if failed.Err == nil {
		return accepted, refused, nil
	}
	slices.Sort(failed.Indexes)
	return accepted, refused, &failed
}

// sort parts the scans by their parcels, in the order in which they came, and takes out what is refused.
func (s *Store) sort(scans []Scan) (batches []*batch, refused []Refusal) {
	now, known := s.Now(), map[string]*batch{}
	for i, scan := range scans {
		number, problem := barcode.Parse(scan.Number)
		code := scan.refusal(now)
		if problem != nil {
			code = numberInvalid
		}
		if code != "" {
			refused = append(refused, Refusal{Index: i, Code: code})
			continue
		}
		b := known[number.Canonical]
		if b == nil {
			b = &batch{number: number}
			known[number.Canonical] = b
			batches = append(batches, b)
		}
		if b.number.Zip == "" {
			b.number.Zip = number.Zip
		}
		b.indexes, b.scans = append(b.indexes, i), append(b.scans, scan)
	}
	return batches, refused
}

// write adds a batch to its parcel, and tells what the parcel has newly become when somebody follows it.
func (s *Store) write(ctx context.Context, b *batch) error {
	var there *kept
	for scans := range slices.Chunk(b.scans, table.MaxMembers-1) {
		item, err := b.item(scans)
		if err != nil {
			return err
		}
		item.Expires = s.Now().Add(Kept)
		if item, err = s.table().Merge(ctx, item); err != nil {
			return fmt.Errorf("adding %d scans to a parcel: %w", len(scans), err)
		}
		if there, err = read(b.number.Canonical, item); err != nil {
			return err
		}
		if there, err = s.roll(ctx, there); err != nil {
			return err
		}
	}
	if s.Tell == nil || !there.followed {
		return nil
	}
	return s.tell(ctx, there, b.scans)
}

// item makes what is merged into the parcel's item. Of one id the first content counts.
func (b *batch) item(scans []Scan) (table.Item, error) {
	members := map[string]json.RawMessage{}
	add := func(name, value string) (err error) {
		if _, there := members[name]; !there {
			members[name], err = json.Marshal(value)
		}
		return err
	}
	var err error
	if b.number.Zip != "" {
		err = add(destination, b.number.Zip)
	}
	for _, scan := range scans {
		err = errors.Join(err, add(eventPrefix+scan.ID, scan.compact()))
	}
	if err != nil {
		return table.Item{}, fmt.Errorf("encoding scans: %w", err)
	}
	return table.New(Key(b.number.Canonical), members)
}

func (s *Store) table() table.Table { return s.DB.Table(Definition.Name) }
