package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// dispute is a flagged account and the claim it wants, as they were read.
type dispute struct {
	p       *profile
	l       *login
	claim   claim
	version int64    // of the claim's item, 0: nobody holds it
	holder  *profile // nil: nobody, or an account that is gone
}

func (s *Store) dispute(ctx context.Context, id string) (*dispute, error) {
	p, err := s.flagged(ctx, id)
	if err != nil {
		return nil, err
	}
	d := &dispute{p: p}
	if d.l, err = s.login(ctx, p.Username); err != nil || d.l == nil {
		return nil, errors.Join(err, orNil(d.l == nil, fault.New(fault.NotFound, "not_found")))
	}
	if d.claim, err = s.claimOf(ctx, &p.Account); err != nil {
		return nil, err
	}
	var holder string
	if holder, d.version, err = s.holder(ctx, d.claim); err != nil {
		return nil, fmt.Errorf("reading the claim of %s: %w", id, err)
	}
	if holder == "" || holder == id {
		return d, nil
	}
	if d.holder, err = s.profile(ctx, holder, true); fault.Code(err) == "not_found" {
		d.holder, err = nil, nil
	}
	return d, err
}

// won reports whether a flagged account has its claim without a letter's code, or has it by one that was entered: its
// holder did not object in time, or is not in use any more.
func (d *dispute) won(now time.Time) bool {
	if d.holder == nil {
		return true
	}
	return d.p.Challenges == d.holder.ID && (d.holder.Status != Active || !now.Before(*d.p.ClaimAt))
}

// mature settles what has come to a flagged account by waiting, at a login or a sweep: when it has won its claim it is
// active. It answers LOGIN as it then is. What it does not settle costs four reads.
func (s *Store) mature(ctx context.Context, l *login) (*login, error) {
	err := again(func() error {
		d, err := s.dispute(ctx, l.Account)
		if fault.Code(err) == "changed_meanwhile" { // no longer flagged
			l, err = s.login(ctx, l.Username)
			return errors.Join(err, orNil(l == nil, ErrCredentials))
		}
		if err != nil {
			return err
		}
		if !d.won(s.Now()) {
			return s.unchallenged(ctx, d.p, d.holder)
		}
		if err := s.pass(ctx, d, batch{}); err != nil {
			return err
		}
		d.l.version++
		l = d.l
		return nil
	})
	return l, err
}

// unchallenged forgets a challenge to an account that holds the claim no more: its holder has been told nothing.
func (s *Store) unchallenged(ctx context.Context, p, holder *profile) error {
	if p.Challenges == "" || p.Challenges == holder.ID {
		return nil
	}
	p.ClaimAt, p.Challenges = nil, ""
	_, err := s.write(ctx, p, batch{})
	return err
}

// pass makes a flagged account the holder of its claim and active, in one transaction with b. Who held it until now is
// flagged, at once when it is in use, else when it returns. Both are told.
func (s *Store) pass(ctx context.Context, d *dispute, b batch) error {
	b.add(d.claimOp())
	d.p.Claim = &d.claim
	if d.holder == nil {
		return s.clear(ctx, d, activity.Event{Kind: "claim-taken"}, b)
	}
	if err := s.lose(ctx, &b, d.holder); err != nil {
		return err
	}
	if err := s.clear(ctx, d, activity.Event{Kind: "claim-taken"}, b); err != nil {
		return err
	}
	return s.rescope(ctx, d.holder.ID, session.Full, d.holder.Status.Scope())
}

// claimOp writes the claim to the flagged account.
func (d *dispute) claimOp() (table.Op, error) {
	if d.version == 0 {
		return create(d.claim.key(), claimed{Account: d.p.ID}, time.Time{})
	}
	return replace(d.claim.key(), claimed{Account: d.p.ID}, d.version)
}

// clear makes a flagged account active, with its sessions, and writes that together with b.
func (s *Store) clear(ctx context.Context, d *dispute, e activity.Event, b batch) error {
	p, l := d.p, d.l
	p.Status, p.ClaimAt, p.Challenges = Active, nil, ""
	l.Status, l.LastActiveDay = Active, day(s.Now())
	l.Due = s.due(p, l)
	b.add(replace(loginKey(l.Username), l, l.version))
	b.add(s.event(p.ID, e))
	for _, c := range p.channels() {
		b.add(s.Outbox.Op(ctx, message.Message{Account: p.ID, Channel: c, Template: message.DuplicateCleared}))
	}
	if err := s.rescoped(ctx, &b, p.ID, session.Flagged, l.scope()); err != nil {
		return err
	}
	if _, err := s.write(ctx, p, b); err != nil {
		return err
	}
	return s.rescope(ctx, p.ID, session.Flagged, l.scope())
}

// lose adds to b what befalls the holder that loses its claim.
func (s *Store) lose(ctx context.Context, b *batch, h *profile) error {
	h.Claim = nil
	if h.Status == Active {
		l, err := s.login(ctx, h.Username)
		if err != nil || l == nil {
			return errors.Join(err, orNil(l == nil, table.ErrCondition))
		}
		h.Status, l.Status = Flagged, Flagged
		b.add(replace(loginKey(l.Username), l, l.version))
		if err := s.rescoped(ctx, b, h.ID, session.Full, session.Flagged); err != nil {
			return err
		}
	}
	b.add(replace(profileKey(h.ID), h, h.version))
	b.add(s.event(h.ID, activity.Event{Kind: "claim-lost"}))
	for _, c := range h.channels() {
		b.add(s.Outbox.Op(ctx, message.Message{Account: h.ID, Channel: c, Template: message.ClaimLost}))
	}
	return b.err
}

// channels are those whose addresses are proved.
func (p *profile) channels() (proved []message.Channel) {
	if p.EmailVerified {
		proved = append(proved, message.Email)
	}
	if p.PhoneVerified {
		proved = append(proved, message.SMS)
	}
	return proved
}

// challenge tells the holder, on every channel, that the claim passes at the end of ObjectionTime, with a token that
// objects. While one waits already, another code changes nothing.
func (s *Store) challenge(ctx context.Context, d *dispute, b batch) error {
	if d.p.Challenges == d.holder.ID {
		_, err := s.write(ctx, d.p, b)
		return err
	}
	var secret [16]byte
	if _, err := io.ReadFull(s.Rand, secret[:]); err != nil {
		return fmt.Errorf("random bits for a notice: %w", err)
	}
	at := s.Now().Add(ObjectionTime).UTC().Truncate(time.Second)
	d.p.ClaimAt, d.p.Challenges = &at, d.holder.ID
	d.l.Due = dueKey(at, d.p.ID)
	hash := sha256.Sum256(secret[:])
	b.add(create(changeKey(d.holder.ID, hash), objection{Kind: ClaimChallenged, Hash: hex.EncodeToString(hash[:]), At: s.Now().UTC(), Challenger: d.p.ID}, at))
	b.ops = append(b.ops, check(d.claim.key(), d.version), check(profileKey(d.holder.ID), d.holder.version))
	b.add(s.event(d.holder.ID, activity.Event{Kind: ClaimChallenged}))
	for _, c := range d.holder.channels() {
		b.add(s.Outbox.Op(ctx, message.Message{Account: d.holder.ID, Channel: c, Template: message.ClaimChallenged, Secret: undoToken(d.holder.ID, secret),
			Expires: at, Values: map[string]string{"until": locale.Day(d.holder.Language, at)}}))
	}
	b.add(replace(loginKey(d.l.Username), d.l, d.l.version))
	_, err := s.write(ctx, d.p, b)
	return err
}

// check is the operation that makes sure that what was read still stands.
func check(key table.Key, version int64) table.Op {
	return table.Op{Verb: table.OpCheck, Table: Definition.Name, Item: table.Item{Key: key, Version: version}}
}

// ClaimChallenged is the kind of the activity by which a holder learns that its claim is to pass, and of the token that
// only objects to it.
const ClaimChallenged = "claim-challenged"

// objection is the item CHANGE#hash that the token of such a notice finds, beside those that undo a change.
type objection struct {
	Kind       string    `json:"kind"` // ClaimChallenged
	Hash       string    `json:"hash"`
	At         time.Time `json:"at"`
	Challenger string    `json:"challenger"`
}

// object takes back, for the holder of a claim, what the code of a letter was about to bring: the account that
// entered it stays flagged, is told, and gets no letter for LetterBar. It disables nothing. A claim that has passed, or
// waits no more, is token_invalid. The token's secret has been checked.
func (s *Store) object(ctx context.Context, holder string, token table.Key) error {
	item, _, err := s.accounts().Get(ctx, token, true)
	if err != nil {
		return fmt.Errorf("reading an objection of %s: %w", holder, err)
	}
	var o objection
	if err := item.Decode(&o); err != nil {
		return fmt.Errorf("decoding an objection of %s: %w", holder, err)
	}
	return again(func() error {
		p, err := s.profile(ctx, o.Challenger, true)
		if fault.Code(err) == "not_found" || err == nil && (p.Status != Flagged || p.Challenges != holder) {
			return ErrToken
		}
		if err != nil {
			return err
		}
		until := s.Now().Add(LetterBar).UTC()
		p.ClaimAt, p.Challenges, p.NoLetter = nil, "", &until
		var b batch
		b.ops = append(b.ops, remove(Definition.Name, token), remove(Definition.Name, codeKey(p.ID, DuplicateLetter)))
		b.add(s.event(holder, activity.Event{Kind: "claim-objected"}))
		b.add(s.event(p.ID, activity.Event{Kind: "claim-objected"}))
		b.add(s.Outbox.Op(ctx, message.Message{Account: p.ID, Channel: message.Email, Template: message.ClaimObjected}))
		_, err = s.write(ctx, p, b)
		return err
	})
}

// Release is an agent's word that two people of one name live at one address: the flagged account is active without the
// claim, and never flagged for it again. A claim that nobody holds any more it takes, so that no third account does.
func (s *Store) Release(ctx context.Context, id string, by activity.By) (*Seen, error) {
	var d *dispute
	err := again(func() (err error) {
		if d, err = s.dispute(ctx, id); err != nil {
			return err
		}
		var b batch
		if d.holder == nil {
			b.add(d.claimOp())
			d.p.Claim = &d.claim
		} else {
			d.p.ReleasedFor = &d.claim
		}
		return s.clear(ctx, d, by.Event("released", ""), b)
	})
	if err != nil {
		return nil, err
	}
	return s.seen(ctx, d.p, d.l)
}
