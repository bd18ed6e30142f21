// Package desk is where the operator's agents look after accounts and orders: the API under /v1/desk and the pages under
// /desk/. The gateway lets nobody in without a token of the operator's own OpenID provider, and what a token's roles allow
// is decided here, at each route. The page /desk itself is open to anyone and shows nothing of a customer: it signs the
// agent in, and fetches the other pages with the token.
package desk

import (
	"embed"

	"postkontor/shared/account"
	"postkontor/shared/page"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the desk works with.
type Config struct {
	Edge     web.Config
	Accounts *account.Store
	Supplies *supply.Store
	Provider Provider
}

// Desk is the function.
type Desk struct {
	Config
	*web.App
}

// Who may do what. Each of an agent's acts names the roles that it is for.
var (
	anyAgent = web.Access{Roles: []web.Role{web.Desk, web.Warehouse, web.Counter}}
)

// New makes the function with all its routes.
func New(c Config) *Desk {
	c.Edge.Pages, c.Edge.RolesClaim = page.NewSet(templates), c.Provider.Roles
	d := &Desk{Config: c, App: web.New(c.Edge)}
	d.Page("GET /desk", web.Anyone, d.shell)
	d.Page("GET /desk/start", anyAgent, d.start)
	return d
}
