package main

import (
	"crypto/rand"
	"net/http"
	"testing"

	"postkontor/infra/servers"
)

// TestTheJourney is the main job on both backends: create an account, prove both addresses with the codes that were
// sent, log out, and log in again.
func TestTheJourney(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) *product{
		"embedded": func(t *testing.T) *product { return startProduct(t) },
		"dynamodb": func(t *testing.T) *product {
			return startWith(t, options{data: t.TempDir(), dynamo: servers.DynamoDB(t), prefix: rand.Text() + "-"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t)
			who := p.signUp(1)
			if status := p.account(who)["status"]; status != "new" {
				t.Errorf("a fresh account is %v", status)
			}
			p.must(http.StatusOK, "POST", "/v1/account/phone/verify", object{"code": p.codeTo(who.phone)}, who.as()...)
			proved := p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(who.email)}, who.as()...).json(t)
			if proved["status"] != "active" || proved["emailVerified"] != true || proved["phoneVerified"] != true {
				t.Errorf("a proved account: %v", proved)
			}
			p.must(http.StatusNoContent, "DELETE", "/v1/sessions/current", nil, who.as()...)
			p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, who.as()...)
			who.token = p.logIn(who)
			if status := p.account(who)["status"]; status != "active" {
				t.Errorf("after the next login the account is %v", status)
			}
		})
	}
}

func (p *product) account(who person) object {
	p.t.Helper()
	return p.must(http.StatusOK, "GET", "/v1/account", nil, who.as()...).json(p.t)
}
