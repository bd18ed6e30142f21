package account

import (
	"context"
	"fmt"

	"postkontor/shared/activity"
	"postkontor/shared/table"
)

// event is the operation that writes a line of activity in the transaction of what it tells of.
func (s *Store) event(id string, e activity.Event) (table.Op, error) {
	return activity.Op(id, e, s.Now())
}

// Activity answers a page of an account's activity, newest first, and the cursor of the next, "" when there is none.
func (s *Store) Activity(ctx context.Context, id, cursor string, limit int) ([]activity.Event, string, error) {
	events := []activity.Event{}
	q := table.Query{Partition: profileKey(id).PK, Prefix: "EVENT#", Descending: true, Limit: limit, Cursor: cursor}
	for {
		page, err := s.accounts().Query(ctx, q)
		if err != nil {
			return nil, "", fmt.Errorf("reading the activity of %s: %w", id, err)
		}
		for _, item := range page.Items {
			var e activity.Event
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
