package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postkontor/shared/web/gateway"
)

// TestBL4_CallersAddress: limits go by the address that the gateway saw, which no header of a client changes.
func TestBL4_CallersAddress(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	check := func(headers ...string) int {
		return p.send("GET", "/v1/usernames?name=maria", nil, headers...).StatusCode
	}
	for range 10 {
		if status := check("X-Local-IP", "203.0.113.7"); status != http.StatusOK {
			t.Fatalf("within the limit: %d", status)
		}
	}
	for _, headers := range [][]string{
		{"X-Local-IP", "203.0.113.7"},
		{"X-Local-IP", "203.0.113.7", "X-Forwarded-For", "198.51.100.1"},
		{"X-Local-IP", "203.0.113.7", "Forwarded", "for=198.51.100.1", "X-Real-Ip", "198.51.100.1"},
		{"X-Local-IP", "::ffff:203.0.113.7"},
	} {
		if status := check(headers...); status != http.StatusTooManyRequests {
			t.Errorf("%v: %d", headers, status)
		}
	}
	if status := check("X-Local-IP", "203.0.113.8"); status != http.StatusOK {
		t.Errorf("another caller: %d", status)
	}
}

// TestOnlyThisMachineSaysWhoCalls: what stands for the gateway's knowledge is refused from foreign pages, and when it is
// no address or no role.
func TestOnlyThisMachineSaysWhoCalls(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for _, headers := range [][]string{
		{"X-Local-IP", "203.0.113.7", "Host", "rebound.example.com"},
		{"X-Local-IP", "203.0.113.7", "Origin", "https://example.com"},
		{"X-Local-Agent", "ann", "Origin", "null"},
		{"X-Local-IP", "203.0.113.7, 198.51.100.1"},
		{"X-Local-IP", "localhost"},
		{"X-Local-Agent", ";role=desk"},
		{"X-Local-Agent", "ann;role=king"},
	} {
		if a := p.send("GET", "/v1/languages", nil, headers...); a.StatusCode != http.StatusForbidden {
			t.Errorf("%v answers %d", headers, a.StatusCode)
		}
	}
	for _, agent := range []string{"ann", "ann;role=desk", "scanner;role=machine"} {
		p.must(http.StatusOK, "GET", "/v1/languages", nil, "X-Local-Agent", agent)
	}
}

// TestWhatTheHeadersStandFor: they are the gateway's knowledge, and no headers any more.
func TestWhatTheHeadersStandFor(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]gateway.Request{
		"":                     {},
		"ann":                  {Claims: map[string]string{"sub": "ann", "roles": "[desk warehouse counter machine]"}, IAM: "arn:aws:iam::000000000000:role/ann"},
		"ann;role=desk":        {Claims: map[string]string{"sub": "ann", "roles": "[desk]"}},
		"scanner;role=machine": {IAM: "arn:aws:iam::000000000000:role/scanner"},
	} {
		r := httptest.NewRequest("GET", "http://localhost:3000/", nil)
		r.Header.Set("X-Local-IP", "2001:db8::1%eth0")
		r.Header.Set("X-Local-Agent", agent)
		want.SourceIP = "2001:db8::1"
		got, err := identity(r)
		if diff := cmp.Diff(want, got); err != nil || diff != "" || len(r.Header) > 0 {
			t.Errorf("%s: %v, headers %v %s", agent, err, r.Header, diff)
		}
	}
}

// TestEveryNameOfThisMachineIsTheOrigin: a form works at 127.0.0.1 as at localhost, also for browsers that say no more
// than their Origin.
func TestEveryNameOfThisMachineIsTheOrigin(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	host := strings.Replace(strings.TrimPrefix(p.url, "http://"), "localhost", "127.0.0.1", 1)
	form := url.Values{"username": {"maria"}, "password": {"not the password, no"}}
	if a := p.send("POST", "/login", form, "Host", host, "Origin", "http://"+host); a.StatusCode == http.StatusForbidden {
		t.Error("the login at 127.0.0.1 is taken for another site's")
	}
	p.must(http.StatusForbidden, "POST", "/login", form, "Host", "example.com", "Origin", "http://example.com")
}

// TestRequestsFindTheirFunction: by the routes that the functions themselves declare.
func TestRequestsFindTheirFunction(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for _, c := range []struct {
		status       int
		method, path string
		code         string // of a problem document
	}{
		{http.StatusOK, "GET", "/", ""},
		{http.StatusOK, "HEAD", "/", ""},
		{http.StatusOK, "GET", "/register", ""},
		{http.StatusOK, "GET", "/login", ""},
		{http.StatusSeeOther, "GET", "/account", ""},
		{http.StatusUnauthorized, "GET", "/v1/account", "login_required"},
		{http.StatusUnauthorized, "DELETE", "/v1/sessions/current", "login_required"},
		{http.StatusMethodNotAllowed, "DELETE", "/v1/accounts", "method_not_allowed"},
		{http.StatusMethodNotAllowed, "PUT", "/v1/sessions/current", "method_not_allowed"},
		{http.StatusNotFound, "GET", "/v1/nothing", "not_found"},
		{http.StatusNotFound, "GET", "//v1/account", ""},
		{http.StatusNotFound, "GET", "/v1/../v1/languages", ""},
		{http.StatusNotFound, "GET", "/v1/languages/", "not_found"},
		{http.StatusNotFound, "GET", "/_localx", ""},
		{http.StatusNoContent, "OPTIONS", "/v1/accounts", ""},
	} {
		a := p.send(c.method, c.path, nil)
		if a.StatusCode != c.status || c.code != "" && a.json(t)["code"] != c.code {
			t.Errorf("%s %s answers %d %s", c.method, c.path, a.StatusCode, a.body)
		}
	}
}

// TestWhatIsTooLarge: over 64 KiB is for the function to refuse, over 10 MB and headers over 10 KB for the gateway.
func TestWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	large := p.must(http.StatusRequestEntityTooLarge, "POST", "/v1/accounts", object{"username": strings.Repeat("a", 1<<20)})
	if large.json(t)["code"] != "body_too_large" {
		t.Error(large.body)
	}
	larger := p.must(http.StatusRequestEntityTooLarge, "POST", "/v1/accounts", object{"username": strings.Repeat("a", largestBody)})
	if larger.json(t)["message"] != "Request Too Long" {
		t.Error(larger.body)
	}
}

// TestLG1_NothingSecretInTheLog looks for all that a person typed or was sent, after a sign-up, a login and a proof.
func TestLG1_NothingSecretInTheLog(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	email, sms := p.codeTo(who.email), p.codeTo(who.phone)
	p.must(http.StatusUnprocessableEntity, "POST", "/v1/account/email/verify", object{"code": "000000"}, who.as()...)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": email}, who.as()...)
	p.must(http.StatusOK, "POST", "/v1/account/phone/verify", object{"code": sms}, who.as()...)
	p.must(http.StatusUnauthorized, "POST", "/v1/sessions", object{"username": who.username, "password": "not the password, no"})
	p.stop()
	for _, name := range []string{"events.log", "tables.db"} {
		data, err := os.ReadFile(filepath.Join(p.data, name))
		if err != nil {
			t.Fatal(err)
		}
		secrets := []string{who.password, "Bergensgatan", "bergensgatan", "Whiskers", "whiskers", who.token[len("pks_")+26:]}
		if name == "events.log" {
			secrets = append(secrets, "not the password", email, sms, who.email, who.phone, who.username, "Garcia", "GARCIA", "Main St", "MAIN ST", "98101", "203.0.113")
		}
		for _, secret := range secrets {
			if strings.Contains(string(data), secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
}
