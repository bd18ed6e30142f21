package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// Purpose is what a code is for. A code is good for its purpose only.
type Purpose string

// The purposes.
const (
	ProveEmail Purpose = "email"
	ProvePhone Purpose = "phone"
)

// CodeLife is how long a code by SMS or e-mail is good (SP 800-63B-4 §3.1.3.2).
const CodeLife = 10 * time.Minute

// code is the item CODE#purpose. It outlives the code so that a late one is told apart from a wrong one.
type code struct {
	Hash    string    `json:"hash"`
	To      string    `json:"to"` // what it proves, or the recovery that it belongs to
	Expires time.Time `json:"expires"`
}

func codeKey(id string, p Purpose) table.Key {
	return table.Key{PK: "ACCOUNT#" + id, SK: "CODE#" + string(p)}
}

// newCode makes the operations that send a code to the address that is to be proved.
func (s *Store) newCode(ctx context.Context, a *Account, p Purpose) ([]table.Op, error) {
	to := a.Unproved(p)
	m := message.Message{Account: a.ID, Language: a.Language, To: to, Channel: message.Email, Template: message.VerifyEmail}
	if p == ProvePhone {
		m.Channel, m.Template = message.SMS, message.VerifyPhone
	}
	return s.issue(ctx, issued{purpose: p, binds: to, limit: message.Proof, counted: to, m: m})
}

// issued is a code to be sent with m.
type issued struct {
	purpose Purpose
	binds   string          // code.To
	limit   message.Purpose // of sends to
	counted string          // this address
	life    time.Duration   // 0: CodeLife
	m       message.Message
}

// issue makes the operations that replace the living code of a purpose and send the new one; the count of the send is the
// first operation.
func (s *Store) issue(ctx context.Context, c issued) ([]table.Op, error) {
	draw := credential.NewCode
	if c.m.Channel == message.Letter {
		draw = credential.NewLetterCode
	}
	text, err := draw(s.Rand)
	if err != nil {
		return nil, fmt.Errorf("making a code: %w", err)
	}
	hash, err := s.Codes.MAC(ctx, codeText(c.m.Account, c.purpose, text))
	if err != nil {
		return nil, err
	}
	now := s.Now()
	c.m.Secret, c.m.At, c.m.Expires = text, now, now.Add(cmp.Or(c.life, CodeLife))
	var b batch
	b.add(s.Throttle.Allow(ctx, c.limit, c.counted, now))
	b.add(put(codeKey(c.m.Account, c.purpose), code{Hash: hash, To: c.binds, Expires: c.m.Expires.UTC()}, c.m.Expires.Add(CodeRest)))
	b.add(s.Outbox.Op(ctx, c.m))
	return b.ops, b.err
}

func codeText(id string, p Purpose, text string) []byte {
	return []byte("code\x00" + id + "\x00" + string(p) + "\x00" + text)
}

// SendCode sends a new code to the address that is to be proved; the one before is dead. The count of wrong tries stays.
// Where nothing is left to prove it does nothing.
func (s *Store) SendCode(ctx context.Context, id string, p Purpose) error {
	profile, err := s.profile(ctx, id, true)
	if err != nil || profile.Unproved(p) == "" {
		return err
	}
	ops, err := s.newCode(ctx, &profile.Account, p)
	if err != nil {
		return err
	}
	return message.TooOften(s.DB.Transact(ctx, ops...), 0)
}

// Prove takes a code. A try is taken before the code is looked at, so that of many at once exactly CodeTries are
// compared. Proving the e-mail takes the claim and makes a new account active, or flagged when another account holds it;
// its sessions follow.
func (s *Store) Prove(ctx context.Context, by *session.Session, p Purpose, text string) (*Account, error) {
	left, err := s.takeTry(ctx, by.Account, p)
	if err != nil {
		return nil, err
	}
	living, err := s.compare(ctx, by.Account, p, text, left)
	if err != nil {
		return nil, err
	}
	return s.proved(ctx, by, p, living)
}

// wrongTry is the refusal of a wrong code or answer.
func wrongTry(code string, left int64, locations ...string) error {
	n := map[string]string{"n": strconv.FormatInt(left, 10)}
	e := &fault.Error{Kind: fault.Invalid, Code: code, Members: map[string]any{"triesLeft": left}, Args: n}
	for _, location := range locations {
		e.Fields = append(e.Fields, fault.Field{Location: location, Code: code, Args: n})
	}
	return e
}

// separators are what people type between the digits of a code.
var separators = strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\t", "")

// compare answers the living code if text is it.
func (s *Store) compare(ctx context.Context, id string, p Purpose, text string, left int64) (*code, error) {
	wrong := wrongTry("code_wrong", left, "body.code")
	item, found, err := s.accounts().Get(ctx, codeKey(id, p), true)
	if err != nil {
		return nil, fmt.Errorf("reading a code of %s: %w", id, err)
	}
	if !found {
		return nil, wrong
	}
	living := &code{}
	if err := item.Decode(living); err != nil {
		return nil, fmt.Errorf("decoding a code of %s: %w", id, err)
	}
	same, err := s.Codes.CheckMAC(ctx, codeText(id, p, separators.Replace(text)), living.Hash)
	switch {
	case err != nil:
		return nil, err
	case !same:
		return nil, wrong
	case !s.Now().Before(living.Expires):
		return nil, fault.Fields([]fault.Field{{Location: "body.code", Code: "code_expired"}})
	}
	return living, nil
}

// proved writes down what a right code proves. Proving e-mail and mobile at the same moment must not fail one of them.
func (s *Store) proved(ctx context.Context, by *session.Session, p Purpose, living *code) (*Account, error) {
	for tries := 0; ; tries++ {
		profile, err := s.profile(ctx, by.Account, true)
		if err != nil {
			return nil, err
		}
		if profile.Unproved(p) != living.To {
			return nil, fault.New(fault.Conflict, "changed_meanwhile")
		}
		b := batch{ops: []table.Op{remove(Definition.Name, codeKey(profile.ID, p)), remove(limits, triesKey(profile.ID, p))}}
		a, err := s.accept(ctx, profile, p, living.To, activity.Event{Kind: p.kind(), IP: by.IP, UserAgent: by.UserAgent}, b)
		if !errors.Is(err, table.ErrCondition) || tries == 3 {
			return a, err
		}
	}
}

// accept puts an address in force that is proved, or has waited long enough after an agent entered it, together with b. What
// waits beside it is void.
func (s *Store) accept(ctx context.Context, profile *profile, p Purpose, to string, e activity.Event, b batch) (*Account, error) {
	value, pending, verified := profile.contact(p)
	profile.forget(&b, p, to)
	if *value != to {
		if err := s.tellMoved(ctx, &b, profile, p, e.Kind); err != nil {
			return nil, err
		}
		if was := contactKey(p, *value, profile.ID); was != contactKey(p, to, profile.ID) {
			b.ops = append(b.ops, remove(Definition.Name, was))
		}
	}
	*value, *pending, *verified = to, "", true
	b.add(put(contactKey(p, *value, profile.ID), contact{Proved: true}, time.Time{}))
	b.add(s.event(profile.ID, e))
	if p == ProvePhone || profile.Status != New {
		return s.write(ctx, profile, b)
	}
	return s.activate(ctx, profile, b)
}

// kind is how the activity names a proof.
func (p Purpose) kind() string {
	if p == ProvePhone {
		return "phone-proved"
	}
	return "email-proved"
}

// tellMoved tells the e-mail address that was in force that another one, or another mobile number, is now. An old number
// was told when the change was asked for.
func (s *Store) tellMoved(ctx context.Context, b *batch, profile *profile, p Purpose, kind string) error {
	if !profile.EmailVerified {
		return nil
	}
	l, err := s.login(ctx, profile.Username)
	if err != nil || l == nil {
		return errors.Join(err, orNil(l == nil, fault.New(fault.NotFound, "not_found")))
	}
	template := message.EmailMoved
	if p == ProvePhone {
		template = message.PhoneMoved
	}
	s.notify(ctx, b, profile, l, kind, message.Message{Channel: message.Email, Template: template})
	return nil
}

// activate makes a new account active, or flagged when the claim is another's; its sessions follow.
func (s *Store) activate(ctx context.Context, profile *profile, b batch) (*Account, error) {
	l, err := s.login(ctx, profile.Username)
	if err != nil || l == nil {
		return nil, errors.Join(err, orNil(l == nil, fault.New(fault.NotFound, "not_found")))
	}
	status, claim, err := s.settle(ctx, profile)
	b.all(claim, err)
	profile.Status, l.Status = status, status
	if status == Active {
		l.Due = dueKey(s.Now().Add(DormantAfter-FirstWarning), profile.ID)
		b.add(s.Outbox.Op(ctx, message.Message{Account: profile.ID, Channel: message.Email, Language: profile.Language,
			Template: message.AccountActive, Cause: "active\x00" + profile.ID}))
	}
	b.add(replace(loginKey(l.Username), l, l.version))
	if status == Active {
		return s.write(ctx, profile, b)
	}
	if err := s.flag(ctx, &b, profile); err != nil {
		return nil, err
	}
	account, err := s.write(ctx, profile, b)
	if err != nil {
		return nil, err
	}
	return account, s.rescope(ctx, profile.ID, session.Full, session.Flagged)
}

// flag adds to b what goes with being flagged for the first time: the holder's hint, and the scope of the sessions.
func (s *Store) flag(ctx context.Context, b *batch, p *profile) error {
	c, err := s.claimOf(ctx, &p.Account)
	if err != nil {
		return err
	}
	holder, _, err := s.holder(ctx, c)
	if err != nil {
		return err
	}
	if err := s.hint(ctx, b, holder); err != nil {
		return err
	}
	return s.rescoped(ctx, b, p.ID, session.Full, session.Flagged)
}

// write replaces the profile together with further operations, which come first.
func (s *Store) write(ctx context.Context, profile *profile, b batch) (*Account, error) {
	b.add(replace(profileKey(profile.ID), profile, profile.version))
	if b.err != nil {
		return nil, b.err
	}
	if err := s.DB.Transact(ctx, b.ops...); err != nil {
		return nil, fmt.Errorf("changing account %s: %w", profile.ID, err)
	}
	return &profile.Account, nil
}
