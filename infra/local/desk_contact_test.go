package main

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	newEmail = "maria.anew@example.com"
	newPhone = "+12065550777"
)

// identified is a customer who has just shown a document at a counter.
func (p *product) identified(n int) known {
	p.t.Helper()
	k := p.known(n)
	p.act(http.StatusOK, k, "proof", object{"document": "driver-licence"}, counter...)
	return k
}

// contact has new contact details entered.
func (p *product) contact(k known, body object) object {
	p.t.Helper()
	return p.act(http.StatusOK, k, "contact", body, counter...)
}

func TestNewContactDetailsNeedAProof(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	missing := func() {
		t.Helper()
		if a := p.act(http.StatusConflict, k, "contact", object{"email": newEmail}); a["code"] != "proof_missing" {
			t.Errorf("without a proof: %v", a)
		}
	}
	missing()
	if a := p.act(http.StatusOK, k, "proof", object{"document": "passport"}, counter...); a["proof"].(map[string]any)["document"] != "passport" {
		t.Errorf("the proof is %v", a["proof"])
	}
	p.advance("23h59m59s")
	p.contact(k, object{"email": newEmail})
	p.advance("1s")
	missing()
	if p.seen(k)["proof"] != nil {
		t.Error("an old proof is shown")
	}
	p.act(http.StatusUnprocessableEntity, k, "proof", object{"document": "library card"}, counter...)
	p.act(http.StatusOK, k, "proof", object{"document": "passport"}, counter...)
	for _, body := range []object{{}, {"email": "  "}, {"email": "no address"}, {"phone": "12"}, {"email": newEmail, "phone": "x"}, {"email": 7}} {
		p.act(http.StatusUnprocessableEntity, k, "contact", body)
	}
}

func TestNewContactDetailsCountAfter72Hours(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.identified(1)
	a := p.contact(k, object{"email": newEmail, "phone": "(206) 555-0777"})
	if a["email"] != k.email || a["newEmail"].(map[string]any)["to"] != newEmail || a["newPhone"].(map[string]any)["to"] != newPhone {
		t.Fatalf("pending: %v", a)
	}
	for to, words := range map[string]string{newEmail: "this address for an account", newPhone: "this number was entered"} {
		text := p.messages(to)[0].Text
		contains(t, text, words)
		if strings.Contains(text, "Maria") || strings.Contains(text, k.username) || strings.Contains(text, "not-me") {
			t.Errorf("who is not proved reads %s", text)
		}
	}
	p.client.Jar.SetCookies(mustURL(p.url), []*http.Cookie{{Name: "__Host-session", Value: k.token, Secure: true, Path: "/"}})
	contains(t, p.page("/account").body, newEmail+" takes its place", "(206) 555-0777 takes its place")
	p.advance("71h59m59s")
	if before := p.account(k.signedIn(p)); before["email"] != k.email || before["phone"] != k.phone {
		t.Errorf("too early: %v", before)
	}
	p.must(http.StatusAccepted, "POST", "/v1/recovery/username", object{"email": newEmail}, "X-Local-IP", p.caller())
	if len(p.messages(newEmail)) != 1 {
		t.Error("the new address is told a username too early")
	}
	p.advance("1s")
	if r := p.recover(k.username); r.hint != "••77" {
		t.Errorf("after 72 hours the hint is %s", r.hint)
	}
	after := p.account(k.signedIn(p))
	if after["email"] != newEmail || after["emailVerified"] != true || after["phone"] != newPhone || after["phoneVerified"] != true {
		t.Errorf("after 72 hours: %v", after)
	}
	for query, want := range map[string][]string{"email=" + newEmail: {k.username}, "email=" + k.email: nil, "phone=%2B12065550777": {k.username}, "phone=%2B12065550101": nil} {
		if got := p.found(query); !slices.Equal(got, want) {
			t.Errorf("%s finds %v", query, got)
		}
	}
	contains(t, p.messages(k.email)[0].Text, "not-me") // the old one is told that it is so now
}

// signedIn answers the person with a fresh session.
func (k known) signedIn(p *product) person {
	k.token = p.logIn(k.person)
	return k.person
}

// TestWhatComesFirstPutsNewDetailsInForce: a use, or the sweep.
func TestWhatComesFirstPutsNewDetailsInForce(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(p *product, k known){
		"the sweep": func(p *product, _ known) { p.must(http.StatusOK, "POST", "/_local/sweep", nil) },
		"a username is asked for": func(p *product, k known) {
			p.must(http.StatusAccepted, "POST", "/v1/recovery/username", object{"email": newEmail}, "X-Local-IP", p.caller())
			if m := p.messages(newEmail)[0]; !strings.Contains(m.Text, k.username) {
				t.Errorf("the new address reads %s", m.Text)
			}
		},
		"a username is asked for at the old one": func(p *product, k known) {
			sent := len(p.messages(k.email))
			p.must(http.StatusAccepted, "POST", "/v1/recovery/username", object{"email": k.email}, "X-Local-IP", p.caller())
			if n := len(p.messages(k.email)); n != sent+1 || strings.Contains(p.messages(k.email)[0].Text, k.username) { // only that it moved
				t.Errorf("the old address got %d messages, the newest %s", n-sent, p.messages(k.email)[0].Text)
			}
			if strings.Contains(p.messages(newEmail)[0].Text, k.username) {
				t.Error("who asks at the old address makes the new one be written to")
			}
		},
		"a login": func(p *product, k known) {
			a := p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": k.username, "password": k.password}).json(t)
			if got := a["account"].(map[string]any)["email"]; got != newEmail {
				t.Errorf("the login shows %v", got)
			}
		},
		"an agent": func(p *product, k known) { p.seen(k) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProduct(t)
			k := p.identified(1)
			p.contact(k, object{"email": newEmail})
			p.must(http.StatusOK, "POST", "/_local/sweep", nil)
			p.advance("72h")
			use(p, k)
			if m := p.messages(k.email)[0]; !strings.Contains(m.Subject, "new e-mail address is confirmed") {
				t.Errorf("the old address last read %q", m.Subject)
			}
			if got := p.seen(k); got["email"] != newEmail || got["newEmail"] != nil {
				t.Errorf("it has %v, and waits for %v", got["email"], got["newEmail"])
			}
			kinds := map[any]int{}
			for _, e := range p.must(http.StatusOK, "GET", "/v1/account/activity", nil, k.signedIn(p).as()...).json(t)["items"].([]any) {
				kinds[e.(map[string]any)["kind"]]++
			}
			if kinds["contact-counts"] != 1 {
				t.Errorf("the activity has %v", kinds)
			}
		})
	}
}

// TestTheOldAddressStopsTheNew: before the 72 hours are over, and after.
func TestTheOldAddressStopsTheNew(t *testing.T) {
	t.Parallel()
	for _, wait := range []string{"1h", "71h59m59s", "72h1s"} {
		t.Run(wait, func(t *testing.T) {
			t.Parallel()
			p := startProduct(t)
			k := p.identified(1)
			p.contact(k, object{"email": newEmail, "phone": newPhone})
			token := p.notice(k.phone, "contact details")
			p.advance(wait)
			p.recover(k.username)
			p.must(http.StatusOK, "POST", "/v1/disavow", object{"token": token})
			p.must(http.StatusUnprocessableEntity, "POST", "/v1/disavow", object{"token": p.notice(k.email, "contact details")})
			p.advance("96h")
			p.must(http.StatusOK, "POST", "/_local/sweep", nil)
			if r := p.recover(k.username); r.hint != "••"+k.phone[len(k.phone)-2:] {
				t.Errorf("the hint is %s", r.hint)
			}
			if got := p.seen(k); got["email"] != k.email || got["phone"] != k.phone || got["newEmail"] != nil || got.lock() != "disabled" {
				t.Errorf("after the objection: %v", got)
			}
			if got := p.found("email=" + newEmail); len(got) != 0 {
				t.Errorf("the new address still finds %v", got)
			}
			p.act(http.StatusConflict, k, "contact", object{"email": newEmail})
			r := p.recover(k.username)
			r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
			if _, scope := p.enter(k.username, p.temporary(k.person)); scope != "choose-password" {
				t.Errorf("the way back gives %s", scope)
			}
		})
	}
}

// TestACustomersOwnChangeComesFirst: what they prove themselves takes the place of what an agent entered.
func TestACustomersOwnChangeComesFirst(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.identified(1)
	p.contact(k, object{"email": newEmail})
	own := "maria.own@example.com"
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": own}, k.as()...)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(own)}, k.as()...)
	p.advance("73h")
	p.must(http.StatusOK, "POST", "/_local/sweep", nil)
	if got := p.seen(k); got["email"] != own || got["newEmail"] != nil {
		t.Errorf("it has %v, and waits for %v", got["email"], got["newEmail"])
	}
	p.act(http.StatusOK, k, "proof", object{"document": "passport"}, counter...)
	p.contact(k, object{"email": newEmail})
	p.contact(k, object{"email": "maria.third@example.com"}) // corrected
	if got := p.seen(k); got["newEmail"].(map[string]any)["to"] != "maria.third@example.com" || got["newPhone"] != nil || len(p.found("email="+newEmail)) != 0 {
		t.Errorf("after a correction: %v", got)
	}
	p.contact(k, object{"email": strings.ToUpper(own)}) // taken back
	contains(t, p.must(http.StatusOK, "GET", "/desk/accounts/"+k.id+"?done=contact", nil, counter...).body, "the details in force stay")
	p.act(http.StatusUnprocessableEntity, k, "contact", object{"email": own}, counter...)
	p.advance("73h")
	if got := p.seen(k); got["email"] != own || got["newEmail"] != nil {
		t.Errorf("after taking back: %v", got)
	}
}

// TestAgentsInEveryStatus: whatever state an account is in, agents help; only what cannot be is refused.
func TestAgentsInEveryStatus(t *testing.T) {
	t.Parallel()
	for status, make := range map[string]func(p *product) known{
		"new":    func(p *product) known { return p.atDesk(p.signUp(1)) },
		"active": func(p *product) known { return p.known(1) },
		"flagged": func(p *product) known {
			_, two, id := p.twins(1, 1, 2)
			return known{two, "/v1/desk/accounts/" + id, id}
		},
		"inactive": func(p *product) known { k := p.known(1); p.asleep(); return k },
		"closed": func(p *product) known {
			k := p.known(1)
			p.must(http.StatusAccepted, "DELETE", "/v1/account", nil, k.as()...)
			return k
		},
	} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			p := startProduct(t)
			k := make(p)
			if got := p.seen(k)["status"]; got != status {
				t.Fatalf("it is %v", got)
			}
			for _, act := range []string{"unlock", "reset-answers"} {
				if got := p.act(http.StatusOK, k, act, nil); got["status"] != status {
					t.Errorf("after %s it is %v", act, got["status"])
				}
			}
			p.act(http.StatusOK, k, "proof", object{"document": "passport"}, counter...)
			p.contact(k, object{"email": newEmail})
			p.advance("72h")
			want := status
			if status == "new" {
				want = "active"
			}
			if got := p.seen(k); got["email"] != newEmail || got["emailVerified"] != true || got["status"] != want {
				t.Errorf("after 72 hours: %v", got)
			}
			p.advance("1h") // the notices of this minute come first
			id := p.act(http.StatusAccepted, k, "recovery", object{"way": "email"})["id"].(string)
			token := p.must(http.StatusCreated, "POST", "/v1/recovery/password/"+id+"/code", object{"code": p.codeTo(newEmail)}).json(t)["token"].(string)
			p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": freshPassword}, bearer(token)...)
			scope := map[string]string{"inactive": "reactivate", "flagged": "flagged", "closed": "closed"}[status]
			if _, got := p.enter(k.username, freshPassword); scope != "" && got != scope || scope == "" && got != "full" {
				t.Errorf("the login has the scope %s", got)
			}
			released := p.send("POST", k.path+"/release", object{"reason": callersWish}, helper...)
			if flagged := status == "flagged"; flagged != (released.StatusCode == http.StatusOK) || !flagged && released.StatusCode != http.StatusConflict {
				t.Errorf("releasing is answered %d %s", released.StatusCode, released.body)
			}
			if status == "flagged" && released.json(t)["status"] != "active" {
				t.Errorf("released it is %s", released.body)
			}
		})
	}
}

// TestWhatIsErasedIsGoneForAgents: from the end of the time in which it can be opened again, and nothing is left behind.
func TestWhatIsErasedIsGoneForAgents(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.identified(1)
	p.must(http.StatusAccepted, "DELETE", "/v1/account", nil, k.as()...)
	p.advance("696h")
	p.act(http.StatusOK, k, "proof", object{"document": "passport"}, counter...)
	p.contact(k, object{"email": newEmail})
	p.advance("24h")
	p.must(http.StatusNotFound, "GET", k.path, nil, helper...)
	p.must(http.StatusNotFound, "POST", k.path+"/unlock", object{"reason": callersWish}, helper...)
	p.must(http.StatusOK, "POST", "/_local/sweep", nil)
	p.advance("73h")
	p.must(http.StatusOK, "POST", "/_local/sweep", nil)
	for _, query := range []string{"username=" + k.username, "email=" + k.email, "email=" + newEmail, "phone=%2B12065550101"} {
		if got := p.found(query); len(got) != 0 {
			t.Errorf("%s finds %v", query, got)
		}
	}
}

// TestTwoAgentsAndACustomerAtOnce: every answer is true in the end.
func TestTwoAgentsAndACustomerAtOnce(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.identified(1)
	p.contact(k, object{"email": newEmail})
	token := p.notice(k.email, "contact details")
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[string]int{}
	answer := func(name, path string, body object, agent ...string) {
		all.Go(func() {
			a := p.send("POST", path, body, agent...)
			mu.Lock()
			defer mu.Unlock()
			statuses[name+" "+a.Status[:3]]++
		})
	}
	for range 5 {
		answer("contact", k.path+"/contact", object{"email": "maria.late@example.com", "reason": callersWish}, counter...)
		answer("unlock", k.path+"/unlock", object{"reason": callersWish}, helper...)
		answer("recovery", k.path+"/recovery", object{"way": "sms", "reason": callersWish}, helper...)
		answer("disavow", "/v1/disavow", object{"token": token})
	}
	all.Wait()
	for name := range statuses {
		if strings.HasSuffix(name, " 500") {
			t.Errorf("%v", statuses)
		}
	}
	if statuses["disavow 200"] > 1 || statuses["recovery 202"] > 1 {
		t.Errorf("more than once: %v", statuses)
	}
	if statuses["disavow 200"] == 1 {
		p.advance("73h")
		if got := p.seen(k); got["email"] != k.email {
			t.Errorf("after the objection the address is %v: %v", got["email"], statuses)
		}
	}
}

// TestTheExportHasWhatAgentsWrote: the proof, and what waits.
func TestTheExportHasWhatAgentsWrote(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.identified(1)
	p.contact(k, object{"email": newEmail, "phone": newPhone})
	all := p.must(http.StatusOK, "GET", "/v1/account/export", nil, k.as()...)
	contains(t, all.body, newEmail, newPhone, "driver-licence", callersWish, `"agent":"otto"`)
}
