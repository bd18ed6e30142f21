package message

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
	"sync"

	"postkontor/shared/locale"
)

// Sheet is what an e-mail or a letter shows: templates/email.html, package letter.
type Sheet struct {
	Language                   locale.Tag
	Operator, Subject          string
	Greeting                   string
	Body, Quote, Note          []string // Quote: the lines of what a person wrote
	Code, Button, Link, Footer string
	Leave, Leaving             string // of an e-mail that was subscribed to: where that ends, and words for it

	To  []string // of a letter: the lines in its window
	Day string   // of a letter: when it was written
}

//go:embed templates/email.html
var emailHTML string

var emailTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("email").Parse(emailHTML))
})

func (v Sheet) email() (Rendered, error) {
	var html bytes.Buffer
	if err := emailTemplate().Execute(&html, v); err != nil {
		return Rendered{}, err
	}
	r := Rendered{Language: v.Language, Subject: v.Subject, Text: v.text(), HTML: html.String()}
	if v.Leave != "" { // RFC 8058 §3.1
		r.Headers = []Header{{"List-Unsubscribe", "<" + v.Leave + ">"}, {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}}
	}
	return r, nil
}

// text is the e-mail for readers without HTML, and a letter without its window; the code stands alone on its line.
func (v Sheet) text() string {
	parts := []string{v.Operator}
	if v.Greeting != "" {
		parts = append(parts, v.Greeting)
	}
	parts = append(parts, v.Body...)
	if len(v.Quote) > 0 {
		parts = append(parts, "> "+strings.Join(v.Quote, "\n> "))
	}
	if v.Code != "" {
		parts = append(parts, v.Code)
	}
	parts = append(parts, v.Note...)
	parts = append(parts, v.Button+": "+v.Link)
	if v.Leave != "" {
		parts = append(parts, v.Leaving+": "+v.Leave)
	}
	parts = append(parts, "-- \n"+v.Footer)
	return strings.Join(parts, "\n\n") + "\n"
}
