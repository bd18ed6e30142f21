package table

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// What DynamoDB takes, and so what every backend takes.
const (
	MaxOps       = 100 // of a transaction
	MaxKeys      = 100 // of a GetMany
	MaxMembers   = 100 // of a Merge
	MaxPage      = 1 << 20
	maxItem      = 400 << 10
	maxPartition = 2048
	maxSort      = 1024
)

// Check refuses a key that no backend could hold.
func (k Key) Check() error {
	if !fits(k.PK, maxPartition) || !fits(k.SK, maxSort) {
		return fmt.Errorf("table: key parts must be UTF-8 of 1 to %d and 1 to %d bytes", maxPartition, maxSort)
	}
	return nil
}

// Members answers the members of an item's data, or why the table cannot hold the item. Both backends check by it, so
// that neither takes what the other refuses.
func (d Definition) Members(item Item) (map[string]json.RawMessage, error) {
	if err := item.Key.Check(); err != nil {
		return nil, err
	}
	if n := len(item.Key.PK) + len(item.Key.SK) + len(item.Data); n > maxItem {
		return nil, fmt.Errorf("table: an item of %s has %d bytes, over 400 KB", d.Name, n)
	}
	if !item.Expires.IsZero() && !d.TTL {
		return nil, fmt.Errorf("table: items of %s do not expire", d.Name)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(item.Data, &members); err != nil || members == nil {
		return nil, fmt.Errorf("table: the data of an item of %s is no JSON object", d.Name)
	}
	for _, name := range []string{"pk", "sk", "v", "exp", "w", ""} {
		if _, there := members[name]; there {
			return nil, fmt.Errorf("table: member name %q of an item of %s is reserved", name, d.Name)
		}
	}
	for _, index := range d.Indexes {
		for name, most := range map[string]int{index.Partition: maxPartition, index.Sort: maxSort} {
			if err := indexable(members, name, most); err != nil {
				return nil, fmt.Errorf("table: index %s of %s: %w", index.Name, d.Name, err)
			}
		}
	}
	return members, nil
}

func indexable(members map[string]json.RawMessage, name string, most int) error {
	raw, there := members[name]
	if !there {
		return nil
	}
	var s string
	if raw[0] != '"' || json.Unmarshal(raw, &s) != nil || !fits(s, most) {
		return fmt.Errorf("member %s must be a string of 1 to %d bytes", name, most)
	}
	return nil
}

func fits(s string, most int) bool { return s != "" && len(s) <= most && utf8.ValidString(s) }

// Entry answers where an item with these members stands in the index, and whether it does.
func (x Index) Entry(members map[string]json.RawMessage) (partition, sort string, in bool) {
	partition, in = text(members, x.Partition)
	if in && x.Sort != "" {
		sort, in = text(members, x.Sort)
	}
	return partition, sort, in
}

func text(members map[string]json.RawMessage, name string) (s string, there bool) {
	raw, there := members[name]
	return s, there && json.Unmarshal(raw, &s) == nil
}

// Index answers the index of that name.
func (d Definition) Index(name string) (Index, error) {
	for _, x := range d.Indexes {
		if x.Name == name {
			return x, nil
		}
	}
	return Index{}, fmt.Errorf("table: %s has no index %q", d.Name, name)
}

// CheckOps refuses a transaction that no backend could apply.
func CheckOps(ops []Op) error {
	if len(ops) == 0 || len(ops) > MaxOps {
		return fmt.Errorf("table: a transaction of %d operations", len(ops))
	}
	type place struct {
		table string
		key   Key
	}
	seen := make(map[place]bool, len(ops))
	for i, op := range ops {
		at := place{op.Table, op.Item.Key}
		if seen[at] {
			return fmt.Errorf("table: operation %d of a transaction is on the same item as another", i)
		}
		seen[at] = true
	}
	return nil
}

// CheckKeys refuses keys that no backend could get at once.
func CheckKeys(keys []Key) error {
	if len(keys) > MaxKeys {
		return fmt.Errorf("table: %d keys at once", len(keys))
	}
	seen := make(map[Key]bool, len(keys))
	for _, key := range keys {
		if err := key.Check(); err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("table: a key twice at once")
		}
		seen[key] = true
	}
	return nil
}
