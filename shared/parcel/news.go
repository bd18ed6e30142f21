package parcel

import (
	"context"
	"slices"

	"postkontor/shared/table"
)

// News is that a parcel which somebody follows has newly become something: its status differs from what it would be
// without the scans that were just written. When scans come once more, so may their news.
type News struct {
	Parcel *Parcel
	Before Status     // "": nothing was known of it
	Item   table.Item // of the parcel, with what followers have in it under FollowPrefix, for a Replace by its version
}

// Teller hears of news after they are written and before Record answers. An error makes the scans unapplied, so that
// they come again and the news with them: it must know itself what it has told. It is called for several parcels at once.
type Teller func(ctx context.Context, n News) error

// tell hands on what the parcel has become by these scans, if it is anything new.
func (s *Store) tell(ctx context.Context, there *kept, scans []Scan) error {
	all, err := s.all(ctx, there)
	if err != nil {
		return err
	}
	added := map[string]bool{}
	for _, scan := range scans {
		added[scan.ID] = true
	}
	n := News{Parcel: Of(there.number, all), Item: there.item}
	all = slices.DeleteFunc(all, func(scan Scan) bool { return added[scan.ID] })
	if before := Of(there.number, all); before != nil {
		n.Before = before.Status
	}
	if n.Before == n.Parcel.Status {
		return nil
	}
	return s.Tell(ctx, n)
}
