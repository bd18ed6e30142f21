package main

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"postkontor/shared/operator"
)

const service = "service@example.com" // of the reference operator

var ticketNumber = regexp.MustCompile(`^[A-Z2-7]{4}-[A-Z2-7]{4}$`)

// question is what somebody who is not signed in writes.
func question() object {
	return object{"topic": "tracking", "message": "Where is my parcel?\nIt left on Monday.", "name": "Åsa Lind", "email": "asa@example.org", "username": "asa.lind"}
}

// write sends a message from an address of its own, and answers the ticket's number.
func (p *product) write(body object, headers ...string) string {
	p.t.Helper()
	ticket := p.must(http.StatusCreated, "POST", "/v1/support/requests", body, append([]string{"X-Local-IP", p.caller()}, headers...)...).json(p.t)
	number, _ := ticket["number"].(string)
	if !ticketNumber.MatchString(number) || !slices.Equal(members(ticket), []string{"createdAt", "number"}) {
		p.t.Fatalf("the ticket is %v", ticket)
	}
	return number
}

// TestSupport_WhatIsWrittenReachesTheServiceAndNobodyElse: the address that was typed gets the number and nothing that was.
func TestSupport_WhatIsWrittenReachesTheServiceAndNobodyElse(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	number := p.write(question(), "Accept-Language", "sv")
	request := p.messages(service)[0]
	contains(t, request.Subject, number, "Tracking a package")
	contains(t, request.Text, "> Where is my parcel?\n> It left on Monday.", "Åsa Lind", "asa@example.org", "asa.lind", "nobody was logged in", "Language: sv")
	if request.Headers["Reply-To"] != "asa@example.org" || request.Language != "en" {
		t.Errorf("an answer goes to %q, in %s", request.Headers["Reply-To"], request.Language)
	}
	told := p.messages("asa@example.org")
	if len(told) != 1 || told[0].Language != "sv" || !slices.Contains(strings.Split(told[0].Text, "\n"), number) {
		t.Fatalf("the writer is told %+v", told)
	}
	for _, typed := range []string{"parcel", "Monday", "Åsa", "Lind", "asa.lind", "Tracking", "Spåra"} {
		if strings.Contains(told[0].Text+told[0].Subject+told[0].HTML, typed) {
			t.Errorf("an address that is not proved reads %q", typed)
		}
	}
	if n := len(p.allMessages()); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// TestSupport_TheProvedAddressGetsTheText, whatever the account; any other address gets the number.
func TestSupport_TheProvedAddressGetsTheText(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who, fresh := p.proved(1), p.signUp(2)
	for name, c := range map[string]struct {
		by    person
		email string
		text  bool
		says  string
	}{
		"the proved one":            {who, who.email, true, "the e-mail address is the proved one"},
		"the same in capitals":      {who, strings.ToUpper(who.email), true, "the e-mail address is the proved one"},
		"another account's":         {who, fresh.email, false, "is not the proved one"},
		"one's own, not proved":     {fresh, fresh.email, false, "is not the proved one"},
		"without a login":           {person{}, who.email, false, "nobody was logged in"},
		"with a session that ended": {person{token: "pks_" + strings.Repeat("A", 60)}, who.email, false, "nobody was logged in"},
	} {
		p.advance("61s")
		var headers []string
		if c.by.token != "" {
			headers = c.by.as()
		}
		number := p.write(question().with("email", c.email), headers...)
		told := p.messages(c.email)[0]
		if got := strings.Contains(told.Text, "Where is my parcel?"); got != c.text || !strings.Contains(told.Text, number) {
			t.Errorf("%s is told %s", name, told.Text)
		}
		contains(t, p.messages(service)[0].Text, c.says)
	}
}

// TestSupport_TheTableHoldsNoneOfIt: what was written lies sealed until it is sent, is sent by the next runner, and is gone then.
func TestSupport_TheTableHoldsNoneOfIt(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	p.must(http.StatusOK, "POST", "/_local/faults", object{"ses": "down"})
	p.write(question())
	p.write(question().with("email", who.email).with("message", "Where is my umbrella? And why?"), who.as()...)
	p.stop()
	waiting := p.file("tables.db")
	if !bytes.Contains(waiting, []byte("support-request")) || !bytes.Contains(waiting, []byte("support-copy")) {
		t.Fatal("no message waits: the test looks at nothing")
	}
	for _, typed := range []string{"umbrella", "Monday", "Lind", "asa.lind"} {
		if bytes.Contains(waiting, []byte(typed)) {
			t.Errorf("%q lies open in the tables", typed)
		}
	}
	next := startOn(t, p.data)
	requests := next.messages(service)
	if len(requests) != 2 {
		t.Fatalf("the next runner sends %d", len(requests))
	}
	contains(t, requests[0].Text+requests[1].Text, "It left on Monday.", "And why?")
	next.stop()
	if log := next.file("events.log"); bytes.Contains(log, []byte("parcel")) || bytes.Contains(log, []byte("asa")) {
		t.Error("the log holds what was written")
	}
}

// TestSupport_Once: a key is one ticket, 50 at once too; only for its body, and only its writer's.
func TestSupport_Once(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	first := p.write(question(), "Idempotency-Key", "k")
	var wg sync.WaitGroup
	again := make([]answered, 50)
	for i := range again {
		wg.Go(func() {
			again[i] = p.apart(t).send("POST", "/v1/support/requests", question().with("name", "Second"), "Idempotency-Key", "race", "X-Local-IP", callerOf(i))
		})
	}
	wg.Wait()
	for _, a := range again {
		if a.StatusCode != http.StatusCreated || a.body != again[0].body {
			t.Errorf("of 50 at once one is answered %d %s", a.StatusCode, a.body)
		}
	}
	if n := len(p.messages(service)); n != 2 {
		t.Errorf("the service has %d messages", n)
	}
	if p.write(question(), "Idempotency-Key", "k") != first {
		t.Error("the same key and body are two tickets")
	}
	p.send("POST", "/v1/support/requests", question().with("topic", "other"), "Idempotency-Key", "k").refused(t, http.StatusUnprocessableEntity, "idempotency_mismatch")
	if p.write(question(), append(who.as(), "Idempotency-Key", "k")...) == first {
		t.Error("a customer is given the ticket of somebody else")
	}
}

// TestSupport_Limits: five an hour a caller; and an address is told of its first, then not before a minute, of five in an hour.
func TestSupport_Limits(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	n := 0
	p.bounded("messages", 5, 3600, func(headers ...string) answered {
		n++
		return p.send("POST", "/v1/support/requests", question().with("email", fmt.Sprintf("a%d@example.org", n)), headers...)
	})
	wrong := append(caller(77), "Idempotency-Key", "k")
	for range 9 { // what is refused does not count, nor what is answered again
		p.send("POST", "/v1/support/requests", question().with("email", "none"), wrong...).wrong(t, "email_invalid", "body.email", "email_invalid")
	}
	const victim = "victim@example.org"
	for range 2 {
		p.write(question().with("email", victim))
	}
	if n := len(p.messages(victim)); n != 1 {
		t.Errorf("two messages at once are told %d times", n)
	}
	for range 8 {
		p.advance("61s")
		p.write(question().with("email", strings.ToUpper(victim)))
	}
	if n := len(p.messages(victim)); n != 5 {
		t.Errorf("ten messages are told %d times", n)
	}
	var wg sync.WaitGroup
	for n := range 20 {
		wg.Go(func() {
			a := p.apart(t).send("POST", "/v1/support/requests", question().with("email", "race@example.org"), "X-Local-IP", callerOf(500+n))
			if a.StatusCode != http.StatusCreated {
				t.Errorf("one of 20 at once is answered %d %s", a.StatusCode, a.body)
			}
		})
	}
	wg.Wait()
	if n := len(p.messages("race@example.org")); n != 1 {
		t.Errorf("20 messages at once are told %d times", n)
	}
	if n := len(p.messages(service)); n != 7+10+20 { // of the callers above, and of those since
		t.Errorf("the service has %d messages", n)
	}
}

// TestSupport_HostileInput is refused by the field, or carried as the text that it is.
func TestSupport_HostileInput(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for name, c := range map[string]struct {
		body        object
		code, field string
	}{
		"no topic":               {question().with("topic", gone), "validation", "topic validation.required"},
		"an empty topic":         {question().with("topic", ""), "validation", "topic validation.required"},
		"an unknown topic":       {question().with("topic", "<b>"), "validation", "topic validation.one_of"},
		"a topic that is none":   {question().with("topic", 7), "validation", "topic validation.type"},
		"only space":             {question().with("message", " \r\n\t "), "validation", "message validation.required"},
		"10,000 characters":      {question().with("message", strings.Repeat("x", 10_000)), "validation", "message validation.too_long"},
		"5,001 emoji":            {question().with("message", strings.Repeat("📮", 5001)), "validation", "message validation.too_long"},
		"a header in the e-mail": {question().with("email", "asa@example.org\r\nBcc: victim@example.org"), "email_invalid", "email email_invalid"},
		"two e-mails":            {question().with("email", "asa@example.org,victim@example.org"), "email_invalid", "email email_invalid"},
		"a control in the name":  {question().with("name", "Åsa\x00Lind"), "validation", "name validation.characters"},
		"a name without end":     {question().with("name", strings.Repeat("Å", 121)), "validation", "name validation.too_long"},
		"a username without end": {question().with("username", strings.Repeat("a", 121)), "validation", "username validation.too_long"},
		"an unknown field":       {question().with("to", "victim@example.org"), "validation", "to validation.unknown"},
	} {
		field, fieldCode, _ := strings.Cut(c.field, " ")
		t.Run(name, func(t *testing.T) {
			p.send("POST", "/v1/support/requests", c.body, "X-Local-IP", "203.0.113.50").wrong(t, c.code, "body."+field, fieldCode)
		})
	}
	if n := len(p.allMessages()); n != 0 {
		t.Fatalf("%d messages of what was refused", n)
	}
	text := strings.Repeat("📮", 4900) + "\r\n-- \r\n042197\r\n<script>alert(1)</script>{operator}"
	p.write(question().with("message", text).with("name", "Åsa\r\nBcc: victim@example.org").with("username", "<b>x</b>"))
	request := p.messages(service)[0]
	contains(t, request.Text, "> 042197\n> <script>alert(1)</script>{operator}\n", "Åsa Bcc: victim@example.org has written")
	contains(t, request.HTML, "&lt;script&gt;", "&lt;b&gt;x&lt;/b&gt;")
	if strings.Contains(request.HTML, "<script") || strings.Contains(request.Subject, "Åsa") || len(p.messages("victim@example.org")) > 0 {
		t.Errorf("subject %q, %d characters of HTML", request.Subject, len(request.HTML))
	}
}

// TestSupport_TellsNobodyWhoIsKnown: neither the answer nor what is sent depends on whether an address or a username is known.
func TestSupport_TellsNobodyWhoIsKnown(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	var texts []string
	for _, c := range []object{{"email": who.email, "username": who.username}, {"email": "nobody@example.org", "username": "nobody"}} {
		before := len(p.allMessages())
		number := p.write(question().with("email", c["email"]).with("username", c["username"]))
		if n := len(p.allMessages()) - before; n != 2 {
			t.Errorf("%v: %d messages", c, n)
		}
		text := p.messages(c["email"].(string))[0].Text
		texts = append(texts, strings.ReplaceAll(text, number, "NUMBER"))
	}
	if texts[0] != texts[1] {
		t.Errorf("a known address reads\n%s\nanother one\n%s", texts[0], texts[1])
	}
}

// TestSupport_WhereNoEmailIsRead: the operator is called, and no form and no answer says otherwise.
func TestSupport_WhereNoEmailIsRead(t *testing.T) {
	t.Parallel()
	profile := operator.Default()
	profile.SupportEmail = ""
	p := startWith(t, options{data: t.TempDir(), operator: profile})
	problem := p.send("POST", "/v1/support/requests", question()).refused(t, http.StatusConflict, "support_closed")
	contains(t, problem["detail"].(string), "call")
	if page := p.page("/help"); strings.Contains(page.body, `action="/help"`) || strings.Contains(page.body, "#contact") || !strings.Contains(page.body, "1-800-344-7779") {
		t.Error("the page has a form, or no number")
	}
	if n := len(p.allMessages()); n != 0 {
		t.Errorf("%d messages", n)
	}
}
