package main

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSE1_Tokens: 256 random bits, new at every login, never on the disk.
func TestSE1_Tokens(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	seen := map[string]bool{}
	for range 5 {
		token := p.logIn(who)
		secret, err := base64.RawURLEncoding.DecodeString(token[len("pks_")+26:])
		if !strings.HasPrefix(token, "pks_") || err != nil || len(secret) != 32 || seen[token] {
			t.Errorf("token %s: %v", token, err)
		}
		seen[token] = true
	}
	p.stop()
	data, err := os.ReadFile(filepath.Join(p.data, "tables.db"))
	if err != nil {
		t.Fatal(err)
	}
	for token := range seen {
		if strings.Contains(string(data), token[len("pks_")+26:]) {
			t.Error("the tables hold a token")
		}
	}
}

// TestSE1_SE2_TheCookie: a login sets a fresh one, whatever the browser brought along, with nothing readable in it.
func TestSE1_SE2_TheCookie(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	p.client.Jar = nil
	form := url.Values{"username": {who.username}, "password": {who.password}}
	planted := "pks_" + strings.Repeat("A", 26) + strings.Repeat("A", 43)
	answer := p.must(http.StatusSeeOther, "POST", "/login", form, "Cookie", "__Host-session="+planted)
	var session *http.Cookie
	for _, cookie := range answer.Cookies() {
		if cookie.Name == "__Host-session" {
			session = cookie
		}
	}
	if session == nil || session.Value == planted {
		t.Fatalf("the cookies %v", answer.Cookies())
	}
	if !session.Secure || !session.HttpOnly || session.SameSite != http.SameSiteLaxMode || session.Path != "/" ||
		session.Domain != "" || session.MaxAge != 0 || !session.Expires.IsZero() {
		t.Errorf("the cookie's attributes: %s", session.Raw)
	}
	for _, personal := range []string{who.username, who.email, "Garcia"} {
		if strings.Contains(session.Value, personal) {
			t.Errorf("the cookie holds %s", personal)
		}
	}
}

// TestSE3_SessionsEnd after 30 minutes idle, and 12 hours at the latest.
func TestSE3_SessionsEnd(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	for range 28 { // 11 h 40 min, never idle for long
		p.advance("25m")
		p.must(http.StatusOK, "GET", "/v1/account", nil, who.as()...)
	}
	p.advance("21m")
	p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, who.as()...)
	who.token = p.logIn(who)
	p.advance("31m")
	p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, who.as()...)
}

func TestSE4_SE5_EndingSessions(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	other, third := p.logIn(who), p.logIn(who)
	items := p.must(http.StatusOK, "GET", "/v1/sessions", nil, who.as()...).json(t)["items"].([]any)
	current, id := 0, ""
	for _, item := range items {
		if item.(map[string]any)["current"] == true {
			current++
		} else {
			id = item.(map[string]any)["id"].(string)
		}
	}
	if len(items) < 3 || current != 1 {
		t.Fatalf("%d sessions, %d of them this one", len(items), current)
	}
	p.must(http.StatusNoContent, "DELETE", "/v1/sessions/"+id, nil, who.as()...)
	p.must(http.StatusNoContent, "DELETE", "/v1/sessions", nil, who.as()...)
	for _, ended := range []string{other, third} {
		p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, "Authorization", "Bearer "+ended)
	}
	p.must(http.StatusNoContent, "DELETE", "/v1/sessions/current", nil, who.as()...)
	p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, who.as()...)
}

// TestSE4_AnothersSession is not there, as one that nobody has.
func TestSE4_AnothersSession(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	maria, other := p.signUp(1), p.signUp(2)
	items := p.must(http.StatusOK, "GET", "/v1/sessions", nil, other.as()...).json(t)["items"].([]any)
	id := items[0].(map[string]any)["id"].(string)
	theirs := p.send("DELETE", "/v1/sessions/"+id, nil, maria.as()...)
	nobodys := p.send("DELETE", "/v1/sessions/"+strings.Repeat("0", len(id)), nil, maria.as()...)
	if theirs.StatusCode != nobodys.StatusCode {
		t.Errorf("%d for another's session, %d for nobody's", theirs.StatusCode, nobodys.StatusCode)
	}
	p.must(http.StatusOK, "GET", "/v1/account", nil, other.as()...)
}

// TestSE7_WritesFromOtherSites are refused when they ride on the cookie; those with a token of their own cannot.
func TestSE7_WritesFromOtherSites(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	p.client.Jar = nil
	cookie := "__Host-session=" + who.token
	form := url.Values{"username": {who.username}, "password": {who.password}}
	for _, headers := range [][]string{
		{"Origin", "https://example.com"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"},
	} {
		p.must(http.StatusForbidden, "POST", "/login", form, headers...)
		p.must(http.StatusForbidden, "POST", "/logout", url.Values{}, append(headers, "Cookie", cookie)...)
		p.must(http.StatusForbidden, "PATCH", "/v1/account", object{"language": "sv"}, append(headers, "Cookie", cookie)...)
		p.must(http.StatusOK, "PATCH", "/v1/account", object{"language": "sv"}, append(headers, who.as()...)...)
	}
	p.must(http.StatusOK, "PATCH", "/v1/account", object{"language": "sv"}, "Cookie", cookie, "Origin", p.url)
}
