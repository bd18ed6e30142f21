package account

import (
	"context"
	"fmt"
	"strings"

	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/person"
	"postkontor/shared/table"
)

// Remind sends to an e-mail address the usernames of all accounts for which it is proved. For an address of none it makes
// the same calls and writes the same message, to an account that courier does not find. Beyond the limits of sends it
// does nothing.
func (s *Store) Remind(ctx context.Context, email string) error {
	to, usernames, err := s.usernames(ctx, email)
	if err != nil {
		return err
	}
	var b batch
	b.add(s.Throttle.Allow(ctx, message.Username, person.FoldEmail(email), s.Now()))
	b.add(s.Outbox.Op(ctx, message.Message{Account: to, Channel: message.Email, Template: message.SendUsernames,
		Values: map[string]string{"usernames": strings.Join(usernames, ", ")}}))
	if err = b.err; err == nil {
		err = message.TooOften(s.DB.Transact(ctx, b.ops...), 0)
	}
	if err != nil && fault.Code(err) != "sending_too_often" {
		return fmt.Errorf("sending usernames: %w", err)
	}
	return nil
}

// mostReminded is how many accounts of one address are named.
const mostReminded = 50

// usernames answers those of an address, and the account to whose address they go.
func (s *Store) usernames(ctx context.Context, email string) (to string, usernames []string, err error) {
	nobody, err := s.decoyOf(ctx, person.FoldEmail(email))
	if err != nil {
		return "", nil, err
	}
	ids, err := s.provedBy(ctx, email)
	if err != nil {
		return "", nil, err
	}
	keys := []table.Key{profileKey(nobody.ID)}
	for _, id := range ids[:min(mostReminded, len(ids))] {
		keys = append(keys, profileKey(id))
	}
	profiles, err := s.accounts().GetMany(ctx, keys)
	if err != nil {
		return "", nil, fmt.Errorf("reading the accounts of an address: %w", err)
	}
	for _, item := range profiles {
		var p profile
		if err := item.Decode(&p); err != nil {
			return "", nil, fmt.Errorf("decoding %s: %w", item.Key.PK, err)
		}
		if p.ripe(s.Now(), ProveEmail) {
			now, err := s.profile(ctx, p.ID, true)
			if err != nil {
				return "", nil, err
			}
			p = *now
		}
		if person.FoldEmail(p.Email) != person.FoldEmail(email) {
			continue
		}
		usernames = append(usernames, p.Username)
		if to == "" {
			to = p.ID
		}
	}
	if to == "" {
		return nobody.ID, []string{nobody.ID[:8]}, nil
	}
	return to, usernames, nil
}

// provedBy answers the accounts for which an e-mail address is proved, or has waited long enough.
func (s *Store) provedBy(ctx context.Context, email string) (ids []string, err error) {
	err = s.query(ctx, contactKey(ProveEmail, email, "").PK, func(item table.Item) error {
		var c contact
		err := item.Decode(&c)
		if c.Proved || !c.From.IsZero() && !s.Now().Before(c.From) {
			ids = append(ids, strings.TrimPrefix(item.Key.SK, "ACCOUNT#"))
		}
		return err
	})
	return ids, err
}
