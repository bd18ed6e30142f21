package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/oklog/ulid/v2"

	"postkontor/shared/address"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/person"
	"postkontor/shared/table"
)

// The kinds of changes that can be undone, as notices, the activity and POST /v1/disavow name them; more stand where
// they are made.
const (
	passwordChanged  = "password-changed"
	usernameChanged  = "username-changed"
	questionsChanged = "questions-changed"
	detailsChanged   = "details-changed" // name, company, language
	addressChanged   = "address-changed"
	accountClosed    = "closed"
	accountReopened  = "reopened"
)

// UndoLife is how long the token in a notice of a change is good.
const UndoLife = 7 * 24 * time.Hour

// change is the item CHANGE#id: what stood before a change of which its customer was told, so that the token of the
// notices can undo it.
type change struct {
	Kind   string    `json:"kind"`  // as the activity names it
	Hash   string    `json:"hash"`  // of the token's secret
	Order  [2]int64  `json:"order"` // the versions of PROFILE and LOGIN before it: the first only rises, the second begins anew with a username
	At     time.Time `json:"at"`
	Before before    `json:"before"`

	key table.Key
}

// Past is what a customer had in an account before a change.
type Past struct {
	Username      string          `json:"username"`
	Status        Status          `json:"status"`
	Language      locale.Tag      `json:"language"`
	Name          person.Name     `json:"name"`
	Company       string          `json:"company,omitempty"`
	Address       address.Address `json:"address"`
	Email         string          `json:"email"`
	EmailVerified bool            `json:"emailVerified"`
	Phone         string          `json:"phone"`
	PhoneVerified bool            `json:"phoneVerified"`
	Questions     []string        `json:"questions"`
}

// before is all that a disavow brings back. The password is not: it is disabled.
type before struct {
	Past
	closing
	Answers  string `json:"answers"`
	Doubtful bool   `json:"doubtful,omitempty"`
}

func standing(p *profile, l *login) before {
	return before{closing: p.closing, Answers: l.Answers, Doubtful: l.Doubtful, Past: Past{Username: p.Username, Status: p.Status,
		Language: p.Language, Name: p.Name, Company: p.Company, Address: p.Address, Email: p.Email, EmailVerified: p.EmailVerified,
		Phone: p.Phone, PhoneVerified: p.PhoneVerified, Questions: l.Questions}}
}

// notify adds to b, the transaction of a change, the notices of it with their "this was not me" token, and the record by
// which that token undoes the change (POST /v1/disavow). p and l are the account as it was read, before the change; kind
// is the activity's. Of the messages only Template and Channel (Email or SMS) are given; the template's shape has link.
// They go to the addresses that were proved before the change, wherever the account's mail goes by then; without one,
// nothing is added. Their language is the one before the change.
func (s *Store) notify(ctx context.Context, b *batch, p *profile, l *login, kind string, ms ...message.Message) {
	told := false
	var secret [16]byte
	if _, err := io.ReadFull(s.Rand, secret[:]); err != nil {
		b.err = fmt.Errorf("random bits for a notice: %w", err)
		return
	}
	for _, m := range ms {
		address, proved := p.Email, p.EmailVerified
		if m.Channel == message.SMS {
			address, proved = p.Phone, p.PhoneVerified
		}
		if !proved {
			continue
		}
		told = true
		m.Account, m.To, m.Language, m.Secret = p.ID, address, p.Language, undoToken(p.ID, secret)
		b.add(s.Outbox.Op(ctx, m))
	}
	if !told {
		return
	}
	hash := sha256.Sum256(secret[:])
	now := s.Now()
	b.add(create(changeKey(p.ID, hash), change{Kind: kind, Hash: hex.EncodeToString(hash[:]), Order: [2]int64{p.version, l.version},
		At: now.UTC(), Before: standing(p, l)}, now.Add(UndoLife)))
}

// undoToken is what a notice's link carries: the account and 128 random bits, short enough for a text message.
func undoToken(id string, secret [16]byte) string {
	account := ulid.MustParse(id)
	return base64.RawURLEncoding.EncodeToString(append(account[:], secret[:]...))
}

// changeKey is found by the token alone; the whole hash is compared after that.
func changeKey(id string, hash [32]byte) table.Key {
	return table.Key{PK: "ACCOUNT#" + id, SK: "CHANGE#" + hex.EncodeToString(hash[:16])}
}
