package courier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postkontor/shared/address"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/person"
	"postkontor/shared/table"
)

// profile is what courier reads of ACCOUNT#id/PROFILE.
type profile struct {
	Status        string     `json:"status"`
	Language      locale.Tag `json:"language"`
	Name          person.Name
	Company       string
	Address       address.Address
	Email         string `json:"email"`
	EmailVerified bool   `json:"emailVerified"`
	Phone         string `json:"phone"`
	PhoneVerified bool   `json:"phoneVerified"`
}

// closed is the status of an account that is kept to be opened again.
const closed = "closed"

// addressee is where a message goes, and whom it greets: nobody at an address that is not proved.
type addressee struct {
	address, name string
	window        []string // of a letter
}

// addressee looks the addressee up, and fills the message's language when it has none.
func (c *Courier) addressee(ctx context.Context, m *message.Message) (addressee, error) {
	switch {
	case m.Template.Staff() && c.Service == "":
		return addressee{}, errors.New("the operator has no service address any more")
	case m.Template.Staff():
		return addressee{address: c.Service}, nil
	case m.Account == "":
		return addressee{address: m.To}, nil
	}
	p, err := c.profile(ctx, m.Account)
	if err != nil {
		return addressee{}, err
	}
	if m.Language == "" {
		m.Language = p.Language
	}
	if m.Template.Subscribed() {
		if err := c.subscribed(ctx, p, m); err != nil {
			return addressee{}, err
		}
	}
	switch {
	case m.To == p.Email && p.EmailVerified, m.To == p.Phone && p.PhoneVerified:
		return addressee{address: m.To, name: p.Name.First}, nil
	case m.To != "":
		return addressee{address: m.To}, nil
	case m.Channel == message.Letter:
		return addressee{m.Account, p.Name.First, p.window()}, nil
	case m.Channel == message.Email && p.EmailVerified:
		return addressee{address: p.Email, name: p.Name.First}, nil
	case m.Channel == message.SMS && p.PhoneVerified:
		return addressee{address: p.Phone, name: p.Name.First}, nil
	}
	return addressee{}, &message.Refusal{Reason: message.Unproved}
}

// subscribed refuses what the customer does not want any more, and fills in the words of the rest.
func (c *Courier) subscribed(ctx context.Context, p profile, m *message.Message) error {
	if p.Status == closed {
		return &message.Refusal{Reason: message.ClosedAccount}
	}
	about, err := follow.About(*m)
	if err != nil {
		return &message.Refusal{Reason: message.Unreadable, Err: err}
	}
	wanted, err := (&follow.Store{DB: c.DB}).Get(ctx, m.Account, about.Number)
	switch {
	case err != nil:
		return fmt.Errorf("reading a subscription of %s: %w", m.Account, err)
	case wanted == nil || !slices.Contains(wanted.Channels, m.Channel):
		return &message.Refusal{Reason: message.Unsubscribed}
	}
	m.Values = follow.Words(about, m.Language)
	return nil
}

// window is the address block of a letter (Pub 28 §211, §293).
func (p profile) window() []string {
	n, a := p.Name, p.Address
	zip := a.Zip
	if a.Zip4 != "" {
		zip += "-" + a.Zip4
	}
	var lines []string
	for _, parts := range [][]string{{n.First, n.Middle, n.Last, n.Suffix}, {p.Company}, {a.Urbanization}, {a.Street, a.Secondary}, {a.City, a.State, zip}} {
		if line := person.Clean(strings.Join(parts, " ")); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func (c *Courier) profile(ctx context.Context, account string) (profile, error) {
	var p profile
	item, found, err := c.DB.Table("accounts").Get(ctx, table.Key{PK: "ACCOUNT#" + account, SK: "PROFILE"}, true)
	if err != nil {
		return p, fmt.Errorf("reading the profile of %s: %w", account, err)
	}
	if !found {
		return p, &message.Refusal{Reason: message.NoAccount}
	}
	if err := item.Decode(&p); err != nil {
		return p, fmt.Errorf("decoding the profile of %s: %w", account, err)
	}
	return p, nil
}

// tellOptedOut writes, once for a number, to a proved e-mail address that the number gets no text messages.
func (c *Courier) tellOptedOut(ctx context.Context, m message.Message) error {
	p, err := c.profile(ctx, m.Account)
	if err != nil || !p.EmailVerified {
		return err
	}
	number := m.To
	if number == "" {
		number = p.Phone
	}
	mac, err := c.Counters.MAC(ctx, []byte("opted-out\x00"+number))
	if err != nil {
		return err
	}
	outbox := message.Outbox{Now: c.Now}
	op, err := outbox.Op(ctx, message.Message{Account: m.Account, Channel: message.Email, Template: message.SMSOptedOut,
		Cause: "opted-out " + m.Account + " " + mac})
	if err != nil {
		return err
	}
	if err := c.messages().Create(ctx, op.Item); err != nil && !errors.Is(err, table.ErrCondition) {
		return fmt.Errorf("telling %s of an opt-out: %w", m.Account, err)
	}
	return nil
}
