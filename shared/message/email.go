package message

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
	"sync"

	"postkontor/shared/locale"
)

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
