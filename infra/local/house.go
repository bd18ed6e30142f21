package main

import (
	"cmp"
	"io"
	"log/slog"
	"net/url"
	"os"
	"time"

	"postkontor/functions/courier"
	"postkontor/functions/login"
	"postkontor/functions/profile"
	"postkontor/functions/recovery"
	"postkontor/functions/signup"
	"postkontor/functions/site"
	"postkontor/functions/sweep"
	"postkontor/infra/openapi"
	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/message"
	"postkontor/shared/metric"
	"postkontor/shared/operator"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/table"
	"postkontor/shared/web"
)

// definitions are all tables of the product.
var definitions = []table.Definition{account.Definition, session.Definition, web.LimitsDefinition, message.Definition}

// house is all functions, built from one set of materials.
type house struct {
	DB        table.Database
	Keys      secret.Source
	Now       func() time.Time
	Origin    *url.URL
	Operator  operator.Profile
	Addresses address.Verifier
	Events    io.Writer // a line each
	Log       *slog.Logger
}

// functions answers those that have routes, and the one that has everything else.
func (h *house) functions() ([]function, function) {
	accounts := account.NewStore(h.DB, h.Keys, h.Now)
	tokens := &address.Tokens{Key: secret.NewKey(h.Keys, secret.Token), Now: h.Now}
	return []function{
		signup.New(signup.Config{Edge: h.edge("signup"), Accounts: accounts, Addresses: h.Addresses,
			Tokens: tokens, Drafts: secret.NewKey(h.Keys, secret.Draft)}),
		login.New(login.Config{Edge: h.edge("login"), Accounts: accounts}),
		recovery.New(recovery.Config{Edge: h.edge("recovery"), Accounts: accounts}),
		profile.New(profile.Config{Edge: h.edge("profile"), Accounts: accounts, Addresses: h.Addresses, Tokens: tokens}),
	}, site.New(site.Config{Edge: h.edge("site"), OpenAPI: openapi.Document()})
}

func (h *house) edge(name string) web.Config {
	return web.Config{Origin: h.Origin, Sessions: &session.Store{Table: h.DB.Table(session.Definition.Name), Now: h.Now},
		Limits: h.DB.Table(web.LimitsDefinition.Name), Token: secret.NewKey(h.Keys, secret.Token), Operator: h.Operator,
		Mailbox: "/_local/", Now: h.Now, Events: metric.New(h.Events, name)}
}

// sweep answers the function that looks after accounts which have fallen due, as many as there are.
func (h *house) sweep() *sweep.Sweep {
	return sweep.New(sweep.Config{Accounts: account.NewStore(h.DB, h.Keys, h.Now), Metrics: metric.New(h.Events, "sweep"), Log: h.Log})
}

// courier answers the function that sends, with these senders and this queue.
func (h *house) courier(senders map[message.Channel]courier.Sender, resend courier.Resend) *courier.Courier {
	return courier.New(courier.Config{
		DB:       h.DB,
		Opener:   secret.NewOpener(h.Keys),
		Counters: secret.NewKey(h.Keys, secret.Decoy),
		Words:    message.Words{Operator: h.Operator.Name, Origin: h.Origin.Scheme + "://" + h.Origin.Host},
		Senders:  senders,
		Resend:   resend,
		Budgets:  courier.MustBudgets(cmp.Or(os.Getenv("SMS_BUDGETS"), courier.UsualBudgets)),
		Metrics:  metric.New(h.Events, "courier"),
		Log:      h.Log,
		Now:      h.Now,
	})
}
