package main

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postkontor/functions/desk"
	"postkontor/infra/servers"
)

const audience = "urn:postkontor:desk"

// provider starts an OpenID server.
func provider(t *testing.T) string {
	t.Helper()
	server, err := servers.StartOpenID("http://localhost/desk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Stop() })
	return server.Endpoint
}

// minted answers a token of a provider for one of its machines.
func minted(t *testing.T, issuer, client, forWhom string) string {
	t.Helper()
	request, err := http.NewRequest("POST", issuer+"/token", strings.NewReader(url.Values{"grant_type": {"client_credentials"}, "resource": {forWhom}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(client, client)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&tokens); err != nil || tokens.AccessToken == "" {
		t.Fatalf("%s gives %s no token: %d %v", issuer, client, response.StatusCode, err)
	}
	return tokens.AccessToken
}

// part answers one of a token's parts, changed.
func part(t *testing.T, token string, n int, change object) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[n])
	if err != nil {
		t.Fatal(err)
	}
	var claims object
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	maps.Copy(claims, change)
	if text, err = json.Marshal(claims); err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// TestAgentsTokens: only a token of the operator's own provider, for the desk, whole and in time, reaches the desk, and
// there its roles count. All others meet what API Gateway answers.
func TestAgentsTokens(t *testing.T) {
	t.Parallel()
	issuer, other := provider(t), provider(t)
	p := startWith(t, options{data: t.TempDir(), audience: audience, provider: desk.Provider{Issuer: issuer, Client: "desk", Request: "scope=openid"}})
	brief := minted(t, issuer, "brief", audience)
	good, ended := minted(t, issuer, "robot", audience), time.Now().Add(2100*time.Millisecond)
	parts := strings.Split(good, ".")
	none := part(t, good, 0, object{"alg": "none"})
	time.Sleep(time.Until(ended))
	for name, c := range map[string]struct {
		header    string
		status    int
		challenge string // within the header www-authenticate
	}{
		"good":                  {"Bearer " + good, http.StatusOK, ""},
		"without its scheme":    {good, http.StatusOK, ""},
		"without a role":        {"Bearer " + minted(t, issuer, "nobody", audience), http.StatusForbidden, ""},
		"none at all":           {"", http.StatusUnauthorized, "Bearer"},
		"expired":               {"Bearer " + brief, http.StatusUnauthorized, `error_description="the token has expired"`},
		"of another issuer":     {"Bearer " + minted(t, other, "robot", audience), http.StatusUnauthorized, `error="invalid_token"`},
		"for another audience":  {"Bearer " + minted(t, issuer, "robot", "urn:postkontor:shop"), http.StatusUnauthorized, `error_description="the token does not have a valid audience"`},
		"with another role":     {"Bearer " + parts[0] + "." + part(t, good, 1, object{"roles": []string{"warehouse"}}) + "." + parts[2], http.StatusUnauthorized, `error="invalid_token"`},
		"without its signature": {"Bearer " + parts[0] + "." + parts[1] + ".", http.StatusUnauthorized, `error="invalid_token"`},
		"signed by nobody":      {"Bearer " + none + "." + parts[1] + ".", http.StatusUnauthorized, `error="invalid_token"`},
		"of another algorithm":  {"Bearer " + part(t, good, 0, object{"alg": "HS256"}) + "." + parts[1] + "." + parts[2], http.StatusUnauthorized, `error="invalid_token"`},
		"that names no key":     {"Bearer " + part(t, good, 0, object{"kid": ""}) + "." + parts[1] + "." + parts[2], http.StatusUnauthorized, `error_description="the token does not name its key"`},
		"no token":              {"Bearer pks_01JDABCDEFGHJKMNPQRSTVWXYZ", http.StatusUnauthorized, `error="invalid_token"`},
	} {
		a := p.send("GET", "/desk/start", nil, "Authorization", c.header)
		challenge := a.Header.Get("Www-Authenticate")
		if a.StatusCode != c.status || !strings.Contains(challenge, c.challenge) {
			t.Errorf("a token %s: %d %q", name, a.StatusCode, challenge)
		}
		if c.status == http.StatusUnauthorized && strings.TrimSpace(a.body) != `{"message":"Unauthorized"}` {
			t.Errorf("a token %s: %s", name, a.body)
		}
		if c.status == http.StatusOK && !strings.Contains(a.body, "robot</span>") {
			t.Errorf("a token %s: the page does not say whose it is", name)
		}
	}
	p.must(http.StatusUnauthorized, "POST", "/v1/desk/accounts/1/unlock", object{"reason": "x"})
	for path, origins := range map[string]string{"/desk": "'self' " + issuer, "/": "'self'", "/desk/start": "'self'"} {
		a := p.must(http.StatusOK, "GET", path, nil, "Authorization", "Bearer "+good)
		if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "connect-src "+origins+";") {
			t.Errorf("the script of %s may not speak with %s alone: %s", path, origins, policy)
		}
	}
}

// TestClaimsAreHandedOverAsText: as the gateway's events have them, and held to whom and when they are for.
func TestClaimsAreHandedOverAsText(t *testing.T) {
	t.Parallel()
	now, soon := time.Now().Unix(), time.Now().Add(time.Minute).Unix()
	for name, c := range map[string]struct {
		claims object
		roles  string // "" where they are refused
	}{
		"an array":                  {object{"aud": audience, "roles": []string{"desk", "counter"}}, "[desk counter]"},
		"a text":                    {object{"aud": audience, "roles": "desk counter"}, "desk counter"},
		"for several":               {object{"aud": []string{"a", audience}, "roles": "desk", "nbf": now, "iat": now}, "desk"},
		"by the client alone":       {object{"client_id": audience, "roles": "desk"}, "desk"},
		"where aud goes before":     {object{"client_id": audience, "aud": "a", "roles": "desk"}, ""},
		"for nobody":                {object{"roles": "desk"}, ""},
		"for nobody in a list":      {object{"aud": []string{}, "client_id": audience, "roles": "desk"}, ""},
		"of the future":             {object{"aud": audience, "roles": "desk", "iat": soon}, ""},
		"not good before some time": {object{"aud": audience, "roles": "desk", "nbf": soon}, ""},
	} {
		raw, err := json.Marshal(c.claims)
		if err != nil {
			t.Fatal(err)
		}
		got, err := (&agents{audience: audience}).hand(raw)
		if (err != nil) != (c.roles == "") || got["roles"] != c.roles {
			t.Errorf("%s: %q, %v", name, got["roles"], err)
		}
	}
}

// TestABrowserPosesAsAnAgent: only where no provider is configured, and only for the desk.
func TestABrowserPosesAsAnAgent(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	p.must(http.StatusUnauthorized, "GET", "/desk/start", nil)
	p.must(http.StatusSeeOther, "GET", "/desk?agent=ann&role=warehouse", nil)
	page := p.must(http.StatusOK, "GET", "/desk/start", nil)
	if !strings.Contains(page.body, "ann</span>") || strings.Contains(page.body, `<h2><a href="/desk/accounts">`) || !strings.Contains(page.body, `<h2><a href="/desk/orders">`) {
		t.Error("not what ann of the warehouse may do:", page.body)
	}
	p.must(http.StatusSeeOther, "GET", "/desk?agent=ann&role=king", nil)
	p.must(http.StatusForbidden, "GET", "/desk/start", nil)

	checked := startWith(t, options{data: t.TempDir(), audience: audience, provider: desk.Provider{Issuer: "http://127.0.0.1:1", Request: "scope=openid"}})
	checked.must(http.StatusOK, "GET", "/desk?agent=ann", nil)
	checked.must(http.StatusUnauthorized, "GET", "/desk/start", nil, "Cookie", "local-agent=ann")
}
