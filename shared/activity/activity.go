// Package activity is what happens to an account, as its customer sees it: a line a thing, kept beside the account as
//
//	ACCOUNT#id / EVENT#ulid
//
// in the table accounts, and written in the transaction of what it tells of.
package activity

import (
	"crypto/rand"
	"time"

	"github.com/oklog/ulid/v2"

	"postkontor/shared/table"
)

// Table is the name of package account's table.
const Table = "accounts"

// Kept is how long a line is kept.
const Kept = 2 * 365 * 24 * time.Hour

// Event is one line.
type Event struct {
	At        time.Time `json:"at"`
	Kind      string    `json:"kind" example:"password-changed" doc:"Stable; more kinds may come"`
	IP        string    `json:"ip,omitempty"`
	UserAgent string    `json:"userAgent,omitempty"`
	Detail    string    `json:"detail,omitempty" doc:"What of it, in stable words: name address"`
	Agent     string    `json:"agent,omitempty" doc:"Who acted for the operator"`
	Reason    string    `json:"reason,omitempty" doc:"Why, in the agent's words"`
}

// By is who acts for the operator, and why.
type By struct{ Agent, Reason string }

// Event is the line of such an act.
func (by By) Event(kind, detail string) Event {
	return Event{Kind: kind, Detail: detail, Agent: by.Agent, Reason: by.Reason}
}

// Op is the operation that writes a line of an account's activity.
func Op(account string, e Event, now time.Time) (table.Op, error) {
	e.At = now.UTC()
	id := ulid.MustNew(ulid.Timestamp(now), rand.Reader)
	item, err := table.New(table.Key{PK: "ACCOUNT#" + account, SK: "EVENT#" + id.String()}, e)
	item.Expires = now.Add(Kept)
	return table.Op{Verb: table.OpCreate, Table: Table, Item: item}, err
}
