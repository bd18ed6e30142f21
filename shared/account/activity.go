package account

import (
	"context"
	"fmt"
	"time"

	"postkontor/shared/table"
)

// activityKept is how long the activity of an account is kept.
const activityKept = 2 * 365 * 24 * time.Hour

// Event is one line of an account's activity.
type Event struct {
	At        time.Time `json:"at"`
	Kind      string    `json:"kind" example:"password-changed" doc:"Stable; more kinds may come"`
	IP        string    `json:"ip,omitempty"`
	UserAgent string    `json:"userAgent,omitempty"`
	Detail    string    `json:"detail,omitempty" doc:"What of it, in stable words: name address"`
}

// event is the operation that writes a line of activity in the transaction of what it tells of.
func (s *Store) event(id string, e Event) (table.Op, error) {
	e.At = s.Now().UTC()
	return create(table.Key{PK: "ACCOUNT#" + id, SK: "EVENT#" + s.id()}, e, s.Now().Add(activityKept))
}

// Activity answers a page of an account's activity, newest first, and the cursor of the next, "" when there is none.
func (s *Store) Activity(ctx context.Context, id, cursor string, limit int) ([]Event, string, error) {
	events := []Event{}
	q := table.Query{Partition: profileKey(id).PK, Prefix: "EVENT#", Descending: true, Limit: limit, Cursor: cursor}
	for {
		page, err := s.accounts().Query(ctx, q)
		if err != nil {
			return nil, "", fmt.Errorf("reading the activity of %s: %w", id, err)
		}
		for _, item := range page.Items {
			var e Event
			if err := item.Decode(&e); err != nil {
				return nil, "", fmt.Errorf("decoding the activity of %s: %w", id, err)
			}
			events = append(events, e)
		}
		if q.Cursor = page.Next; q.Cursor == "" || len(events) == limit {
			return events, q.Cursor, nil
		}
		q.Limit = limit - len(events) // expired lines made a short page
	}
}
