package account

import (
	"context"
	"time"

	"github.com/oklog/ulid/v2"

	"postkontor/shared/fault"
)

// Seen is what an agent may see of an account: nothing that opens it.
type Seen struct {
	Account
	LastActiveDay  string         `json:"lastActiveDay" doc:"Of the last login, UTC"`
	ClosedAt       *time.Time     `json:"closedAt,omitempty"`
	Lock           Lock           `json:"lock"`
	Questions      QuestionsState `json:"questions" enum:"open,closed,unset" doc:"The way of recovery: closed for a day by wrong answers, or none are set"`
	LetterAt       *time.Time     `json:"letterAt,omitempty" doc:"When a letter with a code was last asked for, flagged"`
	ThrowawayEmail bool           `json:"throwawayEmail,omitempty" doc:"The e-mail address is of a domain that gives them for minutes"`
	Proof          *ShownProof    `json:"proof,omitempty" doc:"The identity that was shown at a counter in the last 24 hours"`
}

// Lock is what wrong passwords, or an objection, have done to the password.
type Lock struct {
	State LockState  `json:"state" enum:"open,locked,disabled" doc:"disabled: until a recovery"`
	Until *time.Time `json:"until,omitempty" doc:"Of a locked one"`
}

// LockState says whether a password is looked at.
type LockState string

// The states of a lock.
const (
	LockOpen     LockState = "open"
	LockLocked   LockState = "locked"
	LockDisabled LockState = "disabled"
)

// QuestionsState says whether the security questions can be answered.
type QuestionsState string

// The states of the questions.
const (
	QuestionsOpen   QuestionsState = "open"
	QuestionsClosed QuestionsState = "closed"
	QuestionsUnset  QuestionsState = "unset"
)

// Seen answers what an agent may see of an account; not_found of one that only waits to be erased.
func (s *Store) Seen(ctx context.Context, id string) (seen *Seen, err error) {
	err = again(func() error {
		p, l, err := s.present(ctx, id)
		if err == nil {
			seen, err = s.seen(ctx, p, l)
		}
		return err
	})
	return seen, err
}

// present reads an account that agents still see.
func (s *Store) present(ctx context.Context, id string) (*profile, *login, error) {
	if _, err := ulid.ParseStrict(id); err != nil { // what cannot be an id becomes no key
		return nil, nil, fault.New(fault.NotFound, "not_found")
	}
	p, l, err := s.both(ctx, id)
	if err == nil && l.over(s.Now()) {
		err = fault.New(fault.NotFound, "not_found")
	}
	return p, l, err
}

// seen adds to an account what its counters say.
func (s *Store) seen(ctx context.Context, p *profile, l *login) (*Seen, error) {
	now := s.Now()
	v := &Seen{Account: p.Account, LastActiveDay: l.LastActiveDay, Lock: Lock{State: LockOpen}, Questions: QuestionsOpen, LetterAt: p.LetterAt,
		ThrowawayEmail: p.Disposable}
	if p.Status == Closed {
		v.ClosedAt = &p.ClosedAt
	}
	if p.Proof.holds(now) {
		v.Proof = p.Proof
	}
	_, wrong, err := s.guessesOf(ctx, l)
	if err != nil {
		return nil, err
	}
	switch {
	case l.Password == "" || wrong.Total >= guessesMost:
		v.Lock.State = LockDisabled
	case now.Before(wrong.Until):
		v.Lock = Lock{State: LockLocked, Until: &wrong.Until}
	}
	answered, _, err := readTries(ctx, s.DB.Table(limits), triesKey(p.ID, RecoverByAnswers))
	switch {
	case len(l.Questions) == 0:
		v.Questions = QuestionsUnset
	case answered.closedFor(now) > 0:
		v.Questions = QuestionsClosed
	}
	return v, err
}
