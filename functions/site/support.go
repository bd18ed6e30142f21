package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"postkontor/shared/locale"
	"postkontor/shared/operator"
	"postkontor/shared/page"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/support"
	"postkontor/shared/web"
)

// supportRequests is per caller's address.
var supportRequests = web.Rule{Purpose: "support", Max: 5, Window: time.Hour}

type supportMessage struct {
	Topic    string `json:"topic" doc:"An id of GET /v1/operator" example:"other"`
	Message  string `json:"message" doc:"1–5,000 characters"`
	Email    string `json:"email" doc:"Where the answer goes"`
	Name     string `json:"name" doc:"1–120 characters"`
	Username string `json:"username,omitempty" doc:"As far as the writer knows it; whether it exists is not looked at"`
}

type supportRequest struct {
	Key  string `header:"Idempotency-Key" doc:"1–64 printable characters: the same key and body have one effect for 24 hours"`
	Body supportMessage
}

type ticketAnswer struct{ Body *support.Ticket }

func (s *Site) write(ctx context.Context, in *supportRequest) (*ticketAnswer, error) {
	ticket, err := s.take(ctx, "POST /v1/support/requests", in.Key, in.Body)
	if err != nil {
		return nil, err
	}
	return &ticketAnswer{ticket}, nil
}

// take takes what somebody wrote, once for each idempotency key.
func (s *Site) take(ctx context.Context, route, key string, body supportMessage) (*support.Ticket, error) {
	r := support.Request{Topic: body.Topic, Message: body.Message, Email: body.Email, Name: body.Name, Username: body.Username,
		Language: web.Language(ctx), By: web.Session(ctx)}
	scope := route
	if r.By != nil {
		scope += " " + r.By.Account
	}
	once, err := s.Once(scope, key, body)
	if err != nil {
		return nil, err
	}
	if made, err := s.made(ctx, once); made != nil || err != nil {
		return made, err
	}
	if err := s.Support.Check(&r); err != nil {
		return nil, err
	}
	if err := s.Limit(ctx, supportRequests); err != nil {
		return nil, err
	}
	ticket, err := s.Support.Take(ctx, r, once.Ops)
	if err == nil {
		return ticket, nil
	}
	if made, again := s.made(ctx, once); made != nil || again != nil { // a request of that key won a race against this one
		return made, again
	}
	return nil, err
}

// made answers the ticket that the same request made before.
func (s *Site) made(ctx context.Context, once *web.Once) (*support.Ticket, error) {
	number, err := once.Made(ctx)
	if err != nil || number == "" {
		return nil, err
	}
	return s.Support.Find(ctx, number)
}

// contactView is the form to customer service.
type contactView struct {
	page.Form
	Topic                          page.Choice
	Message, Name, Email, Username page.Input
}

// contact answers the form, nil where the operator reads no e-mail. Its fields have ids of their own: the questions on the
// page have those names too.
func contact(p operator.Profile, lang locale.Tag, form page.Form) *contactView {
	if p.SupportEmail == "" {
		return nil
	}
	form.Prefix = "contact-"
	topics := page.Choice{Name: "topic", Label: "support.topic"}
	for _, t := range p.Topics {
		topics.Options = append(topics.Options, page.Option{Value: t.ID, Text: t.Text.In(lang)})
	}
	return &contactView{Form: form, Topic: form.Choice(topics),
		Message:  form.Input(page.Input{Name: "message", Label: "support.message", Hint: "support.message.hint"}),
		Name:     form.Input(page.Input{Name: "name", Label: "support.name", Autocomplete: "name"}),
		Email:    form.Input(page.Input{Name: "email", Label: "support.email", Hint: "support.email.hint", Type: "email", Autocomplete: "email", Verbatim: true}),
		Username: form.Input(page.Input{Name: "username", Label: "support.username", Hint: "support.username.hint", Autocomplete: "username", Verbatim: true, Optional: true})}
}

// known fills in what the account that is signed in says of its holder, as far as its session may see it.
func (s *Site) known(ctx context.Context, v *web.Visit) error {
	if v.Session == nil {
		return nil
	}
	values := map[string]string{"username": v.Session.Username}
	if v.Session.Scope == session.Full {
		writer, err := s.Support.Writer(ctx, v.Session)
		if err != nil {
			return err
		}
		n := writer.Name
		values["name"], values["email"] = person.Clean(strings.Join([]string{n.First, n.Middle, n.Last, n.Suffix}, " ")), writer.Email
	}
	for name, value := range values {
		if !v.Form.Values.Has(name) {
			v.Form.Values.Set(name, value)
		}
	}
	return nil
}

// takeHelp is POST /help. What was sent is its own idempotency key: pressed twice, it is one ticket.
func (s *Site) takeHelp(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	body := supportMessage{Topic: get("topic"), Message: get("message"), Email: get("email"), Name: get("name"), Username: get("username")}
	text, err := json.Marshal(body)
	if err != nil {
		return web.Answer{}, fmt.Errorf("encoding a message: %w", err)
	}
	sum := sha256.Sum256(text)
	ticket, err := s.take(ctx, "POST /help", hex.EncodeToString(sum[:]), body)
	if err == nil {
		return web.See("/help?sent=" + ticket.Number), nil
	}
	form, status, err := v.Refused(err)
	return helpPage(s.Edge.Operator, v.Lang, form, status), err
}
