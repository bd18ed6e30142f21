package account

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// ErrToken says that a notice's token is unknown, used, void or too old.
var ErrToken = fault.Fields([]fault.Field{{Location: "body.token", Code: "token_invalid"}})

// mostUndone bounds the changes whose records the transaction of a disavow removes, and mostEndedToo the sessions.
const (
	mostUndone   = 40
	mostEndedToo = 30
)

// Disavow takes the token of a notice: somebody else made that change. In one transaction it ends all sessions and devices,
// disables the password and any temporary one until a recovery, and brings the account back to what it was before the
// change, so that a recovery goes only to the addresses of then; the tokens of the later changes are void. It answers the
// kinds of what was undone, newest first. A token that was used, is void, old, or no token at all is ErrToken. The token of
// a claim only objects to it.
func (s *Store) Disavow(ctx context.Context, token string, by session.Opening) (undone []string, err error) {
	id, hash, err := openToken(token)
	if err != nil {
		return nil, err
	}
	var credential int64
	err = again(func() error {
		undone, credential, err = s.disavowed(ctx, id, hash, by)
		return err
	})
	if err != nil || credential == 0 {
		return undone, err
	}
	return undone, s.endOthers(ctx, &session.Session{Account: id}, credential)
}

// Disavowing answers the kind of the change that a token is for, and changes nothing.
func (s *Store) Disavowing(ctx context.Context, token string) (kind string, err error) {
	id, hash, err := openToken(token)
	if err != nil {
		return "", err
	}
	item, found, err := s.accounts().Get(ctx, changeKey(id, hash), true)
	if err != nil {
		return "", fmt.Errorf("reading a change of %s: %w", id, err)
	}
	var c change
	if err := item.Decode(&c); found && err != nil {
		return "", fmt.Errorf("decoding a change of %s: %w", id, err)
	}
	if !found || !c.has(hash) {
		return "", ErrToken
	}
	return c.Kind, nil
}

// has compares with the whole hash of a token's secret.
func (c *change) has(hash [32]byte) bool {
	return subtle.ConstantTimeCompare([]byte(c.Hash), []byte(hex.EncodeToString(hash[:]))) == 1
}

func openToken(token string) (id string, hash [32]byte, err error) {
	plain, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(plain) != 32 {
		return "", hash, ErrToken
	}
	return ulid.ULID(plain[:16]).String(), sha256.Sum256(plain[16:]), nil
}

// disavowed answers the kinds and the credential version from which on sessions are to live; 0: none were ended.
func (s *Store) disavowed(ctx context.Context, id string, hash [32]byte, by session.Opening) ([]string, int64, error) {
	p, l, err := s.both(ctx, id) // before the changes: one that is made meanwhile then fails the transaction
	if fault.Code(err) == "not_found" {
		err = ErrToken
	}
	if err != nil {
		return nil, 0, err
	}
	first, others, err := s.changes(ctx, id, hash)
	if err != nil {
		return nil, 0, err
	}
	if first.Kind == ClaimChallenged {
		return []string{first.Kind}, 0, s.object(ctx, id, first.key)
	}
	later := slices.DeleteFunc(others, func(c *change) bool { return c.compare(first) < 0 || c.Kind == ClaimChallenged })
	slices.SortFunc(later, func(a, b *change) int { return b.compare(a) })
	kinds := make([]string, len(later))
	for i, c := range later {
		kinds[i] = c.Kind
	}
	for len(later) > mostUndone { // from the newest on, so that no token is left that would bring a change back
		if err := s.accounts().Delete(ctx, later[0].key, table.AnyVersion); err != nil {
			return nil, 0, fmt.Errorf("undoing a change of %s: %w", id, err)
		}
		later = later[1:]
	}
	var b batch
	if err := s.bringBack(ctx, &b, p, l, first.Before); err != nil {
		return nil, 0, err
	}
	for _, c := range later {
		b.ops = append(b.ops, remove(Definition.Name, c.key))
	}
	if err := s.shut(ctx, &b, p, l, by); err != nil {
		return nil, 0, err
	}
	_, err = s.write(ctx, p, b)
	return kinds, l.Credential, err
}

// compare orders changes by what they found.
func (c *change) compare(d *change) int {
	return cmp.Or(cmp.Compare(c.Order[0], d.Order[0]), cmp.Compare(c.Order[1], d.Order[1]))
}

// changes answers the change of a token, and all of the account, itself among them, that can still be undone.
func (s *Store) changes(ctx context.Context, id string, hash [32]byte) (first *change, all []*change, err error) {
	items, err := s.partition(ctx, id, "CHANGE#")
	if err != nil {
		return nil, nil, err
	}
	for _, item := range items {
		c := &change{key: item.Key}
		if err := item.Decode(c); err != nil {
			return nil, nil, fmt.Errorf("decoding a change of %s: %w", id, err)
		}
		all = append(all, c)
		if c.has(hash) {
			first = c
		}
	}
	if first == nil {
		return nil, nil, ErrToken
	}
	return first, all, nil
}

// partition answers all items of an account whose sort keys have a prefix.
func (s *Store) partition(ctx context.Context, id, prefix string) (items []table.Item, err error) {
	q := table.Query{Partition: profileKey(id).PK, Prefix: prefix, Consistent: true}
	for {
		page, err := s.accounts().Query(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("reading what is kept of %s: %w", id, err)
		}
		items = append(items, page.Items...)
		if q.Cursor = page.Next; q.Cursor == "" {
			return items, nil
		}
	}
}

// bringBack makes p and l what they were, and adds to b all of that but the writing of p.
func (s *Store) bringBack(ctx context.Context, b *batch, p *profile, l *login, was before) error {
	p.forget(b, ProveEmail, was.Email)
	p.forget(b, ProvePhone, was.Phone)
	p.Proof = nil
	bringBackContact(b, p, ProveEmail, was.Email, was.EmailVerified)
	bringBackContact(b, p, ProvePhone, was.Phone, was.PhoneVerified)
	p.Language, p.Name, p.Company, p.Address = was.Language, was.Name, was.Company, was.Address
	l.Language, l.Questions, l.Answers, l.Doubtful = was.Language, was.Questions, was.Answers, l.Doubtful || was.Doubtful
	l.Password, l.Temporary = "", nil
	l.Credential++
	l.Devices++
	if err := s.bringBackStatus(ctx, b, p, l, was); err != nil {
		return err
	}
	err := s.takeName(ctx, b, l, was.Username)
	if errors.Is(err, ErrUsernameTaken) { // which it cannot be while it is kept
		was.Username = p.Username
		err = s.takeName(ctx, b, l, was.Username)
	}
	p.Username = was.Username
	return err
}

// bringBackContact puts an address in force again, proved as it was; what waited for a proof is dropped.
func bringBackContact(b *batch, p *profile, purpose Purpose, was string, proved bool) {
	value, pending, verified := p.contact(purpose)
	*pending = ""
	if *value == was && *verified == proved {
		return
	}
	if old := contactKey(purpose, *value, p.ID); old != contactKey(purpose, was, p.ID) {
		b.ops = append(b.ops, remove(Definition.Name, old))
	}
	b.add(put(contactKey(purpose, was, p.ID), contact{Proved: proved}, time.Time{}))
	*value, *verified = was, proved
}

// bringBackStatus decides where the account stands. Whose e-mail address is not proved is new; who holds the claim, or can
// have it, is what it was; whose claim another account has by now is flagged, at once or when it returns.
func (s *Store) bringBackStatus(ctx context.Context, b *batch, p *profile, l *login, was before) error {
	now, held, status := p.Status, p.Claim, New
	if p.Claim = nil; was.EmailVerified {
		settled, claim, err := s.settle(ctx, p)
		b.all(claim, err)
		status = settled
	}
	if held != nil && (p.Claim == nil || *held != *p.Claim) {
		if err := s.giveUp(ctx, b, p.ID, held); err != nil {
			return err
		}
	}
	p.closing = was.closing
	switch {
	case was.Status == Closed:
		status = Closed
	case status != New && (now == Inactive || was.Status == Inactive):
		status = Inactive
	}
	l.ClosedAt = p.ClosedAt
	if p.Status, l.Status = status, status; status != now {
		l.Due = s.due(p, l)
	}
	return nil
}

// shut adds to b what ends everything that somebody else may have begun, sessions and codes on their way, and the news.
func (s *Store) shut(ctx context.Context, b *batch, p *profile, l *login, by session.Opening) error {
	codes, err := s.partition(ctx, p.ID, "CODE#")
	for _, item := range codes {
		b.ops = append(b.ops, remove(Definition.Name, item.Key))
	}
	live, further := s.others(ctx, &session.Session{Account: p.ID}, l.Credential)
	for _, one := range live[:min(mostEndedToo, len(live))] {
		b.ops = append(b.ops, session.EndOp(one))
	}
	b.add(s.event(p.ID, activity.Event{Kind: "disavowed", IP: by.IP, UserAgent: by.UserAgent}))
	for _, c := range p.channels() {
		b.add(s.Outbox.Op(ctx, message.Message{Account: p.ID, Channel: c, Language: p.Language, Template: message.Disavowed}))
	}
	b.err = errors.Join(b.err, err, further)
	return b.err
}
