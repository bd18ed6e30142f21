package table

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// Position is where a page ended: the key of its last item and, on an index with a Sort, the value by which it stood there.
type Position struct {
	Key  Key
	Sort string
}

// Cursor is the position as Page.Next carries it. The partition that was asked is not in it: a query keeps to its own.
func (p Position) Cursor(q Query) string {
	parts := []string{p.Key.SK}
	if q.Index != "" {
		parts = append(parts, p.Key.PK, p.Sort)
	}
	text, _ := json.Marshal(parts) // strings always encode
	return base64.RawURLEncoding.EncodeToString(text)
}

// Position reads the query's cursor; ok is false when it has none. What was not given out for such a query is ErrCursor.
func (q Query) Position(index Index) (at Position, ok bool, err error) {
	if q.Cursor == "" {
		return at, false, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return at, false, ErrCursor
	}
	var parts []string
	if err := json.Unmarshal(text, &parts); err != nil {
		return at, false, ErrCursor
	}
	switch {
	case q.Index == "" && len(parts) == 1:
		at = Position{Key: Key{PK: q.Partition, SK: parts[0]}}
	case q.Index != "" && len(parts) == 3 && (parts[2] == "") == (index.Sort == ""):
		at = Position{Key: Key{PK: parts[1], SK: parts[0]}, Sort: parts[2]}
	default:
		return at, false, ErrCursor
	}
	sorted := at.Key.SK
	if q.Index != "" {
		sorted = at.Sort
	}
	if at.Key.Check() != nil || len(at.Sort) > maxSort || !q.holds(sorted) {
		return at, false, ErrCursor
	}
	return at, true, nil
}

// holds reports whether an item that stands at sort is within the query's bounds.
func (q Query) holds(sort string) bool {
	if q.Prefix != "" {
		return strings.HasPrefix(sort, q.Prefix)
	}
	return sort >= q.From && (q.To == "" || sort <= q.To)
}

// Check refuses a query that no backend could answer.
func (q Query) Check(index Index) error {
	switch {
	case !fits(q.Partition, maxPartition):
		return errors.New("table: a query needs a partition")
	case q.Index == "" && index.Name == "":
		return nil
	case q.Consistent:
		return errors.New("table: an index cannot be read consistently")
	case index.Sort == "" && (q.Prefix != "" || q.From != "" || q.To != ""):
		return errors.New("table: an index without a sort has no ranges")
	}
	return nil
}
