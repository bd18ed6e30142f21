package parcel

import (
	"encoding/json"
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
	scans    []Scan
	number   barcode.Number
	size     int // of the events, in bytes
	old      int
	followed bool
}

// read takes an item apart.
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

func (k *kept) member(name string, raw json.RawMessage) (err error) {
	switch id, event := strings.CutPrefix(name, eventPrefix); {
	case event:
		var line string
		if err := json.Unmarshal(raw, &line); err != nil {
			return err
		}
		scan, err := expand(id, line)
		k.scans, k.size = append(k.scans, scan), k.size+len(name)+len(line)
		return err
	case name == destination:
		return json.Unmarshal(raw, &k.number.Zip)
	case name == olds:
		return json.Unmarshal(raw, &k.old)
	}
	k.followed = k.followed || strings.HasPrefix(name, FollowPrefix)
	return nil
}

// stored makes an item of members.
func stored(key table.Key, members map[string]json.RawMessage, expires time.Time) (table.Item, error) {
	item, err := table.New(key, members)
	item.Expires = expires
	return item, err
}
