package parcel

import (
	"context"
	"fmt"
	"strings"

	"postkontor/shared/table"
)

// Look answers the parcels that are known, by their numbers: canonical, distinct, up to 100. It is one GetMany, and one
// Query for each parcel that has old events.
func (s *Store) Look(ctx context.Context, numbers []string) (map[string]*Parcel, error) {
	var keys []table.Key
	for _, number := range numbers {
		keys = append(keys, Key(number))
	}
	items, err := s.table().GetMany(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("reading %d parcels: %w", len(keys), err)
	}
	found := make(map[string]*Parcel, len(items))
	for _, item := range items {
		p, err := s.Read(ctx, item)
		if err != nil {
			return nil, err
		}
		if p != nil {
			found[p.Number] = p
		}
	}
	return found, nil
}

// Read answers the parcel that a PARCEL item tells of, nil when it is only followed so far. It is one Query when the parcel
// has old events, and otherwise no call.
func (s *Store) Read(ctx context.Context, item table.Item) (*Parcel, error) {
	there, err := read(strings.TrimPrefix(item.Key.PK, Key("").PK), item)
	if err != nil {
		return nil, err
	}
	scans, err := s.all(ctx, there)
	return Of(there.number, scans), err
}
