package conform

import (
	"encoding/json"
	"maps"
	"time"

	"postkontor/shared/table"
)

// model is the contract as a map: what a table holds after a sequence of verbs, done one after the other.
type model struct {
	items map[table.Key]*state
	clock *Clock
}

type state struct {
	members map[string]any
	version int64 // fresh: any that is higher than before
	expires time.Time
	before  int64
}

// fresh stands for a version that the backend chooses.
const fresh int64 = -2

func (m *model) live(k table.Key) *state {
	s := m.items[k]
	if s == nil || (table.Item{Expires: s.expires}).Expired(m.clock.Now()) {
		return nil
	}
	return s
}

// holds reports whether the condition of an operation holds.
func (m *model) holds(op table.Op) bool {
	s, given := m.live(op.Item.Key), op.Item.Version
	fits := s != nil && (given == s.version || given == table.AnyVersion)
	switch op.Verb {
	case table.OpCreate:
		return s == nil
	case table.OpReplace:
		return fits
	case table.OpDelete:
		return s == nil || fits
	case table.OpCheck:
		return fits || s == nil && given == 0
	}
	return true
}

// apply does what an operation does when its condition holds.
func (m *model) apply(op table.Op) {
	next := &state{version: op.Item.Version + 1, expires: op.Item.Expires.Truncate(time.Second)}
	if s := m.live(op.Item.Key); s != nil {
		next.before = s.version
	}
	switch op.Verb {
	case table.OpCheck:
		return
	case table.OpDelete:
		delete(m.items, op.Item.Key)
		return
	case table.OpCreate:
		next.version = 1
	case table.OpReplace:
		if op.Item.Version == table.AnyVersion {
			next.version = fresh
		}
	}
	json.Unmarshal(op.Item.Data, &next.members)
	m.items[op.Item.Key] = next
}

func (m *model) take(k table.Key, limit table.Limit) (table.Count, bool) {
	s := &state{members: map[string]any{}, expires: limit.Expires.Truncate(time.Second)}
	if living := m.live(k); living != nil {
		s = &state{members: maps.Clone(living.members), version: living.version, expires: living.expires}
	}
	n, _ := s.members["n"].(float64)
	if int64(n) >= limit.Max {
		return table.Count{N: int64(n), Expires: s.expires}, false
	}
	if s.expires.IsZero() {
		s.expires = limit.Expires.Truncate(time.Second)
	}
	s.members["n"] = n + 1
	s.version++
	m.items[k] = s
	return table.Count{N: int64(n) + 1, Expires: s.expires}, true
}

func (m *model) merge(item table.Item) *state {
	s := &state{members: map[string]any{}, version: 1, expires: item.Expires.Truncate(time.Second)}
	json.Unmarshal(item.Data, &s.members)
	if living := m.live(item.Key); living != nil {
		maps.Copy(s.members, living.members)
		s.version = living.version + 1
	}
	m.items[item.Key] = s
	return s
}
