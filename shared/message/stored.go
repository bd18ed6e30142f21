package message

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postkontor/shared/table"
)

// State says how far a message has come.
type State string

// The states. Sent and Dropped are final.
const (
	Pending State = "pending"
	Sent    State = "sent"
	Dropped State = "dropped"
)

// Reason is why a message was dropped, a stable code.
type Reason string

// The reasons.
const (
	Expired        Reason = "expired"
	NoAccount      Reason = "no_account"      // it is not there any more
	ClosedAccount  Reason = "account_closed"  // and the message is one that its holder subscribed to
	Unsubscribed   Reason = "unsubscribed"    // what the message is of; or no longer by its channel
	Unproved       Reason = "unproved"        // the account has no proved address of the channel
	Unreadable     Reason = "unreadable"      // its secret or its words cannot be had
	OverBudget     Reason = "over_budget"     // of text messages
	CountryBarred  Reason = "country_barred"  // no text messages go there
	OptedOut       Reason = "opted_out"       // the number has asked for no text messages
	AddressRefused Reason = "address_refused" // the provider says that nothing can ever be sent there
)

// Refusal is the error of a message that can never be sent, however often it is tried.
type Refusal struct {
	Reason Reason
	Err    error // the cause; nil when the reason says it all
}

func (r *Refusal) Error() string {
	if r.Err != nil {
		return fmt.Sprintf("%s: %v", r.Reason, r.Err)
	}
	return string(r.Reason)
}

func (r *Refusal) Unwrap() error { return r.Err }

// Stored is a message as the outbox holds it.
type Stored struct {
	Message
	State  State     `json:"state"`
	Reason Reason    `json:"reason,omitempty"`
	Ended  time.Time `json:"ended,omitzero"` // when it was sent or dropped

	version int64
	exp     time.Time
}

// Find reads a message consistently, and whether it is there.
func Find(ctx context.Context, t table.Table, id string) (Stored, bool, error) {
	item, ok, err := t.Get(ctx, KeyOf(id), true)
	if err != nil || !ok {
		return Stored{}, false, err
	}
	s := Stored{version: item.Version, exp: item.Expires}
	if err := item.Decode(&s); err != nil {
		return Stored{}, false, fmt.Errorf("message %s: %w", id, err)
	}
	return s, true, nil
}

// MarkSent ends the message. A message that another courier ended meanwhile stays as that one left it.
func (s Stored) MarkSent(ctx context.Context, t table.Table, now time.Time) error {
	return s.end(ctx, t, Sent, "", now)
}

// MarkDropped ends the message unsent; else like MarkSent.
func (s Stored) MarkDropped(ctx context.Context, t table.Table, why Reason, now time.Time) error {
	return s.end(ctx, t, Dropped, why, now)
}

// end keeps nothing that only sending needed.
func (s Stored) end(ctx context.Context, t table.Table, state State, why Reason, now time.Time) error {
	s.State, s.Reason, s.Ended = state, why, now.UTC()
	s.Secret, s.To, s.Values = "", "", nil
	item, err := s.item()
	if err != nil {
		return err
	}
	if err := t.Replace(ctx, item); err != nil && !errors.Is(err, table.ErrCondition) {
		return fmt.Errorf("marking message %s %s: %w", s.ID, state, err)
	}
	return nil
}

func (s Stored) item() (table.Item, error) {
	item, err := table.New(KeyOf(s.ID), s)
	item.Version, item.Expires = s.version, s.exp.Truncate(time.Second)
	return item, err
}
