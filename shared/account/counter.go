package account

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/table"
)

// A proof of identity is good for ProofLife; a new address of an account counts ContactWait after an agent entered it, so
// that who has the old one can object.
const (
	ProofLife   = 24 * time.Hour
	ContactWait = 72 * time.Hour
)

// Documents are those that prove an identity at a counter.
var Documents = []string{"driver-licence", "state-id", "passport"}

// ShownProof is an identity document that an agent has seen.
type ShownProof struct {
	At       time.Time `json:"at"`
	Document string    `json:"document" enum:"driver-licence,state-id,passport"`
}

func (p *ShownProof) holds(now time.Time) bool { return p != nil && now.Before(p.At.Add(ProofLife)) }

// Awaited is an address that an agent entered: it is in force from At on.
type Awaited struct {
	To string    `json:"to"`
	At time.Time `json:"at"`
}

// addressed are the purposes that have addresses.
var addressed = []Purpose{ProveEmail, ProvePhone}

func (a *Account) awaited(p Purpose) **Awaited {
	if p == ProvePhone {
		return &a.NewPhone
	}
	return &a.NewEmail
}

// newContact is how the activity names an address that an agent entered.
var newContact = map[Purpose]string{ProveEmail: "new-email", ProvePhone: "new-phone"}

// ripe reports whether an address, one of those purposes', has waited long enough.
func (a *Account) ripe(now time.Time, of ...Purpose) bool {
	return slices.ContainsFunc(of, func(p Purpose) bool {
		next := *a.awaited(p)
		return next != nil && !now.Before(next.At)
	})
}

// awaiting is the item AWAITED#purpose, by which the sweep finds an address that has waited long enough.
type awaiting struct {
	Due string `json:"due"`
}

func awaitedKey(id string, p Purpose) table.Key {
	return table.Key{PK: "ACCOUNT#" + id, SK: "AWAITED#" + string(p)}
}

// RecordProof notes that a customer has shown a document, one of Documents, at a counter.
func (s *Store) RecordProof(ctx context.Context, id, document string, by activity.By) (*Seen, error) {
	d := &deed{kind: "proof-recorded", detail: document, notice: message.Message{Template: message.AgentProof}}
	return s.act(ctx, id, by, d, func(_ *batch, p *profile, _ *login) error {
		p.Proof = &ShownProof{At: s.Now().UTC(), Document: document}
		return nil
	})
}

// SetContact enters a new e-mail address, a new mobile number (E.164) or both for a customer whose identity was proved in the
// last ProofLife, else proof_missing. It is in force after ContactWait, as if it had been proved; until then the old one is,
// and the token of the notices stops it. One in force already takes back what is awaited; where nothing is, it is
// contact_in_force.
func (s *Store) SetContact(ctx context.Context, id, email, phone string, by activity.By) (*Seen, error) {
	wanted := map[Purpose]string{ProveEmail: email, ProvePhone: phone}
	at := s.Now().Add(ContactWait).UTC()
	d := &deed{}
	return s.act(ctx, id, by, d, func(b *batch, p *profile, _ *login) error {
		if !p.Proof.holds(s.Now()) {
			return fault.New(fault.Conflict, "proof_missing")
		}
		var wrong []fault.Field
		*d = deed{kind: "contact-set", notice: message.Message{Template: message.AgentContact, Expires: at}}
		for _, purpose := range addressed {
			switch to := wanted[purpose]; {
			case to == "":
			case p.inForce(purpose, to) && *p.awaited(purpose) == nil:
				wrong = append(wrong, fault.Field{Location: "body." + string(purpose), Code: "contact_in_force"})
			case p.inForce(purpose, to):
				p.forget(b, purpose)
			default:
				s.await(ctx, b, p, purpose, Awaited{to, at})
				d.detail = strings.TrimSpace(d.detail + " " + newContact[purpose])
			}
		}
		if d.detail == "" {
			*d = deed{kind: "contact-kept", notice: message.Message{Template: message.AgentContactKept}}
		}
		return errors.Join(fault.Fields(wrong), b.err)
	})
}

// inForce reports whether an address is the proved one of an account.
func (p *profile) inForce(purpose Purpose, to string) bool {
	value, _, verified := p.contact(purpose)
	return *verified && contactKey(purpose, to, p.ID) == contactKey(purpose, *value, p.ID)
}

// await adds to b that an address is to be in force, and tells it so.
func (s *Store) await(ctx context.Context, b *batch, p *profile, purpose Purpose, next Awaited) {
	value, _, _ := p.contact(purpose)
	found := contactKey(purpose, next.To, p.ID)
	p.unlist(b, purpose, next.To)
	*p.awaited(purpose) = &next
	if found != contactKey(purpose, *value, p.ID) {
		b.add(put(found, contact{From: next.At}, time.Time{}))
	}
	b.add(put(awaitedKey(p.ID, purpose), awaiting{Due: dueKey(next.At, p.ID)}, time.Time{}))
	channel := message.Email
	if purpose == ProvePhone {
		channel = message.SMS
	}
	b.add(s.Outbox.Op(ctx, message.Message{Account: p.ID, Channel: channel, To: next.To, Language: p.Language, Template: message.AgentContactNew, Expires: next.At}))
}

// unlist adds to b that nobody finds the account by the address that it awaits any more, unless that is its own or one of
// kept, about which b says more.
func (p *profile) unlist(b *batch, purpose Purpose, kept ...string) {
	a := *p.awaited(purpose)
	if a == nil {
		return
	}
	value, _, _ := p.contact(purpose)
	key := contactKey(purpose, a.To, p.ID)
	if !slices.ContainsFunc(append(kept, *value), func(k string) bool { return contactKey(purpose, k, p.ID) == key }) {
		b.ops = append(b.ops, remove(Definition.Name, key))
	}
}

// forget adds to b that an address is awaited no more; see unlist for kept.
func (p *profile) forget(b *batch, purpose Purpose, kept ...string) {
	p.unlist(b, purpose, kept...)
	if a := p.awaited(purpose); *a != nil {
		*a = nil
		b.ops = append(b.ops, remove(Definition.Name, awaitedKey(p.ID, purpose)))
	}
}

// ripen puts in force the addresses of an account that have waited long enough.
func (s *Store) ripen(ctx context.Context, id string) error {
	for _, purpose := range addressed {
		err := again(func() error {
			p, err := s.stored(ctx, id, true)
			if err != nil || !p.ripe(s.Now(), purpose) {
				return err
			}
			to := (*p.awaited(purpose)).To
			_, err = s.accept(ctx, p, purpose, to, activity.Event{Kind: "contact-counts", Detail: newContact[purpose]}, batch{})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
