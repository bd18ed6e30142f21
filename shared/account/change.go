package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// Change is what PATCH may change; nil leaves a thing as it is. The values are valid in themselves.
type Change struct {
	Language *locale.Tag
	Name     *person.Name
	Company  *string
}

// ErrClaimHeld says that another account is the one of that person at that address.
var ErrClaimHeld = fault.New(fault.Conflict, "claim_held")

// Change writes a change; a change of name moves the claim in the same transaction, and is refused when the claim is
// another's. An account without a claim (new, flagged) is never refused.
func (s *Store) Change(ctx context.Context, by *session.Session, c Change) (*Account, error) {
	profile, err := s.profile(ctx, by.Account, true)
	if err != nil {
		return nil, err
	}
	var b batch
	if err := s.rename(ctx, &b, profile, c); err != nil {
		return nil, err
	}
	claims := len(b.ops)
	if c.Language != nil && *c.Language != profile.Language {
		profile.Language = *c.Language
		if err := s.relanguage(ctx, &b, profile); err != nil {
			return nil, err
		}
	}
	b.add(s.event(by.Account, Event{Kind: "changed", IP: by.IP, UserAgent: by.UserAgent}))
	account, err := s.write(ctx, profile, b)
	var conflict *table.Conflict
	if errors.As(err, &conflict) && conflict.Op < claims {
		return nil, ErrClaimHeld
	}
	return account, err
}

// rename changes name and company, and moves the claim when it becomes another one; its creation is the first operation.
func (s *Store) rename(ctx context.Context, b *batch, profile *profile, c Change) error {
	if c.Name != nil {
		profile.Name = *c.Name
	}
	if c.Company != nil && profile.Type == Business {
		profile.Company = *c.Company
	}
	if profile.Claim == nil {
		return nil
	}
	next, err := s.claimOf(ctx, &profile.Account)
	if err != nil || next == *profile.Claim {
		return err
	}
	b.add(create(next.key(), claimed{Account: profile.ID}, time.Time{}))
	b.ops = append(b.ops, remove(Definition.Name, profile.Claim.key()))
	profile.Claim = &next
	return nil
}

func (s *Store) relanguage(ctx context.Context, b *batch, profile *profile) error {
	l, err := s.login(ctx, profile.Username)
	if err != nil || l == nil {
		return errors.Join(err, orNil(l == nil, fault.New(fault.NotFound, "not_found")))
	}
	l.Language = profile.Language
	b.add(replace(loginKey(l.Username), l, l.version))
	return nil
}

// mostEnded is how many sessions one transaction ends; the rest end right after it.
const mostEnded = 90

// ChangePassword sets a new password for a session that knows the current one, ends all other sessions and tells the
// customer. A wrong current password is password_wrong.
func (s *Store) ChangePassword(ctx context.Context, by *session.Session, current, next string, profile operator.Profile) error {
	p, err := s.profile(ctx, by.Account, true)
	if err != nil {
		return err
	}
	l, err := s.login(ctx, p.Username)
	if err != nil || l == nil {
		return errors.Join(err, orNil(l == nil, fault.New(fault.NotFound, "not_found")))
	}
	if err := s.mayBecome(ctx, p, l, current, next, profile); err != nil {
		return err
	}
	if l.Password, err = s.Hasher.Hash(ctx, credential.NormalizePassword(next)); err != nil {
		return fmt.Errorf("hashing the new password of %s: %w", p.ID, err)
	}
	l.Credential++
	return s.rekey(ctx, p, l, by)
}

// mayBecome checks the current password first and the rules of the new one after it.
func (s *Store) mayBecome(ctx context.Context, p *profile, l *login, current, next string, o operator.Profile) error {
	ok, _, err := s.Hasher.Verify(ctx, l.Password, credential.NormalizePassword(current))
	if err != nil {
		return fmt.Errorf("checking the password of %s: %w", p.ID, err)
	}
	if !ok {
		return fault.Fields([]fault.Field{{Location: "body.currentPassword", Code: "password_wrong"}})
	}
	if credential.NormalizePassword(current) == credential.NormalizePassword(next) {
		return fault.Fields([]fault.Field{{Location: "body.newPassword", Code: "password_same"}})
	}
	if field := credential.CheckPassword("body.newPassword", next, PasswordContext(&p.Account, o)); field != nil {
		return fault.Fields([]fault.Field{*field})
	}
	return nil
}

// rekey writes a LOGIN with a new credential, ends all sessions but by, and tells the customer.
func (s *Store) rekey(ctx context.Context, p *profile, l *login, by *session.Session) error {
	others, err := s.others(ctx, by, l.Credential)
	if err != nil {
		return err
	}
	var b batch
	b.add(replace(loginKey(l.Username), l, l.version))
	b.add(s.event(p.ID, Event{Kind: "password-changed", IP: by.IP, UserAgent: by.UserAgent}))
	if p.EmailVerified {
		b.add(s.Outbox.Op(ctx, message.Message{Account: p.ID, Channel: message.Email, Language: p.Language, Template: message.PasswordChanged}))
	}
	for _, other := range others[:min(mostEnded, len(others))] {
		b.ops = append(b.ops, session.EndOp(other))
	}
	if b.err != nil {
		return b.err
	}
	if err := s.DB.Transact(ctx, b.ops...); err != nil {
		return fmt.Errorf("changing the password of %s: %w", p.ID, err)
	}
	return s.endOthers(ctx, by, l.Credential)
}

// endOthers ends what is left: more than a transaction holds, or opened with the old password while it ran.
func (s *Store) endOthers(ctx context.Context, by *session.Session, credential int64) error {
	left, err := s.others(ctx, by, credential)
	for _, other := range left {
		err = errors.Join(err, s.Sessions.End(ctx, by.Account, other.ID))
	}
	return err
}

// others are the sessions of older credentials but by itself, newest first.
func (s *Store) others(ctx context.Context, by *session.Session, credential int64) ([]*session.Session, error) {
	all, err := s.Sessions.List(ctx, by.Account)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(all, func(l *session.Session) bool { return l.ID == by.ID || l.Credential >= credential })
	slices.SortFunc(others, func(a, b *session.Session) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return others, nil
}

// ChangeContact takes a new e-mail address or mobile number, which is in force once the code sent to it is entered; until
// then the old one stays. Where the old one was proved it is told. The address in force already changes nothing.
func (s *Store) ChangeContact(ctx context.Context, by *session.Session, p Purpose, to string) error {
	profile, err := s.profile(ctx, by.Account, true)
	if err != nil {
		return err
	}
	value, pending, _ := profile.contact(p)
	if *pending = to; to == *value {
		*pending = ""
	}
	if profile.Unproved(p) == "" {
		_, err := s.write(ctx, profile, batch{})
		return err
	}
	var b batch
	b.all(s.newCode(ctx, &profile.Account, p))
	b.add(s.event(profile.ID, Event{Kind: string(p) + "-change", IP: by.IP, UserAgent: by.UserAgent}))
	for _, m := range notices(&profile.Account, p) {
		b.add(s.Outbox.Op(ctx, m))
	}
	_, err = s.write(ctx, profile, b)
	return message.TooOften(err, 0)
}

// notices tell of a new e-mail address or mobile number by every proved channel that it touches. They name the addresses of
// now: one that is sent late must not go to the address that took their place.
func notices(a *Account, p Purpose) []message.Message {
	email := message.Message{Account: a.ID, Channel: message.Email, Language: a.Language, To: a.Email, Template: message.EmailChanged}
	sms := message.Message{Account: a.ID, Channel: message.SMS, Language: a.Language, To: a.Phone, Template: message.PhoneChanged}
	var all []message.Message
	if p == ProvePhone {
		email.Template = message.PhoneChanged
	}
	if a.EmailVerified {
		all = append(all, email)
	}
	if p == ProvePhone && a.PhoneVerified {
		all = append(all, sms)
	}
	return all
}

// PasswordContext is what a password of this account must not be made of.
func PasswordContext(a *Account, o operator.Profile) credential.Context {
	return credential.Context{Username: a.Username, Email: a.Email, Names: []string{a.Name.First, a.Name.Middle, a.Name.Last},
		Company: a.Company, Address: []string{a.Address.Street, a.Address.City, a.Address.Zip}, Operator: o.Name}
}
