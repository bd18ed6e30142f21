// Package login opens, lists and ends sessions, by the API and on the pages /login and /account/sessions.
package login

import (
	"embed"
	"net/http"

	"postkontor/shared/account"
	"postkontor/shared/page"
	"postkontor/shared/session"
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

// New makes the function with all its routes.
func New(c Config) *Login {
	c.Edge.Pages = page.NewSet(templates)
	l := &Login{Config: c, App: web.New(c.Edge)}
	web.Add(l.App, web.Operation{Method: http.MethodPost, Path: "/v1/sessions", ID: "log-in", Tag: "Sessions", Status: http.StatusCreated,
		Summary:     "Log in",
		Description: "The token is the bearer token of every further call. 401 `credentials_invalid`, the same for a wrong password and an unknown username; 429 `login_locked` (until, ways); 403 `password_disabled` (ways). A temporary password opens the scope `choose-password`, locked or not."}, l.open)
	web.Add(l.App, web.Operation{Method: http.MethodGet, Path: "/v1/sessions", ID: "list-sessions", Tag: "Sessions", Access: web.SignedIn,
		Summary: "Everywhere this account is logged in"}, l.list)
	web.Add(l.App, web.Operation{Method: http.MethodDelete, Path: "/v1/sessions", ID: "end-other-sessions", Tag: "Sessions", Access: web.SignedIn,
		Summary: "Log out everywhere else"}, l.endOthers)
	web.Add(l.App, web.Operation{Method: http.MethodDelete, Path: "/v1/sessions/current", ID: "log-out", Tag: "Sessions", Access: web.AnyScope,
		Summary: "Log out"}, l.endCurrent)
	web.Add(l.App, web.Operation{Method: http.MethodDelete, Path: "/v1/sessions/{id}", ID: "end-session", Tag: "Sessions", Access: web.SignedIn,
		Summary: "Log out one session"}, l.endOne)
	web.Add(l.App, web.Operation{Method: http.MethodGet, Path: "/v1/duplicate", ID: "get-duplicate", Tag: "Sessions", Access: flagged,
		Summary: "What a flagged account can do", Description: "Another account is the one of this person at this address."}, l.duplicate)
	web.Add(l.App, web.Operation{Method: http.MethodPost, Path: "/v1/duplicate/letter", ID: "send-duplicate-letter", Tag: "Sessions", Access: flagged,
		Status: http.StatusAccepted, Summary: "Have a code sent in a letter to the address",
		Description: "429 `sending_too_often`: one letter in 7 days, none for 30 days after an objection."}, l.sendLetter)
	web.Add(l.App, web.Operation{Method: http.MethodPost, Path: "/v1/duplicate/code", ID: "enter-duplicate-code", Tag: "Sessions", Access: flagged,
		Summary: "Enter the letter's code",
		Description: "The account becomes active: at once when the older one is not in use, else after 14 days (claimAt), unless its holder objects. The session has the scope of the account's status as it then is. " +
			"Good for 21 days, 30 to Alaska, Hawaii, the territories and the military, once. 422 `code_wrong` (triesLeft), `code_expired`; 429 `way_closed` after the fifth wrong one, for 24 hours."}, l.enterLetter)
	web.Add(l.App, web.Operation{Method: http.MethodGet, Path: "/v1/reactivation", ID: "get-reactivation", Tag: "Sessions", Access: asleep,
		Summary:     "How an account that was not used for long becomes active again",
		Description: "`sms` is no way after a recovery by SMS."}, l.reactivation)
	web.Add(l.App, web.Operation{Method: http.MethodPost, Path: "/v1/reactivation/code", ID: "send-reactivation-code", Tag: "Sessions", Access: asleep,
		Status: http.StatusAccepted, Summary: "Have a code sent", Description: "422 `channel_unproved`; 429 `sending_too_often`."}, l.sendReactivation)
	web.Add(l.App, web.Operation{Method: http.MethodPost, Path: "/v1/reactivation", ID: "reactivate", Tag: "Sessions", Access: asleep, Status: http.StatusOK,
		Summary: "Make the account active again", Description: "By both answers or a code. A new session begins, of scope `full`, or `flagged` when another account holds " +
			"the claim of this person at this address by now. 422 `answers_wrong`, `code_wrong` (triesLeft), `code_expired`; 429 `way_closed`."}, l.reactivate)
	l.Page("GET /login", web.Anyone, l.showLogin)
	l.Page("POST /login", web.Anyone, l.takeLogin)
	l.Page("POST /logout", web.Anyone, l.takeLogout)
	l.Page("GET /account/sessions", web.SignedIn, l.showSessions)
	l.Page("POST /account/sessions", web.SignedIn, l.takeSessions)
	l.Page("GET /reactivate", asleep, l.showReactivate)
	l.Page("POST /reactivate", asleep, l.takeReactivate)
	l.Page("GET /duplicate", flagged, l.showDuplicate)
	l.Page("POST /duplicate", flagged, l.takeDuplicate)
	return l
}

// flagged is for accounts whose person has another one.
var flagged = web.Access{Scopes: []session.Scope{session.Flagged}}
