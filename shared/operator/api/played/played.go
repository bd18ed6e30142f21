// Package played plays the operator's API in tests of its adapters: it hands out tokens, holds every request to the
// description, and answers what the test wants.
package played

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/shared/operator/api"
)

// Reply is what the operator answers.
type Reply struct {
	Status int
	Header map[string]string
	Body   string
}

// Secret is the application's; its id is "id".
const Secret = "s3cr3t/+& value"

// Operator is the API. What is set in it is set before it is asked.
type Operator struct {
	*httptest.Server
	Answer  func(n int, r *http.Request) Reply // n counts from 1
	Grant   func(n int) Reply                  // of a token; n counts from 1
	Revoked map[string]bool                    // tokens: "token-1"

	t      *testing.T
	scope  string
	check  func(*testing.T, *http.Request)
	mu     sync.Mutex
	now    time.Time
	tokens int
	asked  int
	told   []string
}

// New starts an operator that has one operation; check holds a request to its description.
func New(t *testing.T, scope, operation string, check func(*testing.T, *http.Request)) *Operator {
	t.Helper()
	o := &Operator{t: t, scope: scope, check: check, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Revoked: map[string]bool{}}
	o.Grant = func(n int) Reply {
		return Reply{Status: http.StatusOK, Body: fmt.Sprintf(`{"access_token":"token-%d","token_type":"Bearer","issued_at":1795000000000,"expires_in":28799,"status":"approved","scope":%q,"issuer":"api.usps.com","client_id":"id"}`, n, scope)}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth2/v3/token", o.token)
	mux.HandleFunc(operation, o.answer)
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s is not in the API", r.Method, r.URL.Path)
	})
	o.Server = httptest.NewServer(mux)
	t.Cleanup(o.Close)
	return o
}

// Config is for an adapter that asks this operator.
func (o *Operator) Config() api.Config {
	return api.Config{Origin: o.URL, Credentials: func(context.Context) (string, error) { return "id:" + Secret, nil },
		Now: o.Now, Failed: func(err error) { o.mu.Lock(); defer o.mu.Unlock(); o.told = append(o.told, err.Error()) }}
}

func (o *Operator) token(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.FormValue("grant_type") != "client_credentials" ||
		r.FormValue("client_id") != "id" || r.FormValue("client_secret") != Secret || r.FormValue("scope") != o.scope || r.URL.RawQuery != "" {
		o.t.Errorf("token request: %v %v", r.Header, r.Form)
	}
	o.mu.Lock()
	o.tokens++
	n := o.tokens
	o.mu.Unlock()
	send(w, o.Grant(n))
}

func (o *Operator) answer(w http.ResponseWriter, r *http.Request) {
	o.check(o.t, r)
	if r.Header.Get("Accept") != "application/json" {
		o.t.Errorf("Accept: %q", r.Header.Get("Accept"))
	}
	bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || o.Revoked[bearer] || !strings.HasPrefix(bearer, "token-") {
		send(w, Reply{http.StatusUnauthorized, map[string]string{"WWW-Authenticate": `Bearer realm="x"`}, `{"apiVersion":"v3","error":{"code":"401","message":"Unauthorized"}}`})
		return
	}
	o.mu.Lock()
	o.asked++
	n := o.asked
	o.mu.Unlock()
	send(w, o.Answer(n, r))
}

func send(w http.ResponseWriter, r Reply) {
	w.Header().Set("Content-Type", "application/json")
	for name, value := range r.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(r.Status)
	fmt.Fprint(w, r.Body)
}

// Now is what the operator's clock and its adapter's show.
func (o *Operator) Now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

// Pass lets time go by for the adapter.
func (o *Operator) Pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// Count answers how many tokens were handed out and how many questions answered.
func (o *Operator) Count() (tokens, asked int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tokens, o.asked
}

// Told is what the adapter said of failures.
func (o *Operator) Told() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.told...)
}

// Refusal is an answer as the descriptions shape errors.
func Refusal(status int, message, code string) Reply {
	return Reply{Status: status, Body: fmt.Sprintf(`{"apiVersion":"v3","error":{"code":"%d","message":%q,"errors":[{"status":"%d","code":%q,"title":"","detail":""}]}}`, status, message, status, code)}
}
