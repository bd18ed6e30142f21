package login

import (
	"context"
	"slices"

	"postkontor/shared/account"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/page"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

// asleep is for accounts that were not used for long.
var asleep = web.Access{Scopes: []session.Scope{session.Reactivate}}

// ReactivationAnswer is the answer of GET /v1/reactivation.
type ReactivationAnswer struct {
	Body struct {
		Questions []credential.Asked `json:"questions" nullable:"false" doc:"Both are to be answered"`
		Ways      []string           `json:"ways" nullable:"false" enum:"questions,sms,email"`
	}
}

func (l *Login) reactivation(ctx context.Context, _ *struct{}) (*ReactivationAnswer, error) {
	open, err := l.Accounts.Reactivation(ctx, web.Session(ctx), l.Operator.SecurityQuestions)
	if err != nil {
		return nil, err
	}
	answer := &ReactivationAnswer{}
	answer.Body.Questions, answer.Body.Ways = credential.Ask(web.Language(ctx), open.Questions), append([]string{}, open.Ways...)
	return answer, nil
}

// ReactivationCodeRequest is POST /v1/reactivation/code.
type ReactivationCodeRequest struct {
	Body struct {
		Channel string `json:"channel" enum:"sms,email"`
	}
}

func (l *Login) sendReactivation(ctx context.Context, in *ReactivationCodeRequest) (*struct{}, error) {
	return nil, l.Accounts.SendReactivationCode(ctx, web.Session(ctx), message.Channel(in.Body.Channel))
}

// ReactivationRequest is POST /v1/reactivation: answers, or else a code.
type ReactivationRequest struct {
	Body struct {
		Answers []credential.Answer `json:"answers,omitempty" minItems:"2" maxItems:"2" nullable:"false" doc:"To both questions"`
		Code    string              `json:"code,omitempty" maxLength:"32" doc:"In place of the answers"`
		Device  string              `json:"device,omitempty" doc:"As of POST /v1/sessions"`
	}
}

func (l *Login) reactivate(ctx context.Context, in *ReactivationRequest) (*OpenAnswer, error) {
	if len(in.Body.Answers) == 0 && in.Body.Code == "" {
		return nil, fault.Fields([]fault.Field{{Location: "body.answers", Code: "validation.required"}})
	}
	entry, err := l.wake(ctx, account.Proof{Answers: in.Body.Answers, Code: in.Body.Code}, in.Body.Device)
	if err != nil {
		return nil, err
	}
	return opened(entry), nil
}

func (l *Login) wake(ctx context.Context, proof account.Proof, device string) (*account.Entry, error) {
	if proof.Code == "" && !l.Operator.SecurityQuestions {
		return nil, fault.New(fault.NotFound, "not_found")
	}
	return l.Accounts.Reactivate(ctx, web.Session(ctx), proof, device, web.CallerOf(ctx))
}

type reactivateView struct {
	page.Form
	Notice    page.Alert
	Questions []reactivateQuestion
	Codes     []reactivateCode
	Code      page.Input
}

// reactivateQuestion is one question, whose id goes with its answer.
type reactivateQuestion struct {
	Name, ID string
	Answer   page.Input
}

// reactivateCode is a channel that can bring a code.
type reactivateCode struct{ Channel, Label string }

func (l *Login) showReactivate(ctx context.Context, v *web.Visit) (web.Answer, error) {
	return l.reactivateAnew(ctx, v, v.Form, 0)
}

func (l *Login) reactivateAnew(ctx context.Context, v *web.Visit, form page.Form, status int) (web.Answer, error) {
	open, err := l.Accounts.Reactivation(ctx, v.Session, l.Operator.SecurityQuestions)
	if err != nil {
		return web.Answer{}, err
	}
	return reactivatePage(v, open, form, status), nil
}

func reactivatePage(v *web.Visit, open *account.Reactivation, form page.Form, status int) web.Answer {
	view := reactivateView{Form: form, Code: form.Input(page.Input{Name: "code", Label: "login.reactivate.code", Hint: "login.reactivate.code.hint",
		Autocomplete: "one-time-code", InputMode: "numeric", MaxLength: 12, Verbatim: true, Help: "code"})}
	for i, id := range open.Questions {
		name := [2]string{"answers[0]", "answers[1]"}[i]
		view.Questions = append(view.Questions, reactivateQuestion{name + ".question", id, form.Input(page.Input{Name: name + ".answer",
			Label: "credential.question." + id, Autocomplete: "off"})})
	}
	for _, channel := range []string{"sms", "email"} {
		if slices.Contains(open.Ways, channel) {
			view.Codes = append(view.Codes, reactivateCode{channel, "login.reactivate." + channel})
		}
	}
	if form.Values.Has("sent") {
		view.Notice = page.Alert{Kind: "success", Text: locale.Text(v.Lang, "login.reactivate.sent")}
	}
	return web.Answer{Template: "reactivate", Title: "login.reactivate.title", View: view, Form: form, Status: status, Stuck: "account"}
}

// takeReactivate sends a code, when the button names a channel, or takes a code or answers.
func (l *Login) takeReactivate(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	if channel := get("channel"); channel != "" {
		err := l.Accounts.SendReactivationCode(ctx, v.Session, message.Channel(channel))
		if err == nil {
			return web.See("/reactivate?sent=1"), nil
		}
		return l.reactivateRefused(ctx, v, err)
	}
	proof, err := proofOf(v)
	if err != nil {
		return l.reactivateRefused(ctx, v, err)
	}
	entry, err := l.wake(ctx, proof, v.Devices())
	if err != nil {
		return l.reactivateRefused(ctx, v, err)
	}
	v.SignIn(entry.Token)
	v.KeepDevice(entry.Device)
	return web.See("/account"), nil
}

// proofOf answers what was typed into one of the two forms; what is empty is refused.
func proofOf(v *web.Visit) (account.Proof, error) {
	get, names := v.Form.Values.Get, []string{"code"}
	proof := account.Proof{Code: get("code")}
	if !v.Form.Values.Has("code") {
		names = []string{"answers[0].answer", "answers[1].answer"}
		proof.Answers = []credential.Answer{{Question: get("answers[0].question"), Answer: get(names[0])},
			{Question: get("answers[1].question"), Answer: get(names[1])}}
	}
	var empty []fault.Field
	for _, name := range names {
		if get(name) == "" {
			empty = append(empty, fault.Field{Location: "body." + name, Code: "validation.required"})
		}
	}
	return proof, fault.Fields(empty)
}

func (l *Login) reactivateRefused(ctx context.Context, v *web.Visit, err error) (web.Answer, error) {
	form, status, err := v.Refused(err)
	if err != nil {
		return web.Answer{}, err
	}
	return l.reactivateAnew(ctx, v, form, status)
}
