package message

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"postkontor/shared/locale"
)

// Template names the words of a message; they stand in package locale under message.TEMPLATE.
type Template string

// The templates.
const (
	VerifyEmail     Template = "verify-email"
	VerifyPhone     Template = "verify-phone"
	AccountActive   Template = "account-active"
	PasswordChanged Template = "password-changed"
	NewSession      Template = "new-session" // values: device
	EmailChanged    Template = "email-changed"
	PhoneChanged    Template = "phone-changed"
	SMSOptedOut     Template = "sms-opted-out"
)

// The templates of duplicate accounts.
const (
	DuplicateHint    Template = "duplicate-hint"    // to the holder: another account of that person was refused
	ClaimChallenged  Template = "claim-challenged"  // to the holder; values: until
	ClaimLost        Template = "claim-lost"        // to who held it
	ClaimObjected    Template = "claim-objected"    // to who challenged
	DuplicateCleared Template = "duplicate-cleared" // to who is flagged no more
)

// The templates of changes that a customer makes; their notes and buttons, and those of all templates with a link that have
// none of their own, are message.not-me's.
const (
	EmailMoved       Template = "email-moved" // the new one is proved
	PhoneMoved       Template = "phone-moved"
	UsernameChanged  Template = "username-changed"
	DetailsChanged   Template = "details-changed" // name, company, language
	AddressChanged   Template = "address-changed"
	QuestionsChanged Template = "questions-changed"
	AccountClosed    Template = "account-closed"
	AccountReopened  Template = "account-reopened"
	Disavowed        Template = "disavowed" // changes were undone by a notice's link
)

// The templates of letters, and of accounts that nobody uses.
const (
	LetterRecovery  Template = "letter-recovery"  // the password was reset
	LetterDuplicate Template = "letter-duplicate" // a code that proves the address
	DormantWarning  Template = "dormant-warning"  // values: day, from which on the account is inactive
	Deactivated     Template = "deactivated"
)

// The templates of recovery and reactivation.
const (
	SendRecoveryCode      Template = "recovery-code"
	SendTemporaryPassword Template = "temporary-password"
	SendUsernames         Template = "usernames" // values: usernames
	SendReactivationCode  Template = "reactivation-code"
	PasswordRecovered     Template = "password-recovered"
	Reactivated           Template = "reactivated"
)

// The templates of customer service.
const (
	SupportRequest  Template = "support-request"  // to the operator's service; values: number, topic, name, email, text, account, username, language
	SupportCopy     Template = "support-copy"     // to who wrote it, at a proved address; values: number, topic, text
	SupportReceived Template = "support-received" // to any other address; the secret is the ticket's number
)

// The templates of orders of supplies; values: order.
const (
	OrderPlaced    Template = "order-placed"    // and items, address
	OrderDelayed   Template = "order-delayed"   // it waits for what is out of stock
	OrderShipped   Template = "order-shipped"   // and tracking
	OrderCancelled Template = "order-cancelled" // by the customer
)

// The templates of what agents do to an account.
const (
	AgentUnlocked       Template = "agent-unlocked"
	AgentResetQuestions Template = "agent-questions-reset"
	AgentRecovery       Template = "agent-recovery" // a code is on its way
	SendAgentCode       Template = "agent-code"     // values: id, of the recovery that it is for
	AgentProof          Template = "agent-proof"
	AgentContact        Template = "agent-contact"     // a new address counts from its Expires on
	AgentContactNew     Template = "agent-contact-new" // to that address
	AgentContactKept    Template = "agent-contact-kept"
	LetterAgent         Template = "letter-agent" // any of these, where no address is proved
)

// ParcelNews tells who follows a parcel what it has become. Values: parcel; when it is said also number, where, summary,
// became and status, in the reader's language (package follow).
const ParcelNews Template = "parcel-news"

// shape is what a template is made of beside its words.
type shape struct {
	channels   []Channel // it has words for
	secret     bool      // it shows a code, alone on a line
	link       bool      // its secret is not shown: it is the t of the link that the button leads to
	subscribed bool      // it goes to who asked for it; the secret of its e-mail is the t of the link that ends that
	values     []string
	path       string // of the page its button leads to; {id}, {order} and {number} stand for those values
	written    bool   // its values are what a person wrote: sealed in the outbox, and the text among them is quoted line by line
	staff      bool   // it goes to the operator's service, and an answer to who wrote it
}

// Staff reports whether messages of the template go to the operator's service, wherever that is when they are sent.
func (t Template) Staff() bool { return templates[t].staff }

// sealed reports whether a message of the shape has a secret.
func (s shape) sealed(c Channel) bool { return s.secret || s.link || s.subscribed && c == Email }

// Subscribed reports whether a message of the template goes only to who asked for it, which nobody does whose account is
// closed.
func (t Template) Subscribed() bool { return templates[t].subscribed }

// Notice reports whether a message of the template tells of what has happened; any other brings a code that is waited for.
func (t Template) Notice() bool { return !templates[t].secret }

var templates = map[Template]shape{
	SendRecoveryCode:      {channels: []Channel{SMS}, secret: true},
	SendTemporaryPassword: {channels: []Channel{Email}, secret: true, path: "/login"},
	SendUsernames:         {channels: []Channel{Email}, values: []string{"usernames"}, path: "/login"},
	SendReactivationCode:  {channels: []Channel{Email, SMS}, secret: true, path: "/reactivate"},
	PasswordRecovered:     {channels: []Channel{Email, SMS}, link: true, path: "/not-me"},
	Reactivated:           {channels: []Channel{Email}, link: true, path: "/not-me"},
	VerifyEmail:           {channels: []Channel{Email}, secret: true, path: "/verify"},
	VerifyPhone:           {channels: []Channel{SMS}, secret: true},
	AccountActive:         {channels: []Channel{Email}, path: "/account"},
	PasswordChanged:       {channels: []Channel{Email}, link: true, path: "/not-me"},
	NewSession:            {channels: []Channel{Email}, values: []string{"device"}, path: "/account/password"},
	EmailChanged:          {channels: []Channel{Email}, link: true, path: "/not-me"},
	PhoneChanged:          {channels: []Channel{Email, SMS}, link: true, path: "/not-me"},
	EmailMoved:            {channels: []Channel{Email}, link: true, path: "/not-me"},
	PhoneMoved:            {channels: []Channel{Email}, link: true, path: "/not-me"},
	UsernameChanged:       {channels: []Channel{Email}, link: true, path: "/not-me"},
	DetailsChanged:        {channels: []Channel{Email}, link: true, path: "/not-me"},
	AddressChanged:        {channels: []Channel{Email}, link: true, path: "/not-me"},
	QuestionsChanged:      {channels: []Channel{Email}, link: true, path: "/not-me"},
	AccountClosed:         {channels: []Channel{Email}, link: true, path: "/not-me"},
	AccountReopened:       {channels: []Channel{Email}, link: true, path: "/not-me"},
	Disavowed:             {channels: []Channel{Email, SMS}, path: "/recover"},
	DuplicateHint:         {channels: []Channel{Email}, path: "/recover"},
	ClaimChallenged:       {channels: []Channel{Email, SMS}, link: true, values: []string{"until"}, path: "/not-me"},
	ClaimLost:             {channels: []Channel{Email, SMS}, path: "/login"},
	ClaimObjected:         {channels: []Channel{Email}, path: "/login"},
	DuplicateCleared:      {channels: []Channel{Email, SMS}, path: "/account"},
	AgentUnlocked:         {channels: []Channel{Email, SMS}, link: true, path: "/not-me"},
	AgentResetQuestions:   {channels: []Channel{Email, SMS}, link: true, path: "/not-me"},
	AgentRecovery:         {channels: []Channel{Email, SMS}, link: true, path: "/not-me"},
	OrderPlaced:           {channels: []Channel{Email}, values: []string{"order", "items", "address"}, path: "/orders/{order}"},
	OrderDelayed:          {channels: []Channel{Email}, values: []string{"order"}, path: "/orders/{order}"},
	OrderShipped:          {channels: []Channel{Email}, values: []string{"order", "tracking"}, path: "/orders/{order}"},
	OrderCancelled:        {channels: []Channel{Email}, values: []string{"order"}, path: "/orders/{order}"},
	SendAgentCode:         {channels: []Channel{Email, SMS, Letter}, secret: true, values: []string{"id"}, path: "/recover?id={id}"},
	AgentProof:            {channels: []Channel{Email, SMS}, link: true, path: "/not-me"},
	AgentContact:          {channels: []Channel{Email, SMS}, link: true, path: "/not-me"},
	AgentContactKept:      {channels: []Channel{Email, SMS}, link: true, path: "/not-me"},
	AgentContactNew:       {channels: []Channel{Email, SMS}, path: "/help"},
	LetterAgent:           {channels: []Channel{Letter}, path: "/help"},
	LetterRecovery:        {channels: []Channel{Letter}, path: "/recover"},
	LetterDuplicate:       {channels: []Channel{Letter}, secret: true, path: "/duplicate"},
	DormantWarning:        {channels: []Channel{Email, SMS, Letter}, values: []string{"day"}, path: "/login"},
	Deactivated:           {channels: []Channel{Email, SMS, Letter}, path: "/login"},
	SupportRequest: {channels: []Channel{Email}, path: "/help", written: true, staff: true,
		values: []string{"number", "topic", "name", "email", "text", "account", "username", "language"}},
	SupportCopy:     {channels: []Channel{Email}, values: []string{"number", "topic", "text"}, path: "/help", written: true},
	SupportReceived: {channels: []Channel{Email}, secret: true, path: "/help"},
	SMSOptedOut:     {channels: []Channel{Email}, path: "/account/phone"},
	ParcelNews:      {channels: []Channel{Email, SMS}, subscribed: true, values: []string{"parcel"}, path: "/track?numbers={number}"},
}

// Templates answers the templates that have words for a channel, in the order of their names.
func Templates(c Channel) []Template {
	var names []Template
	for name, t := range templates {
		if slices.Contains(t.channels, c) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Rendered is a message in words, ready for a channel. An SMS has only Text, a letter no HTML.
type Rendered struct {
	ID       string // of the message
	Language locale.Tag
	Subject  string
	Text     string
	HTML     string
	Headers  []Header // of the e-mail, beside those every e-mail has
	ReplyTo  string   // of the e-mail that a person wrote: who is answered; "" for one that only machines wrote
	Sheet    *Sheet   // of the letter; who sends it fills in the lines of its window
}

// Header is one header of an e-mail.
type Header struct{ Name, Value string }

// Words turns messages into text.
type Words struct {
	Operator string // the operator's name as customers know it
	Origin   string // "https://account.example.com": where links lead
}

// Render says m in its language. The secret is the opened one, and name is the customer's first name, "" for an address
// that is not proved.
func (w Words) Render(m Message, secret, name string) (Rendered, error) {
	t := templates[m.Template]
	if !slices.Contains(t.channels, m.Channel) {
		return Rendered{}, fmt.Errorf("no template %s by %s", m.Template, m.Channel)
	}
	if m.Language == "" {
		m.Language = locale.English
	}
	link, leave := w.Origin+t.path, ""
	switch {
	case t.link:
		link += "?t=" + url.QueryEscape(secret)
		secret = ""
	case t.subscribed:
		leave = w.Origin + "/unsubscribe?t=" + url.QueryEscape(secret)
		secret = ""
	}
	pairs := w.pairs(m, secret)
	link = locale.Fill(link, pairs...)
	pairs = append(pairs, "link", link)
	if m.Channel == SMS {
		return w.sms(m, secret, pairs)
	}
	key, tag := "message."+string(m.Template), m.Language
	way := key
	if _, ok := locale.Lookup(tag, key+".button"); !ok {
		way = "message.not-me"
	}
	view := Sheet{
		Language: tag, Operator: line(w.Operator), Code: secret,
		Subject: locale.Text(tag, key+".subject", pairs...),
		Body:    paragraphs(tag, key+".body", pairs),
		Note:    paragraphs(tag, way+".note", pairs),
		Button:  locale.Text(tag, way+".button", pairs...),
		Link:    link,
		Footer:  locale.Text(tag, "message.footer", pairs...),
	}
	if t.staff {
		view.Footer = locale.Text(tag, key+".footer", pairs...)
	}
	if t.written {
		for text := range strings.Lines(m.Values["text"]) {
			view.Quote = append(view.Quote, line(strings.TrimRight(text, " \r\n")))
		}
	}
	if leave != "" {
		view.Leave, view.Leaving = leave, locale.Text(tag, "message.unsubscribe")
	}
	if name != "" {
		view.Greeting = locale.Text(tag, "message.greeting", "name", line(name))
	}
	if m.Channel == Letter {
		view.Day, view.Footer = locale.Day(tag, m.At), locale.Text(tag, "message.letter-footer", pairs...)
		return Rendered{Language: tag, Subject: view.Subject, Text: view.text(), Sheet: &view}, nil
	}
	r, err := view.email()
	if t.staff {
		r.ReplyTo = m.Values["email"]
	}
	return r, err
}

// pairs are the placeholders that every template may use.
func (w Words) pairs(m Message, secret string) []string {
	minutes := int(math.Round(m.Expires.Sub(m.At).Minutes()))
	pairs := []string{
		"operator", line(w.Operator), "origin", w.Origin, "code", secret,
		"when", locale.Moment(m.Language, m.At), "minutes", strconv.Itoa(minutes),
		"expires", locale.Day(m.Language, m.Expires),
	}
	for name, value := range m.Values {
		pairs = append(pairs, name, line(value))
	}
	return pairs
}

// line keeps a value on its line, so that it can neither look like a code nor end a header.
func line(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, value)
}

// sms ends a code's text with a line that binds the code to the origin, so that browsers fill it in nowhere else
// (WICG, Origin-bound one-time codes).
func (w Words) sms(m Message, secret string, pairs []string) (Rendered, error) {
	text := locale.Text(m.Language, "message."+string(m.Template)+".sms", pairs...)
	if templates[m.Template].secret {
		origin, err := url.Parse(w.Origin)
		if err != nil {
			return Rendered{}, fmt.Errorf("origin: %w", err)
		}
		text += "\n@" + origin.Hostname() + " #" + secret
	}
	return Rendered{Language: m.Language, Text: text}, nil
}

// paragraphs splits a text at its empty lines before it is filled, so that a value cannot make a paragraph.
func paragraphs(tag locale.Tag, key string, pairs []string) []string {
	text, ok := locale.Lookup(tag, key)
	if !ok {
		return nil
	}
	parts := strings.Split(text, "\n\n")
	for i := range parts {
		parts[i] = locale.Fill(parts[i], pairs...)
	}
	return parts
}
