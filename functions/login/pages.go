package login

import (
	"context"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

type loginView struct {
	page.Form
	Notices            []page.Alert
	Username, Password page.Input
}

func (l *Login) showLogin(_ context.Context, v *web.Visit) (web.Answer, error) {
	var notices []page.Alert
	if v.Form.Values.Get("why") == "again" {
		notices = append(notices, page.Alert{Kind: "info", Text: locale.Text(v.Lang, "fault.login_again.detail")})
	}
	if v.Form.Values.Has("chosen") {
		notices = append(notices, page.Alert{Kind: "success", Text: locale.Text(v.Lang, "login.chosen")})
	}
	if v.Form.Values.Has("out") {
		notices = append(notices, page.Alert{Kind: "success", Text: locale.Text(v.Lang, "login.out")})
	}
	return loginPage(v.Form, 0, notices...), nil
}

func loginPage(form page.Form, status int, notices ...page.Alert) web.Answer {
	return web.Answer{Template: "login", Title: "login.title", Form: form, Status: status, View: loginView{Form: form, Notices: notices,
		Username: form.Input(page.Input{Name: "username", Label: "login.username", Autocomplete: "username", Verbatim: true}),
		Password: form.Input(page.Input{Name: "password", Label: "login.password", Type: "password", Autocomplete: "current-password"})}}
}

func (l *Login) takeLogin(ctx context.Context, v *web.Visit) (web.Answer, error) {
	username, password := v.Form.Values.Get("username"), v.Form.Values.Get("password")
	var empty []fault.Field
	if username == "" {
		empty = append(empty, fault.Field{Location: "body.username", Code: "validation.required"})
	}
	if password == "" {
		empty = append(empty, fault.Field{Location: "body.password", Code: "validation.required"})
	}
	err := fault.Fields(empty)
	if err == nil {
		entry, refused := l.enter(ctx, account.Credentials{Username: username, Password: password, Device: v.Devices()})
		if refused == nil {
			v.SignIn(entry.Token)
			v.KeepDevice(entry.Device)
			return web.See(after(entry.Session, v.Form.Next)), nil
		}
		err = refused
	}
	form, status, err := v.Refused(err)
	return loginPage(form, status), err
}

// after is where a login leads: to what was wanted, unless the session is for one thing only.
func after(live *session.Session, next string) string {
	if live.Scope == session.Full && next != "" {
		return next
	}
	return "/account"
}

func (l *Login) takeLogout(ctx context.Context, v *web.Visit) (web.Answer, error) {
	if v.Session != nil {
		if _, err := l.endCurrent(ctx, nil); err != nil {
			return web.Answer{}, err
		}
	}
	v.SignOut()
	return web.See("/login?out=1"), nil
}

type sessionsView struct {
	page.Form
	Items  []sessionLine
	Others bool
}

type sessionLine struct {
	ID, Since, Seen, IP, Device string
	Current                     bool
}

func (l *Login) showSessions(ctx context.Context, v *web.Visit) (web.Answer, error) {
	items, err := l.sessions(ctx)
	view := sessionsView{Form: v.Form, Others: len(items) > 1}
	for _, s := range items {
		view.Items = append(view.Items, sessionLine{s.ID, locale.Moment(v.Lang, s.CreatedAt), locale.Moment(v.Lang, s.LastSeenAt), s.IP,
			session.Device(s.UserAgent), s.Current})
	}
	return web.Answer{Template: "sessions", Title: "login.sessions.title", View: view}, err
}

// takeSessions ends the session that the button names, or all others.
func (l *Login) takeSessions(ctx context.Context, v *web.Visit) (web.Answer, error) {
	id := v.Form.Values.Get("id")
	if id == "" {
		_, err := l.endOthers(ctx, nil)
		return web.See("/account/sessions"), err
	}
	_, err := l.endOne(ctx, &EndRequest{ID: id})
	if fault.Code(err) == "not_found" { // ended already, in another window
		err = nil
	}
	return web.See("/account/sessions"), err
}
