package account

import (
	"context"

	"postkontor/shared/activity"
	"postkontor/shared/message"
	"postkontor/shared/table"
)

// deed is one kind of what agents do to accounts.
type deed struct {
	kind, detail string // as the activity names it
	notice       message.Message
}

// act does a deed: what do changes, a line of the activity with agent and reason, and the notices of it are one
// transaction. They go to every address that was proved before, with a token that undoes it; by letter when there is none,
// unless the deed is a letter. What do finds out of the deed itself it may say in d. Any account that is not erased yet will
// do, whatever its status.
func (s *Store) act(ctx context.Context, id string, by activity.By, d *deed, do func(b *batch, p *profile, l *login) error) (*Seen, error) {
	var p *profile
	var l *login
	err := again(func() (err error) {
		if p, l, err = s.present(ctx, id); err != nil {
			return err
		}
		before, was := *p, *l
		var b batch
		if err := do(&b, p, l); err != nil {
			return err
		}
		b.add(s.event(id, by.Event(d.kind, d.detail)))
		byEmail, bySMS := d.notice, d.notice
		byEmail.Channel, bySMS.Channel = message.Email, message.SMS
		s.notify(ctx, &b, &before, &was, d.kind, byEmail, bySMS)
		if len(before.channels()) == 0 && d.detail != string(message.Letter) {
			b.add(s.Outbox.Op(ctx, message.Message{Account: id, Channel: message.Letter, Language: p.Language, Template: message.LetterAgent}))
		}
		_, err = s.write(ctx, p, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.seen(ctx, p, l)
}

// Unlock lifts the lock that wrong passwords have brought: of the username, and of all devices, which count as unknown
// from then on. A password that is disabled stays so until a recovery.
func (s *Store) Unlock(ctx context.Context, id string, by activity.By) (*Seen, error) {
	return s.act(ctx, id, by, &deed{kind: "unlocked", notice: message.Message{Template: message.AgentUnlocked}}, func(b *batch, _ *profile, l *login) error {
		key, wrong, err := s.guessesOf(ctx, l)
		if err != nil {
			return err
		}
		if wrong.version > 0 && wrong.Total < guessesMost {
			item, err := table.New(key, wrong.unlocked())
			item.Version, item.Expires = wrong.version, s.Now().Add(guessesKept)
			b.add(table.Op{Verb: table.OpReplace, Table: limits, Item: item}, err)
		}
		l.Devices++
		b.add(replace(loginKey(l.Username), l, l.version))
		return nil
	})
}

// ResetAnswers takes the security questions away: nobody recovers or reactivates by them until the customer, logged in, has
// set new ones. That a recovery offers none meanwhile shows that the username is somebody's, which is no secret.
func (s *Store) ResetAnswers(ctx context.Context, id string, by activity.By) (*Seen, error) {
	return s.act(ctx, id, by, &deed{kind: "questions-reset", notice: message.Message{Template: message.AgentResetQuestions}}, func(b *batch, _ *profile, l *login) error {
		l.Questions, l.Answers = nil, ""
		b.add(replace(loginKey(l.Username), l, l.version))
		return nil
	})
}
