package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestBL1_StepsOfThePagesInOrder: a step that was not reached leads to the first unfinished one, shown or sent; nothing is
// made; and what is not this site's own draft counts for nothing.
func TestBL1_StepsOfThePagesInOrder(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	back := func(name, step, to string) {
		t.Helper()
		v.leads(v.get("/register?step="+step), "/register?step="+to)
		form := plus(chosen(1), "step", step)
		maps.Copy(form, home(1))
		v.leads(v.seen(v.send("POST", "/register", form, v.from...)), "/register?step="+to)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	for _, step := range []string{"address", "confirm", "login", "nonsense"} {
		back("before the first step", step, "you")
	}
	v.leads(v.fill(v.get("/register"), "/register", you(1)), "/register?step=address")
	for _, step := range []string{"confirm", "login"} {
		back("after the first step", step, "address")
	}
	if a := v.fill(v.get("/register?step=address"), "/register", plus(home(1), "zip", "")); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an address without a ZIP Code: %d", a.StatusCode)
	}
	back("after a refused address", "login", "address")
	if len(p.allMessages()) > 0 {
		t.Error("something was sent")
	}
	forged := p.visitor(t, "en")
	for _, draft := range []string{"x", "k1.AAAA", base64.RawURLEncoding.EncodeToString([]byte(`{"t":"personal","k":"x"}`)), strings.Repeat("A", 3000)} {
		forged.from = append(caller(1), "Accept-Language", "en", "Cookie", "__Host-draft="+draft)
		forged.leads(forged.get("/register?step=login"), "/register?step=you")
	}
	again := p.visitor(t, "en")
	again.register(2)
	p.advance("2h1m")
	again.leads(again.get("/register?step=login"), "/register?step=you")
}

// TestBL1_AnAddressThatWasVerifiedLongAgo is verified anew on the way, and nothing typed is lost by it.
func TestBL1_AnAddressThatWasVerifiedLongAgo(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	login := v.register(1)
	p.advance("61m") // a token of an address is good for an hour, what was typed for two
	address := v.leads(v.fill(login, "/register", chosen(1)), "/register?step=address")
	v.finish(v.leads(v.fill(address, "/register", nil), "/register?step=login"), 1)
}

// TestBL3_PlaceAndZipBelongTogether: what contradicts has no token; what is replaced is told; and a token cannot be made to
// say anything else.
func TestBL3_PlaceAndZipBelongTogether(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	verify := func(street, city, state, zip string) object {
		return p.must(http.StatusOK, "POST", "/v1/addresses/verify", object{"street": street, "city": city, "state": state, "zip": zip}).json(t)
	}
	for _, c := range [][4]string{
		{"1600 Pennsylvania Ave NW", "Seattle", "WA", "20500"}, {"400 Broad St", "Portland", "ME", "97201"}, {"400 Broad St", "Seattle", "WA", "00000"},
		{"400 Broad St", "Toronto", "ON", "M5V 2T6"}, {"400 Broad St", "Springfield", "", ""}, {"", "Seattle", "WA", "98109"},
	} {
		if c[0] == "" {
			p.send("POST", "/v1/addresses/verify", object{"street": "", "zip": "98109"}).wrong(t, "validation", "body.street", "validation.required")
			continue
		}
		if a := verify(c[0], c[1], c[2], c[3]); a["token"] != nil || a["status"] == "verified" || a["status"] == "corrected" || len(a["problems"].([]any)) == 0 {
			t.Errorf("%v: %v", c, a)
		}
	}
	a := verify("1600 pennsylvania avenue northwest", "Seattle", "District of Columbia", "20500")
	if home := a["address"].(map[string]any); a["status"] != "corrected" || home["city"] != "WASHINGTON" || home["street"] != "1600 PENNSYLVANIA AVE NW" || a["token"] == nil ||
		fmt.Sprint(a["warnings"]) == "[]" || fmt.Sprint(a["changes"]) == "[]" {
		t.Errorf("another city's ZIP Code: %v", a)
	}
	body := p.application(1)
	payload, mac, _ := strings.Cut(body["addressToken"].(string), ".")
	plain, _ := base64.RawURLEncoding.DecodeString(payload)
	moved := base64.RawURLEncoding.EncodeToString(bytes.Replace(plain, []byte("SEATTLE"), []byte("TACOMAA"), 1))
	if moved == payload {
		t.Fatal("the token does not read as it did")
	}
	who := p.signUp(2)
	for _, token := range []string{moved + "." + mac, payload + ".", payload, "." + mac, mac + "." + payload, who.token, "null"} {
		p.apply(1, body.with("addressToken", token)).wrong(t, "address_unverified", "body.addressToken", "address_unverified")
	}
	p.apply(1, body.with("addressToken", gone)).wrong(t, "validation", "body.addressToken", "validation.required")
	p.apply(1, body.with("address", object{"street": "1 X", "city": "SEATTLE", "state": "WA", "zip": "98101"})).wrong(t, "validation", "body.address", "validation.unknown")
}

// TestMA1_NothingBesideTheForm: neither with members in other letters, nor with fields of a page that it does not have.
func TestMA1_NothingBesideTheForm(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	body := p.application(1)
	for _, path := range []string{"status", "Status", "verified", "role", "id", "scope", "name.role", "name.verified", "securityAnswers.0.hash", "disposable", "credential", "$ref"} {
		location := "body." + strings.Replace(path, ".0.", "[0].", 1)
		p.apply(1, body.with(path, "active")).wrong(t, "validation", location, "validation.unknown")
	}
	v := p.visitor(t, "en")
	granted := url.Values{"status": {"active"}, "emailVerified": {"true"}, "role": {"admin"}, "id": {"01M7ZZZZZZZZZZZZZZZZZZZZZZ"}}
	sent := func(page sheet, values url.Values) sheet {
		form, _ := page.form("/register", values)
		all := plus(form.values)
		maps.Copy(all, values)
		maps.Copy(all, granted)
		return v.seen(v.send("POST", "/register", all, v.from...))
	}
	address := v.leads(sent(v.get("/register"), you(1)), "/register?step=address")
	v.leads(sent(v.leads(sent(address, home(1)), "/register?step=login"), chosen(1)), "/verify")
	who := person{username: "asa1", password: newPassword}
	who.token = p.logIn(who)
	maps.Copy(granted, url.Values{"username": {"other"}, "email": {"other@example.com"}, "type": {"business"}})
	v.send("POST", "/account", plus(granted, "language", "en", "name.first", "Åsa", "name.last", "Ek"), v.from...)
	if a := p.account(who); a["status"] != "new" || a["emailVerified"] != false || a["username"] != "asa1" || a["email"] != "asa1@example.com" || a["type"] != "personal" {
		t.Errorf("%v", a)
	}
	for member, value := range map[string]any{"status": "active", "emailVerified": true, "username": "x", "email": "x@example.com", "phone": "+12065550101",
		"address": object{}, "type": "business", "createdAt": "2020-01-01T00:00:00Z", "name": object{"first": "A", "last": "B", "id": "x"}} {
		location := "body." + member
		if member == "name" {
			location = "body.name.id"
		}
		p.send("PATCH", "/v1/account", object{member: value}, who.as()...).wrong(t, "validation", location, "validation.unknown")
	}
}

// TestNF1_KnownOrNot: neither sign-up nor a change tells whether somebody has that e-mail address, number, name or home,
// proved or not; only a username is public.
func TestNF1_KnownOrNot(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	known := p.signUp(1)
	p.prove(known)
	for _, when := range []string{"1s", "25h"} { // while a further code would be too much, and when it is not
		p.advance(when)
		answers := map[string]string{}
		for n, who := range []string{"known", "unknown"} { // the known one at once, before any time passes
			n += 200
			own := p.application(n)
			email, phone := own["email"].(string), own["phone"].(string)
			if who == "known" {
				email, phone = known.email, known.phone
				own["addressToken"] = p.addressToken(1)
			}
			own = own.with("email", email).with("phone", phone).with("username", fmt.Sprintf("%s.%s", who, when))
			a := p.apply(n, own)
			shown := []string{a.Status, fmt.Sprint(slices.Sorted(maps.Keys(a.Header))), fmt.Sprint(members(a.json(t))), a.json(t)["status"].(string)}
			taken := p.apply(n, own.with("username", known.username)).refused(t, http.StatusConflict, "username_taken")
			shown = append(shown, fmt.Sprint(members(taken), len(taken["suggestions"].([]any))))
			newcomer := person{username: own["username"].(string), password: own["password"].(string)}
			newcomer.token = p.logIn(newcomer)
			for _, to := range []object{{"email": known.email}, {"email": "nobody@example.com"}} {
				if who == "unknown" {
					p.advance("61s")
					c := p.send("PUT", "/v1/account/email", to, newcomer.as()...)
					if c.StatusCode != http.StatusAccepted || c.body != "" {
						t.Errorf("a change to %v: %d %s", to, c.StatusCode, c.body)
					}
				}
			}
			answers[who] = strings.Join(shown, "\n")
		}
		if answers["known"] != answers["unknown"] {
			t.Errorf("after %s:\nknown   %s\nunknown %s", when, answers["known"], answers["unknown"])
		}
	}
	for _, typed := range []string{known.email, known.phone, "garcia", "maria.garcia"} {
		a := p.send("GET", "/v1/usernames?name="+url.QueryEscape(typed), nil, caller(300)...)
		if strings.Contains(a.body, known.username+`"`) || a.StatusCode == http.StatusOK && a.json(t)["available"] != true {
			t.Errorf("asking for %s: %s", typed, a.body)
		}
	}
}
