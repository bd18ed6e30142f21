package main

import (
	"net/http"
	"strings"
	"testing"
)

// told answers the subjects, or of text messages the texts, of what somebody was sent since n messages before.
func (p *product) told(to string, n int) []string {
	p.t.Helper()
	all := p.messages(to)
	var since []string
	for _, mail := range all[:len(all)-n] {
		since = append(since, mail.Subject+mail.Text)
	}
	return since
}

// TestNT1_OnlyProvedAddressesAreTold: an address that was never proved learns nothing of the account.
func TestNT1_OnlyProvedAddressesAreTold(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": "next@example.com"}, who.as()...)
	p.must(http.StatusAccepted, "PUT", "/v1/account/phone", object{"phone": "+12065550188"}, who.as()...)
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"currentPassword": who.password, "newPassword": newPassword}, who.as()...)
	for _, to := range []string{who.email, who.phone, "next@example.com", "+12065550188"} {
		if all := p.messages(to); len(all) != 1 || code(all[0].Text) == "" {
			t.Errorf("%s got %d messages, not one code", to, len(all))
		}
	}
}

// TestNT1_WhatIsToldAndWhere: by e-mail every change, by SMS a change of the number; in the account's language; with a way
// to go when it was somebody else; and without the new address.
func TestNT1_WhatIsToldAndWhere(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.join(1, p.application(1).with("language", "sv"))
	p.prove(who)
	for _, c := range []struct {
		path       string
		body       object
		email, sms string // words of the notices
	}{
		{"/v1/account/password", object{"currentPassword": who.password, "newPassword": newPassword}, "lösenord", ""},
		{"/v1/account/email", object{"email": "next@example.com"}, "e-postadress", ""},
		{"/v1/account/phone", object{"phone": "+12065550188"}, "mobilnummer", "mobilnummer"},
	} {
		emails, texts := len(p.messages(who.email)), len(p.messages(who.phone))
		if a := p.send("PUT", c.path, c.body, who.as()...); a.StatusCode >= 300 {
			t.Fatalf("%s: %d %s", c.path, a.StatusCode, a.body)
		}
		for channel, told := range map[string][]string{c.email: p.told(who.email, emails), c.sms: p.told(who.phone, texts)} {
			if channel == "" {
				continue
			}
			if len(told) != 1 || !strings.Contains(strings.ToLower(told[0]), channel) || !strings.Contains(told[0], "/help") && !strings.Contains(told[0], "/not-me?t=") {
				t.Errorf("%s is told by %q", c.path, told)
			}
			if strings.Contains(strings.Join(told, ""), "next@") || strings.Contains(strings.Join(told, ""), "0188") {
				t.Errorf("%s tells the new address: %q", c.path, told)
			}
		}
		if c.email != "" && len(p.told(who.email, emails)) != 1 || c.sms != "" && len(p.told(who.phone, texts)) != 1 {
			t.Errorf("%s: %d e-mails and %d text messages to the old addresses", c.path, len(p.told(who.email, emails)), len(p.told(who.phone, texts)))
		}
	}
	for _, to := range []string{"next@example.com", "+12065550188"} {
		if all := p.messages(to); len(all) != 1 || code(all[0].Text) == "" || strings.Contains(all[0].Text+all[0].HTML, "Garcia") || strings.Contains(all[0].Text, "Maria") {
			t.Errorf("%s, not proved yet, got %+v", to, all)
		}
	}
}

// TestNT1_TheOldAddressIsToldHoweverLate: when the notice could not be sent at once, it still goes to the address that was
// in force before the change, and not to the one that took its place meanwhile.
func TestNT1_TheOldAddressIsToldHoweverLate(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	p.prove(who)
	emails, texts := len(p.messages(who.email)), len(p.messages(who.phone))
	p.must(http.StatusOK, "POST", "/_local/faults", object{"ses": "down", "sns": "down"})
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": "next@example.com"}, who.as()...)
	p.must(http.StatusAccepted, "PUT", "/v1/account/phone", object{"phone": "+12065550188"}, who.as()...)
	p.advance("1m") // tried again, in vain, after 1 and 2 minutes
	p.advance("2m")
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	for purpose, to := range map[string]string{"email": "next@example.com", "phone": "+12065550188"} {
		p.must(http.StatusAccepted, "POST", "/v1/account/"+purpose+"/code", nil, who.as()...)
		p.must(http.StatusOK, "POST", "/v1/account/"+purpose+"/verify", object{"code": p.codeTo(to)}, who.as()...)
	}
	p.advance("5m")
	if told := p.told(who.email, emails); len(told) == 0 {
		t.Error("the old e-mail address is never told")
	}
	if told := p.told(who.phone, texts); len(told) != 1 {
		t.Errorf("the old number is told %d times", len(told))
	}
}
