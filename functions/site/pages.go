package site

import (
	"context"
	"strings"

	"postkontor/shared/locale"
	"postkontor/shared/operator"
	"postkontor/shared/page"
	"postkontor/shared/session"
	"postkontor/shared/support"
	"postkontor/shared/web"
)

// card is one thing to do from the home page. Title and Text are keys of the catalogue.
type card struct{ Href, Title, Text string }

type homeView struct {
	Operator string
	User     string // the username of who may do everything, "" for anyone else
	Numbers  page.Input
	Cards    []card
}

var (
	forAnyone = []card{
		{"/register", "site.card.register", "site.card.register.text"},
		{"/login", "site.card.login", "site.card.login.text"},
		{"/supplies", "site.card.supplies", "site.card.supplies.text"},
		{"/recover", "site.card.recover", "site.card.recover.text"},
		{"/help", "site.card.help", "site.card.help.text"},
	}
	forUser = []card{
		{"/account", "site.card.account", "site.card.account.text"},
		{"/account/packages", "tracking.packages.title", "site.card.packages.text"},
		{"/supplies", "site.card.supplies", "site.card.supplies.text"},
		{"/orders", "site.card.orders", "site.card.orders.text"},
		{"/account/sessions", "site.card.sessions", "site.card.sessions.text"},
		{"/help", "site.card.help", "site.card.help.text"},
	}
)

func (s *Site) home(_ context.Context, v *web.Visit) (web.Answer, error) {
	user := ""
	if v.Session != nil && v.Session.Scope == session.Full {
		user = v.Session.Username
	}
	return homePage(s.Edge.Operator.Name, user), nil
}

func homePage(operator, user string) web.Answer {
	view := homeView{Operator: operator, User: user, Cards: forAnyone,
		Numbers: page.Form{}.Input(page.Input{Name: "numbers", Label: "tracking.numbers", Hint: "site.home.track.hint", Autocomplete: "off", Verbatim: true})}
	if user != "" {
		view.Cards = forUser
	}
	return web.Answer{Template: "home", Title: "site.home.title", View: view}
}

// question is one that customers ask. Its words stand in the catalogue under site.help.ID and site.help.ID.answer,
// whose paragraphs are apart by an empty line.
type question struct {
	ID, Title string
	Answer    []string
	Links     []page.Link
}

type helpView struct {
	page.Form  // to customer service
	Operator   string
	Contact    *contactView
	Telephones []telephone
	Links      []link
	NotMe      question
	Groups     []helpGroup
}

type helpGroup struct {
	Title     string // key of the catalogue
	Questions []question
}

// Title of each group, and the ids of its questions.
var helpGroups = []struct {
	title string
	ids   []string
}{
	{"site.help.group.account", []string{"username", "password", "address", "address-wrong", "language"}},
	{"site.help.group.login", []string{"code", "sms", "locked", "forgotten", "share"}},
	{"site.help.group.tracking", []string{"late", "letters"}},
}

// help is GET /help; with the number of a ticket, GET /help?sent=, it says that the message has come.
func (s *Site) help(ctx context.Context, v *web.Visit) (web.Answer, error) {
	if number := v.Form.Values.Get("sent"); support.IsNumber(number) {
		return web.Answer{Template: "sent", Title: "support.sent.title", View: sentView{number}, Stuck: operator.Other}, nil
	}
	err := s.known(ctx, v)
	return helpPage(s.Edge.Operator, v.Lang, v.Form, 0), err
}

// sentView is the page after a message to customer service.
type sentView struct{ Number string }

func helpPage(p operator.Profile, lang locale.Tag, form page.Form, status int) web.Answer {
	view := helpView{Form: form, Operator: p.Name, Contact: contact(p, lang, form), Telephones: telephones(p, lang), NotMe: ask(lang, "not-me")}
	if view.Contact != nil {
		view.Form = view.Contact.Form
	}
	for _, l := range p.Links {
		view.Links = append(view.Links, link{Text: l.Text.In(lang), URL: l.URL})
	}
	for _, g := range helpGroups {
		group := helpGroup{Title: g.title}
		for _, id := range g.ids {
			group.Questions = append(group.Questions, ask(lang, id))
		}
		view.Groups = append(view.Groups, group)
	}
	return web.Answer{Template: "help", Title: "site.help.title", View: view, Form: form, Status: status}
}

// helpLinks are what some answers lead to, by the ids of their questions.
var (
	newPassword = page.Link{Href: "/recover", Label: "site.help.recover.password"}
	helpLinks   = map[string][]page.Link{"locked": {newPassword}, "forgotten": {newPassword, {Href: "/recover/username", Label: "site.help.recover.username"}},
		"late": {{Href: "/track", Label: "tracking.title"}}, "letters": {{Href: "/track#letters", Label: "tracking.letters"}}}
)

func ask(lang locale.Tag, id string) question {
	key := "site.help." + id
	return question{ID: id, Title: locale.Text(lang, key), Answer: strings.Split(locale.Text(lang, key+".answer"), "\n\n"), Links: helpLinks[id]}
}
