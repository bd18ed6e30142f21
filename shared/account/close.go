package account

import (
	"context"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/session"
)

// ClosedKept is how long a closed account can be opened again or exported; then the sweep erases it.
const ClosedKept = 30 * 24 * time.Hour

// closing is what a profile says of having been closed.
type closing struct {
	ClosedAt time.Time `json:"closedAt,omitzero"`
	ClosedAs Status    `json:"closedAs,omitempty"` // the status that opening it again restores
}

// over reports whether a closed account is past the time in which it can be opened again.
func (l *login) over(now time.Time) bool {
	return l.Status == Closed && now.Sub(l.ClosedAt) >= ClosedKept
}

// Close closes an account: its sessions can only open it again or export it, and the customer is told. It keeps its claim
// until the sweep erases it after ClosedKept. The session by gets the scope Closed.
func (s *Store) Close(ctx context.Context, by *session.Session) (a *Account, err error) {
	if err := again(func() error { a, err = s.closed(ctx, by); return err }); err != nil {
		return nil, err
	}
	by.Scope = session.Closed
	return a, s.rescope(ctx, a.ID, session.Full, session.Closed)
}

func (s *Store) closed(ctx context.Context, by *session.Session) (*Account, error) {
	p, l, err := s.own(ctx, by)
	if err != nil {
		return nil, err
	}
	if p.Status.Scope() != session.Full {
		return nil, fault.New(fault.Conflict, "changed_meanwhile")
	}
	var b batch
	s.notify(ctx, &b, p, l, accountClosed, message.Message{Channel: message.Email, Template: message.AccountClosed})
	now := s.Now().UTC().Truncate(time.Second)
	p.closing = closing{ClosedAt: now, ClosedAs: p.Status}
	p.Status, l.Status, l.ClosedAt, l.Due = Closed, Closed, now, dueKey(now.Add(ClosedKept), p.ID)
	b.add(replace(loginKey(l.Username), l, l.version))
	b.add(s.event(p.ID, activity.Event{Kind: accountClosed, IP: by.IP, UserAgent: by.UserAgent}))
	if err := s.rescoped(ctx, &b, p.ID, session.Full, session.Closed); err != nil {
		return nil, err
	}
	return s.write(ctx, p, b)
}

// Reopen opens a closed account again, within ClosedKept, as it was; flagged when another account holds its claim by now.
// Its sessions follow, and the customer is told. The session by gets the scope of the account's status as it then is.
func (s *Store) Reopen(ctx context.Context, by *session.Session) (a *Account, err error) {
	if err := again(func() error { a, err = s.reopened(ctx, by); return err }); err != nil {
		return nil, err
	}
	return a, s.rescope(ctx, a.ID, session.Closed, by.Scope)
}

func (s *Store) reopened(ctx context.Context, by *session.Session) (*Account, error) {
	p, l, err := s.own(ctx, by)
	if err != nil {
		return nil, err
	}
	if p.Status != Closed || l.over(s.Now()) {
		return nil, fault.New(fault.Conflict, "changed_meanwhile")
	}
	var b batch
	s.notify(ctx, &b, p, l, accountReopened, message.Message{Channel: message.Email, Template: message.AccountReopened})
	p.Status = p.ClosedAs
	if p.Status != New || p.EmailVerified { // an agent's new address, while it was closed
		status, claim, err := s.settle(ctx, p)
		b.all(claim, err)
		p.Status = status
	}
	p.closing, l.Status, l.ClosedAt, l.LastActiveDay = closing{}, p.Status, time.Time{}, day(s.Now())
	l.Due = s.due(p, l)
	b.add(replace(loginKey(l.Username), l, l.version))
	b.add(s.event(p.ID, activity.Event{Kind: accountReopened, IP: by.IP, UserAgent: by.UserAgent}))
	if err := s.rescoped(ctx, &b, p.ID, session.Closed, l.scope()); err != nil {
		return nil, err
	}
	a, err := s.write(ctx, p, b)
	if err == nil {
		by.Scope = l.scope()
	}
	return a, err
}
