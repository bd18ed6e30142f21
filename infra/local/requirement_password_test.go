package main

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"postkontor/shared/credential"
	"postkontor/shared/secret"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

// refusesPassword checks that sign-up and change both refuse a password, for that reason.
func (p *product) refusesPassword(who person, n int, password, code string) {
	p.t.Helper()
	p.apply(n, p.application(n).with("password", password)).wrong(p.t, code, "body.password", code)
	p.changePassword(who, who.password, password).wrong(p.t, code, "body.newPassword", code)
}

func TestPW3_EveryCharacterCounts(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	const emoji = "🦉🛶🌙🕯🧂🚲🪵🧭🫖🐚🌾🪁🎐🧶🥨" // of up to four bytes each
	if n := utf8.RuneCountInString(emoji); n != 15 {
		t.Fatal(n)
	}
	who := p.join(1, p.application(1).with("password", emoji))
	p.refusesPassword(who, 2, strings.TrimSuffix(emoji, "🥨"), "password_short")
	p.refusesPassword(who, 2, strings.Repeat("e\u0301", 14), "password_short") // 28 code points, 14 after NFC

	ascii := "" // all that can be printed, with a space at either end
	for r := ' '; r <= '~'; r++ {
		ascii += string(r)
	}
	ascii += " "
	for _, step := range []struct{ set, enter, refused string }{
		{"café by the quiet sea", "cafe\u0301 by the quiet sea", "cafe by the quiet sea"},
		{ascii, ascii, strings.TrimSpace(ascii)},
		{"  thrée  wide  spaces  ", "  thre\u0301e  wide  spaces  ", "thrée wide spaces"},
		{"静かな港の夜明けに九つの灯り", "", ""}, // 14 characters, 42 bytes
		{"静かな港の夜明けに九つの灯りが", "静かな港の夜明けに九つの灯りか\u3099", "静かな港の夜明けに九つの灯りか"},
	} {
		a := p.changePassword(who, who.password, step.set)
		if step.enter == "" {
			a.wrong(t, "password_short", "body.newPassword", "password_short")
			continue
		}
		if a.StatusCode != http.StatusNoContent {
			t.Fatalf("%q: %d %s", step.set, a.StatusCode, a.body)
		}
		if a := p.login(3, who.username, step.enter); a.StatusCode != http.StatusCreated {
			t.Errorf("%q does not log in where %q was set", step.enter, step.set)
		}
		p.login(3, who.username, step.refused).refused(t, http.StatusUnauthorized, "credentials_invalid")
		who.password = step.set
	}
}

func TestPW5_CommonOnesWithAReason(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	for _, common := range []string{
		"passwordpassword", "PasswordPassword", "password12345678", "P@ssw0rd12345678", "123456789012345", "1234567890123456", "qwertyuiopasdfgh",
		"1qaz2wsx3edc4rfv", "aaaaaaaaaaaaaaa", "abcdefghijklmnop", "iloveyouiloveyou", "987654321987654321", "zxcvbnmasdfghjkl", "abc123abc123abc123",
		"!!!!!!!!!!!!!!!!", "qwertyqwertyqwerty", "111111111111111", "letmeinletmeinletmein", "monkey123456789", "Password2026!!!!",
	} {
		p.refusesPassword(who, 2, common, "password_common")
	}
	for _, sentence := range []string{"my password is a small green boat", "qwerty lay the keys on grandma's desk", "123456 geese crossed the 7 lakes"} {
		if a := p.changePassword(who, who.password, sentence); a.StatusCode != http.StatusNoContent {
			t.Fatalf("%q: %d %s", sentence, a.StatusCode, a.body)
		}
		who.password = sentence
	}
}

func TestPW6_WordsThatOthersKnow(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	body := p.application(1).with("username", "wintergardens22").with("email", "snowleopard.hunter@northwind.example").
		with("type", "business").with("company", "Fjordlight Ceramics").with("name.last", "Solbergsson")
	who := p.join(1, body)
	for _, known := range []string{
		"wintergardens22", "WinterGardens22wintergardens22", "22wintergardens-2026", "snowleopard.hunter@northwind.example",
		"snowleopardhunter", "snowleopard.hunter", "mariasolbergsson", "Solbergsson Maria 1985", "fjordlightceramics", "Fjordlight Ceramics!",
		"informeddelivery2026", "Postkontor-Postkontor", "USPS tracking 2026!", "Seattle 98101, 101 Main St",
	} {
		p.apply(2, body.with("password", known)).wrong(t, "password_context", "body.password", "password_context")
		p.changePassword(who, who.password, known).wrong(t, "password_context", "body.newPassword", "password_context")
		if t.Failed() {
			t.Fatalf("%q is not refused", known)
		}
	}
	if a := p.changePassword(who, who.password, "wintergardens of frozen glass"); a.StatusCode != http.StatusNoContent {
		t.Errorf("a sentence with the username in it: %d %s", a.StatusCode, a.body)
	}
}

// TestPW8_PasswordManagersAndPaste: fields that managers know, and a button that shows what was typed.
func TestPW8_PasswordManagersAndPaste(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	v.register(1)
	login := v.get("/register?step=login")
	v.finish(login, 1)
	other := p.visitor(t, "en")
	for name, c := range map[string]struct {
		page   sheet
		fields map[string]string
	}{
		"sign-up":  {login, map[string]string{"password": "new-password", "passwordAgain": "new-password"}},
		"login":    {other.get("/login"), map[string]string{"password": "current-password"}},
		"password": {v.get("/account/password"), map[string]string{"currentPassword": "current-password", "newPassword": "new-password", "newPasswordAgain": "new-password"}},
	} {
		for field, autocomplete := range c.fields {
			in := c.page.control(field)
			if in["type"] != "password" || in["autocomplete"] != autocomplete || in["value"] != "" || in["maxlength"] != "" {
				t.Errorf("%s: %s is %v", name, field, in)
			}
			if !regexp.MustCompile(`<button class="usa-show-password" type="button" aria-controls="` + field + `"`).MatchString(c.page.body) {
				t.Errorf("%s: nothing shows %s", name, field)
			}
		}
		if user := c.page.control("username"); user["autocomplete"] != "username" {
			t.Errorf("%s: a password manager finds no username: %v", name, user)
		}
		if regexp.MustCompile(`(?i)onpaste|oncopy|ondrop`).MatchString(c.page.body) {
			t.Errorf("%s hinders pasting", name)
		}
		script := p.must(http.StatusOK, "GET", regexp.MustCompile(`/assets/page\.\w+\.js`).FindString(c.page.body), nil).body
		if regexp.MustCompile(`["']paste["']`).MatchString(script) {
			t.Errorf("%s: the script listens for pasting", name)
		}
	}
}

var phc = regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=\w+\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$`)

// logins answers what the table accounts has under USERNAME#… / LOGIN, by username.
func logins(t *testing.T, db *embedded.Database) map[string]object {
	t.Helper()
	all := map[string]object{}
	err := db.Each("accounts", func(item table.Item) error {
		username, ok := strings.CutPrefix(item.Key.PK, "USERNAME#")
		if !ok || item.Key.SK != "LOGIN" {
			return nil
		}
		var l object
		all[username] = l
		err := item.Decode(&l)
		all[username] = l
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestPW9_TheTableAloneAllowsNoGuessing: every hash has a salt of its own, and is not what argon2id makes of a password
// with it, because the pepper is kept elsewhere.
func TestPW9_TheTableAloneAllowsNoGuessing(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.create(1)
	p.create(2) // with the same password and answers
	p.stop()
	hashes := map[string]bool{}
	for username, login := range logins(t, p.tables()) {
		for _, member := range []string{"password", "answers"} {
			hash := login[member].(string)
			match := phc.FindStringSubmatch(hash)
			if match == nil || hashes[hash] || hashes[match[1]] {
				t.Fatalf("%s of %s: %s", member, username, hash)
			}
			hashes[hash], hashes[match[1]] = true, true
			salt, _ := base64.RawStdEncoding.DecodeString(match[1])
			kept, _ := base64.RawStdEncoding.DecodeString(match[2])
			if member == "password" && hmac.Equal(argon2.IDKey([]byte(who.password), salt, 2, 19456, 1, 32), kept) {
				t.Error("the table alone allows guessing: no pepper")
			}
		}
	}
	if len(hashes) != 8 {
		t.Errorf("%d hashes and salts", len(hashes))
	}
}

// TestPW9_HashesGrowWithTheCost: a hash of a lower cost is made anew at the next login.
func TestPW9_HashesGrowWithTheCost(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	p.stop()
	keys, err := secret.OpenFile(filepath.Join(p.data, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	weaker := credential.NewHasher(secret.NewKey(keys, secret.Pepper))
	weaker.Cost = credential.Cost{Memory: 8192, Time: 1, Threads: 1}
	hash, err := weaker.Hash(t.Context(), who.password)
	if err != nil {
		t.Fatal(err)
	}
	db := p.tables()
	if err := rehash(t.Context(), db, who.username, hash); err != nil {
		t.Fatal(err)
	}
	db.Close()
	again := startOn(t, p.data)
	again.login(2, who.username, "something else entirely").refused(t, http.StatusUnauthorized, "credentials_invalid")
	again.logIn(who)
	again.logIn(who)
	again.stop()
	if hash := logins(t, again.tables())[who.username]["password"].(string); !phc.MatchString(hash) {
		t.Errorf("after a login the hash is %s", hash)
	}
}

func rehash(ctx context.Context, db *embedded.Database, username, hash string) error {
	key := table.Key{PK: "USERNAME#" + username, SK: "LOGIN"}
	item, _, err := db.Table("accounts").Get(ctx, key, true)
	if err != nil {
		return err
	}
	var l object
	if err := item.Decode(&l); err != nil {
		return err
	}
	changed, err := table.New(key, l.with("password", hash))
	if err != nil {
		return err
	}
	changed.Version = item.Version
	return db.Table("accounts").Replace(ctx, changed)
}
