package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// duplicate is what a profile says of being, or having been, a second account of one person at one address.
type duplicate struct {
	Challenges  string     `json:"challenges,omitempty"`  // the holder that has until ClaimAt to object
	LetterAt    *time.Time `json:"letterAt,omitempty"`    // the last letter was asked for
	NoLetter    *time.Time `json:"noLetter,omitempty"`    // none before, because the holder objected
	ReleasedFor *claim     `json:"releasedFor,omitempty"` // an agent let it be active without this claim
}

// Letters to flagged accounts: how often, how long their code is good (SP 800-63B-4 §4.2.1.2), and how long the holder of
// the claim has to object.
const (
	LetterEvery     = 7 * 24 * time.Hour
	LetterBar       = 30 * 24 * time.Hour
	LetterLife      = 21 * 24 * time.Hour
	SlowLetterLife  = 30 * 24 * time.Hour
	ObjectionTime   = 14 * 24 * time.Hour
	letterCodeKept  = 60 * 24 * time.Hour
	DuplicateLetter = Purpose("letter")
)

// DuplicateWays are what a flagged account can do.
var DuplicateWays = []string{"recover", "letter", "support"}

// LetterLifeTo is how long the code of a letter to that address is good.
func LetterLifeTo(a address.Address) time.Duration {
	if address.SlowMail(a) {
		return SlowLetterLife
	}
	return LetterLife
}

// SendLetter sends a letter with a code to the address of a flagged account: one in LetterEvery, none for LetterBar after an
// objection, else sending_too_often. The code before is dead; the count of wrong tries stays.
func (s *Store) SendLetter(ctx context.Context, by *session.Session) error {
	return again(func() error {
		p, err := s.flagged(ctx, by.Account)
		if err != nil {
			return err
		}
		if wait := p.letterFree().Sub(s.Now()); wait > 0 {
			return &fault.Error{Kind: fault.Limited, Code: "sending_too_often", RetryAfter: wait}
		}
		return s.sendLetter(ctx, p, by)
	})
}

// letterFree is from when on another letter may be sent.
func (d *duplicate) letterFree() (free time.Time) {
	if d.LetterAt != nil {
		free = d.LetterAt.Add(LetterEvery)
	}
	if d.NoLetter != nil && d.NoLetter.After(free) {
		free = *d.NoLetter
	}
	return free
}

func (s *Store) sendLetter(ctx context.Context, p *profile, by *session.Session) error {
	text, err := credential.NewLetterCode(s.Rand)
	if err != nil {
		return err
	}
	hash, err := s.Codes.MAC(ctx, codeText(p.ID, DuplicateLetter, text))
	if err != nil {
		return err
	}
	c, err := s.claimOf(ctx, &p.Account)
	if err != nil {
		return err
	}
	now := s.Now().UTC()
	expires := now.Add(LetterLifeTo(p.Address))
	p.LetterAt = &now
	var b batch
	b.add(put(codeKey(p.ID, DuplicateLetter), code{Hash: hash, To: c.String(), Expires: expires}, now.Add(letterCodeKept)))
	b.add(s.Outbox.Op(ctx, message.Message{Account: p.ID, Channel: message.Letter, Language: p.Language, Template: message.LetterDuplicate,
		Secret: text, At: now, Expires: expires}))
	b.add(s.event(p.ID, activity.Event{Kind: "letter-requested", IP: by.IP, UserAgent: by.UserAgent}))
	_, err = s.write(ctx, p, b)
	return err
}

// EnterLetter takes the code of a letter, after a try was taken. The claim passes at once when nobody holds it or the
// account that does is not in use; otherwise its holder is told and has ObjectionTime to object. The session by gets the
// scope of the account's status as it then is.
func (s *Store) EnterLetter(ctx context.Context, by *session.Session, text string) (*Account, error) {
	left, err := s.takeTry(ctx, by.Account, DuplicateLetter)
	if err != nil {
		return nil, err
	}
	living, err := s.compare(ctx, by.Account, DuplicateLetter, credential.FoldLetterCode(text), left)
	if err != nil {
		return nil, err
	}
	var d *dispute
	err = again(func() error {
		d, err = s.entered(ctx, by, living)
		return err
	})
	if err != nil {
		return nil, err
	}
	by.Scope = d.l.scope()
	return &d.p.Account, nil
}

// entered says in one transaction what a right code brings.
func (s *Store) entered(ctx context.Context, by *session.Session, living *code) (*dispute, error) {
	d, err := s.dispute(ctx, by.Account)
	if err != nil {
		return nil, err
	}
	barred := d.p.NoLetter != nil && s.Now().Before(*d.p.NoLetter) // an objection came since the code was compared
	if d.claim.String() != living.To || barred {
		return nil, fault.New(fault.Conflict, "changed_meanwhile")
	}
	var b batch
	b.ops = append(b.ops, remove(Definition.Name, codeKey(d.p.ID, DuplicateLetter)), remove(limits, triesKey(d.p.ID, DuplicateLetter)))
	b.add(s.event(d.p.ID, activity.Event{Kind: "letter-entered", IP: by.IP, UserAgent: by.UserAgent}))
	if d.holder == nil || d.holder.Status != Active {
		return d, s.pass(ctx, d, b)
	}
	return d, s.challenge(ctx, d, b)
}

// flagged answers the profile of a flagged account.
func (s *Store) flagged(ctx context.Context, id string) (*profile, error) {
	p, err := s.profile(ctx, id, true)
	if err == nil && p.Status != Flagged {
		err = fault.New(fault.Conflict, "changed_meanwhile")
	}
	return p, err
}

// again runs what fails when somebody else wrote meanwhile, a few times.
func again(run func() error) (err error) {
	for range 4 {
		if err = run(); !errors.Is(err, table.ErrCondition) {
			return err
		}
	}
	return fmt.Errorf("tried four times: %w", err)
}
