// Package message is the outbox: what is to be said to whom is written in the transaction that causes it, and courier
// says it afterwards.
//
// # Keys of the table messages
//
//	MESSAGE#ulid / MESSAGE   one message: state, addressee, template, values, sealed secret; exp
//
// A message names its account; courier looks the proved address up. Only a message to an address that the profile does
// not hold (not proved yet, or just replaced) names that address, and then it carries no values: nothing that a person
// typed goes out to an address they have not proved. A secret (a code, a temporary password) is sealed to courier's key.
// What a customer wrote to the operator (the values of some templates) is sealed likewise. Marking a message sent or dropped
// removes secret, address and values.
package message

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"postkontor/shared/locale"
	"postkontor/shared/secret"
	"postkontor/shared/table"
)

// Definition is the table of this package.
var Definition = table.Definition{Name: "messages", Stream: true, TTL: true}

// Channel is a way to a customer.
type Channel string

// The channels.
const (
	SMS    Channel = "sms"
	Email  Channel = "email"
	Letter Channel = "letter"
)

// kept is how long a message is kept after it expired, to answer what became of it.
const kept = 72 * time.Hour

// Message is one thing to say.
type Message struct {
	ID       string            `json:"id"`      // default: a fresh ULID
	Account  string            `json:"account"` // "": of nobody known here; then To, or the operator's service, is all there is
	Channel  Channel           `json:"channel"`
	To       string            `json:"to,omitempty"` // "": the account's proved address of the channel
	Template Template          `json:"template"`
	Language locale.Tag        `json:"language,omitempty"` // "": the account's
	Values   map[string]string `json:"values,omitempty"`
	Secret   string            `json:"secret,omitempty"` // in the table: sealed
	Cause    string            `json:"cause,omitempty"`  // not "": a second message of this cause is a failed condition
	At       time.Time         `json:"at"`               // default: now
	Expires  time.Time         `json:"expires"`          // not sent later than this; default: a week on
}

// Outbox makes the operations that put messages into the outbox.
type Outbox struct {
	Sealer *secret.Sealer
	Now    func() time.Time
	Rand   io.Reader // default crypto/rand.Reader
}

// Op answers the operation to put beside the change that causes m, in one transaction. The secret is sealed here.
func (o *Outbox) Op(ctx context.Context, m Message) (table.Op, error) {
	if err := m.check(); err != nil {
		return table.Op{}, fmt.Errorf("message %s by %s: %w", m.Template, m.Channel, err)
	}
	if err := o.complete(&m); err != nil {
		return table.Op{}, err
	}
	if err := m.seal(); err != nil {
		return table.Op{}, fmt.Errorf("message %s: %w", m.ID, err)
	}
	if m.Secret != "" {
		sealed, err := o.Sealer.Seal(ctx, []byte(m.Secret))
		if err != nil {
			return table.Op{}, fmt.Errorf("message %s: %w", m.ID, err)
		}
		m.Secret = sealed
	}
	item, err := Stored{Message: m, State: Pending, exp: m.Expires.Add(kept)}.item()
	return table.Op{Verb: table.OpCreate, Table: Definition.Name, Item: item}, err
}

// seal puts values that are sealed where the secret is.
func (m *Message) seal() error {
	if !templates[m.Template].written {
		return nil
	}
	values, err := json.Marshal(m.Values)
	m.Secret, m.Values = string(values), nil
	return err
}

// Opened takes what was sealed in m, and answers the secret in it.
func (m *Message) Opened(plain string) (secret string, err error) {
	if !templates[m.Template].written {
		return plain, nil
	}
	m.Secret = ""
	return "", json.Unmarshal([]byte(plain), &m.Values)
}

// complete fills what has a default.
func (o *Outbox) complete(m *Message) error {
	if m.At.IsZero() {
		m.At = o.Now()
	}
	if m.Expires.IsZero() {
		m.Expires = m.At.Add(7 * 24 * time.Hour)
	}
	m.At, m.Expires = m.At.UTC(), m.Expires.UTC()
	switch {
	case m.ID != "":
	case m.Cause != "":
		hash := sha256.Sum256([]byte(m.Cause))
		m.ID = "cause-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(hash[:20]))
	default:
		random := o.Rand
		if random == nil {
			random = rand.Reader
		}
		id, err := ulid.New(ulid.Timestamp(m.At), random)
		if err != nil {
			return err
		}
		m.ID = id.String()
	}
	return nil
}

// check refuses what is a mistake of the caller.
func (m Message) check() error {
	t, ok := templates[m.Template]
	switch {
	case !ok:
		return errors.New("no such template")
	case !slices.Contains(t.channels, m.Channel):
		return errors.New("the template has no words for the channel")
	case m.To != "" && (t.staff || len(m.Values) > 0):
		return errors.New("values go to proved addresses and to the operator only")
	case m.To == "" && m.Account == "" && !t.staff:
		return errors.New("it goes to nobody")
	case t.sealed(m.Channel) != (m.Secret != ""):
		return errors.New("the template and the secret do not fit")
	}
	for _, name := range t.values {
		if m.Values[name] == "" {
			return fmt.Errorf("value %s is missing", name)
		}
	}
	return nil
}

// KeyOf is the key of the message of that id.
func KeyOf(id string) table.Key { return table.Key{PK: "MESSAGE#" + id, SK: "MESSAGE"} }

// IDOf is the id in the partition key of a message.
func IDOf(pk string) (id string, ok bool) { return strings.CutPrefix(pk, "MESSAGE#") }
