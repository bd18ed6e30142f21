package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// Change is what of an account can be changed without a proof; nil leaves a thing as it is. The values are valid in
// themselves.
type Change struct {
	Language *locale.Tag
	Name     *person.Name
	Company  *string // of a business account
	Address  *address.Address
}

// ErrClaimHeld says that another account is the one of that person at that address.
var ErrClaimHeld = fault.New(fault.Conflict, "claim_held")

// A claim that is refused refusedMost times in refusedRest closes that way until the first of them is refusedRest ago, so
// that nobody tries out who lives where.
const (
	refusedMost = 3
	refusedRest = 30 * 24 * time.Hour
)

// Change writes a change and tells the customer. Name, company and address move the claim in the same transaction; when it
// is another's they are refused with ErrClaimHeld, after three refusals with too_many_requests. An account that is new has
// no claim, so nothing is refused to it.
func (s *Store) Change(ctx context.Context, by *session.Session, c Change) (a *Account, err error) {
	err = again(func() error { a, err = s.changed(ctx, by, c); return err })
	return a, err
}

func (s *Store) changed(ctx context.Context, by *session.Session, c Change) (*Account, error) {
	p, l, err := s.own(ctx, by)
	if err != nil {
		return nil, err
	}
	if c.Company != nil && p.Type != Business {
		return nil, fault.Fields([]fault.Field{{Location: "body.company", Code: "validation.unknown"}})
	}
	before := *p
	parts := p.take(c)
	if len(parts) == 0 {
		return &p.Account, nil
	}
	var b batch
	next, err := s.moveClaim(ctx, &b, &before, p)
	if err != nil {
		return nil, err
	}
	kind, template := detailsChanged, message.DetailsChanged
	if c.Address != nil {
		kind, template = addressChanged, message.AddressChanged
	}
	s.notify(ctx, &b, &before, l, kind, message.Message{Channel: message.Email, Template: template})
	b.add(s.event(p.ID, activity.Event{Kind: kind, IP: by.IP, UserAgent: by.UserAgent, Detail: strings.Join(parts, " ")}))
	if l.Language != p.Language {
		l.Language = p.Language
		b.add(replace(loginKey(l.Username), l, l.version))
	}
	a, err := s.write(ctx, p, b)
	if lost := new(table.Conflict); errors.As(err, &lost) && next != nil && lost.Op == 0 {
		return nil, s.refuse(ctx, p.ID, *next)
	}
	return a, err
}

// take makes the change and answers what differs now.
func (p *profile) take(c Change) (parts []string) {
	if c.Language != nil && *c.Language != p.Language {
		p.Language, parts = *c.Language, append(parts, "language")
	}
	if c.Name != nil && *c.Name != p.Name {
		p.Name, parts = *c.Name, append(parts, "name")
	}
	if c.Company != nil && p.Type == Business && *c.Company != p.Company {
		p.Company, parts = *c.Company, append(parts, "company")
	}
	if c.Address != nil && *c.Address != p.Address {
		p.Address, parts = *c.Address, append(parts, "address")
	}
	return parts
}

// moveClaim takes the claim that p has after a change in place of the one before it, and answers it when it is another
// one; its creation is then the first operation of b.
func (s *Store) moveClaim(ctx context.Context, b *batch, before, p *profile) (*claim, error) {
	if p.Status == New {
		return nil, nil
	}
	was, err := s.claimOf(ctx, &before.Account)
	if err != nil {
		return nil, err
	}
	next, err := s.claimOf(ctx, &p.Account)
	if err != nil || next == was {
		return nil, err
	}
	if p.ReleasedFor != nil && *p.ReleasedFor == next { // back where it needs none
		p.Claim = nil
		return nil, s.giveUp(ctx, b, p.ID, before.Claim)
	}
	if err := s.refusedOften(ctx, p.ID); err != nil {
		return nil, err
	}
	b.add(create(next.key(), claimed{Account: p.ID}, time.Time{}))
	if err := s.giveUp(ctx, b, p.ID, before.Claim); err != nil {
		return nil, err
	}
	p.Claim = &next
	return &next, nil
}

// giveUp adds to b what frees a claim, if the account still holds it.
func (s *Store) giveUp(ctx context.Context, b *batch, id string, c *claim) error {
	if c == nil {
		return nil
	}
	holder, version, err := s.holder(ctx, *c)
	if err != nil {
		return fmt.Errorf("reading the claim of %s: %w", id, err)
	}
	if holder == id {
		b.ops = append(b.ops, table.Op{Verb: table.OpDelete, Table: Definition.Name, Item: table.Item{Key: c.key(), Version: version}})
	}
	return nil
}

func refusedKey(id string) table.Key { return table.Key{PK: "REFUSED#" + id, SK: "COUNT"} }

// refusedOften refuses, without a look at it, a claim of an account that was refused too many.
func (s *Store) refusedOften(ctx context.Context, id string) error {
	item, found, err := s.DB.Table(limits).Get(ctx, refusedKey(id), true)
	if err != nil {
		return fmt.Errorf("reading the refusals of %s: %w", id, err)
	}
	var count struct{ N int64 }
	if !found {
		return nil
	}
	if err := item.Decode(&count); err != nil || count.N < refusedMost {
		return err
	}
	return &fault.Error{Kind: fault.Limited, Code: "too_many_requests", RetryAfter: item.Expires.Sub(s.Now())}
}

// refuse counts and answers a refusal of the claim c; its holder gets a hint.
func (s *Store) refuse(ctx context.Context, id string, c claim) error {
	count, taken, err := s.DB.Table(limits).Take(ctx, refusedKey(id), table.Limit{Max: refusedMost, Expires: s.Now().Add(refusedRest)})
	switch {
	case err != nil:
		return fmt.Errorf("counting a refusal of %s: %w", id, err)
	case !taken:
		return &fault.Error{Kind: fault.Limited, Code: "too_many_requests", RetryAfter: count.Expires.Sub(s.Now())}
	}
	return s.held(ctx, c)
}
