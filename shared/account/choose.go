package account

import (
	"context"
	"fmt"
	"slices"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/session"
)

// Choose sets the password that a customer chose after a recovery. In one transaction it ends the recovery's secrets, all
// sessions and devices and the lock, and tells of it by e-mail and SMS; by letter too, when what the secret was sent to
// is the only one of these.
func (s *Store) Choose(ctx context.Context, by *session.Session, next string, o operator.Profile) error {
	p, l, err := s.own(ctx, by)
	if err != nil {
		return err
	}
	if err := s.mayChoose(ctx, p, l, next, o); err != nil {
		return err
	}
	hash, err := s.Hasher.Hash(ctx, credential.NormalizePassword(next))
	if err != nil {
		return fmt.Errorf("hashing the new password of %s: %w", p.ID, err)
	}
	return again(func() error {
		p, l, err := s.own(ctx, by)
		if err != nil {
			return err
		}
		return s.chosen(ctx, p, l, by, hash)
	})
}

// own reads the account of a session, which is no more one of it when a password was set since it was opened.
func (s *Store) own(ctx context.Context, by *session.Session) (*profile, *login, error) {
	p, l, err := s.both(ctx, by.Account)
	if err == nil && l.Credential != by.Credential {
		err = session.ErrNone
	}
	return p, l, err
}

// mayChoose holds a new password to the rules; the temporary one and the forgotten one are password_same.
func (s *Store) mayChoose(ctx context.Context, p *profile, l *login, next string, o operator.Profile) error {
	if err := mayBecome(p, next, o); err != nil {
		return err
	}
	if err := s.isAnother(ctx, l, next); err != nil || l.Password == "" {
		return err
	}
	return s.differs(ctx, l.Password, credential.NormalizePassword(next))
}

// isAnother refuses a new password that is the temporary one, used or not.
func (s *Store) isAnother(ctx context.Context, l *login, next string) error {
	words, ok := credential.ParseTemporaryPassword(next)
	if !ok || l.Temporary == nil {
		return nil
	}
	return s.differs(ctx, l.Temporary.Hash, words)
}

func (s *Store) differs(ctx context.Context, hash, text string) error {
	same, _, err := s.Hasher.Verify(ctx, hash, text)
	if err != nil {
		return fmt.Errorf("comparing the new password: %w", err)
	}
	return orNil(same, errPasswordSame)
}

var errPasswordSame = fault.Fields([]fault.Field{{Location: "body.newPassword", Code: "password_same"}})

// chosen writes the new password.
func (s *Store) chosen(ctx context.Context, p *profile, l *login, by *session.Session, hash string) error {
	set := *l
	set.Password, set.Temporary = hash, nil
	set.Credential++
	set.Devices++
	set.Doubtful = by.Via != string(message.Letter) && (l.Doubtful || by.Via == string(message.SMS) && l.longUnused(s.Now()))
	everyone := &session.Session{Account: p.ID}
	all, err := s.others(ctx, everyone, set.Credential)
	if err != nil {
		return err
	}
	var b batch
	b.add(replace(loginKey(l.Username), set, l.version))
	b.add(s.event(p.ID, activity.Event{Kind: "password-recovered", IP: by.IP, UserAgent: by.UserAgent, Detail: by.Via}))
	s.notify(ctx, &b, p, l, "password-recovered", message.Message{Channel: message.Email, Template: message.PasswordRecovered},
		message.Message{Channel: message.SMS, Template: message.PasswordRecovered})
	if p.reachedOnly(by.Via) {
		b.add(s.Outbox.Op(ctx, message.Message{Account: p.ID, Channel: message.Letter, Language: p.Language, Template: message.LetterRecovery}))
	}
	key, err := s.guessKey(ctx, l.Username, nil)
	b.add(remove(limits, key), err)
	for _, one := range all[:min(mostEnded, len(all))] {
		b.ops = append(b.ops, session.EndOp(one))
	}
	if b.err != nil {
		return b.err
	}
	if err := s.DB.Transact(ctx, b.ops...); err != nil {
		return fmt.Errorf("setting the password of %s: %w", p.ID, err)
	}
	return s.endOthers(ctx, everyone, set.Credential)
}

// reachedOnly reports whether the account has no proved address but that of the channel (SP 800-63B-4 §4.6).
func (p *profile) reachedOnly(channel string) bool {
	return !slices.ContainsFunc(p.channels(), func(c message.Channel) bool { return string(c) != channel })
}

// longUnused reports whether the last login is over 12 months ago. A number that is not used may be another person's by
// then.
func (l *login) longUnused(now time.Time) bool {
	last, err := time.Parse(time.DateOnly, l.LastActiveDay)
	return err != nil || day(now) > day(last.AddDate(1, 0, 0))
}
