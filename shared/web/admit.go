package web

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"postkontor/shared/fault"
)

// MaxBody is the largest body that a function reads unless it says otherwise, in bytes.
const MaxBody = 64 << 10

// admit refuses what no handler should see: a write from a page of another origin, a body that is too large or is no
// text. It leaves the whole body in memory, as the gateway hands it over anyway.
func (a *App) admit(r *http.Request) error {
	if err := a.sameOrigin(r); err != nil {
		return err
	}
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, a.MaxBody+1))
	if err != nil {
		return &fault.Error{Kind: fault.BodyInvalid, Code: "body_invalid", Err: err}
	}
	if int64(len(body)) > a.MaxBody {
		return &fault.Error{Kind: fault.TooLarge, Code: "body_too_large", Args: map[string]string{"most": strconv.FormatInt(a.MaxBody>>10, 10)}}
	}
	if !utf8.Valid(body) {
		return fault.New(fault.BodyInvalid, "body_invalid")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	return nil
}

// sameOrigin holds back writes that another site's page makes a browser send with its cookie. Requests that carry a
// token of their own, and anonymous ones to the API, cannot ride on a cookie.
func (a *App) sameOrigin(r *http.Request) error {
	if isAPI(r.URL.Path) {
		_, err := r.Cookie(sessionCookie)
		if _, bearer := bearerToken(r); bearer || err != nil {
			return nil
		}
	}
	if err := a.crossing.Check(r); err != nil {
		return &fault.Error{Kind: fault.Forbidden, Code: "cross_origin", Err: err}
	}
	return nil
}

// isAPI reports whether a path answers JSON, errors included.
func isAPI(path string) bool {
	return strings.HasPrefix(path, "/v1/") || path == "/v1" || strings.HasPrefix(path, "/oauth2/") || path == "/openapi.json"
}

// isDesk reports whether a path is a page of the operator's agents.
func isDesk(path string) bool { return path == "/desk" || strings.HasPrefix(path, "/desk/") }

// cors answers preflights and lets the pages of the allowed origins read what they asked for, never with credentials.
func (a *App) cors(w http.ResponseWriter, r *http.Request) (answered bool) {
	origin := r.Header.Get("Origin")
	if isAPI(r.URL.Path) && len(a.AllowedOrigins) > 0 {
		w.Header().Add("Vary", "Origin")
		if origin != "" && a.allowed(origin) {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Expose-Headers", "retry-after")
		}
	}
	if r.Method != http.MethodOptions {
		return false
	}
	if w.Header().Get("Access-Control-Allow-Origin") != "" {
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
		w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type, idempotency-key, accept-language")
		w.Header().Set("Access-Control-Max-Age", "7200")
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}

func (a *App) allowed(origin string) bool {
	for _, allowed := range a.AllowedOrigins {
		if origin == allowed {
			return true
		}
	}
	return false
}

// unrouted tells a path that does not exist from one that does not know the method.
func (a *App) unrouted(w http.ResponseWriter, r *http.Request) error {
	var allow []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := *r
		probe.Method = method
		if a.route(&probe) != "" {
			allow = append(allow, method)
		}
	}
	if len(allow) == 0 {
		return fault.New(fault.NotFound, "not_found")
	}
	w.Header().Set("Allow", strings.Join(allow, ", "))
	return fault.New(fault.Method, "method_not_allowed")
}
