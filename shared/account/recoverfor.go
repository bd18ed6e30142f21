package account

import (
	"context"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/person"
)

// RecoverByAgent is the purpose of the code of a recovery that an agent started. What strangers do to those that they start
// themselves touches neither it nor its tries.
const RecoverByAgent Purpose = "agent-recovery"

// EmailCodeLife is how long the code of such a recovery is good when it goes by e-mail (SP 800-63B-4 §4.2.1.2).
const EmailCodeLife = 24 * time.Hour

// RecoverFor starts a recovery for a customer who asks an agent: a code goes by e-mail, sms or letter to the customer alone,
// with the id of the recovery, which is answered. Only the customer enters it, and chooses a password. The code before of
// this kind is dead; what was entered wrongly stays counted. An address that is not proved is channel_unproved.
func (s *Store) RecoverFor(ctx context.Context, id, way string, by activity.By) (recoveryID string, err error) {
	channel := message.Channel(way)
	d := &deed{kind: "recovery-started", detail: way, notice: message.Message{Template: message.AgentRecovery}}
	_, err = s.act(ctx, id, by, d, func(b *batch, p *profile, l *login) (err error) {
		if recoveryID, err = credential.NewLetterCode(s.Rand); err != nil {
			return err
		}
		return s.startFor(ctx, b, p, l, channel, recoveryID)
	})
	return recoveryID, err
}

// startFor adds to b the recovery with that id, and its code on its way.
func (s *Store) startFor(ctx context.Context, b *batch, p *profile, l *login, channel message.Channel, id string) error {
	to, life := p.reachedBy(channel)
	if to == "" {
		return fault.Fields([]fault.Field{{Location: "body.way", Code: "channel_unproved"}})
	}
	r := recovery{Account: p.ID, Username: person.FoldUsername(l.Username), Credential: l.Credential, Way: channel,
		ExpiresAt: s.Now().Add(life + RecoveryLife).UTC()}
	hash := hashOf(id)
	b.all(s.issue(ctx, issued{purpose: RecoverByAgent, binds: hash, limit: message.AgentStarted, counted: to, life: life,
		m: message.Message{Account: p.ID, Channel: channel, Language: p.Language, Template: message.SendAgentCode, Values: map[string]string{"id": id}}}))
	b.add(create(recoveryKey(hash), r, r.ExpiresAt))
	return b.err
}

// reachedBy answers where a code goes by a channel, "" for nowhere, and how long it is good: for a letter, the account stands
// for its home.
func (p *profile) reachedBy(channel message.Channel) (to string, life time.Duration) {
	switch {
	case channel == message.Letter:
		return p.ID, LetterLifeTo(p.Address)
	case channel == message.Email && p.EmailVerified:
		return p.Email, EmailCodeLife
	case channel == message.SMS && p.PhoneVerified:
		return p.Phone, CodeLife
	}
	return "", 0
}

// code is the purpose under which the code of a recovery is kept, and the tries of it.
func (r *recovery) code() Purpose {
	if r.Way != "" {
		return RecoverByAgent
	}
	return RecoverByCode
}

// read is the code that somebody typed, as it was made.
func (r *recovery) read(typed string) string {
	if r.Way == message.Letter {
		return credential.FoldLetterCode(typed)
	}
	return typed
}
