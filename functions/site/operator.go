package site

import (
	"context"
	"html/template"

	"postkontor/shared/locale"
	"postkontor/shared/operator"
	"postkontor/shared/web"
)

type operatorAnswer struct {
	Body struct {
		Name       string      `json:"name" doc:"As customers know it" example:"USPS"`
		Telephones []telephone `json:"telephones"`
		Topics     []topic     `json:"topics"`
		Links      []link      `json:"links"`
	}
}

type telephone struct {
	Topic   string       `json:"topic,omitempty" doc:"The topic that it is the number for" example:"account"`
	Purpose string       `json:"purpose"`
	Number  string       `json:"number" doc:"As people write it" example:"1-800-555-0100"`
	Hours   string       `json:"hours,omitempty" doc:"When it is answered, where that is known"`
	Dial    template.URL `json:"-"` // "tel:" and digits, which a page does not take for a link by itself
}

type topic struct {
	ID   string `json:"id" example:"other"`
	Text string `json:"text"`
}

type link struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

func (s *Site) operator(ctx context.Context, _ *struct{}) (*operatorAnswer, error) {
	lang, profile := web.Language(ctx), s.Edge.Operator
	answer := &operatorAnswer{}
	answer.Body.Name = profile.Name
	answer.Body.Telephones = telephones(profile, lang)
	answer.Body.Topics = make([]topic, 0, len(profile.Topics))
	for _, t := range profile.Topics {
		answer.Body.Topics = append(answer.Body.Topics, topic{ID: t.ID, Text: t.Text.In(lang)})
	}
	answer.Body.Links = make([]link, 0, len(profile.Links))
	for _, l := range profile.Links {
		answer.Body.Links = append(answer.Body.Links, link{Text: l.Text.In(lang), URL: l.URL})
	}
	return answer, nil
}

func telephones(p operator.Profile, lang locale.Tag) []telephone {
	all := make([]telephone, 0, len(p.Telephones))
	for _, t := range p.Telephones {
		all = append(all, telephone{Topic: t.Topic, Purpose: t.Purpose.In(lang), Number: t.Number, Hours: t.Hours.In(lang), Dial: template.URL(t.Dial())})
	}
	return all
}
