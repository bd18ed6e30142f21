package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/message/letter"
	"postkontor/shared/table"
)

// The runner's own tables, in a file of their own.
var (
	runnerTable  = table.Definition{Name: "runner"}
	mailboxTable = table.Definition{Name: "mailbox", Indexes: []table.Index{{Name: "to", Partition: "folded", Sort: "id"}}}
)

// Mail is one message as it came to a phone, a mailbox or, as a letter, to an account.
type Mail struct {
	ID       string            `json:"id"`
	At       time.Time         `json:"at"`
	Channel  message.Channel   `json:"channel"`
	To       string            `json:"to"`
	Subject  string            `json:"subject,omitempty"`
	Text     string            `json:"text"`
	HTML     string            `json:"html,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`
	Language locale.Tag        `json:"language"`
}

// mailbox stands for everybody's phone and mailbox: everything that was sent, under MAILBOX / ulid, a letter
// also as it is printed, under PDF / ulid.
type mailbox struct {
	table table.Table
	now   func() time.Time

	mu    sync.Mutex
	order *ulid.MonotonicEntropy
}

func newMailbox(t table.Table, now func() time.Time) *mailbox {
	return &mailbox{table: t, now: now, order: ulid.Monotonic(rand.Reader, 0)}
}

// keep stores a message that was sent.
func (m *mailbox) keep(ctx context.Context, channel message.Channel, to string, r message.Rendered) error {
	now := m.now()
	m.mu.Lock()
	id, err := ulid.New(ulid.Timestamp(now), m.order)
	m.mu.Unlock()
	if err != nil {
		return err
	}
	mail := Mail{ID: id.String(), At: now, Channel: channel, To: to, Subject: r.Subject, Text: r.Text, HTML: r.HTML,
		Language: r.Language, Headers: map[string]string{}}
	for _, h := range r.Headers {
		mail.Headers[h.Name] = h.Value
	}
	if r.ReplyTo != "" {
		mail.Headers["Reply-To"] = r.ReplyTo
	}
	if r.Sheet != nil {
		if err := m.print(ctx, mail.ID, *r.Sheet); err != nil {
			return err
		}
	}
	item, err := table.New(table.Key{PK: "MAILBOX", SK: mail.ID}, struct {
		Mail
		Folded string `json:"folded"`
	}{mail, folded(to)})
	if err != nil {
		return err
	}
	return m.table.Create(ctx, item)
}

// printed is the item PDF / ulid beside a letter.
type printed struct {
	PDF []byte `json:"pdf"`
}

// print stores a letter as the printer gets it.
func (m *mailbox) print(ctx context.Context, id string, sheet message.Sheet) error {
	pdf, err := letter.PDF(sheet)
	if err != nil {
		return err
	}
	item, err := table.New(table.Key{PK: "PDF", SK: id}, printed{pdf})
	if err != nil {
		return err
	}
	return m.table.Put(ctx, item)
}

// printed answers a letter as the printer gets it, nil when there is none.
func (m *mailbox) printed(ctx context.Context, id string) ([]byte, error) {
	item, there, err := m.table.Get(ctx, table.Key{PK: "PDF", SK: id}, true)
	if err != nil || !there {
		return nil, err
	}
	var p printed
	err = item.Decode(&p)
	return p.PDF, err
}

// folded is how one addressee is told from another. A plus sign that a query turned into a space is given back.
func folded(to string) string {
	to = strings.ToLower(strings.TrimSpace(to))
	if to != "" && strings.Trim(to, "0123456789") == "" {
		return "+" + to
	}
	return to
}

// list answers up to limit messages, newest first, to one addressee or, for "", to all; and the cursor of the next ones.
func (m *mailbox) list(ctx context.Context, to string, limit int, cursor string) ([]Mail, string, error) {
	q := table.Query{Partition: "MAILBOX", Descending: true, Limit: limit, Cursor: cursor}
	if to != "" {
		q.Index, q.Partition = "to", folded(to)
	}
	page, err := m.table.Query(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("listing the mailbox: %w", err)
	}
	mails := make([]Mail, len(page.Items))
	for i, item := range page.Items {
		if err := item.Decode(&mails[i]); err != nil {
			return nil, "", fmt.Errorf("reading the mailbox: %w", err)
		}
	}
	return mails, page.Next, nil
}

func (m *mailbox) find(ctx context.Context, id string) (mail Mail, there bool, err error) {
	if id == "" {
		return mail, false, nil
	}
	item, there, err := m.table.Get(ctx, table.Key{PK: "MAILBOX", SK: id}, true)
	if err != nil || !there {
		return mail, false, err
	}
	return mail, true, item.Decode(&mail)
}

// sender sends on one channel, into the mailbox.
type sender struct {
	mailbox *mailbox
	channel message.Channel
	down    func() bool
}

// Send delivers a message, unless the channel is down.
func (s sender) Send(ctx context.Context, to string, r message.Rendered) error {
	if s.down() {
		return errors.New("the channel " + string(s.channel) + " is down on purpose")
	}
	return s.mailbox.keep(ctx, s.channel, to, r)
}
