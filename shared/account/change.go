package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"postkontor/shared/activity"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// mostEnded is how many sessions one transaction ends; the rest end right after it.
const mostEnded = 90

// ChangePassword sets a new password for a session that knows the current one, ends all other sessions and tells the
// customer. A wrong current password is password_wrong.
func (s *Store) ChangePassword(ctx context.Context, by *session.Session, current, next string, profile operator.Profile) error {
	p, l, err := s.own(ctx, by)
	if err != nil {
		return err
	}
	if err := s.knows(ctx, l, current); err != nil {
		return err
	}
	if credential.NormalizePassword(current) == credential.NormalizePassword(next) {
		return errPasswordSame
	}
	if err := mayBecome(p, next, profile); err != nil {
		return err
	}
	if err := s.isAnother(ctx, l, next); err != nil {
		return err
	}
	l.Temporary = nil
	if l.Password, err = s.Hasher.Hash(ctx, credential.NormalizePassword(next)); err != nil {
		return fmt.Errorf("hashing the new password of %s: %w", p.ID, err)
	}
	l.Credential++
	return s.rekey(ctx, p, l, by)
}

// knows asks for the current password. A wrong one counts like a failed login and is refused like one when it locks.
func (s *Store) knows(ctx context.Context, l *login, current string) error {
	key, err := s.guessKey(ctx, l.Username, nil)
	if err != nil {
		return err
	}
	verdict, err := s.takeGuess(ctx, key)
	if err != nil {
		return fmt.Errorf("taking a try: %w", err)
	}
	if !verdict.free {
		return verdict.refusal(s.Now())
	}
	m, err := s.matchPassword(ctx, l, credential.NormalizePassword(current))
	if err != nil {
		return err
	}
	if !m.password {
		return fault.Fields([]fault.Field{{Location: "body.currentPassword", Code: "password_wrong"}})
	}
	return s.DB.Table(limits).Delete(ctx, key, table.AnyVersion)
}

// mayBecome holds a new password to the rules.
func mayBecome(p *profile, next string, o operator.Profile) error {
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
	b.add(s.event(p.ID, activity.Event{Kind: passwordChanged, IP: by.IP, UserAgent: by.UserAgent}))
	s.notify(ctx, &b, p, l, passwordChanged, message.Message{Channel: message.Email, Template: message.PasswordChanged})
	for _, other := range others[:min(mostEnded, len(others))] {
		b.ops = append(b.ops, session.EndOp(other))
	}
	if b.err != nil {
		return b.err
	}
	if err := s.DB.Transact(ctx, b.ops...); err != nil {
		return fmt.Errorf("changing the password of %s: %w", p.ID, err)
	}
	return errors.Join(s.carryOver(ctx, by, l.Credential), s.endOthers(ctx, by, l.Credential))
}

// carryOver makes a session one of the new credential; see own.
func (s *Store) carryOver(ctx context.Context, by *session.Session, credential int64) error {
	by.Credential = credential
	return again(func() error {
		live, err := s.Sessions.List(ctx, by.Account)
		for _, one := range live {
			if one.ID == by.ID {
				one.Credential = credential
				err = errors.Join(err, s.Sessions.Save(ctx, one))
			}
		}
		return err
	})
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
// then the old one stays. The old one is told where it was proved, of a new number also the e-mail address. The address in
// force already changes nothing.
func (s *Store) ChangeContact(ctx context.Context, by *session.Session, p Purpose, to string) error {
	return again(func() error { return s.changeContact(ctx, by, p, to) })
}

func (s *Store) changeContact(ctx context.Context, by *session.Session, p Purpose, to string) error {
	profile, l, err := s.own(ctx, by)
	if err != nil {
		return err
	}
	before := *profile
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
	if _, was, _ := before.contact(p); *pending != "" && *pending != *was {
		kind, notices := "email-change", []message.Message{{Channel: message.Email, Template: message.EmailChanged}}
		if p == ProvePhone {
			kind, notices = "phone-change", []message.Message{{Channel: message.Email, Template: message.PhoneChanged}, {Channel: message.SMS, Template: message.PhoneChanged}}
		}
		b.add(s.event(profile.ID, activity.Event{Kind: kind, IP: by.IP, UserAgent: by.UserAgent}))
		s.notify(ctx, &b, &before, l, kind, notices...)
	}
	_, err = s.write(ctx, profile, b)
	return message.TooOften(err, 0)
}

// PasswordContext is what a password of this account must not be made of.
func PasswordContext(a *Account, o operator.Profile) credential.Context {
	return credential.Context{Username: a.Username, Email: a.Email, Names: []string{a.Name.First, a.Name.Middle, a.Name.Last},
		Company: a.Company, Address: []string{a.Address.Street, a.Address.City, a.Address.Zip}, Operator: o.Name}
}
