package account

import (
	"time"

	"postkontor/shared/table"
)

// activityKept is how long the activity of an account is kept.
const activityKept = 2 * 365 * 24 * time.Hour

// Event is one line of an account's activity.
type Event struct {
	At        time.Time `json:"at"`
	Kind      string    `json:"kind"` // stable: "created", "password-changed"
	IP        string    `json:"ip,omitempty"`
	UserAgent string    `json:"userAgent,omitempty"`
	Detail    string    `json:"detail,omitempty"`
}

// event is the operation that writes a line of activity in the transaction of what it tells of.
func (s *Store) event(id string, e Event) (table.Op, error) {
	e.At = s.Now().UTC()
	return create(table.Key{PK: "ACCOUNT#" + id, SK: "EVENT#" + s.id()}, e, s.Now().Add(activityKept))
}
