package page

import (
	"html/template"

	"postkontor/shared/locale"
	"postkontor/shared/operator"
)

// Call is a number to call; the words are shown as they are.
type Call struct {
	Purpose, Number string
	Hours           string       // "" where they are not known
	Dial            template.URL // "tel:" and digits, which a page does not take for a link by itself
	Write           bool         // customer service reads e-mail too
}

// CallOf answers the operator's number for a topic, nil when it has no number at all.
func CallOf(p operator.Profile, topic string, lang locale.Tag) *Call {
	t, ok := p.Telephone(topic)
	if !ok {
		return nil
	}
	return &Call{Purpose: t.Purpose.In(lang), Number: t.Number, Hours: t.Hours.In(lang), Dial: template.URL(t.Dial()), Write: p.SupportEmail != ""}
}
