package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"postkontor/shared/message"
)

// sweep runs the sweep and holds its whole report to what is wanted.
func (p *product) sweep(visited, rebucketed, warned, deactivated, erased int) {
	p.t.Helper()
	want := fmt.Sprintf(`{"visited":%d,"rebucketed":%d,"warned":%d,"deactivated":%d,"erased":%d}`, visited, rebucketed, warned, deactivated, erased)
	if got := strings.TrimSpace(p.must(http.StatusOK, "POST", "/_local/sweep", nil).body); got != want {
		p.t.Fatalf("the sweep reports %s instead of %s", got, want)
	}
}

func days(n int) string { return fmt.Sprintf("%dh", 24*n) }

// TestTheSweepWarnsDeactivatesAndErases: by the runner's clock and only when it is told to, through every proved channel.
func TestTheSweepWarnsDeactivatesAndErases(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	never := p.signUp(2)
	p.must(http.StatusOK, "PATCH", "/v1/account", object{"language": "es"}, who.as()...)
	p.sweep(0, 0, 0, 0, 0)
	p.advance(days(7))
	p.enter(never.username, never.password) // moving the clock starts no sweep
	p.sweep(1, 0, 0, 0, 1)
	p.must(http.StatusUnauthorized, "POST", "/v1/sessions", object{"username": never.username, "password": never.password})
	p.create(2)
	p.enter(who.username, who.password)

	p.advance(days(1034))
	p.sweep(2, 1, 0, 0, 1) // the login has moved one; the other was never proved
	for _, wait := range []int{1, 30, 23, 6} {
		emails, texts := len(p.messages(who.email)), len(p.messages(who.phone))
		p.advance(days(wait))
		p.sweep(1, 0, 1, 0, 0)
		p.sweep(0, 0, 0, 0, 0)
		email, text := p.messages(who.email), p.messages(who.phone)
		if len(email) != emails+1 || len(text) != texts+1 || email[0].Language != "es" || text[0].Language != "es" {
			t.Fatalf("after %d days %d e-mails, %d text messages, in %s", wait, len(email)-emails, len(text)-texts, email[0].Language)
		}
		contains(t, email[0].Subject, "Su cuenta quedará inactiva el ")
		for _, m := range []Mail{email[0], text[0]} {
			if strings.Contains(m.Text+m.HTML, who.username) {
				t.Errorf("a warning names the username: %s", m.Text)
			}
		}
	}
	p.advance(days(1))
	p.sweep(1, 0, 0, 1, 0)
	contains(t, p.messages(who.email)[0].Subject, "Su cuenta está inactiva")
	if _, scope := p.enter(who.username, who.password); scope != "reactivate" {
		t.Errorf("an inactive account logs in with the scope %s", scope)
	}
	p.advance("87600h")
	p.sweep(0, 0, 0, 0, 0)
}

// TestALetterIsInTheMailbox, and as it is printed.
func TestALetterIsInTheMailbox(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	first, second, id := p.twins(1, 1, 2)
	p.must(http.StatusAccepted, "POST", "/v1/duplicate/letter", nil, second.as()...)
	letters := p.messages(id)
	if len(letters) != 1 || letters[0].Channel != message.Letter || len(code(letters[0].Text)) != 10 || strings.Contains(letters[0].Text, first.username) {
		t.Fatalf("%+v", letters)
	}
	path := "/_local/messages/" + letters[0].ID + "/pdf"
	if pdf := p.must(http.StatusOK, "GET", path, nil); pdf.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("%s, %.20s", pdf.Header.Get("Content-Type"), pdf.body)
	}
	contains(t, p.must(http.StatusOK, "GET", "/_local/", nil).body, path)
	p.must(http.StatusNotFound, "GET", "/_local/messages/"+p.messages(first.email)[0].ID+"/pdf", nil)
}

func TestTheSweepOnThePanel(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	contains(t, p.must(http.StatusOK, "GET", "/_local/?lang=en", nil).body, `action="/_local/sweep"`, "Run the sweep")
	p.must(http.StatusSeeOther, "POST", "/_local/sweep", url.Values{"page": {"panel"}})
	p.must(http.StatusForbidden, "POST", "/_local/sweep", nil, "Origin", "https://elsewhere.example")
	p.must(http.StatusOK, "POST", "/_local/faults", object{"table": "throttle"})
	p.must(http.StatusServiceUnavailable, "POST", "/_local/sweep", nil)
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	p.sweep(0, 0, 0, 0, 0)
}
