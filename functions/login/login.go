// Package login opens, lists and ends sessions, by the API and on the pages /login and /account/sessions.
package login

import (
	"embed"
	"net/http"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what logging in works with.
type Config struct {
	Edge     web.Config
	Accounts *account.Store
}

// Login is the function.
type Login struct {
	Config
	*web.App
}

// failures bounds wrong passwords per caller's address; then every login of it is refused for a while.
var failures = web.Rule{Purpose: "login", Max: 30, Window: 5 * time.Minute}

// New makes the function with all its routes.
func New(c Config) *Login {
	c.Edge.Pages = page.NewSet(templates)
	l := &Login{Config: c, App: web.New(c.Edge)}
	web.Add(l.App, web.Operation{Method: http.MethodPost, Path: "/v1/sessions", ID: "log-in", Tag: "Sessions", Status: http.StatusCreated,
		Summary:     "Log in",
		Description: "The token is the bearer token of every further call. 401 `credentials_invalid`, the same for a wrong password and an unknown username."}, l.open)
	web.Add(l.App, web.Operation{Method: http.MethodGet, Path: "/v1/sessions", ID: "list-sessions", Tag: "Sessions", Access: web.SignedIn,
		Summary: "Everywhere this account is logged in"}, l.list)
	web.Add(l.App, web.Operation{Method: http.MethodDelete, Path: "/v1/sessions", ID: "end-other-sessions", Tag: "Sessions", Access: web.SignedIn,
		Summary: "Log out everywhere else"}, l.endOthers)
	web.Add(l.App, web.Operation{Method: http.MethodDelete, Path: "/v1/sessions/current", ID: "log-out", Tag: "Sessions", Access: web.AnyScope,
		Summary: "Log out"}, l.endCurrent)
	web.Add(l.App, web.Operation{Method: http.MethodDelete, Path: "/v1/sessions/{id}", ID: "end-session", Tag: "Sessions", Access: web.SignedIn,
		Summary: "Log out one session"}, l.endOne)
	l.Page("GET /login", web.Anyone, l.showLogin)
	l.Page("POST /login", web.Anyone, l.takeLogin)
	l.Page("POST /logout", web.Anyone, l.takeLogout)
	l.Page("GET /account/sessions", web.SignedIn, l.showSessions)
	l.Page("POST /account/sessions", web.SignedIn, l.takeSessions)
	return l
}
