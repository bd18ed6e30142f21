package profile

import (
	"context"
	"net/url"
	"strings"

	"postkontor/shared/account"
	"postkontor/shared/account/saved"
	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/person"
	"postkontor/shared/person/phone"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

type activityView struct {
	Lines []activity.Line
	Older string // where the next page is, "" on the last
}

func (p *Profile) showActivity(ctx context.Context, v *web.Visit) (web.Answer, error) {
	events, next, err := p.Accounts.Activity(ctx, v.Session.Account, v.Form.Values.Get("cursor"), 20)
	view := activityView{Lines: activity.Lines(v.Lang, events)}
	if next != "" {
		view.Older = "/account/activity?cursor=" + url.QueryEscape(next)
	}
	return web.Answer{Template: "activity", Title: "profile.activity.title", View: view}, err
}

// exportView is the export for who reads it instead of a program.
type exportView struct {
	Account, Security []page.Row
	Packages          []saved.Package
	Sessions          []activity.Line
	Changes           []pastView
	Activity          []activity.Line
	Orders            []activity.Line
}

// pastView is a change, with what was before.
type pastView struct {
	activity.Line
	Before []page.Row
}

func (p *Profile) showExport(ctx context.Context, v *web.Visit) (web.Answer, error) {
	e, err := p.Accounts.Export(ctx, v.Session)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{Template: "export", Title: "profile.export.title", View: exported(v.Lang, e)}, nil
}

func exported(lang locale.Tag, e *account.Export) exportView {
	a := e.Account
	view := exportView{Packages: e.Packages, Activity: activity.Lines(lang, e.Activity), Account: []page.Row{
		{Label: "profile.number", Lines: []string{a.ID}},
		{Label: "profile.status", Lines: []string{locale.Text(lang, "profile.status."+string(a.Status))}},
		{Label: "profile.username", Lines: []string{a.Username}},
		{Label: "profile.type", Lines: []string{locale.Text(lang, "signup.type."+string(a.Type))}},
		{Label: "profile.language", Lines: []string{a.Language.Name()}},
		{Label: "profile.name", Lines: nameLines(*a.Name, a.Company)},
		{Label: "profile.email", Lines: []string{a.Email}, Note: note(lang, *a.EmailVerified, a.PendingEmail, a.NewEmail)},
		{Label: "profile.phone", Lines: []string{phone.Pretty(a.Phone)}, Note: note(lang, *a.PhoneVerified, phone.Pretty(a.PendingPhone), a.NewPhone)},
		{Label: "profile.address", Lines: address.Lines(*a.Address)},
		{Label: "profile.created", Lines: []string{locale.Moment(lang, *a.CreatedAt)}},
		{Label: "profile.lastActive", Lines: []string{locale.StoredDay(lang, e.LastActiveDay)}},
	}}
	var asked []string
	for _, q := range credential.Ask(lang, e.SecurityQuestions) {
		asked = append(asked, q.Text)
	}
	view.Security = []page.Row{{Label: "signup.questions", Lines: asked, Note: locale.Text(lang, "profile.export.hashed")}}
	for _, s := range e.Sessions {
		view.Sessions = append(view.Sessions, activity.Line{When: locale.Moment(lang, s.CreatedAt), IP: s.IP, Device: session.Device(s.UserAgent)})
	}
	for _, o := range e.Supplies.Orders {
		view.Orders = append(view.Orders, activity.Line{What: o.Number, When: locale.Moment(lang, o.PlacedAt),
			Detail: o.Listed() + " → " + strings.Join(append([]string{o.Name}, address.Lines(o.ShipTo)...), ", ")})
	}
	for _, c := range e.Changes {
		one := pastView{Line: activity.Line{When: locale.Moment(lang, c.At), What: activity.Did(lang, c.Kind)}}
		if b := c.Before; b != nil {
			one.Before = []page.Row{{Label: "profile.username", Lines: []string{b.Username}}, {Label: "profile.name", Lines: nameLines(b.Name, b.Company)},
				{Label: "profile.email", Lines: []string{b.Email}}, {Label: "profile.phone", Lines: []string{phone.Pretty(b.Phone)}},
				{Label: "profile.address", Lines: address.Lines(b.Address)}}
		}
		view.Changes = append(view.Changes, one)
	}
	return view
}

func nameLines(n person.Name, company string) []string {
	if company != "" {
		return []string{n.Full(), company}
	}
	return []string{n.Full()}
}

type closeView struct{ page.Form }

func (p *Profile) showClose(_ context.Context, v *web.Visit) (web.Answer, error) {
	return web.Answer{Template: "close", Title: "profile.close.title", View: closeView{v.Form}}, nil
}

func (p *Profile) takeClose(ctx context.Context, _ *web.Visit) (web.Answer, error) {
	_, err := p.close(ctx, nil)
	return web.See("/account"), err
}

func (p *Profile) takeReopen(ctx context.Context, _ *web.Visit) (web.Answer, error) {
	_, err := p.reopen(ctx, nil)
	return web.See("/account"), err
}
