// Package operator is the profile of the postal operator: its name, telephone numbers, topics and links. It is
// configuration, never code: a deployment replaces it whole.
//
// What customers read stands in it per language, because the catalogues are the product's and not the operator's.
package operator

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"postkontor/shared/locale"
)

// Profile is what the product says and does differently for each operator. It is not to be changed once it is made.
type Profile struct {
	Name       string      `json:"name"` // as customers know it
	Telephones []Telephone `json:"telephones"`
	Topics     []Topic     `json:"topics"`
	Links      []Link      `json:"links"`

	SupportEmail string `json:"supportEmail,omitempty"` // where customer service reads what customers write; "": they can only call

	SecurityQuestions bool `json:"securityQuestions"` // whether customers answer questions; true when it is left out
}

// Telephone is a number to call.
type Telephone struct {
	Topic   string `json:"topic,omitempty"` // the topic it is the number for; empty for none that customers choose
	Purpose Words  `json:"purpose"`
	Number  string `json:"number"`          // as people write it: "1-800-555-0100"
	Hours   Words  `json:"hours,omitempty"` // empty when they are not known
}

// Dial answers the number as a link dials it (RFC 3966).
func (t Telephone) Dial() string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, t.Number)
}

// Other is the topic of everything that has none of its own.
const Other = "other"

// Telephone answers the number to call about a topic, else the one for all others, else the first; false when there is none.
func (p Profile) Telephone(topic string) (Telephone, bool) {
	for _, wanted := range []string{topic, Other} {
		if i := slices.IndexFunc(p.Telephones, func(t Telephone) bool { return t.Topic == wanted }); i >= 0 {
			return p.Telephones[i], true
		}
	}
	if len(p.Telephones) == 0 {
		return Telephone{}, false
	}
	return p.Telephones[0], true
}

// Topic is what a customer can write about. The id "other" is always among them.
type Topic struct {
	ID   string `json:"id"`
	Text Words  `json:"text"`
}

// Topic answers the topic of an id.
func (p Profile) Topic(id string) (Topic, bool) {
	i := slices.IndexFunc(p.Topics, func(t Topic) bool { return t.ID == id })
	if i < 0 {
		return Topic{}, false
	}
	return p.Topics[i], true
}

// Link leads to one of the operator's own pages.
type Link struct {
	Text Words  `json:"text"`
	URL  string `json:"url"`
}

// Words is one text in the languages it is there for, always in English.
type Words map[locale.Tag]string

// In answers the text in a language, in English when it is not there.
func (w Words) In(tag locale.Tag) string {
	if text, ok := w[tag]; ok {
		return text
	}
	return w[locale.English]
}

//go:embed profile.json
var reference []byte

var standard = sync.OnceValue(func() Profile {
	p, err := Parse(reference)
	if err != nil {
		panic("operator: profile.json: " + err.Error())
	}
	return p
})

// Default is the profile of the reference operator.
func Default() Profile { return standard() }

// Parse reads a profile. Its error says everything that is wrong with it.
func Parse(data []byte) (Profile, error) {
	p := Profile{SecurityQuestions: true}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return Profile{}, fmt.Errorf("reading the profile: %w", err)
	}
	if err := p.check(); err != nil {
		return Profile{}, err
	}
	return p, nil
}

// nameLimit leaves room for a code beside the name in one SMS.
const nameLimit = 30

var topicID = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

func (p Profile) check() error {
	var wrong []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	refuse(strings.TrimSpace(p.Name) == "" || len([]rune(p.Name)) > nameLimit, "name: 1 to %d characters", nameLimit)
	for i, t := range p.Telephones {
		_, known := p.Topic(t.Topic)
		refuse(t.Topic != "" && !known, "telephones[%d].topic is none of the topics", i)
		refuse(len(t.Dial()) < len("tel:")+3, "telephones[%d].number has no digits to dial", i)
		wrong = append(wrong, t.Purpose.check(fmt.Sprintf("telephones[%d].purpose", i), true), t.Hours.check(fmt.Sprintf("telephones[%d].hours", i), false))
	}
	seen := map[string]bool{}
	for i, t := range p.Topics {
		refuse(!topicID.MatchString(t.ID) || seen[t.ID], "topics[%d].id: lower case, once", i)
		seen[t.ID] = true
		wrong = append(wrong, t.Text.check(fmt.Sprintf("topics[%d].text", i), true))
	}
	refuse(!seen[Other], `topics: "other" is missing`)
	if p.SupportEmail != "" {
		bare, err := mail.ParseAddress(p.SupportEmail)
		refuse(err != nil || bare.Address != p.SupportEmail, "supportEmail: an e-mail address and nothing else")
	}
	for i, l := range p.Links {
		u, err := url.Parse(l.URL)
		refuse(err != nil || u.Scheme != "https" || u.Host == "", "links[%d].url: an https address", i)
		wrong = append(wrong, l.Text.check(fmt.Sprintf("links[%d].text", i), true))
	}
	return errors.Join(wrong...)
}

func (w Words) check(where string, required bool) error {
	if len(w) == 0 && !required {
		return nil
	}
	for tag, text := range w {
		if _, ok := locale.Parse(string(tag)); !ok || text == "" {
			return fmt.Errorf("%s: %q is no language of the product, or has no text", where, tag)
		}
	}
	if w[locale.English] == "" {
		return fmt.Errorf("%s: en is missing", where)
	}
	return nil
}
