package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"postkontor/shared/activity"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// SendRecoveryCode sends a code to the proved mobile number of the recovery's account, good for this recovery only; the
// one before is dead. For a decoy all is written likewise, and courier finds nobody to send it to.
func (s *Store) SendRecoveryCode(ctx context.Context, id string, lang locale.Tag) error {
	r, _, err := s.recovery(ctx, id)
	if err != nil {
		return err
	}
	p, err := s.profileOf(ctx, r, lang)
	if err != nil {
		return err
	}
	if r.Hint == "" || !p.PhoneVerified {
		return ErrNoRecovery
	}
	ops, err := s.issue(ctx, issued{purpose: RecoverByCode, binds: r.hash, limit: message.RecoveryCode, counted: r.counted(p.Phone),
		m: message.Message{Account: r.Account, Channel: message.SMS, Language: p.Language, Template: message.SendRecoveryCode}})
	if err != nil {
		return err
	}
	if err := message.TooOften(s.DB.Transact(ctx, ops...), 0); err != nil {
		return fmt.Errorf("sending a code to %s: %w", r.Account, err)
	}
	return nil
}

// RecoverWithCode takes the code that was sent for this recovery, which it ends, and opens a session that chooses a new
// password.
func (s *Store) RecoverWithCode(ctx context.Context, id, text string, o session.Opening) (*Entry, error) {
	r, l, err := s.recovery(ctx, id)
	if err != nil {
		return nil, err
	}
	left, err := s.takeTry(ctx, r.subject(), r.code())
	if err != nil {
		return nil, err
	}
	living, err := s.compare(ctx, r.Account, r.code(), r.read(text), left)
	if err != nil {
		return nil, err
	}
	if l == nil || living.To != r.hash {
		return nil, wrongTry("code_wrong", left, "body.code")
	}
	if err := s.finish(ctx, r, o); err != nil {
		return nil, err
	}
	o.Via = string(cmp.Or(r.Way, message.SMS))
	return s.openAs(ctx, l, session.ChoosePassword, o)
}

// finish ends a recovery whose code was right. Of several tries with it at once one wins: the others find no recovery.
func (s *Store) finish(ctx context.Context, r *recovery, by session.Opening) error {
	ended := *r
	ended.Ended = true
	op, err := replace(recoveryKey(r.hash), ended, r.version)
	op.Item.Expires = r.ExpiresAt
	var b batch
	b.add(op, err)
	b.add(s.event(r.Account, activity.Event{Kind: "recovery-code-entered", IP: by.IP, UserAgent: by.UserAgent}))
	b.ops = append(b.ops, remove(Definition.Name, codeKey(r.Account, r.code())), remove(limits, triesKey(r.subject(), r.code())))
	if b.err != nil {
		return b.err
	}
	if err := s.DB.Transact(ctx, b.ops...); errors.Is(err, table.ErrCondition) {
		return ErrNoRecovery
	} else if err != nil {
		return fmt.Errorf("ending a recovery of %s: %w", r.Account, err)
	}
	return nil
}
