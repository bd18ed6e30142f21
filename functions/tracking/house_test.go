package tracking_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/functions/tracking"
	"postkontor/shared/account"
	"postkontor/shared/account/saved"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/metric"
	"postkontor/shared/operator"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
	"postkontor/shared/web"
)

// Numbers that hold. Nothing is known of the last ones.
const (
	moving  = "9400100000000000000006"
	arrived = "9400100000000000000013"
	waiting = "9400100000000000000020"
	unknown = "9400100000000000000037"
	strange = "EA123456785US"
)

// house is the function on an embedded table, and what its log says.
type house struct {
	*testing.T
	http.Handler
	config   tracking.Config
	db       *embedded.Database
	parcels  *parcel.Store
	sessions *session.Store
	log      *lines
	caller   int // the last part of the caller's address
}

// lines is a log that may be written from everywhere.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// noon is when the newest scans of the tests were.
var noon = time.Now().UTC().Truncate(time.Hour).Add(-time.Hour)

func open(t *testing.T) *house {
	t.Helper()
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), time.Now, account.Definition, session.Definition, web.LimitsDefinition, parcel.Definition, message.Definition)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := secret.OpenFile(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, db: db, log: &lines{}, parcels: &parcel.Store{DB: db, Now: time.Now}, caller: 7,
		sessions: &session.Store{Table: db.Table(session.Definition.Name), Now: time.Now}}
	h.config = tracking.Config{Parcels: h.parcels, Saved: &saved.Store{DB: db, Now: time.Now}, Follow: follow.New(db, keys, time.Now), Edge: web.Config{
		Origin: &url.URL{Scheme: "https", Host: "account.example.com"}, Sessions: h.sessions, Operator: operator.Default(),
		Limits: db.Table(web.LimitsDefinition.Name), Now: time.Now, Events: metric.New(h.log, "tracking")}}
	h.Handler = tracking.New(h.config).Handler()
	h.record(moving, "GX", "03", "10")
	h.record(arrived, "03", "OF", "01")
	h.record(waiting, "03", "02")
	return h
}

// record scans a parcel in Seattle, an hour after another, the newest at noon.
func (h *house) record(number string, codes ...string) {
	h.Helper()
	h.recordUntil(noon, number, codes...)
}

func (h *house) recordUntil(newest time.Time, number string, codes ...string) {
	h.Helper()
	var scans []parcel.Scan
	for i, code := range codes {
		scans = append(scans, parcel.Scan{ID: fmt.Sprint(i), Number: number, At: newest.Add(time.Duration(i-len(codes)+1) * time.Hour), Code: code, Zip: "98101"})
	}
	if n, _, err := h.parcels.Record(h.Context(), scans); err != nil || n != len(scans) {
		h.Fatalf("%d scans taken: %v", n, err)
	}
}

// signIn answers the header of somebody who is logged in.
func (h *house) signIn(id string, scope session.Scope) string {
	h.Helper()
	profile := table.Item{Key: table.Key{PK: "ACCOUNT#" + id, SK: "PROFILE"}, Data: []byte("{}")}
	if err := h.db.Table(account.Definition.Name).Put(h.Context(), profile); err != nil {
		h.Fatal(err)
	}
	_, token, err := h.sessions.Open(h.Context(), session.Opening{Account: id, Scope: scope, Username: "maria", Language: locale.English})
	if err != nil {
		h.Fatal(err)
	}
	return token
}

// ids of two accounts.
const (
	ada = "01JDGXQ8V0ABCDEFGHJKMNPQRS"
	bo  = "01JDGXQ8V0ABCDEFGHJKMNPQRT"
)

// ask calls the API, with a token or "".
func (h *house) ask(method, path, token, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	address, query, _ := strings.Cut(path, "?") // as the gateway hands it over: decoded
	r.URL = &url.URL{Path: address, RawQuery: query}
	r.RemoteAddr = fmt.Sprintf("203.0.113.%d:1", h.caller)
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// page asks for a page, or sends it a form.
func (h *house) page(path, token string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if form != nil {
		r = httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.RemoteAddr = fmt.Sprintf("203.0.113.%d:1", h.caller)
	if token != "" {
		r.Header.Set("Cookie", "__Host-session="+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// object is a JSON object.
type object = map[string]any

func (h *house) json(w *httptest.ResponseRecorder, status int) object {
	h.Helper()
	if w.Code != status {
		h.Fatalf("%d, not %d: %s", w.Code, status, w.Body)
	}
	o := object{}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil {
			h.Fatal(err)
		}
	}
	return o
}

func items(o object) []object {
	var all []object
	for _, item := range o["items"].([]any) {
		all = append(all, item.(object))
	}
	return all
}

func (h *house) contains(what, text string, all ...string) {
	h.Helper()
	for _, want := range all {
		if !strings.Contains(text, want) {
			h.Errorf("%s: %q is missing in\n%s", what, want, text)
		}
	}
}
