package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// TemporaryLife is how long a temporary password is good.
const TemporaryLife = 24 * time.Hour

// answersText answers the ids of answered questions in their order, and the text that is hashed: one over both answers,
// because both are always asked for.
func answersText(answers []credential.Answer) (questions []string, text string) {
	sorted := append([]credential.Answer(nil), answers...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Question < sorted[j].Question })
	for _, a := range sorted {
		questions = append(questions, a.Question)
		text += credential.FoldAnswer(a.Answer) + "\x00"
	}
	return questions, text
}

// hashAnswers answers the ids of the questions and what is kept of the answers; nothing of none.
func (s *Store) hashAnswers(ctx context.Context, answers []credential.Answer) ([]string, string, error) {
	if len(answers) == 0 {
		return nil, "", nil
	}
	questions, text := answersText(answers)
	hash, err := s.Hasher.Hash(ctx, text)
	if err != nil {
		return nil, "", fmt.Errorf("hashing answers: %w", err)
	}
	return questions, hash, nil
}

// checkAnswers takes a try of subject and then compares, at the cost of one hash whatever was answered and whoever l is,
// nil too. What is wrong is answers_wrong; nobody learns which of them.
func (s *Store) checkAnswers(ctx context.Context, l *login, subject string, way Purpose, answers []credential.Answer) error {
	left, err := s.takeTry(ctx, subject, way)
	if err != nil {
		return err
	}
	questions, text := answersText(answers)
	if l == nil || l.Answers == "" {
		err = s.Hasher.Dummy(ctx, text)
	} else {
		var same bool
		same, _, err = s.Hasher.Verify(ctx, l.Answers, text)
		if same && slices.Equal(questions, l.Questions) {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("checking answers: %w", err)
	}
	return wrongTry("answers_wrong", left)
}

// RecoverByAnswering takes the answers of a recovery. The right ones send a temporary password to the proved e-mail address, in place of
// one before it; within the limits of sends, and beyond them nothing is sent and the last one stays good.
func (s *Store) RecoverByAnswering(ctx context.Context, id string, answers []credential.Answer, by session.Opening) error {
	r, l, err := s.recovery(ctx, id)
	if err != nil {
		return err
	}
	if len(r.Questions) == 0 {
		return ErrNoRecovery
	}
	if err := s.checkAnswers(ctx, l, r.subject(), RecoverByAnswers, answers); err != nil {
		return err
	}
	err = again(func() error { return s.sendTemporary(ctx, r, by) })
	if fault.Code(err) == "sending_too_often" {
		err = s.DB.Table(limits).Delete(ctx, triesKey(r.subject(), RecoverByAnswers), table.AnyVersion)
	}
	return err
}

// sendTemporary makes a temporary password and sends it.
func (s *Store) sendTemporary(ctx context.Context, r *recovery, by session.Opening) error {
	l, err := s.login(ctx, r.Username)
	if err != nil || l == nil || l.Account != r.Account || l.Credential != r.Credential || l.Answers == "" {
		return errors.Join(err, orNil(err == nil, ErrNoRecovery))
	}
	p, err := s.profile(ctx, r.Account, true)
	if err != nil {
		return err
	}
	words, err := credential.NewTemporaryPassword(s.Rand)
	if err != nil {
		return fmt.Errorf("making a temporary password: %w", err)
	}
	now := s.Now()
	made := temporary{Expires: now.Add(TemporaryLife).UTC()}
	if made.Hash, err = s.Hasher.Hash(ctx, words); err != nil {
		return fmt.Errorf("hashing a temporary password of %s: %w", p.ID, err)
	}
	l.Temporary = &made
	var b batch
	b.add(s.Throttle.Allow(ctx, message.TemporaryPassword, r.counted(p.Email), now))
	b.add(replace(loginKey(l.Username), l, l.version))
	b.add(s.Outbox.Op(ctx, message.Message{Account: p.ID, Channel: message.Email, Language: p.Language, Template: message.SendTemporaryPassword,
		Secret: words, At: now, Expires: made.Expires}))
	b.add(s.event(p.ID, activity.Event{Kind: "temporary-password-sent", IP: by.IP, UserAgent: by.UserAgent}))
	b.ops = append(b.ops, remove(limits, triesKey(r.subject(), RecoverByAnswers)))
	if b.err != nil {
		return b.err
	}
	if err := message.TooOften(s.DB.Transact(ctx, b.ops...), 0); err != nil {
		return fmt.Errorf("sending a temporary password to %s: %w", p.ID, err)
	}
	return nil
}
