// Package tracking tells where parcels are, by the API under /v1/tracking and on the page /track, and keeps packages in
// the account: /v1/account/packages and the page /account/packages. Customers follow parcels there, and stop it on the page
// /unsubscribe without a login.
package tracking

import (
	"context"
	"embed"
	"net/http"
	"time"

	"postkontor/shared/account/saved"
	"postkontor/shared/page"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/web"
)

//go:embed templates/*.html
var templates embed.FS

// Tracker knows parcels: the product's own store of scan events, or the operator's API with that store behind it.
type Tracker interface {
	// Look answers the parcels that are known, by their numbers: canonical, distinct, up to 100. A number that is there with
	// nil may be known to who could not be asked now.
	Look(ctx context.Context, numbers []string) (map[string]*parcel.Parcel, error)
}

// Most is how many numbers one request may ask for.
const Most = 35

// Config is what tracking works with.
type Config struct {
	Edge    web.Config
	Parcels Tracker
	Saved   *saved.Store
	Follow  *follow.Store
}

// Tracking is the function.
type Tracking struct {
	Config
	*web.App
}

// New makes the function with all its routes.
func New(c Config) *Tracking {
	c.Edge.Pages = page.NewSet(templates)
	t := &Tracking{Config: c, App: web.New(c.Edge)}
	web.Add(t.App, web.Operation{Method: http.MethodGet, Path: "/v1/tracking/{number}", ID: "track", Tag: "Tracking",
		Summary:     "The story of a parcel",
		Description: "For who is not logged in, 60 requests a minute. 404 `number_unknown`; 422 `number_invalid` (reason, carrier?, suggestion?)."}, t.get)
	web.Add(t.App, web.Operation{Method: http.MethodGet, Path: "/v1/tracking", ID: "track-many", Tag: "Tracking",
		Summary:     "The stories of up to 35 parcels",
		Description: "In the order asked, each as it would be answered alone: a parcel, or its number and the problem. 422 `too_many_numbers`."}, t.list)
	web.Add(t.App, web.Operation{Method: http.MethodGet, Path: "/v1/account/packages", ID: "list-packages", Tag: "Tracking", Access: web.SignedIn,
		Summary: "The packages kept in the account, newest news first"}, t.packages)
	web.Add(t.App, web.Operation{Method: http.MethodPut, Path: "/v1/account/packages/{number}", ID: "save-package", Tag: "Tracking", Access: web.SignedIn,
		Status: http.StatusOK, Summary: "Keep a package, or name it anew",
		Description: "Also one that is not known yet. 409 `too_many_packages` after the hundredth; 422 `number_invalid`."}, t.save)
	web.Add(t.App, web.Operation{Method: http.MethodDelete, Path: "/v1/account/packages/{number}", ID: "remove-package", Tag: "Tracking", Access: web.SignedIn,
		Status: http.StatusNoContent, Summary: "Keep a package no longer"}, t.remove)
	t.followed()
	t.Page("GET /track", web.Anyone, t.showTrack)
	t.Page("GET /account/packages", web.SignedIn, t.showPackages)
	t.Page("POST /account/packages", web.SignedIn, t.takePackages)
	return t
}

// lookups bounds the requests of who is not logged in.
var lookups = web.Rule{Purpose: "tracking", Max: 60, Window: time.Minute}

// admit counts a request for parcels, however many it asks for.
func (t *Tracking) admit(ctx context.Context) error {
	if web.Session(ctx) != nil {
		return nil
	}
	return t.Limit(ctx, lookups)
}
