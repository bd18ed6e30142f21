// Package supplies is the store of shipping supplies: the catalogue, the cart and a customer's orders, by the API and on the
// pages /supplies, /cart and /orders.
package supplies

import (
	"embed"
	"net/http"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/page"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

var templates embed.FS // the pages

// Config is what the store works with.
type Config struct {
	Edge      web.Config
	Accounts  *account.Store
	Supplies  *supply.Store
	Addresses address.Verifier
	Tokens    *address.Tokens
}

// Supplies is the function.
type Supplies struct {
	Config
	*web.App
}

// New makes the function with all its routes.
func New(c Config) *Supplies {
	c.Edge.Pages = page.NewSet(templates)
	s := &Supplies{Config: c, App: web.New(c.Edge)}
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/supplies", ID: "list-supplies", Tag: "Supplies",
		Summary: "The catalogue", Description: "Each filter narrows it; facets say what each further value would leave. An unknown value leaves nothing."}, s.list)
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/supplies/{sku}", ID: "get-supply", Tag: "Supplies",
		Summary: "One product"}, s.get)
	// the pages
	return s
}
