// Package house puts all functions into one process, for what looks at the whole product: the OpenAPI document and the
// checks of the repository.
package house

import (
	"io"
	"log/slog"
	"net/url"
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

// Tables are all tables of the product.
func Tables() []table.Definition {
	return []table.Definition{account.Definition, session.Definition, web.LimitsDefinition, message.Definition}
}

// House is what the functions are built from. DB and Keys answer for a function by its name.
type House struct {
	DB       func(function string) table.Database
	Keys     func(function string) secret.Source
	Now      func() time.Time
	Origin   *url.URL
	Operator operator.Profile
	Events   io.Writer // a line each
}

// Functions answers those that speak HTTP, by their names. The function site has every path that no other has.
func (h *House) Functions() map[string]*web.App {
	accounts := func(name string) *account.Store { return account.NewStore(h.DB(name), h.Keys(name), h.Now) }
	key := func(name string, ring secret.Name) *secret.Key { return secret.NewKey(h.Keys(name), ring) }
	return map[string]*web.App{
		"signup": signup.New(signup.Config{Edge: h.edge("signup"), Accounts: accounts("signup"), Addresses: address.Embedded{},
			Tokens: &address.Tokens{Key: key("signup", secret.Token), Now: h.Now}, Drafts: key("signup", secret.Draft)}).App,
		"login":    login.New(login.Config{Edge: h.edge("login"), Accounts: accounts("login")}).App,
		"recovery": recovery.New(recovery.Config{Edge: h.edge("recovery"), Accounts: accounts("recovery")}).App,
		"profile": profile.New(profile.Config{Edge: h.edge("profile"), Accounts: accounts("profile"), Addresses: address.Embedded{},
			Tokens: &address.Tokens{Key: key("profile", secret.Token), Now: h.Now}}).App,
		"site": site.New(site.Config{Edge: h.edge("site"), OpenAPI: openapi.Document()}).App,
	}
}

func (h *House) edge(name string) web.Config {
	db := h.DB(name)
	return web.Config{Origin: h.Origin, Sessions: &session.Store{Table: db.Table(session.Definition.Name), Now: h.Now},
		Limits: db.Table(web.LimitsDefinition.Name), Token: secret.NewKey(h.Keys(name), secret.Token), Operator: h.Operator,
		Now: h.Now, Events: metric.New(h.Events, name)}
}

// Sweep answers the function that looks after accounts which have fallen due.
func (h *House) Sweep() *sweep.Sweep {
	return sweep.New(sweep.Config{Accounts: account.NewStore(h.DB("sweep"), h.Keys("sweep"), h.Now),
		Metrics: metric.New(h.Events, "sweep"), Log: slog.New(slog.NewJSONHandler(h.Events, nil))})
}

// Courier answers the function that sends, with these senders and this queue.
func (h *House) Courier(senders map[message.Channel]courier.Sender, resend courier.Resend) *courier.Courier {
	keys := h.Keys("courier")
	return courier.New(courier.Config{DB: h.DB("courier"), Opener: secret.NewOpener(keys), Counters: secret.NewKey(keys, secret.Decoy),
		Words:   message.Words{Operator: h.Operator.Name, Origin: h.Origin.Scheme + "://" + h.Origin.Host},
		Senders: senders, Resend: resend, Budgets: courier.MustBudgets(courier.UsualBudgets),
		Metrics: metric.New(h.Events, "courier"), Log: slog.New(slog.NewJSONHandler(h.Events, nil)), Now: h.Now})
}
