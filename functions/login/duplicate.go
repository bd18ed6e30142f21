package login

import (
	"context"
	"errors"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// DuplicateAnswer is the answer of GET /v1/duplicate.
type DuplicateAnswer struct {
	Body struct {
		Ways    []string   `json:"ways" enum:"recover,letter,support" doc:"recover the older account, have a code sent in a letter to the address, ask customer service"`
		ClaimAt *time.Time `json:"claimAt,omitempty" doc:"The letter's code was entered: then this account becomes active, unless the holder of the older one objects"`
	}
}

func (l *Login) duplicate(ctx context.Context, _ *struct{}) (*DuplicateAnswer, error) {
	a, err := l.Accounts.Get(ctx, web.Session(ctx).Account)
	if err != nil {
		return nil, err
	}
	answer := &DuplicateAnswer{}
	answer.Body.Ways, answer.Body.ClaimAt = account.DuplicateWays, a.ClaimAt
	return answer, nil
}

func (l *Login) sendLetter(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, l.Accounts.SendLetter(ctx, web.Session(ctx))
}

// LetterRequest is POST /v1/duplicate/code.
type LetterRequest struct {
	Body struct {
		Code string `json:"code" doc:"10 characters, in any case, with or without spaces and hyphens" example:"7K2M-9QX4-TB"`
	}
}

// AccountAnswer is the account as the session may see it.
type AccountAnswer struct{ Body *account.View }

func (l *Login) enterLetter(ctx context.Context, in *LetterRequest) (*AccountAnswer, error) {
	a, err := l.Accounts.EnterLetter(ctx, web.Session(ctx), in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &AccountAnswer{Body: a.For(web.Session(ctx))}, nil
}

type duplicateView struct {
	page.Form
	Notice  page.Alert
	Waiting bool // for the holder of the older account to object
	Code    page.Input
}

func (l *Login) showDuplicate(ctx context.Context, v *web.Visit) (web.Answer, error) {
	a, err := l.Accounts.Get(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	return duplicatePage(v, a, page.Form{}, 0), nil
}

func duplicatePage(v *web.Visit, a *account.Account, form page.Form, status int) web.Answer {
	view := duplicateView{Form: form, Waiting: a.ClaimAt != nil, Code: form.Input(page.Input{Name: "code", Label: "login.duplicate.code", Hint: "login.duplicate.code.hint",
		Autocomplete: "off", MaxLength: 20, Verbatim: true})}
	switch {
	case view.Waiting:
		view.Notice = page.Alert{Kind: "info", Text: locale.Text(v.Lang, "login.duplicate.waiting", "when", locale.Moment(v.Lang, *a.ClaimAt))}
	case v.Form.Values.Has("sent"):
		view.Notice = page.Alert{Kind: "success", Text: locale.Text(v.Lang, "login.duplicate.letter.sent")}
	}
	return web.Answer{Template: "duplicate", Title: "login.duplicate.title", View: view, Form: form, Status: status, Stuck: "account"}
}

// takeDuplicate asks for a letter, when the button says so, or takes the code of one.
func (l *Login) takeDuplicate(ctx context.Context, v *web.Visit) (web.Answer, error) {
	next, code := "/account", v.Form.Values.Get("code")
	var err error
	if v.Form.Values.Has("letter") {
		next = "/duplicate?sent=1"
		err = l.Accounts.SendLetter(ctx, v.Session)
	} else if code == "" {
		err = fault.Fields([]fault.Field{{Location: "body.code", Code: "validation.required"}})
	} else {
		_, err = l.Accounts.EnterLetter(ctx, v.Session, code)
	}
	if err == nil {
		return web.See(next), nil
	}
	form, status, refused := v.Refused(err)
	if refused != nil {
		return web.Answer{}, refused
	}
	if e := new(fault.Error); errors.As(err, &e) && e.Code == "sending_too_often" { // its words are those of quicker channels
		form.Problem = locale.Text(v.Lang, "login.duplicate.letter.wait", "when", locale.Moment(v.Lang, l.Now().Add(e.RetryAfter)))
	}
	a, err := l.Accounts.Get(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	return duplicatePage(v, a, form, status), nil
}
