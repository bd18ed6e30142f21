package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// Credentials are what somebody logs in with. Device is what an earlier login of the same browser or client answered.
type Credentials struct{ Username, Password, Device string }

// Entry is a successful login.
type Entry struct {
	Session *session.Session
	Token   string
	Account *Account
	Device  string // to be kept and sent with the next login
}

// ErrCredentials is the one answer to a wrong password and to an unknown username.
var ErrCredentials = fault.New(fault.Unauthorized, "credentials_invalid")

// Enter logs in. LOGIN is read once; a try is taken from the counter before anything is hashed, of unknown usernames too,
// which cost the same hashes. While a counter is locked or at its end only a temporary password is looked at. The session
// is written before LOGIN is looked at again (or, once a day, its lastActiveDay moved on the condition that nothing
// changed): what changed meanwhile ends the session before anyone holds its token, so that a login, a change of password
// and a deactivation can race in any order.
func (s *Store) Enter(ctx context.Context, c Credentials, o session.Opening) (*Entry, error) {
	l, err := s.login(ctx, c.Username)
	if err != nil {
		return nil, err
	}
	if l != nil && l.over(s.Now()) {
		l = nil
	}
	known := s.device(ctx, c.Device, l)
	key, err := s.guessKey(ctx, c.Username, known)
	if err != nil {
		return nil, err
	}
	verdict := verdict{disabled: l != nil && l.Password == ""} // by a disavow
	if !verdict.disabled {
		if verdict, err = s.takeGuess(ctx, key); err != nil {
			return nil, fmt.Errorf("taking a try: %w", err)
		}
	}
	m, err := s.match(ctx, l, c.Password, verdict)
	switch {
	case err != nil:
		return nil, err
	case m.temporary:
		return s.enterOnce(ctx, l, o)
	case !m.password:
		return nil, verdict.refusal(s.Now())
	}
	if err := s.DB.Table(limits).Delete(ctx, key, table.AnyVersion); err != nil {
		return nil, fmt.Errorf("clearing a counter of %s: %w", l.Account, err)
	}
	return s.open(ctx, l, known, o, m.rehashed)
}

// matched says which of an account's passwords was typed.
type matched struct{ password, temporary, rehashed bool }

// match compares what was typed with the password, while the counter is free, and with the temporary password, when it
// looks like one. How many hashes that costs depends on nothing but the counter and what was typed.
func (s *Store) match(ctx context.Context, l *login, typed string, v verdict) (m matched, err error) {
	if v.free {
		if m, err = s.matchPassword(ctx, l, credential.NormalizePassword(typed)); err != nil {
			return m, err
		}
	}
	words, ok := credential.ParseTemporaryPassword(typed)
	if !ok {
		return m, nil
	}
	if l == nil || l.Temporary == nil {
		return m, s.Hasher.Dummy(ctx, words)
	}
	same, _, err := s.Hasher.Verify(ctx, l.Temporary.Hash, words)
	m.temporary = same && !l.Temporary.Used && s.Now().Before(l.Temporary.Expires)
	return m, err
}

func (s *Store) matchPassword(ctx context.Context, l *login, typed string) (m matched, err error) {
	if l == nil || l.Password == "" {
		return m, s.Hasher.Dummy(ctx, typed)
	}
	var stale bool
	if m.password, stale, err = s.Hasher.Verify(ctx, l.Password, typed); err != nil {
		return m, fmt.Errorf("checking the password of %s: %w", l.Account, err)
	}
	if m.password && stale {
		m.rehashed = true
		l.Password, err = s.Hasher.Hash(ctx, typed)
	}
	return m, err
}

// enterOnce takes the temporary password: it is used before the session that chooses a new one begins.
func (s *Store) enterOnce(ctx context.Context, l *login, o session.Opening) (*Entry, error) {
	used, spent := *l, *l.Temporary
	spent.Used = true
	used.Temporary = &spent
	op, err := replace(loginKey(l.Username), used, l.version)
	if err != nil {
		return nil, err
	}
	if err := s.accounts().Replace(ctx, op.Item); errors.Is(err, table.ErrCondition) {
		return nil, ErrCredentials
	} else if err != nil {
		return nil, fmt.Errorf("using the temporary password of %s: %w", l.Account, err)
	}
	o.Via = string(message.Email)
	return s.openAs(ctx, l, session.ChoosePassword, o)
}

// openAs opens a session of a certain scope, without a device and without being a login that counts, if what it was decided
// by still stands.
func (s *Store) openAs(ctx context.Context, l *login, scope session.Scope, o session.Opening) (*Entry, error) {
	opened, token, err := s.Sessions.Open(ctx, l.opening(scope, o))
	if err != nil {
		return nil, err
	}
	if err := s.stands(ctx, l); err != nil {
		return nil, errors.Join(err, s.Sessions.End(ctx, opened.Account, opened.ID))
	}
	p, err := s.profile(ctx, l.Account, false)
	if err != nil {
		return nil, err
	}
	return &Entry{Session: opened, Token: token, Account: &p.Account}, nil
}

// opening fills in what the session takes from the account.
func (l *login) opening(scope session.Scope, o session.Opening) session.Opening {
	o.Account, o.Username, o.Credential, o.Language, o.Scope = l.Account, l.Username, l.Credential, l.Language, scope
	return o
}

// scope is what a login to the account may do now.
func (l *login) scope() session.Scope {
	if scope := l.Status.Scope(); scope != session.Full || !l.Doubtful {
		return scope
	}
	return session.Reactivate
}

func (s *Store) open(ctx context.Context, l *login, known *device, o session.Opening, changed bool) (*Entry, error) {
	if l.Status == Flagged {
		var err error
		if l, err = s.mature(ctx, l); err != nil {
			return nil, err
		}
	}
	opened, token, err := s.Sessions.Open(ctx, l.opening(l.scope(), o))
	if err != nil {
		return nil, err
	}
	elsewhere, err := s.confirm(ctx, l, changed)
	if err != nil || elsewhere != nil {
		err = errors.Join(err, s.Sessions.End(ctx, opened.Account, opened.ID))
	}
	switch {
	case err != nil:
		return nil, err
	case elsewhere != nil:
		return s.open(ctx, elsewhere, known, o, false)
	}
	p, err := s.profile(ctx, l.Account, false)
	if err != nil {
		return nil, err
	}
	a := &p.Account
	entry := &Entry{Session: opened, Token: token, Account: a}
	if opened.Scope != session.Full {
		return entry, nil
	}
	if entry.Device, err = s.deviceToken(ctx, l, known); err != nil || known != nil || !a.EmailVerified {
		return entry, err
	}
	name := cmp.Or(session.Device(o.UserAgent), locale.Text(a.Language, "login.sessions.unknown"))
	return entry, s.tell(ctx, message.Message{Account: a.ID, Channel: message.Email, Language: a.Language, Template: message.NewSession,
		Values: map[string]string{"device": name}})
}

// tell puts a message that nothing else causes into the outbox.
func (s *Store) tell(ctx context.Context, m message.Message) error {
	op, err := s.Outbox.Op(ctx, m)
	if err != nil {
		return err
	}
	if err := s.DB.Transact(ctx, op); err != nil {
		return fmt.Errorf("telling %s: %w", m.Account, err)
	}
	return nil
}

// confirm makes sure that what the login was decided by still stands, and keeps the day of the login whoever else writes
// LOGIN meanwhile. The same password of an account that now stands elsewhere (deactivated, closed) is answered with LOGIN
// as it is: the login begins again from there.
func (s *Store) confirm(ctx context.Context, l *login, changed bool) (elsewhere *login, err error) {
	for {
		if today := day(s.Now()); l.scope() == session.Full && (changed || l.LastActiveDay != today) {
			moved := *l
			moved.LastActiveDay = today
			op, err := replace(loginKey(l.Username), moved, l.version)
			if err != nil {
				return nil, err
			}
			if err := s.accounts().Replace(ctx, op.Item); !errors.Is(err, table.ErrCondition) {
				return nil, err
			}
		}
		now, err := s.login(ctx, l.Username)
		switch {
		case err != nil:
			return nil, err
		case now == nil || now.Account != l.Account || now.Credential != l.Credential:
			return nil, ErrCredentials
		case now.Status != l.Status || now.Doubtful != l.Doubtful:
			return now, nil
		case now.version == l.version || now.LastActiveDay == day(s.Now()):
			return nil, nil
		}
		now.Password = l.Password // perhaps hashed anew
		l = now
	}
}

// stands refuses when the account changed in what decides about a session.
func (s *Store) stands(ctx context.Context, l *login) error {
	now, err := s.login(ctx, l.Username)
	if err != nil {
		return err
	}
	if now == nil || now.Account != l.Account || now.Status != l.Status || now.Credential != l.Credential || now.Doubtful != l.Doubtful {
		return ErrCredentials
	}
	return nil
}

// SignIn opens the first session of an account that was just created, or created by an earlier try of the same request and
// not given another password since.
func (s *Store) SignIn(ctx context.Context, a *Account, o session.Opening) (*Entry, error) {
	l, err := s.login(ctx, a.Username)
	if err != nil {
		return nil, err
	}
	if l == nil || l.Account != a.ID || l.Credential != firstCredential {
		return nil, ErrCredentials
	}
	entry, err := s.openAs(ctx, l, l.scope(), o)
	if err != nil {
		return nil, err
	}
	entry.Device, err = s.deviceToken(ctx, l, nil)
	return entry, err
}
