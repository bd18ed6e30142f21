// Package signup is how an account comes to be: languages, security questions, free usernames, verified addresses, and
// the account itself, by the API and in the steps of /register.
package signup

import (
	"context"
	"embed"
	"net/http"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/address/entry"
	"postkontor/shared/page"
	"postkontor/shared/person"
	"postkontor/shared/secret"
	"postkontor/shared/web"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what sign-up works with.
type Config struct {
	Edge      web.Config
	Accounts  *account.Store
	Addresses address.Verifier
	Tokens    *address.Tokens
	Drafts    *secret.Key // the ring Draft: what was typed into the steps travels in an encrypted cookie
}

// Signup is the function.
type Signup struct {
	Config
	*web.App
}

func (s *Signup) addresses() entry.Desk {
	return entry.Desk{App: s.App, Addresses: s.Addresses, Tokens: s.Tokens}
}

// Per caller's address.
var (
	usernameChecks = []web.Rule{{Purpose: "username", Max: 10, Window: time.Minute}, {Purpose: "username", Max: 60, Window: time.Hour}}
	accountsMade   = []web.Rule{{Purpose: "account", Max: 10, Window: time.Hour}}
)

// New makes the function with all its routes.
func New(c Config) *Signup {
	c.Edge.Pages = page.NewSet(templates)
	s := &Signup{Config: c, App: web.New(c.Edge)}
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/languages", ID: "list-languages", Tag: "Sign-up",
		Summary: "The languages of pages, messages and errors"}, s.languages)
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/security-questions", ID: "list-security-questions", Tag: "Sign-up",
		Summary: "The questions to choose two of"}, s.questions)
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/usernames", ID: "check-username", Tag: "Sign-up",
		Summary:     "Whether a username is free",
		Description: "Answers up to five free alternatives when it is not. 422 `username_invalid`. A free name may be taken before an account is created with it."}, s.username)
	web.Add(s.App, web.Operation{Method: http.MethodPost, Path: "/v1/addresses/verify", ID: "verify-address", Tag: "Sign-up",
		Summary:     "Verify and standardise an address",
		Description: "`verified`: at most case, punctuation and abbreviations differ. `corrected`: something was supplied or replaced. Both carry a token, good for one hour and as often as needed. `level` tells how far the check reached."}, s.verifyAddress)
	web.Add(s.App, web.Operation{Method: http.MethodPost, Path: "/v1/accounts", ID: "create-account", Tag: "Sign-up", Status: http.StatusCreated,
		Summary: "Create an account",
		Description: "Codes go to the e-mail address and the mobile number. 409 `username_taken` (suggestions). 422 `username_invalid`, `password_short`, " +
			"`password_long`, `password_common`, `password_context`, `answers_equal`, `answer_weak`, `address_unverified`, `phone_invalid`, `email_invalid`."}, s.create)
	s.Page("GET /register", web.Anyone, s.showStep)
	s.Page("POST /register", web.Anyone, s.takeStep)
	return s
}

// Free answers whether nobody has the username, and up to five free ones in its place when somebody has.
func (s *Signup) free(ctx context.Context, username string) (bool, []string, error) {
	free, err := s.Accounts.Free(ctx, []string{username})
	if err != nil || len(free) > 0 {
		return len(free) > 0, nil, err
	}
	suggestions, err := s.Accounts.Suggest(ctx, username, person.Name{}, "")
	return false, suggestions, err
}
