package parcel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"postkontor/shared/table"
)

// roll moves all events but the newest out of an item that has grown too large, into an OLD item, in one transaction:
// there is no moment at which an event is in neither. When another write came between, nothing is moved; the next scan
// tries again. It answers the item as it then is.
func (s *Store) roll(ctx context.Context, there *kept) (*kept, error) {
	if there.events <= Most && there.size <= heavy {
		return there, nil
	}
	scans, err := there.scans()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(scans, byTime)
	moving := scans[:len(scans)-min(keep, len(scans)/2)]
	moved := map[string]json.RawMessage{}
	for _, scan := range moving {
		name := eventPrefix + scan.ID
		moved[name] = there.members[name]
		delete(there.members, name)
	}
	there.old++
	there.members[olds] = fmt.Appendf(nil, "%d", there.old)
	old, err := stored(oldKey(there.number.Canonical, there.old), moved, s.Now().Add(keptOld))
	if err != nil {
		return nil, fmt.Errorf("encoding old scans: %w", err)
	}
	left, err := stored(there.item.Key, there.members, there.item.Expires)
	if err != nil {
		return nil, fmt.Errorf("encoding a parcel: %w", err)
	}
	left.Version = there.item.Version
	err = s.DB.Transact(ctx, table.Op{Verb: table.OpPut, Table: Definition.Name, Item: old}, // whatever an earlier parcel of this number left there
		table.Op{Verb: table.OpReplace, Table: Definition.Name, Item: left})
	switch {
	case errors.Is(err, table.ErrCondition):
		return read(there.number.Canonical, there.item)
	case err != nil:
		return nil, fmt.Errorf("moving %d scans of a parcel: %w", len(moving), err)
	}
	left.Version++
	return read(there.number.Canonical, left)
}

// all answers all events of a parcel, those of its OLD items first, so that what they hold is the first content of an id.
// The OLD items are read consistently: an item that tells of them must not be read before they can be.
func (s *Store) all(ctx context.Context, there *kept) (scans []Scan, err error) {
	newest, err := there.scans()
	if err != nil || there.old == 0 {
		return newest, err
	}
	number := there.number.Canonical
	query := table.Query{Partition: there.item.Key.PK, From: oldKey(number, 1).SK, To: oldKey(number, there.old).SK, Consistent: true}
	for {
		page, err := s.table().Query(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("reading old scans of a parcel: %w", err)
		}
		for _, item := range page.Items {
			old, err := read(number, item)
			if err != nil {
				return nil, err
			}
			older, err := old.scans()
			if err != nil {
				return nil, err
			}
			scans = append(scans, older...)
		}
		if query.Cursor = page.Next; query.Cursor == "" {
			return append(scans, newest...), nil
		}
	}
}
