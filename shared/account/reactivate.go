package account

import (
	"context"
	"fmt"
	"slices"

	"postkontor/shared/activity"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// The purposes under which the tries of a reactivation are counted. They are not those of a recovery, which a stranger can
// use up.
const (
	ReactivateByAnswers Purpose = "reactivation-answers"
	ReactivateByCode    Purpose = "reactivation"
)

// Reactivation is how an account that was not used for long becomes active again.
type Reactivation struct {
	Questions []string
	Ways      []string // "questions", "sms", "email"
}

// Reactivation answers the ways open to the account of a session that has no other scope. An account that was recovered by
// SMS proves itself otherwise. Questions says whether the operator asks any.
func (s *Store) Reactivation(ctx context.Context, by *session.Session, questions bool) (*Reactivation, error) {
	p, l, err := s.own(ctx, by)
	if err != nil {
		return nil, err
	}
	r := &Reactivation{}
	if questions && len(l.Questions) > 0 {
		r.Questions, r.Ways = l.Questions, append(r.Ways, "questions")
	}
	for _, channel := range []message.Channel{message.SMS, message.Email} {
		if reactivates(p, l, channel) != "" {
			r.Ways = append(r.Ways, string(channel))
		}
	}
	return r, nil
}

// reactivates answers the proved address of a channel that may bring a code, "" for none.
func reactivates(p *profile, l *login, channel message.Channel) string {
	switch {
	case channel == message.Email && p.EmailVerified:
		return p.Email
	case channel == message.SMS && p.PhoneVerified && !l.Doubtful:
		return p.Phone
	}
	return ""
}

// SendReactivationCode sends a code by a channel; the one before, by whatever channel, is dead.
func (s *Store) SendReactivationCode(ctx context.Context, by *session.Session, channel message.Channel) error {
	p, l, err := s.own(ctx, by)
	if err != nil {
		return err
	}
	to := reactivates(p, l, channel)
	if to == "" {
		return fault.Fields([]fault.Field{{Location: "body.channel", Code: "channel_unproved"}})
	}
	ops, err := s.issue(ctx, issued{purpose: ReactivateByCode, binds: to, limit: message.Reactivation, counted: to,
		m: message.Message{Account: p.ID, Channel: channel, Language: p.Language, Template: message.SendReactivationCode}})
	if err != nil {
		return err
	}
	if err := message.TooOften(s.DB.Transact(ctx, ops...), 0); err != nil {
		return fmt.Errorf("sending a code to %s: %w", p.ID, err)
	}
	return nil
}

// Proof is what reactivates: the answers to both questions, or else a code.
type Proof struct {
	Answers []credential.Answer
	Code    string
}

// Reactivate takes a proof and makes the account active again, or flagged when another account holds its claim by now. The
// session by ends with it, and a new one begins.
func (s *Store) Reactivate(ctx context.Context, by *session.Session, proof Proof, device string, o session.Opening) (*Entry, error) {
	p, l, err := s.own(ctx, by)
	if err != nil {
		return nil, err
	}
	way := ReactivateByCode
	if proof.Code == "" {
		way = ReactivateByAnswers
		err = s.checkAnswers(ctx, l, p.ID, way, proof.Answers)
	} else {
		err = s.checkReactivation(ctx, p, l, proof.Code)
	}
	if err != nil {
		return nil, err
	}
	if err := again(func() error { l, err = s.wake(ctx, by, way); return err }); err != nil {
		return nil, err
	}
	entry, err := s.openAs(ctx, l, l.scope(), o)
	if err != nil || entry.Session.Scope != session.Full {
		return entry, err
	}
	entry.Device, err = s.deviceToken(ctx, l, s.device(ctx, device, l))
	return entry, err
}

// checkReactivation compares a code, which must have gone to an address that still may bring one.
func (s *Store) checkReactivation(ctx context.Context, p *profile, l *login, text string) error {
	left, err := s.takeTry(ctx, p.ID, ReactivateByCode)
	if err != nil {
		return err
	}
	living, err := s.compare(ctx, p.ID, ReactivateByCode, text, left)
	if err != nil {
		return err
	}
	if !slices.Contains([]string{reactivates(p, l, message.SMS), reactivates(p, l, message.Email)}, living.To) {
		return wrongTry("code_wrong", left, "body.code")
	}
	return nil
}

// wake is the transaction of a reactivation; it answers the LOGIN as it wrote it.
func (s *Store) wake(ctx context.Context, by *session.Session, way Purpose) (*login, error) {
	p, l, err := s.own(ctx, by)
	if err != nil {
		return nil, err
	}
	before, woken := *p, *l
	var b batch
	if l.Status == Inactive {
		var claim []table.Op
		p.Status, claim, err = s.settle(ctx, p)
		b.all(claim, err)
		woken.Status = p.Status
	}
	woken.Doubtful, woken.LastActiveDay = false, day(s.Now())
	woken.Due = dueKey(s.Now().Add(DormantAfter-FirstWarning), p.ID)
	b.add(replace(loginKey(l.Username), woken, l.version))
	b.add(s.event(p.ID, activity.Event{Kind: "reactivated", IP: by.IP, UserAgent: by.UserAgent}))
	s.notify(ctx, &b, &before, l, "reactivated", message.Message{Channel: message.Email, Template: message.Reactivated})
	b.ops = append(b.ops, remove(limits, triesKey(p.ID, way)), session.EndOp(by))
	if way == ReactivateByCode {
		b.ops = append(b.ops, remove(Definition.Name, codeKey(p.ID, way)))
	}
	woken.version = l.version + 1
	_, err = s.write(ctx, p, b)
	return &woken, err
}
