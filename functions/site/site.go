// Package site is what belongs to no other function: home, help, messages to customer service, the operator's profile, the API's description, the
// assets, and the answer to every path that does not exist.
package site

import (
	"context"
	"embed"
	"net/http"
	"sync"

	"postkontor/shared/page"
	"postkontor/shared/support"
	"postkontor/shared/web"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the site works with.
type Config struct {
	Edge    web.Config
	OpenAPI []byte // the document of the whole API; without one there is neither /openapi.json nor /docs
	Support *support.Store
}

// Site is the function.
type Site struct {
	Config
	*web.App
	reference func() (reference, error) // the document as a page shows it, read once
}

// New makes the function with all its routes. Whatever no function routes arrives here too; the edge answers it.
func New(c Config) *Site {
	c.Edge.Pages = page.NewSet(templates)
	s := &Site{Config: c, App: web.New(c.Edge)}
	s.reference = sync.OnceValues(func() (reference, error) { return readReference(c.OpenAPI, c.Edge.Origin.String()) })
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/operator", ID: "get-operator", Tag: "Customer service",
		Summary:     "Who the operator is and how to reach it",
		Description: "In the reader's language. The topics are those of a message to customer service; `other` is always among them."}, s.operator)
	web.Add(s.App, web.Operation{Method: http.MethodPost, Path: "/v1/support/requests", ID: "write-to-support", Tag: "Customer service", Status: http.StatusCreated,
		Summary: "Write to customer service",
		Description: "The number of the ticket goes to the e-mail address as well, with the text only where it is the proved address of the account that is logged in. The answer is the same for known and unknown addresses and usernames. " +
			"409 `support_closed` where the operator reads no e-mail; 422 `email_invalid`; 429 `too_many_requests` after 5 in an hour."}, s.write)
	s.Page("GET /{$}", web.Anyone, s.home)
	s.Page("GET /help", web.Anyone, s.help)
	s.Page("POST /help", web.Anyone, s.takeHelp)
	s.Page("GET /.well-known/change-password", web.Anyone, changePassword)
	s.Handle("GET /assets/{file}", page.Assets())
	s.Handle("GET /favicon.ico", page.Assets())
	s.Handle("GET /robots.txt", fixed("text/plain; charset=utf-8", []byte(robots)))
	if c.OpenAPI != nil {
		s.Handle("GET /openapi.json", fixed("application/json", c.OpenAPI))
		s.Page("GET /docs", web.Anyone, s.docs)
	}
	return s
}

// robots leaves to search engines what is the same for everyone.
const robots = "User-agent: *\nAllow: /$\nAllow: /help\nAllow: /supplies\nAllow: /track$\nAllow: /docs\nAllow: /assets/\nDisallow: /\n"

func fixed(kind string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = w.Write(body) // the caller is gone when this fails
	})
}

// changePassword is where password managers begin (W3C, A Well-Known URL for Changing Passwords).
func changePassword(context.Context, *web.Visit) (web.Answer, error) {
	return web.See("/account/password"), nil
}
