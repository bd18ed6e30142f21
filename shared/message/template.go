package message

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

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

// shape is what a template is made of beside its words.
type shape struct {
	only   Channel // "": it has words for e-mail and SMS
	secret bool    // it shows a code, alone on a line
	values []string
	path   string // of the page its button leads to
}

var templates = map[Template]shape{
	VerifyEmail:     {only: Email, secret: true, path: "/verify"},
	VerifyPhone:     {only: SMS, secret: true},
	AccountActive:   {only: Email, path: "/account"},
	PasswordChanged: {only: Email, path: "/help"},
	NewSession:      {only: Email, values: []string{"device"}, path: "/account/password"},
	EmailChanged:    {only: Email, path: "/help"},
	PhoneChanged:    {path: "/help"},
	SMSOptedOut:     {only: Email, path: "/account/phone"},
}

// Rendered is a message in words, ready for a channel. An SMS has only Text.
type Rendered struct {
	Language locale.Tag
	Subject  string
	Text     string
	HTML     string
	Headers  []Header // of the e-mail, beside those every e-mail has
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
	t, ok := templates[m.Template]
	if !ok {
		return Rendered{}, fmt.Errorf("no template %s", m.Template)
	}
	pairs := w.pairs(m, secret)
	if m.Channel == SMS {
		return w.sms(m, secret, pairs)
	}
	key, tag := "message."+string(m.Template), m.Language
	if tag == "" {
		tag = locale.English
	}
	view := emailView{
		Language: tag, Operator: w.Operator, Code: secret,
		Subject: locale.Text(tag, key+".subject", pairs...),
		Body:    paragraphs(tag, key+".body", pairs),
		Note:    paragraphs(tag, key+".note", pairs),
		Button:  locale.Text(tag, key+".button", pairs...),
		Link:    w.Origin + t.path,
		Footer:  locale.Text(tag, "message.footer", pairs...),
	}
	if name != "" {
		view.Greeting = locale.Text(tag, "message.greeting", "name", name)
	}
	return view.render()
}

// pairs are the placeholders that every template may use.
func (w Words) pairs(m Message, secret string) []string {
	minutes := int(math.Round(m.Expires.Sub(m.At).Minutes()))
	pairs := []string{
		"operator", w.Operator, "origin", w.Origin, "code", secret,
		"when", when(m.Language, m.At), "minutes", strconv.Itoa(minutes),
	}
	for name, value := range m.Values {
		pairs = append(pairs, name, value)
	}
	return pairs
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

// when is a moment in words: the day and the minute, in UTC.
func when(tag locale.Tag, at time.Time) string {
	at = at.UTC()
	month := locale.Text(tag, fmt.Sprintf("message.month.%d", at.Month()))
	return locale.Text(tag, "message.when",
		"month", month, "day", strconv.Itoa(at.Day()), "year", strconv.Itoa(at.Year()), "time", at.Format("15:04"))
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

// emailView is what templates/email.html shows.
type emailView struct {
	Language                   locale.Tag
	Operator, Subject          string
	Greeting                   string
	Body, Note                 []string
	Code, Button, Link, Footer string
}

//go:embed templates/email.html
var emailHTML string

var emailTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("email").Parse(emailHTML))
})

func (v emailView) render() (Rendered, error) {
	var html bytes.Buffer
	if err := emailTemplate().Execute(&html, v); err != nil {
		return Rendered{}, err
	}
	return Rendered{Language: v.Language, Subject: v.Subject, Text: v.text(), HTML: html.String()}, nil
}

// text is the e-mail for readers without HTML; the code stands alone on its line.
func (v emailView) text() string {
	parts := []string{v.Operator}
	if v.Greeting != "" {
		parts = append(parts, v.Greeting)
	}
	parts = append(parts, v.Body...)
	if v.Code != "" {
		parts = append(parts, v.Code)
	}
	parts = append(parts, v.Note...)
	parts = append(parts, v.Button+": "+v.Link, "-- \n"+v.Footer)
	return strings.Join(parts, "\n\n") + "\n"
}
