package signup

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/person"
	"postkontor/shared/web"
)

const (
	draftCookie = "__Host-draft"
	draftLife   = 2 * time.Hour
	mostDraft   = 3900 // a browser keeps 4,096 bytes of a cookie
)

// draft is what was typed into the steps so far. It travels encrypted in the browser's own cookie, so that nothing of a
// person who never finishes is kept; passwords and answers are asked in the last step and are never part of it.
type draft struct {
	Type      string          `json:"t,omitempty"`
	Company   string          `json:"c,omitempty"`
	Name      person.Name     `json:"n,omitzero"`
	Email     string          `json:"e,omitempty"`
	Phone     string          `json:"p,omitempty"`
	Typed     address.Entry   `json:"a,omitzero"`
	Suggested *address.Result `json:"s,omitempty"`
	Token     string          `json:"k,omitempty"` // of the address, once it is accepted
	Once      string          `json:"o"`           // the idempotency key of the account, so that a double click is one
	Until     time.Time       `json:"u"`
}

// draft reads the visit's draft; one that is too old or not ours is an empty one.
func (s *Signup) draft(ctx context.Context, v *web.Visit) draft {
	fresh := draft{Once: rand.Text()}
	cookie, err := v.Cookie(draftCookie)
	if err != nil {
		return fresh
	}
	plain, err := s.Drafts.Decrypt(ctx, cookie.Value)
	var d draft
	if err != nil || json.Unmarshal(plain, &d) != nil || d.Until.Before(s.Now()) {
		return fresh
	}
	if _, err := s.Tokens.Open(ctx, d.Token); fault.Code(err) == "address_unverified" {
		d.Token = "" // verified over an hour ago: once more, before the last step
	}
	return d
}

func (s *Signup) keep(ctx context.Context, v *web.Visit, d draft) error {
	d.Until = s.Now().Add(draftLife).UTC().Truncate(time.Second)
	plain, err := json.Marshal(d)
	if err != nil {
		return err
	}
	sealed, err := s.Drafts.Encrypt(ctx, plain)
	if err != nil {
		return err
	}
	if len(sealed) > mostDraft {
		return fault.New(fault.Invalid, "draft_too_long")
	}
	v.SetCookie(draftCookie, sealed, 0)
	return nil
}

// step is the first step that the draft has not finished, in the order of the steps.
func (d draft) step() string {
	switch {
	case d.Type == "":
		return "you"
	case d.Token == "" && d.Suggested != nil:
		return "confirm"
	case d.Token == "":
		return "address"
	}
	return "login"
}

// reached reports whether a step may be shown: nothing is skipped, everything before can be seen again.
func (d draft) reached(step string) bool {
	order := []string{"you", "address", "confirm", "login"}
	for _, s := range order {
		if s == step {
			return s != "confirm" || d.Suggested != nil
		}
		if s == d.step() {
			return false
		}
	}
	return false
}
