package web

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"postkontor/shared/locale"
	"postkontor/shared/session"
	"postkontor/shared/table"
	"postkontor/shared/web/gateway"
)

type requestKey struct{}

// request is what the edge knows about one request.
type request struct {
	id      string
	ip      string
	agent   string
	started time.Time
	lang    locale.Tag
	chosen  bool // lang was asked for by this very request
	session *session.Session
	acting  *Agent // for the operator
	checked error  // why the token that came is nobody's, once it was looked up
	pattern string
	fault   string // the code of the refusal, for the event line
	cause   error  // what went wrong, for the event line
	calls   *atomic.Int64
	status  int
}

func (a *App) begin(r *http.Request) *request {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	from := gateway.RequestOf(r.Context())
	q := &request{id: from.RequestID, ip: ip, agent: firstRunes(r.UserAgent(), 200), started: time.Now(),
		acting: agentIn(from.Claims, cmp.Or(a.RolesClaim, "roles"))}
	q.lang, q.chosen = language(r)
	return q
}

// firstRunes bounds what a caller can make us keep.
func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func (q *request) context(ctx context.Context) context.Context {
	ctx, q.calls = table.WithCalls(ctx)
	return context.WithValue(ctx, requestKey{}, q)
}

func requestOf(ctx context.Context) *request {
	if q, ok := ctx.Value(requestKey{}).(*request); ok {
		return q
	}
	return &request{lang: locale.English}
}

// Language is the language of the request: what the person just picked, their account's, what they picked before, what
// the browser asks for, English.
func Language(ctx context.Context) locale.Tag { return requestOf(ctx).lang }

// Session is who is signed in, nil for nobody. An operation or page that demands a session always has one.
func Session(ctx context.Context) *session.Session { return requestOf(ctx).session }

// language answers what a request without an account asks for, and whether it names the language itself.
func language(r *http.Request) (locale.Tag, bool) {
	if tag, ok := locale.Parse(pickedInQuery(r)); ok {
		return tag, true
	}
	if cookie, err := r.Cookie(languageCookie); err == nil {
		if tag, ok := locale.Parse(cookie.Value); ok {
			return tag, false
		}
	}
	return locale.Match(r.Header.Get("Accept-Language")), false
}

func pickedInQuery(r *http.Request) string {
	if !strings.Contains(r.URL.RawQuery, "lang=") {
		return ""
	}
	return r.URL.Query().Get("lang")
}

// identify finds who is signed in, from the bearer token or the cookie, by one look-up a request whatever comes of it.
// Without either it answers session.ErrNone.
func (a *App) identify(r *http.Request) (*session.Session, error) {
	q := requestOf(r.Context())
	if q.session != nil {
		return q.session, nil
	}
	token, bearer := bearerToken(r)
	if !bearer {
		if cookie, err := r.Cookie(sessionCookie); err == nil {
			token = cookie.Value
		}
	}
	if token == "" {
		return nil, session.ErrNone
	}
	if q.checked != nil {
		return nil, q.checked
	}
	live, err := a.Sessions.Check(r.Context(), token)
	if q.checked = err; err != nil {
		return nil, err
	}
	q.session = live
	if !q.chosen {
		q.lang = live.Language
	}
	return live, nil
}

// greet finds out who is signed in where anybody may come, for the language and the page's frame. What stands in the way
// of that is noted, and no more. At the desk nobody is there as a customer.
func (a *App) greet(r *http.Request) {
	if isDesk(r.URL.Path) {
		return
	}
	if _, err := a.identify(r); err != nil && !errors.Is(err, session.ErrNone) {
		requestOf(r.Context()).cause = err
	}
}

func bearerToken(r *http.Request) (string, bool) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", false
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "none", true
	}
	return strings.TrimSpace(token), true
}
