package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postkontor/shared/account/saved"
	"postkontor/shared/activity"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/session"
	"postkontor/shared/supply"
	"postkontor/shared/table"
)

// Export is all that is kept about a customer, but for secrets and for what only hashes tell of. What the outbox holds is
// not found by account; it keeps no address and no values of a message that was sent.
type Export struct {
	ExportedAt        time.Time             `json:"exportedAt"`
	Account           *View                 `json:"account"`
	LastActiveDay     string                `json:"lastActiveDay" doc:"Of the last login, UTC"`
	Proof             *ShownProof           `json:"proof,omitempty" doc:"The identity document that was last shown at a counter"`
	ClosedAt          *time.Time            `json:"closedAt,omitempty"`
	LetterAt          *time.Time            `json:"letterAt,omitempty" doc:"When a letter with a code was last asked for"`
	ThrowawayEmail    bool                  `json:"throwawayEmail,omitempty" doc:"The e-mail address is of a domain that gives them for minutes"`
	SecurityQuestions []string              `json:"securityQuestions" doc:"Ids; the answers are kept as a hash only"`
	Sessions          []ExportedSession     `json:"sessions"`
	Changes           []ExportedChange      `json:"changes" doc:"Of the last seven days, with what was before, so that they can be undone"`
	Packages          []saved.Package       `json:"packages,omitempty" doc:"That the customer keeps in the account"`
	Follows           []follow.Subscription `json:"follows,omitempty" doc:"Of what becomes of packages"`
	Warnings          []string              `json:"warnings,omitempty" doc:"Of inactivity: the day of the last login then, and how many days were left"`
	Activity          []activity.Event      `json:"activity" doc:"Of two years, oldest first"`
	Supplies          supply.Kept           `json:"supplies" doc:"Cart and orders"`
}

// ExportedSession is one place where the account is logged in.
type ExportedSession struct {
	ID         string        `json:"id"`
	Scope      session.Scope `json:"scope"`
	CreatedAt  time.Time     `json:"createdAt"`
	LastSeenAt time.Time     `json:"lastSeenAt"`
	IP         string        `json:"ip"`
	UserAgent  string        `json:"userAgent"`
}

// ExportedChange is a change that can be undone.
type ExportedChange struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Before *Past     `json:"before,omitempty"`
}

// Export answers all that is kept about a customer. That it was asked for is itself a line of the activity.
func (s *Store) Export(ctx context.Context, by *session.Session) (*Export, error) {
	p, l, err := s.both(ctx, by.Account)
	if err != nil {
		return nil, err
	}
	if err := s.note(ctx, p.ID, activity.Event{Kind: "exported", IP: by.IP, UserAgent: by.UserAgent}); err != nil {
		return nil, err
	}
	e := &Export{ExportedAt: s.Now().UTC(), Account: p.View(time.Time{}), LastActiveDay: l.LastActiveDay, LetterAt: p.LetterAt,
		ThrowawayEmail: p.Disposable, Proof: p.Proof, SecurityQuestions: l.Questions, Changes: []ExportedChange{}}
	if p.Status == Closed {
		e.ClosedAt = &p.ClosedAt
	}
	live, err := s.Sessions.List(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, one := range live {
		e.Sessions = append(e.Sessions, ExportedSession{one.ID, one.Scope, one.CreatedAt, one.LastSeenAt, one.IP, one.UserAgent})
	}
	items, err := s.partition(ctx, p.ID, "")
	for _, item := range items {
		if err == nil {
			err = e.add(item)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("exporting %s: %w", p.ID, err)
	}
	kept, err := supply.NewStore(s.DB, s.Now).Export(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	e.Supplies = *kept
	return e, nil
}

// note writes a line of activity that nothing else causes.
func (s *Store) note(ctx context.Context, id string, e activity.Event) error {
	op, err := s.event(id, e)
	if err != nil {
		return err
	}
	return s.accounts().Create(ctx, op.Item)
}

// add takes an item of the account's partition.
func (e *Export) add(item table.Item) error {
	kind, rest, _ := strings.Cut(item.Key.SK, "#")
	switch kind {
	case "EVENT":
		var event activity.Event
		err := item.Decode(&event)
		e.Activity = append(e.Activity, event)
		return err
	case "PACKAGE":
		p, err := saved.Read(item)
		e.Packages = append(e.Packages, p)
		return err
	case "FOLLOW":
		f, err := follow.Read(item)
		e.Follows = append(e.Follows, f)
		return err
	case "WARNED":
		e.Warnings = append(e.Warnings, strings.ReplaceAll(rest, "#", " "))
	case "CHANGE":
		var c change
		if err := item.Decode(&c); err != nil {
			return err
		}
		one := ExportedChange{At: c.At, Kind: c.Kind}
		if c.Kind != ClaimChallenged {
			one.Before = &c.Before.Past
		}
		e.Changes = append(e.Changes, one)
	}
	return nil
}
