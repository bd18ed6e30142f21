package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// tryPassword answers what creating an account with a password is answered: "" for an account, else the code.
func (p *product) tryPassword(n int, password string) string {
	p.t.Helper()
	_, form := p.form(n)
	form["password"] = password
	a := p.send("POST", "/v1/accounts", form, "X-Local-IP", callerOf(n))
	if a.StatusCode == http.StatusCreated {
		return ""
	}
	code, _ := a.json(p.t)["code"].(string)
	return code
}

func TestPW1_PW2_PW3_PW4_PW6_WhichPasswordsAreTaken(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for n, c := range []struct{ name, password, want string }{
		{"PW-1: 14 characters", "xq7vk2mwp9zt4b", "password_short"},
		{"PW-1: 15 characters", "xq7vk2mwp9zt4bc", ""},
		{"PW-2: 128 characters", strings.Repeat("quiet harbour ", 9) + "qu", ""},
		{"PW-2: 129 characters", strings.Repeat("quiet harbour ", 9) + "qui", "password_long"},
		{"PW-3: 14 emoji", "😀🚀🌊🎈🐙🍋🎻🧭🪁🦜🌵🥨🛶🎠", "password_short"},
		{"PW-3: 15 emoji", "😀🚀🌊🎈🐙🍋🎻🧭🪁🦜🌵🥨🛶🎠🧲", ""},
		{"PW-4: lower case and spaces", "my dog eats fog", ""},
		{"PW-5: on the list", "passwordpassword", "password_common"},
		{"PW-5: a sentence with a common word", "my password is a blue whale", ""},
		{"PW-6: username and name", "Maria9 Garcia-maria9", "password_context"},
		{"PW-6: the e-mail address", "maria10@example.com", "password_context"},
		{"PW-6: product, operator and address", "Postkontor USPS Seattle", "password_context"},
	} {
		if got := p.tryPassword(n, c.password); got != c.want {
			t.Errorf("%s: %q instead of %q", c.name, got, c.want)
		}
	}
}

// TestPW2_TheWholePasswordCounts: neither the 73rd byte nor the last of 128 characters is cut off.
func TestPW2_TheWholePasswordCounts(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	long := strings.Repeat("quiet harbour ", 9) + "qu"
	who, form := p.form(1)
	form["password"] = long
	p.must(http.StatusCreated, "POST", "/v1/accounts", form)
	for _, wrong := range []string{long[:127] + "x", long[:127], long[:72], long[:72] + "x" + long[73:]} {
		p.must(http.StatusUnauthorized, "POST", "/v1/sessions", object{"username": who.username, "password": wrong})
	}
	p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": who.username, "password": long})
}

func TestPW3_ComposedAndDecomposedAreOne(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who, form := p.form(1)
	form["password"] = norm.NFC.String("le café près de la forêt")
	p.must(http.StatusCreated, "POST", "/v1/accounts", form)
	p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": who.username, "password": norm.NFD.String("le café près de la forêt")})
}

func TestPW4_NoExpiry(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(who.email)}, who.as()...)
	p.advance("43800h")
	login := p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": who.username, "password": who.password}).json(t)
	if login["scope"] == "choose-password" {
		t.Error("after five years a new password is demanded")
	}
}

// TestPW5_PW7_Change: the same rules as at sign-up, and only with the current password.
func TestPW5_PW7_Change(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	next := "a lighthouse in the fog"
	for _, c := range []struct {
		current, next, code string
	}{
		{"not the current password", next, "password_wrong"},
		{who.password, who.password, "password_same"},
		{who.password, "too short", "password_short"},
		{who.password, "passwordpassword", "password_common"},
		{who.password, "maria1@example.com", "password_context"},
	} {
		a := p.must(http.StatusUnprocessableEntity, "PUT", "/v1/account/password", object{"currentPassword": c.current, "newPassword": c.next}, who.as()...)
		if got := a.json(t)["code"]; got != c.code {
			t.Errorf("%v instead of %s", got, c.code)
		}
	}
	a := p.send("PUT", "/v1/account/password", object{"newPassword": next}, who.as()...)
	if a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without the current password: %d %s", a.StatusCode, a.body)
	}
	other := p.logIn(who)
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"currentPassword": who.password, "newPassword": next}, who.as()...)
	p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, "Authorization", "Bearer "+other)
	p.must(http.StatusOK, "GET", "/v1/account", nil, who.as()...)
	p.must(http.StatusUnauthorized, "POST", "/v1/sessions", object{"username": who.username, "password": who.password})
	p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": who.username, "password": next})
}

// TestPW9_Hashes looks at what is on the disk: argon2id with its parameters, salted.
func TestPW9_Hashes(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	p.create(1)
	p.create(2) // with the same password and answers
	p.stop()
	data, err := os.ReadFile(filepath.Join(p.data, "tables.db"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, hash := range regexp.MustCompile(`\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=\w+\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}`).FindAll(data, -1) {
		seen[string(hash)] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d different hashes of two passwords and two pairs of answers", len(seen))
	}
	keys, err := os.ReadFile(filepath.Join(p.data, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(keys)) {
		_, key, _ := strings.Cut(strings.TrimSpace(line), ":")
		if strings.HasPrefix(line, "seal-public") {
			continue
		}
		if bytes.Contains(data, []byte(key)) {
			t.Error("the tables hold a key")
		}
	}
}
