package account

import (
	"context"
	"errors"
	"fmt"

	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// Entry is a successful login.
type Entry struct {
	Session *session.Session
	Token   string
	Account *Account
}

// ErrCredentials is the one answer to a wrong password and to an unknown username.
var ErrCredentials = fault.New(fault.Unauthorized, "credentials_invalid")

// Enter logs in with a username and a password. LOGIN is read once; an unknown name costs the same hash. The session is
// written before LOGIN is looked at again (or, once a day, its lastActiveDay moved on the condition that nothing changed):
// what changed meanwhile ends the session before anyone holds its token, so that a login, a change of password and a
// deactivation can race in any order.
func (s *Store) Enter(ctx context.Context, username, password string, o session.Opening) (*Entry, error) {
	l, err := s.login(ctx, username)
	if err != nil {
		return nil, err
	}
	password = credential.NormalizePassword(password)
	if l == nil {
		return nil, errors.Join(s.Hasher.Dummy(ctx, password), ErrCredentials)
	}
	ok, stale, err := s.Hasher.Verify(ctx, l.Password, password)
	if err != nil {
		return nil, fmt.Errorf("checking the password of %s: %w", l.Account, err)
	}
	if !ok {
		return nil, ErrCredentials
	}
	if stale {
		if l.Password, err = s.Hasher.Hash(ctx, password); err != nil {
			return nil, fmt.Errorf("hashing the password of %s anew: %w", l.Account, err)
		}
	}
	return s.open(ctx, l, o, stale)
}

func (s *Store) open(ctx context.Context, l *login, o session.Opening, changed bool) (*Entry, error) {
	o.Account, o.Username, o.Credential, o.Language, o.Scope = l.Account, l.Username, l.Credential, l.Language, l.Status.Scope()
	opened, token, err := s.Sessions.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.confirm(ctx, l, changed); err != nil {
		return nil, errors.Join(err, s.Sessions.End(ctx, opened.Account, opened.ID))
	}
	a, err := s.Get(ctx, l.Account)
	if err != nil {
		return nil, err
	}
	return &Entry{Session: opened, Token: token, Account: a}, nil
}

// confirm makes sure that what the login was decided by still stands.
func (s *Store) confirm(ctx context.Context, l *login, changed bool) error {
	if today := day(s.Now()); l.Status.Scope() == session.Full && (changed || l.LastActiveDay != today) {
		moved := *l
		moved.LastActiveDay = today
		op, err := replace(loginKey(l.Username), moved, l.version)
		if err != nil {
			return err
		}
		if err := s.accounts().Replace(ctx, op.Item); !errors.Is(err, table.ErrCondition) {
			return err
		}
	}
	now, err := s.login(ctx, l.Username)
	if err != nil {
		return err
	}
	if now == nil || now.Account != l.Account || now.Status != l.Status || now.Credential != l.Credential {
		return ErrCredentials
	}
	return nil
}

// SignIn opens the first session of an account that was just created, or created by an earlier try of the same request and
// not given another password since.
func (s *Store) SignIn(ctx context.Context, a *Account, o session.Opening) (string, error) {
	l, err := s.login(ctx, a.Username)
	if err != nil {
		return "", err
	}
	if l == nil || l.Account != a.ID || l.Credential != firstCredential {
		return "", ErrCredentials
	}
	o.Account, o.Username, o.Credential, o.Language, o.Scope = l.Account, l.Username, l.Credential, l.Language, l.Status.Scope()
	_, token, err := s.Sessions.Open(ctx, o)
	return token, err
}
