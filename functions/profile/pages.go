package profile

import (
	"context"
	"slices"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/person"
	"postkontor/shared/person/phone"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

type accountView struct {
	page.Form
	Alerts                               []page.Alert
	Rows                                 []page.Row
	Links                                []page.Link
	Language                             page.Choice
	First, Middle, Last, Suffix, Company page.Input
	Business                             bool
}

// elsewhere is where a session is led that is for one thing only.
var elsewhere = map[session.Scope]string{session.ChoosePassword: "/account/password", session.Reactivate: "/reactivate", session.Flagged: "/duplicate"}

func (p *Profile) showAccount(ctx context.Context, v *web.Visit) (web.Answer, error) {
	if way := elsewhere[v.Session.Scope]; way != "" {
		return web.See(way), nil
	}
	a, err := p.Accounts.Get(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	if v.Session.Scope != session.Full {
		return web.Answer{Template: "limited", Title: "profile.title", View: limited(v.Lang, a), Stuck: "account"}, nil
	}
	v.Form.Values = map[string][]string{"language": {string(a.Language)}, "name.first": {a.Name.First}, "name.middle": {a.Name.Middle},
		"name.last": {a.Name.Last}, "name.suffix": {a.Name.Suffix}, "company": {a.Company}}
	return p.accountPage(v, a, v.Form, 0), nil
}

// limitedView says why an account may do nothing but wait for what comes next.
type limitedView struct {
	Why    page.Alert
	Closed bool
}

func limited(lang locale.Tag, a *account.Account) limitedView {
	key := "profile.limited." + string(a.Status)
	return limitedView{page.Alert{Kind: "warning", Title: locale.Text(lang, key+".title"), Text: locale.Text(lang, key+".text")},
		a.Status == account.Closed}
}

// accountLinks lead to what the account's page itself does not show.
var accountLinks = []page.Link{
	{Href: "/account/password", Label: "profile.link.password"},
	{Href: "/account/questions", Label: "profile.questions.title"},
	{Href: "/account/sessions", Label: "profile.link.sessions"},
	{Href: "/account/activity", Label: "profile.activity.title"},
	{Href: "/account/export", Label: "profile.export.title"},
	{Href: "/account/close", Label: "profile.close.title"},
}

// links are the accountLinks, without the questions where the operator asks none.
func (p *Profile) links() []page.Link {
	if p.Operator.SecurityQuestions {
		return accountLinks
	}
	return slices.DeleteFunc(slices.Clone(accountLinks), func(l page.Link) bool { return l.Href == "/account/questions" })
}

func (p *Profile) accountPage(v *web.Visit, a *account.Account, form page.Form, status int) web.Answer {
	view := accountView{Form: form, Alerts: unproved(v.Lang, a), Rows: rows(v.Lang, a), Business: a.Type == account.Business,
		Links:   p.links(),
		First:   form.Input(page.Input{Name: "name.first", Label: "signup.first", Autocomplete: "given-name"}),
		Middle:  form.Input(page.Input{Name: "name.middle", Label: "signup.middle", Autocomplete: "additional-name", Optional: true}),
		Last:    form.Input(page.Input{Name: "name.last", Label: "signup.last", Autocomplete: "family-name"}),
		Suffix:  form.Input(page.Input{Name: "name.suffix", Label: "signup.suffix", Hint: "signup.suffix.hint", Autocomplete: "honorific-suffix", Optional: true}),
		Company: form.Input(page.Input{Name: "company", Label: "signup.company", Autocomplete: "organization"}),
	}
	var options []page.Option
	for _, l := range locale.Languages() {
		options = append(options, page.Option{Value: string(l.Code), Text: l.Name, Lang: string(l.Code)})
	}
	view.Language = form.Choice(page.Choice{Name: "language", Label: "profile.language", Hint: "profile.language.hint", Options: options})
	return web.Answer{Template: "account", Title: "profile.title", View: view, Form: form, Status: status}
}

// unproved says what is still to be proved, and what it is needed for.
func unproved(lang locale.Tag, a *account.Account) []page.Alert {
	var alerts []page.Alert
	if !a.EmailVerified || a.PendingEmail != "" {
		alerts = append(alerts, page.Alert{Kind: "warning", Title: locale.Text(lang, "profile.unproved.email"), Text: locale.Text(lang, "profile.unproved.email.why")})
	}
	if !a.PhoneVerified || a.PendingPhone != "" {
		alerts = append(alerts, page.Alert{Kind: "info", Title: locale.Text(lang, "profile.unproved.phone"), Text: locale.Text(lang, "profile.unproved.phone.why")})
	}
	return alerts
}

func rows(lang locale.Tag, a *account.Account) []page.Row {
	rows := []page.Row{{Label: "profile.username", Lines: []string{a.Username}, Href: "/account/username"},
		{Label: "profile.type", Lines: []string{locale.Text(lang, "signup.type."+string(a.Type))}}}
	return append(rows,
		page.Row{Label: "profile.email", Lines: []string{a.Email}, Note: note(lang, a.EmailVerified, a.PendingEmail, a.NewEmail), Href: "/account/email"},
		page.Row{Label: "profile.phone", Lines: []string{phone.Pretty(a.Phone)}, Note: note(lang, a.PhoneVerified, phone.Pretty(a.PendingPhone), a.NewPhone), Href: "/account/phone"},
		page.Row{Label: "profile.address", Lines: address.Lines(a.Address), Href: "/account/address"})
}

func note(lang locale.Tag, verified bool, pending string, next *account.Awaited) string {
	switch {
	case next != nil:
		value := next.To
		if value[0] == '+' {
			value = phone.Pretty(value)
		}
		return locale.Text(lang, "profile.awaited", "value", value, "when", locale.Moment(lang, next.At))
	case pending != "":
		return locale.Text(lang, "profile.pending", "value", pending)
	case verified:
		return locale.Text(lang, "profile.confirmed")
	}
	return locale.Text(lang, "profile.unconfirmed")
}

func (p *Profile) takeAccount(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	lang := get("language")
	change := AccountChange{Language: &lang}
	a, err := p.Accounts.Get(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	name := person.CleanName(person.Name{First: get("name.first"), Middle: get("name.middle"), Last: get("name.last"), Suffix: get("name.suffix")})
	if name != a.Name {
		change.Name = &name
	}
	if company := get("company"); a.Type == account.Business && company != a.Company {
		change.Company = &company
	}
	if _, err = p.applied(ctx, change); err == nil {
		v.PickLanguage(v.Session.Language)
		return web.See("/account"), nil
	}
	form, status, err := v.Refused(err)
	return p.accountPage(v, a, form, status), err
}

type passwordView struct {
	page.Form
	Title, Intro         string
	Username             string // for password managers
	Choose               bool   // after a recovery: the current one is not asked for
	Current, Next, Again page.Input
}

func (p *Profile) showPassword(_ context.Context, v *web.Visit) (web.Answer, error) {
	return passwordPage(v, v.Form, 0), nil
}

func passwordPage(v *web.Visit, form page.Form, status int) web.Answer {
	view := passwordView{Form: form, Title: "profile.password.title", Intro: "profile.password.intro",
		Username: v.Session.Username, Choose: v.Session.Scope == session.ChoosePassword,
		Current: form.Input(page.Input{Name: "currentPassword", Label: "profile.password.current", Type: "password", Autocomplete: "current-password"}),
		Next: form.Input(page.Input{Name: "newPassword", Label: "profile.password.new", Hint: "signup.password.hint", Type: "password",
			Autocomplete: "new-password", Help: "password", Against: v.Session.Username}),
		Again: form.Input(page.Input{Name: "newPasswordAgain", Label: "signup.password.again", Type: "password", Autocomplete: "new-password"})}
	if view.Choose {
		view.Title, view.Intro = "profile.choose.title", "profile.choose.intro"
	}
	return web.Answer{Template: "password", Title: view.Title, Form: form, Status: status, View: view}
}

func (p *Profile) takePassword(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	in := &PasswordRequest{}
	in.Body.CurrentPassword, in.Body.NewPassword = get("currentPassword"), get("newPassword")
	err := same(get("newPassword"), get("newPasswordAgain"))
	if err == nil {
		_, err = p.password(ctx, in)
	}
	switch {
	case err == nil && v.Session.Scope == session.ChoosePassword:
		v.SignOut()
		return web.See("/login?chosen=1"), nil
	case err == nil:
		return web.See("/account"), nil
	}
	form, status, err := v.Refused(err)
	return passwordPage(v, form, status), err
}
