package account

import (
	"context"
	"errors"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// NameKept is how long a username that was left, or whose account was erased, is kept from others.
const NameKept = 3 * 365 * 24 * time.Hour

// leave is the operation that leaves a username: what stands there keeps it for NameKept, and only for the account that had it.
func (s *Store) leave(l *login) (table.Op, error) {
	op, err := replace(loginKey(l.Username), login{Account: l.Account, Username: l.Username, Left: true}, l.version)
	op.Item.Expires = s.Now().Add(NameKept)
	return op, err
}

// takeName adds to b what writes l under the name to: its own in another spelling, one that nobody has, or one that its
// account left; any other is ErrUsernameTaken. What was guessed while nobody logged in by the name does not count.
func (s *Store) takeName(ctx context.Context, b *batch, l *login, to string) error {
	renamed := *l
	renamed.Username = to
	if person.FoldUsername(to) == person.FoldUsername(l.Username) {
		b.add(replace(loginKey(to), renamed, l.version))
		return nil
	}
	there, err := s.named(ctx, to)
	switch {
	case err != nil:
		return err
	case there == nil:
		b.add(create(loginKey(to), renamed, time.Time{}))
	case there.Left && there.Account == l.Account:
		b.add(replace(loginKey(to), renamed, there.version))
	default:
		return ErrUsernameTaken
	}
	b.add(s.leave(l))
	key, err := s.guessKey(ctx, to, nil)
	b.add(remove(limits, key), err)
	return nil
}

// Rename gives an account another username and leaves the one it had; its sessions show the new one. A name that another
// account has, or left, is ErrUsernameTaken; who answers adds suggestions.
func (s *Store) Rename(ctx context.Context, by *session.Session, to string) (a *Account, err error) {
	if err := again(func() error { a, err = s.renamed(ctx, by, to); return err }); err != nil {
		return nil, err
	}
	live, err := s.Sessions.List(ctx, a.ID)
	for _, l := range live {
		l.Username = to
		if saved := s.Sessions.Save(ctx, l); !errors.Is(saved, table.ErrCondition) { // else it ended, or shows it at its next login
			err = errors.Join(err, saved)
		}
	}
	return a, err
}

func (s *Store) renamed(ctx context.Context, by *session.Session, to string) (*Account, error) {
	p, l, err := s.own(ctx, by)
	if err != nil {
		return nil, err
	}
	if p.Username == to {
		return &p.Account, nil
	}
	var b batch
	if err := s.takeName(ctx, &b, l, to); err != nil {
		return nil, err
	}
	b.add(s.event(p.ID, activity.Event{Kind: usernameChanged, IP: by.IP, UserAgent: by.UserAgent}))
	s.notify(ctx, &b, p, l, usernameChanged, message.Message{Channel: message.Email, Template: message.UsernameChanged})
	p.Username = to
	a, err := s.write(ctx, p, b)
	if lost := new(table.Conflict); errors.As(err, &lost) && lost.Op == 0 && b.ops[0].Verb == table.OpCreate {
		return nil, ErrUsernameTaken
	}
	return a, err
}

// Suggest answers up to five usernames that nobody has, made from the wanted one, a name and an e-mail address.
func (s *Store) Suggest(ctx context.Context, username string, name person.Name, email string) ([]string, error) {
	free, err := s.Free(ctx, person.Suggestions(username, name, email, s.Rand))
	return free[:min(5, len(free))], err
}

// Taken is ErrUsernameTaken with suggestions, for the field body.username.
func (s *Store) Taken(ctx context.Context, username string, name person.Name, email string) error {
	suggestions, err := s.Suggest(ctx, username, name, email)
	if err != nil {
		return err
	}
	return &fault.Error{Kind: fault.Conflict, Code: ErrUsernameTaken.Code, Members: map[string]any{"suggestions": suggestions},
		Fields: []fault.Field{{Location: "body.username", Code: ErrUsernameTaken.Code}}}
}
