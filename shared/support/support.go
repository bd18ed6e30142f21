// Package support takes what customers write to the operator's customer service.
//
// It has no table. A request becomes, in one transaction, an e-mail to the operator's service with all that was written,
// and one to the writer with the ticket's number, which repeats the text only where the address is the proved one of the
// account that is signed in. The first is the item MESSAGE#number of the outbox, so the number is given out once; when it
// is sent, all that was written is gone from here, and customer service has it.
package support

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/person"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// The most characters (code points) that a request may have.
const (
	MaxMessage = 5000
	MaxLine    = 120 // of the name and of the username
)

// Request is what somebody writes.
type Request struct {
	Topic    string // an id of the operator's topics
	Message  string
	Email    string // where the answer goes
	Name     string
	Username string // as it was typed, or ""
	Language locale.Tag
	By       *session.Session // who is signed in, nil for nobody
}

// Ticket is a request that was taken. Its number tells nothing about it.
type Ticket struct {
	Number    string    `json:"number" doc:"To be named in letters and on the telephone" example:"7K2M-QX4T"`
	CreatedAt time.Time `json:"createdAt"`
}

var number = regexp.MustCompile(`^[A-Z2-7]{4}-[A-Z2-7]{4}$`)

// IsNumber reports whether a text looks like the number of a ticket.
func IsNumber(text string) bool { return number.MatchString(text) }

// Store takes requests. It is safe for concurrent use.
type Store struct {
	DB       table.Database // accounts (read only), limits, messages
	Outbox   *message.Outbox
	Throttle *message.Throttle
	Operator operator.Profile
	Now      func() time.Time
}

// NewStore makes a store; keys has the rings seal-public and decoy.
func NewStore(db table.Database, keys secret.Source, profile operator.Profile, now func() time.Time) *Store {
	return &Store{DB: db, Operator: profile, Now: now, Outbox: &message.Outbox{Sealer: secret.NewSealer(keys), Now: now},
		Throttle: &message.Throttle{Table: db.Table(message.LimitsTable), Key: secret.NewKey(keys, secret.Decoy)}}
}

// Check brings a request into the form in which it is taken, and refuses what is wrong with it: its fields at "body", or
// support_closed where the operator reads no e-mail.
func (s *Store) Check(r *Request) error {
	if s.Operator.SupportEmail == "" {
		return fault.New(fault.Conflict, "support_closed")
	}
	r.Message = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(r.Message))
	r.Name, r.Email, r.Username = person.Clean(r.Name), person.Clean(r.Email), person.Clean(r.Username)
	_, known := s.Operator.Topic(r.Topic)
	var wrong []fault.Field
	switch {
	case r.Topic == "":
		wrong = append(wrong, fault.Field{Location: "body.topic", Code: "validation.required"})
	case !known:
		wrong = append(wrong, fault.Field{Location: "body.topic", Code: "validation.one_of"})
	}
	switch n := len([]rune(r.Message)); {
	case n == 0:
		wrong = append(wrong, fault.Field{Location: "body.message", Code: "validation.required"})
	case n > MaxMessage:
		wrong = append(wrong, fault.Field{Location: "body.message", Code: "validation.too_long", Args: map[string]string{"n": fmt.Sprint(MaxMessage)}})
	}
	for _, field := range []*fault.Field{person.CheckLine("body.name", r.Name, true, MaxLine), person.CheckEmail("body.email", r.Email),
		person.CheckLine("body.username", r.Username, false, MaxLine)} {
		if field != nil {
			wrong = append(wrong, *field)
		}
	}
	return fault.Fields(wrong)
}

// Take takes a checked request. The operations that further answers for the ticket's number are part of its transaction.
// Where the writer's address has had too many messages of this kind lately, the ticket is taken and the address is spared.
func (s *Store) Take(ctx context.Context, r Request, further func(ctx context.Context, number string) ([]table.Op, error)) (*Ticket, error) {
	random := rand.Text() // its letters and digits are not taken for one another (RFC 4648 §6)
	ticket := &Ticket{Number: random[:4] + "-" + random[4:8], CreatedAt: s.Now().UTC().Truncate(time.Second)}
	writer, err := s.Writer(ctx, r.By)
	if err != nil {
		return nil, err
	}
	ops, err := further(ctx, ticket.Number)
	if err != nil {
		return nil, err
	}
	request, err := s.Outbox.Op(ctx, s.request(r, ticket, writer))
	if err != nil {
		return nil, err
	}
	ops = append(ops, request)
	told, err := s.told(ctx, r, ticket, writer)
	if err != nil {
		return nil, err
	}
	err = s.DB.Transact(ctx, slices.Concat(ops, told)...)
	if fault.Code(message.TooOften(err, len(ops))) == "sending_too_often" { // another request of that address came first
		err = s.DB.Transact(ctx, ops...)
	}
	if err != nil {
		return nil, fmt.Errorf("taking ticket %s: %w", ticket.Number, err)
	}
	return ticket, nil
}

// Find answers a ticket that was taken within the last days, nil when there is none of that number.
func (s *Store) Find(ctx context.Context, number string) (*Ticket, error) {
	m, there, err := message.Find(ctx, s.DB.Table(message.Definition.Name), number)
	if err != nil || !there {
		return nil, err
	}
	return &Ticket{Number: number, CreatedAt: m.At}, nil
}

// request is the message to the operator's service, in English, as its topics always are.
func (s *Store) request(r Request, ticket *Ticket, w Writer) message.Message {
	topic, _ := s.Operator.Topic(r.Topic)
	known, id, username := "message.support-request.account.none", "", r.Username
	if r.By != nil {
		known, id = "message.support-request.account.other", r.By.Account
		if w.has(r.Email) {
			known = "message.support-request.account.own"
		}
	}
	if username == "" {
		username = "–"
	}
	english := locale.English
	return message.Message{ID: ticket.Number, At: ticket.CreatedAt, Channel: message.Email, Template: message.SupportRequest, Language: english,
		Values: map[string]string{"number": ticket.Number, "topic": topic.Text.In(english), "name": r.Name, "email": r.Email, "text": r.Message,
			"account": locale.Text(english, known, "account", id), "username": username, "language": string(r.Language)}}
}

// told answers the operations that tell the writer the number: none when the address has had enough, else the one that counts
// it first.
func (s *Store) told(ctx context.Context, r Request, ticket *Ticket, w Writer) ([]table.Op, error) {
	count, err := s.Throttle.Allow(ctx, message.Support, r.Email, ticket.CreatedAt)
	if fault.Code(err) == "sending_too_often" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := message.Message{At: ticket.CreatedAt, Channel: message.Email, Template: message.SupportReceived, Language: r.Language, To: r.Email, Secret: ticket.Number}
	if w.has(r.Email) {
		topic, _ := s.Operator.Topic(r.Topic)
		m.Template, m.Account, m.To, m.Secret = message.SupportCopy, r.By.Account, "", ""
		m.Values = map[string]string{"number": ticket.Number, "topic": topic.Text.In(r.Language), "text": r.Message}
	}
	tell, err := s.Outbox.Op(ctx, m)
	return []table.Op{count, tell}, err
}

// Writer is what the account that is signed in says of its holder.
type Writer struct {
	Name          person.Name `json:"name"`
	Email         string      `json:"email"`
	EmailVerified bool        `json:"emailVerified"`
}

// has reports whether an address is the proved one of the account.
func (w Writer) has(email string) bool {
	return w.EmailVerified && person.FoldEmail(w.Email) == person.FoldEmail(email)
}

// Writer answers who is signed in, an empty one for nobody.
func (s *Store) Writer(ctx context.Context, by *session.Session) (w Writer, err error) {
	if by == nil {
		return w, nil
	}
	item, there, err := s.DB.Table("accounts").Get(ctx, table.Key{PK: "ACCOUNT#" + by.Account, SK: "PROFILE"}, true)
	if err != nil {
		return w, fmt.Errorf("reading the profile of %s: %w", by.Account, err)
	}
	if !there {
		return w, nil
	}
	return w, item.Decode(&w)
}
