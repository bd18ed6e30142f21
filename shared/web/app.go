// Package web is the edge of every function that speaks HTTP: typed JSON operations, pages, who is signed in, limits,
// idempotency, and the two places where an error becomes bytes.
//
// A function makes an App, adds its operations and pages to it, and serves App.Handler. Everything that all requests
// share happens here, in this order: event line, panic, security headers, method override for HEAD, CORS, cross-origin
// protection, body cap, language, routing. Handlers return errors; only this package writes a status.
package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"postkontor/shared/metric"
	"postkontor/shared/operator"
	"postkontor/shared/page"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// LimitsDefinition is the table limits: counters under "CALLER#purpose#address", "SENDS#…", "TRIES#…", and
// idempotency records under "ONCE#hash", each with SK "COUNT" or "RECORD" and an expiry.
var LimitsDefinition = table.Definition{Name: "limits", TTL: true}

// Config is what the edge needs. AllowedOrigins, Pages, Mailbox, MaxBody, RolesClaim and Places may be left out.
type Config struct {
	Origin         *url.URL // what links, cookies and origin checks go by; never the Host header
	AllowedOrigins []string // browser clients elsewhere
	Sessions       *session.Store
	Limits         table.Table
	Token          *secret.Key // the ring Token: signs idempotency records
	Operator       operator.Profile
	Pages          *page.Set // the function's own
	Mailbox        string    // where the local runner shows messages; "" when deployed
	MaxBody        int64     // the largest body of a request that is read, in bytes; 0: the constant MaxBody
	RolesClaim     string    // of an agent's token, default "roles"
	Places         []Place   // in the navigation of agents' pages
	Now            func() time.Time
	Events         *metric.Sink
}

// App is one function's edge.
type App struct {
	Config
	API      huma.API // where operations are registered, and what the OpenAPI document is made from
	errors   *page.Set
	mux      *http.ServeMux
	patterns []string
	crossing *http.CrossOriginProtection
}

// New makes an edge without routes.
func New(config Config) *App {
	config.MaxBody = cmp.Or(config.MaxBody, MaxBody)
	a := &App{Config: config, errors: page.ErrorSet(), mux: http.NewServeMux(), crossing: http.NewCrossOriginProtection()}
	if err := a.crossing.AddTrustedOrigin(config.Origin.Scheme + "://" + config.Origin.Host); err != nil {
		panic("web: the parameter Origin: " + err.Error())
	}
	a.API = humago.New(routes{a}, apiConfig())
	return a
}

// routes notes each pattern that huma adds.
type routes struct{ app *App }

func (r routes) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	r.app.handle(pattern, handler)
}

func (r routes) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.app.mux.ServeHTTP(w, req) }

// handle adds a route, "METHOD /path/{name}".
func (a *App) handle(pattern string, handler http.HandlerFunc) {
	a.patterns = append(a.patterns, pattern)
	a.mux.HandleFunc(pattern, handler)
}

// Handle adds a handler that writes its own bytes, as the assets do.
func (a *App) Handle(pattern string, handler http.Handler) { a.handle(pattern, handler.ServeHTTP) }

// Routes answers all patterns of the function, in the order in which they were added.
func (a *App) Routes() []string { return a.patterns }

// Handler serves the function.
func (a *App) Handler() http.Handler { return http.HandlerFunc(a.serve) }

func (a *App) serve(w http.ResponseWriter, r *http.Request) {
	req := a.begin(r)
	r = r.WithContext(req.context(r.Context()))
	r.Host = a.Origin.Host
	out := &recorder{ResponseWriter: w, req: req}
	defer a.end(out, r)
	a.secure(out.Header())
	if a.cors(out, r) {
		return
	}
	if err := a.admit(r); err != nil {
		a.Fail(out, r, err)
		return
	}
	if req.pattern = a.route(r); req.pattern == "" {
		a.Fail(out, r, a.unrouted(out, r))
		return
	}
	a.mux.ServeHTTP(out, r)
}

// route answers the pattern that takes a request, "" for none. What is a path of its own is no value of another's wildcard:
// GET /v1/tracking/unsubscribe asks for no parcel of that number.
func (a *App) route(r *http.Request) string {
	_, pattern := a.mux.Handler(r)
	if strings.Contains(pattern, "{") && !strings.Contains(pattern, "{$}") && slices.ContainsFunc(a.patterns, func(own string) bool {
		_, path, _ := strings.Cut(own, " ")
		return path == r.URL.Path
	}) {
		return ""
	}
	return pattern
}

// secure sets the headers that every answer has.
func (a *App) secure(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	h.Set("Cache-Control", "no-store")
	if a.Origin.Scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
