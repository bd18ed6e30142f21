package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// stages are how many days ahead of its deactivation the customer of an unused account is warned; the last one is the
// deactivation itself. The first comes FirstWarning ahead of DormantAfter, counted from the day of the last login.
// From one to the next as many days pass as lie between them, whenever that one was done: so a sweep that comes late
// skips none, and the deadline, which each warning names, moves with the first one that was late.
var stages = [...]int{60, 30, 7, 1, 0}

// warned is how far the warnings have come. A later login makes it void.
type warned struct {
	Since string `json:"since"` // the LastActiveDay that they are about
	Given int    `json:"given"` // how many of stages
	On    string `json:"on"`    // the day of the newest
}

// warning is the item WARNED#lastActiveDay#stage: written with the messages of that warning, so that there is one only.
type warning struct {
	At time.Time `json:"at"`
}

func warningKey(id, since string, stage int) table.Key {
	return table.Key{PK: "ACCOUNT#" + id, SK: fmt.Sprintf("WARNED#%s#%02d", since, stages[stage])}
}

// midnight begins the day of t, in UTC.
func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// Outcome is what a visit of the sweep brings to an account.
type Outcome string

// The outcomes.
const (
	Left        Outcome = "left"       // it is not due yet, or no longer
	Rebucketed  Outcome = "rebucketed" // it is due on another day
	Settled     Outcome = "settled"    // what it waited for has come
	Warned      Outcome = "warned"
	Deactivated Outcome = "deactivated"
	Erased      Outcome = "erased"
)

// step is what falls to an account now, and when it is to be looked at again.
type step struct {
	outcome Outcome
	stage   int       // of the warning
	again   time.Time // zero: never
}

// next answers the step of an account by its LOGIN alone.
func (l *login) next(now time.Time) (step, error) {
	switch l.Status {
	case New:
		id, err := ulid.Parse(l.Account)
		return due(Erased, ulid.Time(id.Time()).Add(Unproved), now), err
	case Closed:
		return due(Erased, l.ClosedAt.Add(ClosedKept), now), nil
	case Active, Flagged:
		return l.dormancy(now)
	}
	return step{outcome: Rebucketed}, nil
}

// due is an outcome that comes at a time.
func due(o Outcome, at, now time.Time) step {
	if now.Before(at) {
		return step{outcome: Rebucketed, again: at}
	}
	return step{outcome: o}
}

func (l *login) dormancy(now time.Time) (step, error) {
	on, err := time.Parse(time.DateOnly, l.LastActiveDay)
	if err != nil {
		return step{}, fmt.Errorf("the last active day of %s: %w", l.Account, err)
	}
	on, given := on.Add(DormantAfter-FirstWarning), 0
	if w := l.Warned; w != nil && w.Since == l.LastActiveDay {
		if on, err = time.Parse(time.DateOnly, w.On); err != nil {
			return step{}, fmt.Errorf("the warnings of %s: %w", l.Account, err)
		}
		given = w.Given
		on = on.AddDate(0, 0, stages[given-1]-stages[given])
	}
	s := due(Warned, on, now)
	if s.outcome != Warned {
		return s, nil
	}
	if given == len(stages)-1 {
		return step{outcome: Deactivated}, nil
	}
	return step{outcome: Warned, stage: given, again: midnight(now).AddDate(0, 0, stages[given]-stages[given+1])}, nil
}

// due is where the sweep finds an account again after a change of its status: never in a bucket that a sweep may be past.
func (s *Store) due(p *profile, l *login) string {
	at := s.Now().Add(Unproved)
	switch p.Status {
	case Closed:
		at = p.ClosedAt.Add(ClosedKept)
	case Active, Flagged:
		if last, err := time.Parse(time.DateOnly, l.LastActiveDay); err == nil {
			at = last.Add(DormantAfter - FirstWarning)
		}
	case Inactive:
		return ""
	}
	if tomorrow := s.Now().Add(24 * time.Hour); at.Before(tomorrow) {
		at = tomorrow
	}
	return dueKey(at, p.ID)
}

// Visit does to an account what falls to it now, if may allows that outcome, and answers what was done. Whatever else
// writes the account at the same time wins: then the visit begins anew. A visit that finds nothing to write is one
// read or none; moving to another bucket is one write; a warning a read and a transaction.
func (s *Store) Visit(ctx context.Context, d *Due, may func(Outcome) bool) (Outcome, error) {
	l := d.login
	if l == nil {
		return s.visitAwaiting(ctx, d.account, may)
	}
	for range 4 {
		outcome, err := s.visit(ctx, l, may)
		if !errors.Is(err, table.ErrCondition) {
			return outcome, err
		}
		if l, err = s.login(ctx, d.login.Username); err != nil || l == nil || l.Account != d.login.Account {
			return Left, err
		}
	}
	return Left, fmt.Errorf("visiting %s: %w", d.login.Account, table.ErrUnavailable)
}

// visitAwaiting puts in force an address that has waited long enough.
func (s *Store) visitAwaiting(ctx context.Context, id string, may func(Outcome) bool) (Outcome, error) {
	p, err := s.stored(ctx, id, true)
	if fault.Code(err) == "not_found" {
		return Left, nil
	}
	if err != nil || !p.ripe(s.Now(), addressed...) || !may(Settled) {
		return Left, err
	}
	return Settled, s.ripen(ctx, id)
}

func (s *Store) visit(ctx context.Context, l *login, may func(Outcome) bool) (Outcome, error) {
	now := s.Now()
	if l.Due == "" || dueDay(l.Due) > day(now) {
		return Left, nil
	}
	next, err := l.next(now)
	if err != nil {
		return Left, err
	}
	if l.Status == Flagged && may(Settled) {
		if settled, again, err := s.settled(ctx, l); err != nil || settled {
			return Settled, err
		} else if again.After(now) {
			next = step{outcome: Rebucketed, again: again}
		}
	}
	inPlace := next.outcome == Rebucketed && !next.again.IsZero() && day(next.again) == dueDay(l.Due)
	if inPlace || !may(next.outcome) {
		return Left, nil
	}
	return next.outcome, s.take(ctx, l, next)
}

// settled gives a flagged account what has come to it by waiting. Else it answers when its claim will be decided, the
// zero time when it waits for nothing.
func (s *Store) settled(ctx context.Context, l *login) (bool, time.Time, error) {
	now, err := s.mature(ctx, l)
	if err != nil || now.Status != Flagged {
		return err == nil, time.Time{}, err
	}
	p, err := s.profile(ctx, l.Account, true)
	if err != nil || p.ClaimAt == nil {
		return false, time.Time{}, err
	}
	return false, *p.ClaimAt, nil
}

// take does one step.
func (s *Store) take(ctx context.Context, l *login, next step) error {
	switch next.outcome {
	case Warned:
		return s.warn(ctx, l, next)
	case Deactivated:
		return s.deactivate(ctx, l)
	case Erased:
		return s.erase(ctx, l)
	}
	moved := *l
	moved.bucket(next.again)
	op, err := replace(loginKey(l.Username), moved, l.version)
	if err != nil {
		return err
	}
	if err := s.accounts().Replace(ctx, op.Item); err != nil {
		return fmt.Errorf("moving %s to another day: %w", l.Account, err)
	}
	return nil
}

func (l *login) bucket(at time.Time) {
	if l.Due = ""; !at.IsZero() {
		l.Due = dueKey(at, l.Account)
	}
}

// warn tells the customer, on every proved channel, from which day on the account is inactive; by a letter when none is.
func (s *Store) warn(ctx context.Context, l *login, next step) error {
	p, err := s.profile(ctx, l.Account, false)
	if err != nil {
		return err
	}
	now := s.Now()
	deadline := midnight(now).AddDate(0, 0, stages[next.stage])
	expires := now.AddDate(0, 0, 7) // what comes after the day that it names would only confuse
	if end := deadline.AddDate(0, 0, 1); end.Before(expires) {
		expires = end
	}
	moved := *l
	moved.Warned = &warned{Since: l.LastActiveDay, Given: next.stage + 1, On: day(now)}
	moved.bucket(next.again)
	var b batch
	b.add(replace(loginKey(l.Username), moved, l.version))
	b.add(create(warningKey(l.Account, l.LastActiveDay, next.stage), warning{At: now.UTC()}, now.Add(activity.Kept)))
	b.add(s.event(l.Account, activity.Event{Kind: "dormancy-warning", Detail: day(deadline)}))
	for _, c := range p.reachable() {
		b.add(s.Outbox.Op(ctx, message.Message{Account: l.Account, Channel: c, Language: l.Language, Template: message.DormantWarning,
			Expires: expires, Values: map[string]string{"day": locale.Day(l.Language, deadline)}}))
	}
	return s.transact(ctx, "warning "+l.Account, b)
}

// reachable are the proved channels of a customer, or the post.
func (p *profile) reachable() []message.Channel {
	if proved := p.channels(); len(proved) > 0 {
		return proved
	}
	return []message.Channel{message.Letter}
}

// deactivate makes an account inactive, ends its sessions and tells its customer: by e-mail, or how else there is. It keeps
// its claim, and no sweep looks at it again.
func (s *Store) deactivate(ctx context.Context, l *login) error {
	p, err := s.profile(ctx, l.Account, true)
	if err != nil {
		return err
	}
	live, err := s.Sessions.List(ctx, l.Account)
	if err != nil {
		return err
	}
	idle := *l
	p.Status, idle.Status, idle.Due = Inactive, Inactive, ""
	var b batch
	b.add(replace(loginKey(l.Username), idle, l.version))
	b.add(replace(profileKey(p.ID), p, p.version))
	b.add(s.event(p.ID, activity.Event{Kind: "deactivated"}))
	b.add(s.Outbox.Op(ctx, message.Message{Account: p.ID, Channel: p.reachable()[0], Language: l.Language, Template: message.Deactivated}))
	for _, one := range live[:min(mostEnded, len(live))] {
		b.ops = append(b.ops, session.EndOp(one))
	}
	if err := s.transact(ctx, "deactivating "+p.ID, b); err != nil || len(live) <= mostEnded {
		return err
	}
	for _, one := range live[mostEnded:] {
		err = errors.Join(err, s.Sessions.End(ctx, p.ID, one.ID))
	}
	return err
}

// transact writes a batch; doing says what for.
func (s *Store) transact(ctx context.Context, doing string, b batch) error {
	if b.err != nil {
		return b.err
	}
	if err := s.DB.Transact(ctx, b.ops...); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
