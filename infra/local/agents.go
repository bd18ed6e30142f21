package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// agents stands for the gateway's JWT authorizer: it holds a token to the operator's OpenID provider as API Gateway does
// (its developer guide, "Control access to HTTP APIs with JWT authorizers"). The provider lives by the real time, so the
// runner's clock is not asked.
type agents struct {
	issuer, audience string

	mu   sync.Mutex
	keys *oidc.IDTokenVerifier // nil until the provider has answered once
}

// guards reports whether a request's route is one that the authorizer stands before. The API's preflights have no token.
func guards(r *http.Request) bool {
	if page, ok := strings.CutPrefix(r.URL.Path, "/desk/"); ok {
		return page != ""
	}
	what, ok := strings.CutPrefix(r.URL.Path, "/v1/desk/")
	return ok && what != "" && r.Method != http.MethodOptions
}

// notTaken says why a token is refused, as the gateway's www-authenticate header does; "" when there is none at all.
type notTaken string

func (n notTaken) Error() string { return string(n) }

// challenge is the gateway's www-authenticate header.
func (n notTaken) challenge() string {
	if n == "" {
		return "Bearer"
	}
	return fmt.Sprintf(`Bearer scope="" error="invalid_token" error_description=%q`, string(n))
}

// claims answers what a header Authorization says, after it was held to signature (RSA only), issuer, audience and times.
// The error is notTaken unless the provider cannot be asked.
func (a *agents) claims(ctx context.Context, header string) (map[string]string, error) {
	token := header
	if scheme, rest, ok := strings.Cut(header, " "); ok && strings.EqualFold(scheme, "Bearer") {
		token = rest
	}
	if token == "" {
		return nil, notTaken("")
	}
	if !namesKey(token) {
		return nil, notTaken("the token does not name its key")
	}
	keys, err := a.provider(ctx)
	if err != nil {
		return nil, err
	}
	verified, err := keys.Verify(ctx, token)
	if expired := new(oidc.TokenExpiredError); errors.As(err, &expired) {
		return nil, notTaken("the token has expired")
	}
	if err != nil {
		return nil, notTaken("the token is not valid")
	}
	var raw json.RawMessage
	if err := verified.Claims(&raw); err != nil {
		return nil, notTaken("the token is not valid")
	}
	return a.hand(raw)
}

// provider reads the provider's discovery document, once it can be had; its keys are fetched as tokens name them.
func (a *agents) provider(ctx context.Context) (*oidc.IDTokenVerifier, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.keys != nil {
		return a.keys, nil
	}
	p, err := oidc.NewProvider(ctx, a.issuer)
	if err != nil {
		return nil, fmt.Errorf("reading about the provider %s: %w", a.issuer, err)
	}
	// The audience is compared below: here it can also be client_id.
	a.keys = p.VerifierContext(ctx, &oidc.Config{SkipClientIDCheck: true, SupportedSigningAlgs: []string{oidc.RS256, oidc.RS384, oidc.RS512}})
	return a.keys, nil
}

// hand holds claims to audience and times, and writes them as the gateway hands them over: all of them text, an array as
// "[a b]".
func (a *agents) hand(raw []byte) (map[string]string, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var all map[string]any
	if err := decoder.Decode(&all); err != nil {
		return nil, notTaken("the token is not valid")
	}
	if !slices.Contains(audiences(all), a.audience) {
		return nil, notTaken("the token does not have a valid audience")
	}
	for _, name := range []string{"nbf", "iat"} {
		at, ok := all[name].(json.Number)
		if seconds, err := at.Float64(); ok && (err != nil || seconds > float64(time.Now().Unix())) {
			return nil, notTaken("the token is not valid yet")
		}
	}
	texts := map[string]string{}
	for name, value := range all {
		texts[name] = fmt.Sprint(value)
	}
	return texts, nil
}

// audiences are whom a token is for: client_id counts only where there is no aud.
func audiences(claims map[string]any) (all []string) {
	switch aud := claims["aud"].(type) {
	case nil:
		return []string{fmt.Sprint(claims["client_id"])}
	case []any:
		for _, one := range aud {
			all = append(all, fmt.Sprint(one))
		}
		return all
	default:
		return []string{fmt.Sprint(aud)}
	}
}

// namesKey reports whether a token says which of the provider's keys has signed it. The gateway takes no other.
func namesKey(token string) bool {
	first, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(first)
	var header struct{ Kid string }
	return err == nil && json.Unmarshal(text, &header) == nil && header.Kid != ""
}

// authorize lets a request pass the authorizer or refuses it, as the gateway does, and reports whether it may go on.
func (a *agents) authorize(w http.ResponseWriter, r *http.Request) (map[string]string, bool) {
	claims, err := a.claims(r.Context(), r.Header.Get("Authorization"))
	var refused notTaken
	switch {
	case err == nil:
		return claims, true
	case errors.As(err, &refused):
		w.Header().Set("Www-Authenticate", refused.challenge())
		refuse(w, http.StatusUnauthorized, "Unauthorized")
	default:
		refuse(w, http.StatusInternalServerError, err.Error())
	}
	return nil, false
}

// agentCookie holds, where no provider is configured, what the header X-Local-Agent would say, for the desk's pages in a
// browser.
const agentCookie = "local-agent"

// pose makes a browser an agent's: GET /desk?agent=NAME, or with &role=desk. It reports whether it has answered.
func pose(w http.ResponseWriter, r *http.Request) bool {
	name := r.URL.Query().Get("agent")
	if r.URL.Path != "/desk" || name == "" || !isLocal(r) {
		return false
	}
	if role := r.URL.Query().Get("role"); role != "" {
		name += ";role=" + role
	}
	http.SetCookie(w, &http.Cookie{Name: agentCookie, Value: url.QueryEscape(name), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/desk", http.StatusSeeOther)
	return true
}

// posing puts the browser's agent where the header X-Local-Agent would be.
func posing(r *http.Request) {
	cookie, err := r.Cookie(agentCookie)
	if err != nil || !guards(r) || r.Header.Get(localAgent) != "" {
		return
	}
	if name, err := url.QueryUnescape(cookie.Value); err == nil {
		r.Header.Set(localAgent, name)
	}
}
