package embedded

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"

	"postkontor/shared/table"
)

// Take is table.Table's.
func (s *shelf) Take(ctx context.Context, key table.Key, limit table.Limit) (count table.Count, taken bool, err error) {
	none := table.Item{Key: key, Expires: limit.Expires.Truncate(time.Second).UTC(), Data: json.RawMessage(`{}`)}
	if _, err := s.def.Members(none); err != nil {
		return count, false, err
	}
	err = s.db.write(ctx, func(tx *bolt.Tx) (bool, error) {
		item := s.living(ctx, tx, none)
		count, taken, err = s.count(&item, limit)
		if err != nil || !taken {
			return false, err
		}
		members, err := s.def.Members(item)
		if err != nil {
			return false, err
		}
		return true, s.store(tx, itemKey(key), item, members)
	}, s)
	return count, taken, err
}

// count raises the item's count by one while it is under the limit.
func (s *shelf) count(item *table.Item, limit table.Limit) (table.Count, bool, error) {
	members, err := s.def.Members(*item)
	if err != nil {
		return table.Count{}, false, err
	}
	count := table.Count{Expires: item.Expires}
	if n, there := members["n"]; there {
		if count.N, err = strconv.ParseInt(string(n), 10, 64); err != nil {
			return count, false, fmt.Errorf("reading a count of %s: %w", s.def.Name, err)
		}
	}
	if count.N >= limit.Max {
		return count, false, nil
	}
	if item.Expires.IsZero() {
		item.Expires = limit.Expires.Truncate(time.Second).UTC()
	}
	count = table.Count{N: count.N + 1, Expires: item.Expires}
	members["n"] = strconv.AppendInt(nil, count.N, 10)
	item.Version++
	item.Data, err = json.Marshal(members)
	return count, true, err
}

// Merge is table.Table's.
func (s *shelf) Merge(ctx context.Context, item table.Item) (merged table.Item, err error) {
	added, err := s.def.Members(item)
	if err != nil {
		return merged, err
	}
	if len(added) > table.MaxMembers {
		return merged, fmt.Errorf("embedded: %d members at once", len(added))
	}
	err = s.db.write(ctx, func(tx *bolt.Tx) (bool, error) {
		merged = s.living(ctx, tx, table.Item{Key: item.Key, Data: json.RawMessage(`{}`)})
		merged.Version, merged.Expires = merged.Version+1, item.Expires.Truncate(time.Second).UTC()
		members, err := s.merge(&merged, added)
		if err != nil {
			return false, err
		}
		return true, s.store(tx, itemKey(item.Key), merged, members)
	}, s)
	return merged, err
}

// merge adds to the item's data what is not there yet, and answers all its members.
func (s *shelf) merge(item *table.Item, added map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	members, err := s.def.Members(*item)
	if err != nil {
		return nil, err
	}
	for name, value := range added {
		if _, there := members[name]; !there {
			members[name] = value
		}
	}
	if item.Data, err = json.Marshal(members); err != nil {
		return nil, err
	}
	return s.def.Members(*item)
}

// living answers what is at the key of none, or none. What has expired takes DynamoDB a second call.
func (s *shelf) living(ctx context.Context, tx *bolt.Tx, none table.Item) table.Item {
	key := itemKey(none.Key)
	item, there := s.live(tx, key)
	if there {
		return item
	}
	if tx.Bucket(s.name).Get(key) != nil {
		table.Called(ctx)
	}
	return none
}
