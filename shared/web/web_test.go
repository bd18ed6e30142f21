package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/metric"
	"postkontor/shared/page"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
	"postkontor/shared/web"
)

// edge is an App with a few routes, on an embedded table.
type edge struct {
	*web.App
	log  *bytes.Buffer
	made int // how often the idempotent operation took effect
	now  time.Time
}

type noteRequest struct {
	Key  string `header:"Idempotency-Key"`
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"10"`
		N    int    `json:"n,omitempty"`
	}
}

type noteAnswer struct {
	Body struct {
		ID string `json:"id"`
	}
}

func open(t *testing.T) *edge {
	t.Helper()
	e := &edge{log: &bytes.Buffer{}, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return e.now }
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), now, web.LimitsDefinition, session.Definition)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	keys, err := secret.OpenFile(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	pages := fstest.MapFS{"templates/form.html": {Data: []byte(`{{define "main"}}<form>{{template "input" .}}</form>{{end}}`)}}
	e.App = web.New(web.Config{Origin: &url.URL{Scheme: "https", Host: "account.example.com"}, AllowedOrigins: []string{"https://client.example.com"},
		Sessions: &session.Store{Table: db.Table(session.Definition.Name), Now: now}, Limits: db.Table(web.LimitsDefinition.Name),
		Token: secret.NewKey(keys, secret.Token), Pages: page.NewSet(pages), Now: now, Events: metric.New(e.log, "test")})
	op := func(method, path string, access web.Access) web.Operation {
		return web.Operation{Method: method, Path: path, ID: method + path, Access: access}
	}
	nothing := func(err error) func(context.Context, *struct{}) (*struct{}, error) {
		return func(context.Context, *struct{}) (*struct{}, error) { return nil, err }
	}
	web.Add(e.App, op("POST", "/v1/notes", web.Anyone), e.note(db))
	web.Add(e.App, op("GET", "/v1/open", web.Anyone), nothing(nil))
	web.Add(e.App, op("GET", "/v1/mine", web.SignedIn), nothing(nil))
	web.Add(e.App, op("GET", "/v1/fresh", web.FreshLogin), nothing(nil))
	web.Add(e.App, op("GET", "/v1/broken", web.Anyone), nothing(errors.New("the cause, with a secret")))
	web.Add(e.App, op("GET", "/v1/away", web.Anyone), nothing(table.ErrUnavailable))
	web.Add(e.App, op("GET", "/v1/limited", web.Anyone), func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, e.Limit(ctx, web.Rule{Purpose: "test", Max: 2, Window: time.Minute})
	})
	web.Add(e.App, op("GET", "/v1/panic", web.Anyone), func(context.Context, *struct{}) (*struct{}, error) { panic("boom typed-by-a-person") })
	form := func(v *web.Visit, f page.Form, status int) web.Answer {
		return web.Answer{Template: "form", Title: "page.nav.help", Form: f, Status: status, View: f.Input(page.Input{Name: "text", Label: "page.nav.help"})}
	}
	e.Page("GET /form", web.Anyone, func(_ context.Context, v *web.Visit) (web.Answer, error) { return form(v, v.Form, 0), nil })
	e.Page("POST /form", web.Anyone, func(_ context.Context, v *web.Visit) (web.Answer, error) {
		f, status, err := v.Refused(fault.Fields([]fault.Field{{Location: "body.text", Code: "validation.required"}}))
		return form(v, f, status), err
	})
	e.Page("GET /mine", web.SignedIn, func(_ context.Context, v *web.Visit) (web.Answer, error) { return web.See("/form"), nil })
	return e
}

func (e *edge) note(db table.Database) func(context.Context, *noteRequest) (*noteAnswer, error) {
	return func(ctx context.Context, in *noteRequest) (*noteAnswer, error) {
		once, err := e.Once("POST /v1/notes", in.Key, in.Body)
		if err != nil {
			return nil, err
		}
		answer := &noteAnswer{}
		if answer.Body.ID, err = once.Made(ctx); answer.Body.ID != "" || err != nil {
			return answer, err
		}
		ops, err := once.Ops(ctx, "made")
		if err == nil && len(ops) > 0 {
			err = db.Transact(ctx, ops...)
		}
		e.made++
		answer.Body.ID = "made"
		return answer, err
	}
}

type call struct {
	method, path, body string
	header             map[string]string
}

func (e *edge) do(t *testing.T, c call) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader(c.body))
	r.RemoteAddr = "203.0.113.7:0"
	if c.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
		if name == "X-Test-From" {
			r.RemoteAddr = value
		}
	}
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, r)
	return w
}

func problemOf(t *testing.T, w *httptest.ResponseRecorder) (p struct {
	Title, Detail, Code, RequestID string
	Status                         int
	Errors                         []struct{ Location, Message, Code string }
}) {
	t.Helper()
	if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
		t.Fatalf("%d answers %s: %s", w.Code, kind, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRefusalsOfTheAPI(t *testing.T) {
	t.Parallel()
	e := open(t)
	post := func(body string, header ...string) call {
		c := call{method: "POST", path: "/v1/notes", body: body, header: map[string]string{}}
		for i := 0; i+1 < len(header); i += 2 {
			c.header[header[i]] = header[i+1]
		}
		return c
	}
	cookie := []string{"Cookie", "__Host-session=pks_x", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}
	for name, c := range map[string]struct {
		call   call
		status int
		code   string
		where  string
	}{
		"no JSON":             {post(`{"text"`), 400, "body_invalid", ""},
		"no text":             {post("{\"text\":\"\xff\"}"), 400, "body_invalid", ""},
		"too large":           {post(`{"text":"` + strings.Repeat("a", web.MaxBody) + `"}`), 413, "body_too_large", ""},
		"other media type":    {post(`text=a`, "Content-Type", "application/x-www-form-urlencoded"), 415, "media_type", ""},
		"unknown field":       {post(`{"text":"a","role":"admin"}`), 422, "validation", "body.role"},
		"missing field":       {post(`{}`), 422, "validation", "body.text"},
		"wrong type":          {post(`{"text":7}`), 422, "validation", "body.text"},
		"too long":            {post(`{"text":"` + strings.Repeat("a", 11) + `"}`), 422, "validation", "body.text"},
		"long key":            {post(`{"text":"a"}`, "Idempotency-Key", strings.Repeat("k", 65)), 422, "validation", "header.Idempotency-Key"},
		"cookie from afar":    {post(`{"text":"a"}`, cookie...), 403, "cross_origin", ""},
		"unknown path":        {call{method: "GET", path: "/v1/nothing"}, 404, "not_found", ""},
		"wrong method":        {call{method: "DELETE", path: "/v1/notes"}, 405, "method_not_allowed", ""},
		"nobody":              {call{method: "GET", path: "/v1/mine"}, 401, "login_required", ""},
		"a token of nobody":   {call{method: "GET", path: "/v1/mine", header: map[string]string{"Authorization": "Bearer pks_x"}}, 401, "login_required", ""},
		"a token of OAuth":    {call{method: "GET", path: "/v1/mine", header: map[string]string{"Authorization": "Bearer pka_x"}}, 401, "login_required", ""},
		"something unforseen": {call{method: "GET", path: "/v1/broken"}, 500, "internal", ""},
		"a panic":             {call{method: "GET", path: "/v1/panic"}, 500, "internal", ""},
		"no table":            {call{method: "GET", path: "/v1/away"}, 503, "unavailable", ""},
	} {
		w := e.do(t, c.call)
		p := problemOf(t, w)
		if w.Code != c.status || p.Code != c.code || p.Status != c.status || p.Title == "" || strings.HasPrefix(p.Title, "fault.") {
			t.Errorf("%s: %d %+v", name, w.Code, p)
		}
		if c.where != "" && (len(p.Errors) != 1 || p.Errors[0].Location != c.where || strings.HasPrefix(p.Errors[0].Message, "fault.")) {
			t.Errorf("%s: fields %+v, want %s", name, p.Errors, c.where)
		}
		if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "boom") {
			t.Errorf("%s: the answer holds the cause", name)
		}
	}
}

func TestLimitPerCaller(t *testing.T) {
	t.Parallel()
	e := open(t)
	from := func(address string) *httptest.ResponseRecorder {
		return e.do(t, call{method: "GET", path: "/v1/limited", header: map[string]string{"X-Test-From": address, "X-Forwarded-For": address + "9", "Accept-Language": "es"}})
	}
	for range 2 {
		if w := from("[2001:db8:1:2::1]:1"); w.Code != 204 {
			t.Fatalf("within the limit: %d", w.Code)
		}
	}
	w := from("[2001:db8:1:2:ffff::9]:1") // BL-4: neither a header nor another address of the same network escapes
	if p := problemOf(t, w); w.Code != 429 || w.Header().Get("Retry-After") != "60" || !strings.Contains(p.Detail, "60 segundos") {
		t.Errorf("over the limit: %d, Retry-After %q, %q", w.Code, w.Header().Get("Retry-After"), p.Detail)
	}
	if w := from("[2001:db8:1:3::1]:1"); w.Code != 204 {
		t.Errorf("another network: %d", w.Code)
	}
	e.now = e.now.Add(time.Minute)
	if w := from("[2001:db8:1:2::1]:1"); w.Code != 204 {
		t.Errorf("a minute later: %d", w.Code)
	}
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	e := open(t)
	send := func(key, body string) *httptest.ResponseRecorder {
		return e.do(t, call{method: "POST", path: "/v1/notes", body: body, header: map[string]string{"Idempotency-Key": key}})
	}
	first, again := send("k", `{"text":"a"}`), send("k", `{"text":"a"}`)
	if first.Code != 200 || again.Body.String() != first.Body.String() || e.made != 1 {
		t.Errorf("%d %s, again %s; made %d times", first.Code, first.Body, again.Body, e.made)
	}
	if p := problemOf(t, send("k", `{"text":"b"}`)); p.Code != "idempotency_mismatch" || p.Status != 422 {
		t.Errorf("another body: %+v", p)
	}
	e.now = e.now.Add(24 * time.Hour)
	if send("k", `{"text":"b"}`); e.made != 2 {
		t.Errorf("a day later: made %d times", e.made)
	}
}

func TestScopesAndFreshness(t *testing.T) {
	t.Parallel()
	e := open(t)
	const id = "01JDFWAC4N8QTM0000000000AA"
	bearer := func(scope session.Scope) map[string]string {
		_, token, err := e.Sessions.Open(t.Context(), session.Opening{Account: id, Scope: scope, Language: locale.Swedish})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]string{"Authorization": "Bearer " + token, "Accept-Language": "es"}
	}
	full, flagged := bearer(session.Full), bearer(session.Flagged)
	if w := e.do(t, call{method: "GET", path: "/v1/mine", header: full}); w.Code != 204 {
		t.Errorf("full: %d", w.Code)
	}
	if p := problemOf(t, e.do(t, call{method: "GET", path: "/v1/mine", header: flagged})); p.Code != "scope_insufficient" || p.Title != locale.Text(locale.Swedish, "fault.scope_insufficient.title") {
		t.Errorf("flagged: %+v", p)
	}
	if w := e.do(t, call{method: "GET", path: "/v1/fresh", header: full}); w.Code != 204 {
		t.Errorf("a fresh login: %d", w.Code)
	}
	e.now = e.now.Add(20*time.Minute + time.Second)
	if p := problemOf(t, e.do(t, call{method: "GET", path: "/v1/fresh", header: full})); p.Status != 403 || p.Code != "login_again" {
		t.Errorf("after 20 minutes: %+v", p)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	e := open(t)
	w := e.do(t, call{method: "GET", path: "/form?lang=zh-Hans&text=%3Cscript%3E"})
	if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, `<html lang="zh-Hans">`) || strings.Contains(body, "<script>") || !strings.Contains(body, "&lt;script&gt;") {
		t.Errorf("%d %s", w.Code, body)
	}
	if set := w.Header().Get("Set-Cookie"); !strings.HasPrefix(set, "__Host-language=zh-Hans; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax") {
		t.Errorf("the picked language: %s", set)
	}
	w = e.do(t, call{method: "POST", path: "/form", body: "text=kept", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "sv"}})
	if body := w.Body.String(); w.Code != 422 || !strings.Contains(body, `value="kept"`) || !strings.Contains(body, `aria-invalid="true"`) || !strings.Contains(body, "<title>Fel:") {
		t.Errorf("a refused form: %d %s", w.Code, body)
	}
	if w = e.do(t, call{method: "GET", path: "/mine?a=b&lang=es"}); w.Code != 303 || w.Header().Get("Location") != "/login?next=%2Fmine%3Fa%3Db" {
		t.Errorf("nobody: %d to %s", w.Code, w.Header().Get("Location"))
	}
	if w = e.do(t, call{method: "GET", path: "/nothing"}); w.Code != 404 || !strings.Contains(w.Body.String(), "<h1") {
		t.Errorf("an unknown page: %d", w.Code)
	}
	w = e.do(t, call{method: "POST", path: "/form", body: "text=a", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}})
	if w.Code != 403 { // SE-7
		t.Errorf("a form on another site: %d", w.Code)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	e := open(t)
	for _, path := range []string{"/form", "/v1/open", "/nothing", "/v1/broken"} {
		h := e.do(t, call{method: "GET", path: path}).Header()
		csp := h.Get("Content-Security-Policy")
		if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: %s", path, csp)
		}
		for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy", "Strict-Transport-Security", "Cache-Control"} {
			if h.Get(name) == "" {
				t.Errorf("%s has no %s", path, name)
			}
		}
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	e := open(t)
	w := e.do(t, call{method: "OPTIONS", path: "/v1/notes", header: map[string]string{"Origin": "https://client.example.com", "Access-Control-Request-Method": "POST"}})
	if w.Code != 204 || w.Header().Get("Access-Control-Allow-Origin") != "https://client.example.com" || w.Header().Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	w = e.do(t, call{method: "GET", path: "/v1/open", header: map[string]string{"Origin": "https://evil.example"}})
	if w.Header().Get("Access-Control-Allow-Origin") != "" || w.Header().Get("Vary") != "Origin" {
		t.Errorf("a foreign origin: %v", w.Header())
	}
}

func TestOneEventLineARequestWithoutWhatWasTyped(t *testing.T) {
	t.Parallel()
	e := open(t)
	e.do(t, call{method: "GET", path: "/form?text=typed-by-a-person"})
	e.do(t, call{method: "GET", path: "/v1/panic"})
	lines := strings.Split(strings.TrimSpace(e.log.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), e.log)
	}
	var event struct{ Operation, Status, Level, Cause, TableCalls string }
	if err := json.Unmarshal([]byte(lines[0]), &event); err != nil || event.Operation != "GET /form" || event.Status != "200" || event.Level != "INFO" {
		t.Errorf("%v %+v", err, event)
	}
	if err := json.Unmarshal([]byte(lines[1]), &event); err != nil || event.Status != "500" || event.Level != "ERROR" || !strings.Contains(event.Cause, "panic: string\ngoroutine") {
		t.Errorf("%v %+v", err, event)
	}
	if strings.Contains(e.log.String(), "typed-by-a-person") {
		t.Error("the line holds what was typed")
	}
}

func TestNextStaysHere(t *testing.T) {
	t.Parallel()
	e := open(t)
	var next string
	e.Page("GET /next", web.Anyone, func(_ context.Context, v *web.Visit) (web.Answer, error) {
		next = v.Form.Next
		return web.See("/form"), nil
	})
	for given, want := range map[string]string{"/account?x=1": "/account?x=1", "https://evil.example/": "", "//evil.example": "", `/\evil.example`: "",
		"/%5Cevil.example": "/%5Cevil.example", "javascript:alert(1)": "", "": "", "account": ""} {
		if e.do(t, call{method: "GET", path: "/next?" + url.Values{"next": {given}}.Encode()}); next != want {
			t.Errorf("%q leads to %q", given, next)
		}
	}
}

// TestATokenIsLookedUpOnce, also when it is nobody's and the refusal itself would greet who is signed in.
func TestATokenIsLookedUpOnce(t *testing.T) {
	t.Parallel()
	e := open(t)
	stranger := "Bearer pks_" + strings.Repeat("0", 26) + strings.Repeat("A", 43)
	for _, path := range []string{"/v1/mine", "/v1/open", "/v1/nothing", "/mine", "/form"} {
		e.log.Reset()
		e.do(t, call{method: "GET", path: path, header: map[string]string{"Authorization": stranger}})
		if !strings.Contains(e.log.String(), `"tableCalls":"1"`) {
			t.Errorf("%s: %s", path, e.log)
		}
	}
}
