package parcel

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"postkontor/shared/barcode"
	"postkontor/shared/table"
)

// Members of a parcel's item; see the package's documentation. FollowPrefix begins those of followers, and no other.
const (
	eventPrefix  = "e:"
	FollowPrefix = "f:"
	destination  = "to"
	olds         = "old"
)

// Key is where a parcel's item stands, by its canonical number.
func Key(number string) table.Key { return table.Key{PK: "PARCEL#" + number, SK: "PARCEL"} }

func oldKey(number string, n int) table.Key {
	return table.Key{PK: Key(number).PK, SK: fmt.Sprintf("OLD#%04d", n)}
}

// kept is what an item holds.
type kept struct {
	item     table.Item
	members  map[string]json.RawMessage
	number   barcode.Number
	events   int
	size     int // of the events, in bytes
	old      int
	followed bool
}

// read takes an item apart, but for the events themselves: a scan that is added needs to know nothing of the others.
func read(number string, item table.Item) (*kept, error) {
	k := &kept{item: item}
	k.number, _ = barcode.Parse(number) // the store's own numbers hold
	if err := item.Decode(&k.members); err != nil {
		return nil, fmt.Errorf("reading a parcel: %w", err)
	}
	for name, raw := range k.members {
		if err := k.member(name, raw); err != nil {
			return nil, fmt.Errorf("reading member %.2s of a parcel: %w", name, err)
		}
	}
	return k, nil
}

func (k *kept) member(name string, raw json.RawMessage) error {
	switch {
	case strings.HasPrefix(name, eventPrefix):
		k.events, k.size = k.events+1, k.size+len(name)+len(raw)
	case strings.HasPrefix(name, FollowPrefix):
		k.followed = true
	case name == destination:
		return json.Unmarshal(raw, &k.number.Zip)
	case name == olds:
		return json.Unmarshal(raw, &k.old)
	}
	return nil
}

// scans answers the item's events, in no order.
func (k *kept) scans() ([]Scan, error) {
	scans := make([]Scan, 0, k.events)
	for name, raw := range k.members {
		id, event := strings.CutPrefix(name, eventPrefix)
		if !event {
			continue
		}
		var line string
		err := json.Unmarshal(raw, &line)
		scan, wrong := expand(id, line)
		if err := errors.Join(err, wrong); err != nil {
			return nil, fmt.Errorf("reading an event of a parcel: %w", err)
		}
		scans = append(scans, scan)
	}
	return scans, nil
}

// stored makes an item of members.
func stored(key table.Key, members map[string]json.RawMessage, expires time.Time) (table.Item, error) {
	item, err := table.New(key, members)
	item.Expires = expires
	return item, err
}
