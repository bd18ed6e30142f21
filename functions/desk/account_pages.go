package desk

import (
	"context"
	"net/url"
	"strings"

	"postkontor/shared/account"
	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/person/phone"
	"postkontor/shared/web"
)

// accountsView is the page on which an account is looked for, and found.
type accountsView struct {
	page.Form
	One, Home []page.Input
	Nobody    page.Alert
	Found     []foundAccount
	Count     string
}

// foundAccount is one that was found.
type foundAccount struct {
	Href, Name, Username, Status string
	Lines                        []string
}

func (d *Desk) showAccounts(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	in := &SearchRequest{Username: get("username"), Email: get("email"), Phone: get("phone"), Order: get("order"),
		Zip: get("zip"), Street: get("street"), Last: get("last")}
	if *in == (SearchRequest{}) {
		return accountsPage(v, nil, v.Form, 0), nil
	}
	all, err := d.findAccounts(ctx, in)
	if err != nil {
		form, status, err := v.Refused(err)
		for i := range form.Errors {
			if form.Errors[i].Name == "query" { // of all fields together
				form.Errors[i].Name = "username"
			}
		}
		return accountsPage(v, nil, form, status), err
	}
	return accountsPage(v, all, v.Form, 0), nil
}

func accountsPage(v *web.Visit, all []account.Seen, form page.Form, status int) web.Answer {
	input := func(name, label string, optional bool) page.Input {
		return form.Input(page.Input{Name: name, Label: label, Optional: optional, Verbatim: true, Autocomplete: "off"})
	}
	view := accountsView{Form: form,
		One:  []page.Input{input("username", "profile.username", true), input("email", "profile.email", true), input("phone", "profile.phone", true), input("order", "desk.order.number", true)},
		Home: []page.Input{input("zip", "signup.zip", false), input("street", "signup.street", false), input("last", "signup.last", false)}}
	for _, a := range all {
		view.Found = append(view.Found, foundAccount{Href: accountPath(a.ID), Name: a.Name.Full(), Username: a.Username,
			Status: locale.Text(v.Lang, "profile.status."+string(a.Status)), Lines: append(companyLine(a.Company), address.Lines(a.Address)...)})
	}
	view.Count = locale.Count(v.Lang, "desk.search.found", len(all))
	if len(all) == 0 && len(v.Form.Values) > 0 && !form.Failed() {
		view.Nobody = page.Alert{Kind: "info", Title: locale.Text(v.Lang, "desk.search.none"), Text: locale.Text(v.Lang, "desk.search.none.text")}
	}
	return web.Answer{Template: "accounts", Title: "desk.search.title", View: view, Form: form, Status: status}
}

func companyLine(company string) []string {
	if company == "" {
		return nil
	}
	return []string{company}
}

func accountPath(id string) string { return "/desk/accounts/" + url.PathEscape(id) }

// accountView is one account, as far as an agent may see it, and what this agent can do for it.
type accountView struct {
	Name   string
	Done   page.Alert
	Alerts []page.Alert
	Rows   []page.Row
	Acts   []page.Link
	More   []page.Link
}

func (d *Desk) showAccount(ctx context.Context, v *web.Visit) (web.Answer, error) {
	a, err := d.Accounts.Seen(ctx, v.PathValue("id"))
	if err != nil {
		return web.Answer{}, err
	}
	return accountPage(v, web.AgentOf(ctx), a), nil
}

func accountPage(v *web.Visit, agent *web.Agent, a *account.Seen) web.Answer {
	view := accountView{Name: a.Name.Full(), Alerts: standing(v.Lang, a), Rows: seenRows(v.Lang, a),
		More: []page.Link{{Href: accountPath(a.ID) + "/activity", Label: "profile.activity.title"}}}
	for _, act := range acts {
		if agent.Has(act.access.Roles...) && act.sensible(a) {
			view.Acts = append(view.Acts, page.Link{Href: accountPath(a.ID) + "/" + act.name, Label: "desk.act." + act.name})
		}
		if act.name == v.Form.Values.Get("done") {
			view.Done = page.Alert{Kind: "success", Text: locale.Text(v.Lang, act.done(a))}
		}
	}
	if agent.Has(helps.Roles...) && a.Status == account.Active {
		view.Acts = append(view.Acts, page.Link{Href: accountPath(a.ID) + "/order", Label: "desk.place"})
	}
	if agent.Has(seesOrders.Roles...) {
		view.More = append(view.More, page.Link{Href: "/desk/orders?account=" + url.QueryEscape(a.ID), Label: "desk.orders.customer"})
	}
	return web.Answer{Template: "account", Title: "desk.account.title", About: view.Name, View: view}
}

// standing is what stands between the customer and a working account, and what helps.
func standing(lang locale.Tag, a *account.Seen) (alerts []page.Alert) {
	say := func(kind, key string, pairs ...string) {
		alerts = append(alerts, page.Alert{Kind: kind, Title: locale.Text(lang, "desk.state."+key, pairs...), Text: locale.Text(lang, "desk.state."+key+".text")})
	}
	if a.Status != account.Active {
		say("warning", string(a.Status))
	}
	switch {
	case a.Lock.State == account.LockLocked && a.Lock.Until != nil:
		say("warning", "locked", "when", locale.Moment(lang, *a.Lock.Until))
	case a.Lock.State == account.LockDisabled:
		say("warning", "disabled")
	}
	if a.ThrowawayEmail {
		say("info", "throwaway")
	}
	return alerts
}

func seenRows(lang locale.Tag, a *account.Seen) []page.Row {
	rows := []page.Row{
		{Label: "profile.status", Lines: []string{locale.Text(lang, "profile.status."+string(a.Status))}},
		{Label: "profile.username", Lines: []string{a.Username}},
		{Label: "profile.type", Lines: append([]string{locale.Text(lang, "signup.type."+string(a.Type))}, companyLine(a.Company)...)},
		{Label: "profile.language", Lines: []string{a.Language.Name()}},
		{Label: "profile.email", Lines: []string{a.Email}, Note: contactNote(lang, a.EmailVerified, a.PendingEmail, a.NewEmail)},
		{Label: "profile.phone", Lines: []string{phone.Pretty(a.Phone)}, Note: contactNote(lang, a.PhoneVerified, a.PendingPhone, a.NewPhone)},
		{Label: "profile.address", Lines: address.Lines(a.Address)},
		{Label: "desk.questions", Lines: []string{locale.Text(lang, "desk.questions."+string(a.Questions))}},
		{Label: "profile.created", Lines: []string{locale.Moment(lang, a.CreatedAt)}},
		{Label: "profile.lastActive", Lines: []string{locale.StoredDay(lang, a.LastActiveDay)}},
		{Label: "profile.number", Lines: []string{a.ID}},
	}
	if a.Proof != nil {
		rows = append(rows, page.Row{Label: "desk.proof", Lines: []string{locale.Text(lang, "desk.document."+a.Proof.Document)}, Note: locale.Moment(lang, a.Proof.At)})
	}
	if a.LetterAt != nil {
		rows = append(rows, page.Row{Label: "desk.letter", Lines: []string{locale.Moment(lang, *a.LetterAt)}})
	}
	return rows
}

// contactNote is what is known of an address, or what is to take its place.
func contactNote(lang locale.Tag, verified bool, pending string, next *account.Awaited) string {
	switch {
	case next != nil:
		return locale.Text(lang, "desk.contact.awaited", "value", shownContact(next.To), "when", locale.Moment(lang, next.At))
	case pending != "":
		return locale.Text(lang, "profile.pending", "value", shownContact(pending))
	case verified:
		return locale.Text(lang, "profile.confirmed")
	}
	return locale.Text(lang, "profile.unconfirmed")
}

// shownContact is an e-mail address as it is, or a number as people write it.
func shownContact(value string) string {
	if strings.Contains(value, "@") {
		return value
	}
	return phone.Pretty(value)
}

// eventsView is what happened to an account.
type eventsView struct {
	Name, Back string
	Events     []activity.Line
	Older      string // where the next page is, "" on the last
}

func (d *Desk) showEvents(ctx context.Context, v *web.Visit) (web.Answer, error) {
	a, err := d.Accounts.Seen(ctx, v.PathValue("id"))
	if err != nil {
		return web.Answer{}, err
	}
	events, next, err := d.Accounts.Activity(ctx, a.ID, v.Form.Values.Get("cursor"), 20)
	view := eventsView{Name: strings.Join([]string{a.Name.Full(), a.Username}, ", "), Back: accountPath(a.ID), Events: activity.Lines(v.Lang, events)}
	if next != "" {
		view.Older = view.Back + "/activity?cursor=" + url.QueryEscape(next)
	}
	return web.Answer{Template: "events", Title: "profile.activity.title", About: view.Name, View: view}, err
}
