// Package house puts all functions into one process: for the local runner, for the OpenAPI document, and for the checks
// of the repository.
package house

import (
	"cmp"
	"io"
	"log/slog"
	"net/url"
	"time"

	"postkontor/functions/courier"
	"postkontor/functions/desk"
	"postkontor/functions/login"
	"postkontor/functions/profile"
	"postkontor/functions/recovery"
	"postkontor/functions/scans"
	"postkontor/functions/signup"
	"postkontor/functions/site"
	"postkontor/functions/supplies"
	"postkontor/functions/sweep"
	"postkontor/functions/tracking"
	"postkontor/infra/openapi"
	"postkontor/shared/account"
	"postkontor/shared/account/saved"
	"postkontor/shared/address"
	"postkontor/shared/message"
	"postkontor/shared/metric"
	"postkontor/shared/operator"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/supply"
	"postkontor/shared/support"
	"postkontor/shared/table"
	"postkontor/shared/web"
)

// Tables are all tables of the product.
func Tables() []table.Definition {
	return []table.Definition{account.Definition, session.Definition, web.LimitsDefinition, message.Definition, supply.Definition, parcel.Definition}
}

// House is what the functions are built from. DB and Keys answer for a function by its name. What may be left out is
// said beside it.
type House struct {
	DB        func(function string) table.Database
	Keys      func(function string) secret.Source
	Accounts  func(function string) *account.Store // left out: one each
	Now       func() time.Time
	Origin    *url.URL
	Operator  operator.Profile
	Addresses address.Verifier // left out: the shipped data
	Agents    desk.Provider    // where agents sign in; left out: nowhere
	Mailbox   string           // where the local runner shows messages; "" else
	Budgets   string           // of text messages; "": the usual ones
	Events    io.Writer        // a line each

	// Tracker is what the local runner puts around the function tracking's own. Left out: nothing.
	Tracker func(tracking.Tracker) tracking.Tracker
}

// Functions answers those that speak HTTP, by their names. The function site has every path that no other has.
func (h *House) Functions() map[string]*web.App {
	addresses := h.Addresses
	if addresses == nil {
		addresses = address.Embedded{}
	}
	key := func(name string, ring secret.Name) *secret.Key { return secret.NewKey(h.Keys(name), ring) }
	return map[string]*web.App{
		"signup": signup.New(signup.Config{Edge: h.edge("signup"), Accounts: h.accounts("signup"), Addresses: addresses,
			Tokens: &address.Tokens{Key: key("signup", secret.Token), Now: h.Now}, Drafts: key("signup", secret.Draft)}).App,
		"login":    login.New(login.Config{Edge: h.edge("login"), Accounts: h.accounts("login")}).App,
		"recovery": recovery.New(recovery.Config{Edge: h.edge("recovery"), Accounts: h.accounts("recovery")}).App,
		"profile": profile.New(profile.Config{Edge: h.edge("profile"), Accounts: h.accounts("profile"), Addresses: addresses,
			Tokens: &address.Tokens{Key: key("profile", secret.Token), Now: h.Now}}).App,
		"supplies": supplies.New(supplies.Config{Edge: h.edge("supplies"), Accounts: h.accounts("supplies"), Addresses: addresses,
			Supplies: supply.NewStore(h.DB("supplies"), h.Now), Tokens: &address.Tokens{Key: key("supplies", secret.Token), Now: h.Now}}).App,
		"tracking": tracking.New(tracking.Config{Edge: h.edge("tracking"), Parcels: h.tracker(),
			Saved: &saved.Store{DB: h.DB("tracking"), Now: h.Now}, Follow: h.follow("tracking")}).App,
		"scans": scans.New(scans.Config{Edge: h.edge("scans"), Parcels: &parcel.Store{DB: h.DB("scans"), Now: h.Now, Tell: h.follow("scans").Tell}, Log: h.Log()}).App,
		"desk": desk.New(desk.Config{Edge: h.edge("desk"), Accounts: h.accounts("desk"),
			Supplies: supply.NewStore(h.DB("desk"), h.Now), Addresses: addresses, Tokens: &address.Tokens{Key: key("desk", secret.Token), Now: h.Now}, Provider: h.Agents}).App,
		"site": site.New(site.Config{Edge: h.edge("site"), OpenAPI: openapi.Document(),
			Support: support.NewStore(h.DB("site"), h.Keys("site"), h.Operator, h.Now)}).App,
	}
}

// tracker answers what the function tracking looks parcels up with.
func (h *House) tracker() tracking.Tracker {
	var tracker tracking.Tracker = &parcel.Store{DB: h.DB("tracking"), Now: h.Now}
	if h.Tracker != nil {
		tracker = h.Tracker(tracker)
	}
	return tracker
}

// follow answers a function's subscriptions.
func (h *House) follow(name string) *follow.Store { return follow.New(h.DB(name), h.Keys(name), h.Now) }

// accounts answers a function's accounts.
func (h *House) accounts(name string) *account.Store {
	if h.Accounts != nil {
		return h.Accounts(name)
	}
	return account.NewStore(h.DB(name), h.Keys(name), h.Now)
}

func (h *House) edge(name string) web.Config {
	db := h.DB(name)
	return web.Config{Origin: h.Origin, Sessions: &session.Store{Table: db.Table(session.Definition.Name), Now: h.Now},
		Limits: db.Table(web.LimitsDefinition.Name), Token: secret.NewKey(h.Keys(name), secret.Token), Operator: h.Operator,
		Mailbox: h.Mailbox, Now: h.Now, Events: metric.New(h.Events, name)}
}

// Log answers a log whose lines go where the events go.
func (h *House) Log() *slog.Logger { return slog.New(slog.NewJSONHandler(h.Events, nil)) }

// Sweep answers the function that looks after accounts which have fallen due.
func (h *House) Sweep() *sweep.Sweep {
	return sweep.New(sweep.Config{Accounts: h.accounts("sweep"), Metrics: metric.New(h.Events, "sweep"), Log: h.Log()})
}

// Courier answers the function that sends, with these senders and this queue.
func (h *House) Courier(senders map[message.Channel]courier.Sender, resend courier.Resend) *courier.Courier {
	keys := h.Keys("courier")
	return courier.New(courier.Config{DB: h.DB("courier"), Opener: secret.NewOpener(keys), Counters: secret.NewKey(keys, secret.Decoy),
		Words:   message.Words{Operator: h.Operator.Name, Origin: h.Origin.Scheme + "://" + h.Origin.Host},
		Service: h.Operator.SupportEmail, Senders: senders, Resend: resend, Budgets: courier.MustBudgets(cmp.Or(h.Budgets, courier.UsualBudgets)),
		Metrics: metric.New(h.Events, "courier"), Log: h.Log(), Now: h.Now})
}
