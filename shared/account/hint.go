package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postkontor/shared/message"
	"postkontor/shared/table"
)

// hintRest is how long the holder of a claim gets no second hint.
const hintRest = 30 * 24 * time.Hour

func hintKey(holder string) table.Key { return table.Key{PK: "HINT#" + holder, SK: "COUNT"} }

// hint adds to b what tells the holder of a claim that it was refused to somebody: one e-mail in hintRest, and nothing of
// who that was. A failed condition on b then may also mean that somebody else's hint came first: decide anew.
func (s *Store) hint(ctx context.Context, b *batch, holder string) error {
	_, told, err := s.DB.Table(limits).Get(ctx, hintKey(holder), true)
	if err != nil {
		return fmt.Errorf("reading the hints of %s: %w", holder, err)
	}
	if told {
		return nil
	}
	count, err := table.New(hintKey(holder), struct{}{})
	count.Expires = s.Now().Add(hintRest)
	b.add(table.Op{Verb: table.OpCreate, Table: limits, Item: count}, err)
	b.add(s.Outbox.Op(ctx, message.Message{Account: holder, Channel: message.Email, Template: message.DuplicateHint}))
	return b.err
}

// held refuses a claim that is another account's: it gives the holder its hint and answers ErrClaimHeld.
func (s *Store) held(ctx context.Context, c claim) error {
	holder, _, err := s.holder(ctx, c)
	if err != nil || holder == "" {
		return errors.Join(ErrClaimHeld, err)
	}
	var b batch
	if err := s.hint(ctx, &b, holder); err != nil || len(b.ops) == 0 {
		return errors.Join(ErrClaimHeld, err)
	}
	if err := s.DB.Transact(ctx, b.ops...); err != nil && !errors.Is(err, table.ErrCondition) {
		return fmt.Errorf("hinting to %s: %w", holder, err)
	}
	return ErrClaimHeld
}
