package site_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"postkontor/functions/site"
	"postkontor/shared/locale"
	"postkontor/shared/metric"
	"postkontor/shared/operator"
	"postkontor/shared/session"
	"postkontor/shared/table/embedded"
	"postkontor/shared/web"
)

// house is the site, and the sessions it knows.
type house struct {
	http.Handler
	sessions *session.Store
}

func open(t *testing.T) house {
	t.Helper()
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), time.Now, session.Definition, web.LimitsDefinition)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	document, err := os.ReadFile("testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	sessions := &session.Store{Table: db.Table(session.Definition.Name), Now: time.Now}
	s := site.New(site.Config{OpenAPI: document, Edge: web.Config{
		Origin: &url.URL{Scheme: "https", Host: "account.example.com"}, Sessions: sessions, Operator: operator.Default(),
		Limits: db.Table(web.LimitsDefinition.Name), Now: time.Now, Events: metric.New(io.Discard, "site")}})
	return house{Handler: s.Handler(), sessions: sessions}
}

// ask sends a request with further headers, name and value in turn.
func (h house) ask(method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func contains(t *testing.T, name, text string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(text, want) {
			t.Errorf("%s: %q is missing", name, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, c := range map[string]struct {
		method, path string
		status       int
		header       [2]string
		body         []string
	}{
		"home":                 {"GET", "/", 200, [2]string{"Content-Type", "text/html; charset=utf-8"}, []string{`<html lang="en">`, `href="/register"`, `href="/login"`}},
		"home in Chinese":      {"GET", "/?lang=zh-Hans", 200, [2]string{}, []string{`<html lang="zh-Hans">`, "创建账户"}},
		"help":                 {"GET", "/help?lang=es", 200, [2]string{}, []string{`<html lang="es">`, "tel:18003447779", "1-800-610-8734", "hora del Este", `id="not-me"`, `href="/account/password"`}},
		"password managers":    {"GET", "/.well-known/change-password", 303, [2]string{"Location", "/account/password"}, nil},
		"search engines":       {"GET", "/robots.txt", 200, [2]string{"Content-Type", "text/plain; charset=utf-8"}, []string{"Disallow: /\n"}},
		"icon":                 {"GET", "/favicon.ico", 200, [2]string{"Content-Type", "image/x-icon"}, nil},
		"the document":         {"GET", "/openapi.json", 200, [2]string{"Content-Type", "application/json"}, []string{`"openapi": "3.1.0"`}},
		"no such page":         {"GET", "/nowhere", 404, [2]string{"Content-Type", "text/html; charset=utf-8"}, []string{"We could not find that", `href="/help"`}},
		"no such page below /": {"GET", "/help/more", 404, [2]string{}, nil},
		"no such operation":    {"GET", "/v1/nowhere", 404, [2]string{"Content-Type", "application/problem+json"}, []string{`"code":"not_found"`}},
		"a method that is not": {"DELETE", "/v1/operator", 405, [2]string{"Allow", "GET"}, []string{`"code":"method_not_allowed"`}},
		"a preflight":          {"OPTIONS", "/v1/accounts", 204, [2]string{}, nil},
		"an asset that is not": {"GET", "/assets/none.js", 404, [2]string{}, nil},
	} {
		w := h.ask(c.method, c.path)
		if w.Code != c.status || w.Header().Get(c.header[0]) != c.header[1] {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
		contains(t, name, w.Body.String(), c.body...)
	}
}

func TestHomeGreetsWhoIsLoggedIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, c := range map[string]struct {
		scope    session.Scope
		has, not string
	}{
		"everything":        {session.Full, `href="/account/sessions"`, `href="/register"`},
		"only the password": {session.ChoosePassword, `href="/register"`, `href="/account/sessions"`},
	} {
		_, token, err := h.sessions.Open(context.Background(), session.Opening{Account: "01JDGXQ8V0ABCDEFGHJKMNPQRS", Scope: c.scope, Username: "maria", Language: locale.Swedish})
		if err != nil {
			t.Fatal(err)
		}
		html := h.ask("GET", "/", "Cookie", "__Host-session="+token).Body.String()
		contains(t, name, html, `<html lang="sv">`, "maria", c.has)
		if strings.Contains(html, c.not) {
			t.Errorf("%s: %s is there", name, c.not)
		}
	}
}

// TestHomeIsLight adds up all that a browser loads for the home page; it loads nothing from elsewhere.
func TestHomeIsLight(t *testing.T) {
	t.Parallel()
	h := open(t)
	html := h.ask("GET", "/").Body.String()
	if elsewhere := regexp.MustCompile(`(?:src|href)="(?:https?:)?//`).FindString(html); elsewhere != "" {
		t.Errorf("the page names %s", elsewhere)
	}
	total := len(html)
	loaded := regexp.MustCompile(`(?:src|href)="(/(?:assets/|favicon)[^"]*)"`).FindAllStringSubmatch(html, -1)
	if len(loaded) < 4 {
		t.Fatalf("the page loads only %v", loaded)
	}
	for _, match := range loaded {
		w := h.ask("GET", match[1], "Accept-Encoding", "br")
		if w.Code != 200 {
			t.Errorf("%s: %d", match[1], w.Code)
		}
		total += w.Body.Len()
	}
	if total > 60<<10 {
		t.Errorf("the home page needs %d bytes", total)
	}
}

func TestOperator(t *testing.T) {
	t.Parallel()
	w := open(t).ask("GET", "/v1/operator", "Accept-Language", "sv-FI")
	var got struct {
		Name       string
		Telephones []struct{ Purpose, Number, Hours string }
		Topics     []struct{ ID, Text string }
		Links      []struct{ Text, URL string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "USPS" || len(got.Telephones) != 5 || got.Telephones[0].Number != "1-800-344-7779" || got.Telephones[3].Hours == "" || len(got.Links) != 1 {
		t.Errorf("%+v", got)
	}
	if last := got.Topics[len(got.Topics)-1]; last.ID != "other" || last.Text != "Något annat" {
		t.Errorf("the last topic is %+v", last)
	}
}

func TestReference(t *testing.T) {
	t.Parallel()
	html := open(t).ask("GET", "/docs?lang=sv").Body.String()
	contains(t, "reference", html,
		`<html lang="sv">`, `version 1.2.3`, `<a href="#tag-odd-things" lang="en">Odd things</a>`,
		`id="make-thing"`, `409 <code>thing_taken</code> when &lt;it&gt; is there.`, `(header)`, `For <code>one</code> effect`,
		`<code>kind</code> <span class="pk-fields__need">krävs</span>`, `<code>big | small</code>`, `<code>parts[].weightOunces</code>`,
		`<code>string[]</code>`, `<code>string (date-time)</code>`, `Svar 201`, `409, 422`, "Kräver inloggning.", "Kräver ingen inloggning.",
		`curl &#39;https://account.example.com/v1/things&#39; \`, `-H &#39;Authorization: Bearer pks_…&#39;`,
		`-d &#39;{&#34;kind&#34;:&#34;big&#34;,&#34;name&#34;:&#34;It’s&#34;,&#34;parts&#34;:[{&#34;weightOunces&#34;:1}]}&#39;`,
		`curl &#39;https://account.example.com/v1/things?name=one&#39;</code>`, "Svar 204", "Utan innehåll.")
	if strings.Index(html, "<code>parts</code>") > strings.Index(html, "<code>tags</code>") {
		t.Error("what may be left out stands before what is required")
	}
}

func TestWithoutDocument(t *testing.T) {
	t.Parallel()
	s := site.New(site.Config{Edge: web.Config{Origin: &url.URL{Scheme: "https", Host: "account.example.com"}, Now: time.Now, Events: metric.New(io.Discard, "site")}})
	for _, path := range []string{"/docs", "/openapi.json"} {
		if w := (house{Handler: s.Handler()}).ask("GET", path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
