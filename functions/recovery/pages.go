package recovery

import (
	"context"
	"net/url"

	"postkontor/shared/account"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// fieldView is a page that asks for one thing.
type fieldView struct {
	page.Form
	ID     string
	Notice page.Alert
	Field  page.Input
	Sent   bool // by an agent: the code cannot be had again here, nor another way
}

func (v fieldView) answer(template string, form page.Form, status int) web.Answer {
	v.Form = form
	return web.Answer{Template: template, Title: "recovery." + template + ".title", View: v, Form: form, Status: status}
}

// waysView is the page on which a way is chosen.
type waysView struct {
	page.Form
	ID        string
	Questions *questionsView
	Mobile    *mobileView
}

type questionsView struct {
	page.Form
	Answers []answerView
}

// answerView is one question, whose id goes with its answer.
type answerView struct {
	Name, Question string
	Answer         page.Input
}

type mobileView struct {
	page.Form
	Number string
}

// showRecover is GET /recover, which asks for the username; and with the id of a recovery, GET /recover?id=, which goes on
// with it.
func (r *Recovery) showRecover(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	if get("id") == "" {
		return startPage(v, v.Form, 0), nil
	}
	begun, err := r.Accounts.Recovering(ctx, get("id"))
	if err != nil {
		return orAnew(err)
	}
	switch step := get("step"); {
	case begun.Way != "", step == "code":
		return codePage(v, begun, v.Form, 0), nil
	case step == "sent":
		return web.Answer{Template: "sent", Title: "recovery.sent.title", View: begun}, nil
	}
	return waysPage(v.Lang, begun, "", page.Form{}, 0), nil
}

// orAnew leads to the beginning who goes on with a recovery that has ended.
func orAnew(err error) (web.Answer, error) {
	if fault.Code(err) == "not_found" {
		return web.See("/recover?ended=1"), nil
	}
	return web.Answer{}, err
}

func startPage(v *web.Visit, form page.Form, status int) web.Answer {
	view := fieldView{Field: form.Input(page.Input{Name: "username", Label: "recovery.username", Autocomplete: "username", Verbatim: true})}
	if form.Values.Has("ended") {
		view.Notice = page.Alert{Kind: "info", Text: locale.Text(v.Lang, "recovery.ended")}
	}
	return view.answer("start", form, status)
}

func codePage(v *web.Visit, begun *account.Recovery, form page.Form, status int) web.Answer {
	field := page.Input{Name: "code", Label: "recovery.code", Hint: "recovery.code.hint", Autocomplete: "one-time-code", InputMode: "numeric",
		MaxLength: 12, Verbatim: true, Help: "code"}
	if begun.Way == message.Letter {
		field.Hint, field.Autocomplete, field.InputMode, field.MaxLength = "recovery.code.hint.letter", "off", "", 20
	}
	view := fieldView{ID: begun.ID, Notice: page.Alert{Kind: "success", Text: locale.Text(v.Lang, "recovery.code.sent", "number", begun.Hint)}, Field: form.Input(field)}
	if begun.Way != "" {
		view.Sent, view.Notice.Text = true, locale.Text(v.Lang, "recovery.code.agent")
	}
	return view.answer("code", form, status)
}

// waysPage shows the ways; what was refused belongs to one of them.
func waysPage(lang locale.Tag, begun *account.Recovery, way string, form page.Form, status int) web.Answer {
	view := waysView{ID: begun.ID}
	of := func(name string) (f page.Form) {
		if name == way {
			f = form
		}
		return f
	}
	if len(begun.Questions) > 0 {
		q := &questionsView{Form: of("answers")}
		for i, id := range begun.Questions {
			name := [2]string{"answers[0]", "answers[1]"}[i]
			q.Answers = append(q.Answers, answerView{name + ".question", id, q.Form.Input(page.Input{Name: name + ".answer",
				Label: "credential.question." + id, Autocomplete: "off"})})
		}
		view.Questions = q
	}
	if begun.Hint != "" {
		view.Mobile = &mobileView{of("sms"), locale.Text(lang, "recovery.sms.text", "number", begun.Hint)}
	}
	return web.Answer{Template: "ways", Title: "recovery.ways.title", View: view, Form: form, Status: status, Stuck: "account"}
}

// takeRecover is POST /recover: a username begins a recovery, and do says how one that was begun goes on.
func (r *Recovery) takeRecover(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	if get("id") == "" {
		return r.takeStart(ctx, v)
	}
	next, err := r.goOn(ctx, v)
	if err == nil {
		return web.See(next), nil
	}
	if fault.Code(err) == "not_found" {
		return orAnew(err)
	}
	form, status, err := v.Refused(err)
	if err != nil {
		return web.Answer{}, err
	}
	begun, err := r.Accounts.Recovering(ctx, get("id"))
	if err != nil {
		return orAnew(err)
	}
	if get("do") == "code" || get("do") == "again" || begun.Way != "" {
		return codePage(v, begun, form, status), nil
	}
	return waysPage(v.Lang, begun, get("do"), form, status), nil
}

func (r *Recovery) takeStart(ctx context.Context, v *web.Visit) (web.Answer, error) {
	username := v.Form.Values.Get("username")
	err := required("username", username)
	if err == nil {
		var begun *account.Recovery
		if begun, err = r.begin(ctx, username, v.Devices()); err == nil {
			return web.See("/recover?id=" + begun.ID), nil
		}
	}
	form, status, err := v.Refused(err)
	return startPage(v, form, status), err
}

func required(name, value string) error {
	if value != "" {
		return nil
	}
	return fault.Fields([]fault.Field{{Location: "body." + name, Code: "validation.required"}})
}

// goOn takes one step of a recovery and answers where it leads.
func (r *Recovery) goOn(ctx context.Context, v *web.Visit) (string, error) {
	get := v.Form.Values.Get
	id := get("id")
	page := "/recover?id=" + url.QueryEscape(id)
	switch get("do") {
	case "answers":
		answers := []credential.Answer{{Question: get("answers[0].question"), Answer: get("answers[0].answer")},
			{Question: get("answers[1].question"), Answer: get("answers[1].answer")}}
		for i, name := range []string{"answers[0].answer", "answers[1].answer"} {
			if err := required(name, answers[i].Answer); err != nil {
				return "", err
			}
		}
		return page + "&step=sent", r.Accounts.RecoverByAnswering(ctx, id, answers, web.CallerOf(ctx))
	case "code":
		if err := required("code", get("code")); err != nil {
			return "", err
		}
		entry, err := r.Accounts.RecoverWithCode(ctx, id, get("code"), web.CallerOf(ctx))
		if err == nil {
			v.SignIn(entry.Token)
		}
		return "/account/password", err
	}
	return page + "&step=code", r.Accounts.SendRecoveryCode(ctx, id, v.Lang)
}

func (r *Recovery) showUsername(_ context.Context, v *web.Visit) (web.Answer, error) {
	return usernamePage(v, v.Form, 0), nil
}

func usernamePage(v *web.Visit, form page.Form, status int) web.Answer {
	view := fieldView{Field: form.Input(page.Input{Name: "email", Label: "recovery.email", Type: "email", Autocomplete: "email", Verbatim: true})}
	if form.Values.Has("sent") {
		view.Notice = page.Alert{Kind: "success", Text: locale.Text(v.Lang, "recovery.username.sent")}
	}
	return view.answer("username", form, status)
}

func (r *Recovery) takeUsername(ctx context.Context, v *web.Visit) (web.Answer, error) {
	in := &RemindRequest{}
	in.Body.Email = v.Form.Values.Get("email")
	err := required("email", in.Body.Email)
	if err == nil {
		_, err = r.remind(ctx, in)
	}
	if err == nil {
		return web.See("/recover/username?sent=1"), nil
	}
	form, status, err := v.Refused(err)
	return usernamePage(v, form, status), err
}
