package usps_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/shared/address"
	"postkontor/shared/address/usps"
)

// reply is what the operator answers.
type reply struct {
	status int
	header map[string]string
	body   string
}

// operator plays the operator's API: it holds every request to the API's description and answers what a test wants.
type operator struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	now      time.Time
	tokens   int // handed out
	asked    []url.Values
	answer   func(n int, q url.Values) reply // n counts from 1
	grant    func(n int) reply
	revoked  map[string]bool
	failures []string // what the client told Failed
}

const (
	secret = "s3cr3t/+& value"
	good   = `{"firm":"","address":{"streetAddress":"400 BROAD ST","streetAddressAbbreviation":"","secondaryAddress":"","cityAbbreviation":"","city":"SEATTLE","state":"WA","ZIPCode":"98109","ZIPPlus4":"4607","urbanization":""},` +
		`"additionalInfo":{"deliveryPoint":"99","carrierRoute":"C012","DPVConfirmation":"Y","DPVCMRA":"N","business":"Y","centralDeliveryPoint":"N","vacant":"N"},"corrections":[{"code":"","text":""}],"matches":[{"code":"31","text":"x"}],"warnings":[]}`
)

var broad = address.Entry{Street: "400 Broad Street", City: "Seattle", State: "WA", Zip: "98109"}

func newOperator(t *testing.T) *operator {
	t.Helper()
	o := &operator{t: t, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), revoked: map[string]bool{}}
	o.answer = func(int, url.Values) reply { return reply{status: 200, body: good} }
	o.grant = func(n int) reply {
		return reply{status: 200, body: fmt.Sprintf(`{"access_token":"token-%d","token_type":"Bearer","issued_at":1795000000000,"expires_in":28799,"status":"approved","scope":"addresses","issuer":"api.usps.com","client_id":"id"}`, n)}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth2/v3/token", o.token)
	mux.HandleFunc("GET /addresses/v3/address", o.address)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s is not in the API", r.Method, r.URL.Path)
	})
	o.Server = httptest.NewServer(mux)
	t.Cleanup(o.Close)
	return o
}

func (o *operator) client(change func(*usps.Config)) *usps.Client {
	cfg := usps.Config{Origin: o.URL, Credentials: func(context.Context) (string, error) { return "id:" + secret, nil },
		Now:    func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now },
		Failed: func(err error) { o.mu.Lock(); defer o.mu.Unlock(); o.failures = append(o.failures, err.Error()) }}
	if change != nil {
		change(&cfg)
	}
	return usps.New(cfg)
}

func (o *operator) token(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.FormValue("grant_type") != "client_credentials" ||
		r.FormValue("client_id") != "id" || r.FormValue("client_secret") != secret || r.FormValue("scope") != "addresses" || r.URL.RawQuery != "" {
		o.t.Errorf("token request: %v %v", r.Header, r.Form)
	}
	o.mu.Lock()
	o.tokens++
	n := o.tokens
	o.mu.Unlock()
	send(w, o.grant(n))
}

// states and digits are the patterns of the description.
var (
	states   = strings.Fields("AA AE AL AK AP AS AZ AR CA CO CT DE DC FM FL GA GU HI ID IL IN IA KS KY LA ME MH MD MA MI MN MS MO MP MT NE NV NH NJ NM NY NC ND OH OK OR PW PA PR RI SC SD TN TX UT VT VI VA WA WV WI WY")
	patterns = map[string]*regexp.Regexp{"streetAddress": regexp.MustCompile(`.`), "secondaryAddress": regexp.MustCompile(`.`), "city": regexp.MustCompile(`.`),
		"urbanization": regexp.MustCompile(`.`), "state": regexp.MustCompile(`^..$`), "ZIPCode": regexp.MustCompile(`^\d{5}$`), "ZIPPlus4": regexp.MustCompile(`^\d{4}$`)}
)

func (o *operator) address(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for name, values := range q {
		if pattern := patterns[name]; pattern == nil || len(values) != 1 || !pattern.MatchString(values[0]) {
			o.t.Errorf("the query has %s=%q", name, values)
		}
	}
	if !q.Has("streetAddress") || !slices.Contains(states, q.Get("state")) || !q.Has("city") && !q.Has("ZIPCode") {
		o.t.Errorf("the query lacks something: %v", q)
	}
	if r.Header.Get("Accept") != "application/json" {
		o.t.Errorf("Accept: %q", r.Header.Get("Accept"))
	}
	o.mu.Lock()
	bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || o.revoked[bearer] || !strings.HasPrefix(bearer, "token-") {
		o.mu.Unlock()
		send(w, reply{401, map[string]string{"WWW-Authenticate": `Bearer realm="x"`}, `{"apiVersion":"v3","error":{"code":"401","message":"Unauthorized"}}`})
		return
	}
	o.asked = append(o.asked, q)
	n, answer := len(o.asked), o.answer
	o.mu.Unlock()
	send(w, answer(n, q))
}

func send(w http.ResponseWriter, r reply) {
	w.Header().Set("Content-Type", "application/json")
	for name, value := range r.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(r.status)
	fmt.Fprint(w, r.body)
}

func (o *operator) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// count answers how many tokens were handed out and how many addresses asked for.
func (o *operator) count() (tokens, asked int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tokens, len(o.asked)
}

// house is a different house in Broad Street for each n, so that no cache knows it.
func house(n int) address.Entry {
	e := broad
	e.Street = fmt.Sprintf("%d Broad Street", n)
	return e
}

func verify(t *testing.T, c *usps.Client, e address.Entry) address.Result {
	t.Helper()
	r, err := c.Verify(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
