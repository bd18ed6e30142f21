package account

import (
	"context"
	"errors"
	"slices"

	"postkontor/shared/session"
	"postkontor/shared/table"
)

// mostRescoped is how many sessions of an account one transaction gives another scope; the rest follow right after it.
const mostRescoped = 40

// rescoped adds to b that the sessions of an account which have the scope from get the scope to. Others are for something
// else and stay: to choose a password is not to have entered one.
func (s *Store) rescoped(ctx context.Context, b *batch, id string, from, to session.Scope) error {
	live, err := s.withScope(ctx, id, from)
	for _, l := range live[:min(mostRescoped, len(live))] {
		b.add(session.RescopeOp(l, to))
	}
	return err
}

// rescope does the same to what a transaction has left: more than it holds, or opened while it ran.
func (s *Store) rescope(ctx context.Context, id string, from, to session.Scope) error {
	if from == to {
		return nil
	}
	live, err := s.withScope(ctx, id, from)
	for _, l := range live {
		l.Scope = to
		if saved := s.Sessions.Save(ctx, l); saved != nil && !errors.Is(saved, table.ErrCondition) {
			err = errors.Join(err, saved)
		}
	}
	return err
}

// withScope are the living sessions of an account with a scope, newest first.
func (s *Store) withScope(ctx context.Context, id string, scope session.Scope) ([]*session.Session, error) {
	live, err := s.Sessions.List(ctx, id)
	live = slices.DeleteFunc(live, func(l *session.Session) bool { return l.Scope != scope })
	slices.SortFunc(live, func(a, b *session.Session) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return live, err
}
