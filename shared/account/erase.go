package account

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postkontor/shared/fault"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/session"
	"postkontor/shared/supply"
	"postkontor/shared/table"
)

// erase removes an account and all that is kept about its customer, on the condition that nothing changed. The username of
// a new account is free at once, that of a closed one stays kept (NameKept) without its owner. Only what a transaction
// does not hold goes before it: so LOGIN, by which the sweep finds the account again, is there until nothing else is.
// Messages under way are dropped when courier finds no account; counters and messages expire.
func (s *Store) erase(ctx context.Context, l *login) error {
	p, err := s.profile(ctx, l.Account, true)
	if err != nil {
		return err
	}
	var b batch
	if l.Status == New { // an item that ends now is absent; deleting it would not notice that another sweep had done so
		op, err := replace(loginKey(l.Username), login{Account: l.Account, Username: l.Username}, l.version)
		op.Item.Expires = s.Now()
		b.add(op, err)
	} else {
		b.add(s.leave(l))
	}
	p.unlist(&b, ProveEmail)
	p.unlist(&b, ProvePhone)
	b.ops = append(b.ops, table.Op{Verb: table.OpDelete, Table: Definition.Name, Item: table.Item{Key: profileKey(p.ID), Version: p.version}},
		remove(Definition.Name, contactKey(ProveEmail, p.Email, p.ID)), remove(Definition.Name, contactKey(ProvePhone, p.Phone, p.ID)))
	if err := s.giveUp(ctx, &b, p.ID, p.Claim); err != nil {
		return err
	}
	rest, err := s.belongings(ctx, p.ID)
	if err != nil {
		return err
	}
	if err := s.unfollow(ctx, p.ID, l, rest); err != nil {
		return err
	}
	if fits := table.MaxOps - len(b.ops); len(rest) > fits {
		if err := s.trim(ctx, p.ID, l, rest[fits:]); err != nil {
			return err
		}
		rest = rest[:fits]
	}
	b.ops = append(b.ops, rest...)
	if err := s.transact(ctx, "erasing "+p.ID, b); err != nil {
		return err
	}
	return s.eraseLate(ctx, p.ID)
}

// eraseLate removes what came to an account after its belongings were listed. Customers add nothing without PROFILE, so once
// that is gone no more can come.
func (s *Store) eraseLate(ctx context.Context, id string) error {
	rest, err := s.belongings(ctx, id)
	if err != nil {
		return err
	}
	if err := s.unfollow(ctx, id, nil, rest); err != nil {
		return err
	}
	return s.trim(ctx, id, nil, rest)
}

// belongings are the operations that remove what an account has beside its PROFILE: activity, codes, changes, warnings,
// packages, subscriptions, sessions, and its supplies.
func (s *Store) belongings(ctx context.Context, id string) (ops []table.Op, err error) {
	for q := (table.Query{Partition: profileKey(id).PK, Consistent: true}); ; {
		page, err := s.accounts().Query(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("listing what belongs to %s: %w", id, err)
		}
		for _, item := range page.Items {
			if item.Key != profileKey(id) {
				ops = append(ops, remove(Definition.Name, item.Key))
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	live, err := s.Sessions.List(ctx, id)
	for _, one := range live {
		ops = append(ops, session.EndOp(one))
	}
	if err != nil {
		return nil, err
	}
	ordered, err := supply.EraseOps(ctx, s.DB, id)
	return append(ops, ordered...), err
}

// trim removes a part of an account that has too many for one transaction, once it is sure that LOGIN, perhaps seen late
// in the index, still says so; nil when the account is gone.
func (s *Store) trim(ctx context.Context, id string, l *login, ops []table.Op) error {
	if err := s.unchanged(ctx, l); err != nil {
		return err
	}
	for part := range slices.Chunk(ops, table.MaxOps) {
		if err := s.DB.Transact(ctx, part...); err != nil {
			return fmt.Errorf("erasing parts of %s: %w", id, err)
		}
	}
	return nil
}

// unfollow ends the subscriptions among what is to be removed of an account, which stand in the parcels' items too; l as
// trim has it.
func (s *Store) unfollow(ctx context.Context, id string, l *login, ops []table.Op) error {
	followed := follow.Store{DB: s.DB, Now: s.Now}
	for _, op := range ops {
		number, follows := strings.CutPrefix(op.Item.Key.SK, follow.Prefix)
		if !follows {
			continue
		}
		if err := s.unchanged(ctx, l); err != nil {
			return err
		}
		if err := followed.End(ctx, id, number); err != nil && fault.Code(err) != "not_found" {
			return fmt.Errorf("ending a subscription of %s: %w", id, err)
		}
	}
	return nil
}

// unchanged answers table.ErrCondition when LOGIN is not as it was seen, if it was.
func (s *Store) unchanged(ctx context.Context, l *login) error {
	if l == nil {
		return nil
	}
	now, err := s.login(ctx, l.Username)
	if err == nil && (now == nil || now.version != l.version) {
		return table.ErrCondition
	}
	return err
}
