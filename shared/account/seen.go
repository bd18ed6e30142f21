package account

import (
	"context"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
)

// Seen is what an agent may see of an account: nothing that opens it.
type Seen struct {
	Account
	LastActiveDay  string         `json:"lastActiveDay" doc:"Of the last login, UTC"`
	ClosedAt       *time.Time     `json:"closedAt,omitempty"`
	Lock           Lock           `json:"lock"`
	Questions      QuestionsState `json:"questions" enum:"open,closed,unset" doc:"The way of recovery; closed for a day by wrong answers, or none are set"`
	LetterAt       *time.Time     `json:"letterAt,omitempty" doc:"When a letter with a code was last asked for, flagged"`
	ThrowawayEmail bool           `json:"throwawayEmail,omitempty" doc:"The e-mail address is of a domain that gives them for minutes"`
	Proof          *ShownProof    `json:"proof,omitempty" doc:"The identity that was shown at a counter in the last 24 hours"`
	NewEmail       *Awaited       `json:"newEmail,omitempty" doc:"Set by an agent, not in force yet"`
	NewPhone       *Awaited       `json:"newPhone,omitempty"`
}

// Lock is what wrong passwords, or an objection, have done to the password.
type Lock struct {
	State LockState  `json:"state" enum:"open,locked,disabled" doc:"disabled: until a recovery"`
	Until *time.Time `json:"until,omitempty" doc:"Of a locked one"`
}

// LockState says whether a password is looked at.
type LockState string

// QuestionsState says whether the security questions can be answered.
type QuestionsState string

// ShownProof is an identity document that an agent has seen.
type ShownProof struct {
	At       time.Time `json:"at"`
	Document string    `json:"document" enum:"driver-licence,state-id,passport"`
}

// Awaited is an address that an agent entered: it is in force from At on.
type Awaited struct {
	To string    `json:"to"`
	At time.Time `json:"at"`
}

// Query is what an agent looks for: one of username, e-mail, telephone (E.164), or ZIP Code, street and last name.
type Query struct{ Username, Email, Phone, Zip, Street, Last string }

var errUnfinished = fault.New(fault.Unavailable, "unavailable")

// Search answers the accounts that a query finds.
func (s *Store) Search(ctx context.Context, q Query) ([]Seen, error) { return nil, errUnfinished }

// Seen answers what an agent may see of an account. One that is only waiting to be erased is not there any more.
func (s *Store) Seen(ctx context.Context, id string) (*Seen, error) {
	var seen *Seen
	err := again(func() error {
		p, l, err := s.both(ctx, id)
		if err == nil && l.over(s.Now()) {
			err = fault.New(fault.NotFound, "not_found")
		}
		if err == nil {
			seen, err = s.seen(ctx, p, l)
		}
		return err
	})
	return seen, err
}

func (s *Store) seen(ctx context.Context, p *profile, l *login) (*Seen, error) {
	v := &Seen{Account: p.Account, LastActiveDay: l.LastActiveDay, LetterAt: p.LetterAt, ThrowawayEmail: p.Disposable}
	if p.Status == Closed {
		v.ClosedAt = &p.ClosedAt
	}
	return v, nil
}

// Unlock lifts the lock.
func (s *Store) Unlock(ctx context.Context, id string, by activity.By) (*Seen, error) {
	return nil, errUnfinished
}

// ResetAnswers closes the way questions.
func (s *Store) ResetAnswers(ctx context.Context, id string, by activity.By) (*Seen, error) {
	return nil, errUnfinished
}

// RecoverFor starts a recovery by a way: email, sms or letter.
func (s *Store) RecoverFor(ctx context.Context, id, way string, by activity.By) (recoveryID string, err error) {
	return "", errUnfinished
}

// RecordProof notes an identity document.
func (s *Store) RecordProof(ctx context.Context, id, document string, by activity.By) (*Seen, error) {
	return nil, errUnfinished
}

// SetContact enters a new address.
func (s *Store) SetContact(ctx context.Context, id, email, phone string, by activity.By) (*Seen, error) {
	return nil, errUnfinished
}
