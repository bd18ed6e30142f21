package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The desk's own agents.
var (
	helper  = []string{"X-Local-Agent", "vera;role=desk"}
	counter = []string{"X-Local-Agent", "otto;role=counter"}
	packer  = []string{"X-Local-Agent", "pia;role=warehouse"}
)

const callersWish = "asked for at the telephone"

// known is somebody's account as agents address it.
type known struct {
	person
	path, id string
}

// known answers somebody whose addresses are both proved, and the path of their account at the desk.
func (p *product) known(n int) known {
	p.t.Helper()
	return p.atDesk(p.proved(n))
}

func (p *product) atDesk(who person) known {
	p.t.Helper()
	id := p.account(who)["id"].(string)
	return known{who, "/v1/desk/accounts/" + id, id}
}

// act is an agent's act on an account.
func (p *product) act(status int, k known, name string, body object, agent ...string) object {
	p.t.Helper()
	if agent == nil {
		agent = helper
	}
	all := object{"reason": callersWish}
	maps.Copy(all, body)
	return p.must(status, "POST", k.path+"/"+name, all, agent...).json(p.t)
}

// seen answers an account as agents see it.
func (p *product) seen(k known) object {
	p.t.Helper()
	return p.must(http.StatusOK, "GET", k.path, nil, helper...).json(p.t)
}

// lock is the state of the account's password.
func (o object) lock() string { return o["lock"].(map[string]any)["state"].(string) }

// fail tries wrong passwords, from an address of its own each.
func (p *product) fail(who person, n int) (last answered) {
	p.t.Helper()
	for range n {
		last = p.send("POST", "/v1/sessions", object{"username": who.username, "password": "not this one, surely"}, "X-Local-IP", p.caller())
	}
	return last
}

// found are the usernames that a search answers.
func (p *product) found(query string) (usernames []string) {
	p.t.Helper()
	for _, item := range p.must(http.StatusOK, "GET", "/v1/desk/accounts?"+query, nil, counter...).json(p.t)["items"].([]any) {
		usernames = append(usernames, item.(map[string]any)["username"].(string))
	}
	slices.Sort(usernames)
	return usernames
}

func TestTheDeskFindsAccounts(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	one, two := p.known(1), p.signUp(2)
	p.must(http.StatusOK, "PUT", "/v1/account/username", object{"username": "rosa-now"}, one.as()...)
	for query, want := range map[string][]string{
		"username=ROSA-now":                            {"rosa-now"},
		"username=maria1":                              {"rosa-now"}, // the name that was left
		"username=maria2":                              {"maria2"},
		"email=" + strings.ToUpper(one.email):          {"rosa-now"},
		"email=" + two.email:                           {"maria2"}, // not proved
		"phone=(206)+555-0101":                         {"rosa-now"},
		"phone=%2B12065550102":                         {"maria2"},
		"zip=98101&street=101+main+street&last=GARCIA": {"rosa-now"},
		"zip=98101&street=101+main+street&last=Lopez":  nil,
		"zip=98101&street=102+main+street&last=garcia": nil, // its e-mail address is not proved: it has no claim
		"username=nobody":                              nil,
		"username=" + url.QueryEscape("../PROFILE#"):   nil,
		"email=nobody@example.com":                     nil,
		"order=2611230000000000":                       nil,
	} {
		if got := p.found(query); !slices.Equal(got, want) {
			t.Errorf("%s finds %v, not %v", query, got, want)
		}
	}
	for query, code := range map[string]string{"": "validation", "username=": "validation", "username=a&email=b": "validation", "zip=98101&street=x": "validation",
		"last=Garcia": "validation", "phone=12": "phone_invalid", "name=Maria": "validation"} {
		if a := p.send("GET", "/v1/desk/accounts?"+query, nil, helper...); query != "name=Maria" && (a.StatusCode != 422 || a.code(t) != code) {
			t.Errorf("%s answers %d %s", query, a.StatusCode, a.body)
		}
	}
	view := p.must(http.StatusOK, "GET", one.path, nil, counter...)
	seen := view.json(t)
	if seen["email"] != one.email || seen["emailVerified"] != true || seen.lock() != "open" || seen["questions"] != "open" || seen["lastActiveDay"] == "" {
		t.Errorf("an agent sees %v", seen)
	}
	for _, secret := range []string{"argon2", "password", "nswers", "oken", "hash", "credential", "claim"} {
		if strings.Contains(view.body, secret) {
			t.Errorf("an agent sees %q: %s", secret, view.body)
		}
	}
	for _, id := range []string{"01ARZ3NDEKTSV4RRFFQ69G5FAV", "nobody", strings.ToLower(one.id), "%2e%2e"} {
		p.must(http.StatusNotFound, "GET", "/v1/desk/accounts/"+id, nil, helper...)
		p.must(http.StatusNotFound, "POST", "/v1/desk/accounts/"+id+"/unlock", object{"reason": callersWish}, helper...)
	}
}

func TestOnlyTheRightAgentsAct(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	for _, name := range []string{"unlock", "release", "reset-answers", "recovery", "proof", "contact"} {
		body := object{"reason": callersWish, "way": "email", "document": "passport", "email": "new@example.com"}
		p.must(http.StatusUnauthorized, "POST", k.path+"/"+name, body)
		p.must(http.StatusUnauthorized, "POST", k.path+"/"+name, body, k.as()...)
		p.must(http.StatusForbidden, "POST", k.path+"/"+name, body, packer...)
		if atCounter := name == "proof" || name == "contact"; !atCounter {
			p.must(http.StatusForbidden, "POST", k.path+"/"+name, body, counter...)
		}
		if name == "proof" {
			p.must(http.StatusForbidden, "POST", k.path+"/"+name, body, helper...)
		}
	}
	p.must(http.StatusForbidden, "GET", k.path, nil, packer...)
	p.must(http.StatusUnauthorized, "GET", k.path, nil, k.as()...)
	for _, reason := range []any{"", "  ", "x", " x ", strings.Repeat("y", 201), nil, 7} {
		if a := p.send("POST", k.path+"/unlock", object{"reason": reason}, helper...); a.StatusCode != 422 || !strings.Contains(a.body, "body.reason") {
			t.Errorf("the reason %v is answered %d %s", reason, a.StatusCode, a.body)
		}
	}
	p.must(http.StatusUnprocessableEntity, "POST", k.path+"/unlock", object{}, helper...)
	for _, reason := range []string{"ab", strings.Repeat("ü", 200)} {
		p.act(http.StatusOK, k, "unlock", object{"reason": reason})
	}
}

// TestRC10_AnAgentNeverChoosesASecret: no act takes or shows a password, a code or an answer.
func TestRC10_AnAgentNeverChoosesASecret(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	operations, bodies := p.operations()
	seen := 0
	for _, op := range operations {
		if !strings.HasPrefix(op.path, "/v1/desk/accounts") || op.body == "" {
			continue
		}
		seen++
		for name := range bodies[op.body].Properties {
			if regexp.MustCompile(`(?i)password|code|answer|token|question`).MatchString(name) {
				t.Errorf("%s %s takes %s", op.method, op.path, name)
			}
		}
	}
	if seen < 6 {
		t.Errorf("only %d acts were looked at", seen)
	}
	for _, name := range []string{"newPassword", "password", "code", "securityAnswers", "status"} {
		p.act(http.StatusUnprocessableEntity, k, "unlock", object{name: "a quiet harbour at dusk"})
	}
	answer := p.act(http.StatusAccepted, k, "recovery", object{"way": "email"})
	if code := p.codeTo(k.email); len(answer) != 1 || strings.Contains(fmt.Sprint(answer), code) {
		t.Errorf("the agent learns %v", answer)
	}
}

func TestAnAgentUnlocks(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	if a := p.fail(k.person, 6); a.code(t) != "login_locked" {
		t.Fatalf("six wrong passwords: %s", a.body)
	}
	other := p.known(2)
	device := p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": other.username, "password": other.password}).json(t)["device"]
	withDevice := func(password string) answered {
		return p.send("POST", "/v1/sessions", object{"username": other.username, "password": password, "device": device}, "X-Local-IP", p.caller())
	}
	for range 6 {
		withDevice("not this one, surely")
	}
	if a := withDevice(other.password); a.code(t) != "login_locked" {
		t.Fatalf("six wrong passwords of a device: %s", a.body)
	}
	p.act(http.StatusOK, other, "unlock", nil)
	if a := withDevice(other.password); a.StatusCode != http.StatusCreated {
		t.Errorf("unlocked, the device is answered %d %s", a.StatusCode, a.body)
	}
	if seen := p.seen(k); seen.lock() != "locked" || seen["lock"].(map[string]any)["until"] == nil {
		t.Errorf("a locked account is seen %v", seen["lock"])
	}
	if a := p.act(http.StatusOK, k, "unlock", nil); a.lock() != "open" {
		t.Errorf("after unlocking: %v", a["lock"])
	}
	p.enter(k.username, k.password)
	if a := p.fail(k.person, 6); a.code(t) != "login_locked" {
		t.Errorf("unlocked, six wrong passwords: %s", a.body)
	}
}

// TestTH1_NoAgentLiftsTheHardStop: 50 failures in a row disable the password, however often an agent unlocks between and
// after.
func TestTH1_NoAgentLiftsTheHardStop(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	for range 10 {
		p.fail(k.person, 5)
		p.act(http.StatusOK, k, "unlock", nil)
	}
	if a := p.fail(k.person, 1); a.code(t) != "password_disabled" {
		t.Errorf("after 50 failures: %s", a.body)
	}
	if a := p.act(http.StatusOK, k, "unlock", nil); a.lock() != "disabled" {
		t.Errorf("unlocking a disabled password answers %v", a["lock"])
	}
	p.must(http.StatusForbidden, "POST", "/v1/sessions", object{"username": k.username, "password": k.password})
	p.recovered(k, "sms")
	p.enter(k.username, freshPassword)
}

// TestUnlockingWhileGuessesRun: of guesses that run meanwhile as many are looked at as the lock allows, before and after.
func TestUnlockingWhileGuessesRun(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	var all sync.WaitGroup
	var mu sync.Mutex
	looked, unlocked := 0, 0
	for i := range 50 {
		caller := p.caller()
		all.Go(func() {
			if i%10 == 9 {
				a := p.send("POST", k.path+"/unlock", object{"reason": callersWish}, helper...)
				mu.Lock()
				defer mu.Unlock()
				if a.StatusCode == http.StatusOK {
					unlocked++
				} else if a.StatusCode != http.StatusConflict {
					t.Errorf("unlocking answers %d %s", a.StatusCode, a.body)
				}
				return
			}
			a := p.send("POST", "/v1/sessions", object{"username": k.username, "password": "not this one, surely"}, "X-Local-IP", caller)
			mu.Lock()
			defer mu.Unlock()
			if a.StatusCode == http.StatusUnauthorized {
				looked++
			}
		})
	}
	all.Wait()
	if unlocked == 0 || looked < 5 || looked > 5*(unlocked+1) {
		t.Errorf("%d guesses were looked at, %d agents unlocked", looked, unlocked)
	}
}

func TestAnAgentResetsTheQuestions(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	begun := p.recover(k.username)
	if a := p.act(http.StatusOK, k, "reset-answers", nil); a["questions"] != "unset" {
		t.Errorf("after the reset the questions are %v", a["questions"])
	}
	begun.must(http.StatusUnprocessableEntity, "POST", begun.path+"/answers", begun.answers(asTheyAre))
	if r := p.recover(k.username); !slices.Equal(r.ways, []string{"sms"}) {
		t.Errorf("the ways are %v", r.ways)
	}
	if page := p.postForm("/recover", url.Values{"username": {k.username}}); strings.Contains(page.body, `value="answers"`) || !strings.Contains(page.body, `value="sms"`) {
		t.Error("the page still asks")
	}
	if got := p.must(http.StatusOK, "GET", "/v1/account/security-answers", nil, k.as()...).json(t)["items"].([]any); len(got) != 0 {
		t.Errorf("the account has the questions %v", got)
	}
	p.must(http.StatusNoContent, "PUT", "/v1/account/security-answers", newAnswers, k.as()...)
	if r := p.recover(k.username); !slices.Equal(r.ways, []string{"questions", "sms"}) {
		t.Errorf("with new ones the ways are %v", r.ways)
	}
	if p.seen(k)["questions"] != "open" {
		t.Error("the questions are not open again")
	}
	p.act(http.StatusOK, k, "reset-answers", nil)
	p.asleep()
	if ways := p.wakes(k.username, k.password).ways(); !slices.Equal(ways, []string{"sms", "email"}) {
		t.Errorf("asleep, the ways are %v", ways)
	}
}

// TestEveryActIsToldAndKept: at every proved address, with a link that says no, and in the activity with agent and reason.
func TestEveryActIsToldAndKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ act, kind, words string }{{"unlock", "unlocked", "unlocked your account"}, {"reset-answers", "questions-reset", "security questions"},
		{"recovery", "recovery-started", "started a recovery"}, {"proof", "proof-recorded", "an identity document"}, {"contact", "contact-set", "contact details"}} {
		t.Run(c.act, func(t *testing.T) {
			t.Parallel()
			p := startProduct(t)
			k := p.known(1)
			body, status, agent := object{"reason": "the customer called, see ticket 7"}, http.StatusOK, helper
			switch c.act {
			case "recovery":
				body["way"], status = "letter", http.StatusAccepted
			case "proof":
				body["document"], agent = "passport", counter
			case "contact":
				p.act(http.StatusOK, k, "proof", object{"document": "state-id"}, counter...)
				body["email"], body["phone"] = "new@example.com", "+12065550999"
			}
			p.act(status, k, c.act, body, agent...)
			for _, to := range []string{k.email, k.phone} {
				p.notice(to, c.words)
			}
			newest := p.must(http.StatusOK, "GET", "/v1/account/activity?limit=1", nil, k.as()...).json(t)["items"].([]any)[0].(map[string]any)
			if newest["kind"] != c.kind || newest["agent"] != agent[1][:4] || newest["reason"] != "the customer called, see ticket 7" || newest["ip"] != nil {
				t.Errorf("the activity says %v", newest)
			}
			p.client.Jar.SetCookies(mustURL(p.url), []*http.Cookie{{Name: "__Host-session", Value: k.token, Secure: true, Path: "/"}})
			contains(t, p.page("/account/activity").body, "the customer called, see ticket 7", agent[1][:4])
			p.must(http.StatusOK, "POST", "/v1/disavow", object{"token": p.notice(k.email, c.words)})
			p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, k.as()...)
			after := p.seen(k)
			if after.lock() != "disabled" || after["questions"] != "open" || after["proof"] != nil || after["newEmail"] != nil || after["newPhone"] != nil {
				t.Errorf("after the objection: %v", after)
			}
		})
	}
}

func mustURL(raw string) *url.URL {
	u, _ := url.Parse(raw)
	return u
}

// TestTheDeskLogsNothingPersonal: LG-1, for what agents type and see.
func TestTheDeskLogsNothingPersonal(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	p.found("username=" + k.username)
	p.found("email=" + k.email)
	p.found("phone=%2B12065550101")
	p.found("zip=98101&street=101+TypedMain+street&last=TypedLast")
	p.act(http.StatusAccepted, k, "recovery", object{"way": "email", "reason": "TypedReason"})
	code := p.codeTo(k.email)
	p.act(http.StatusOK, k, "proof", object{"document": "passport"}, counter...)
	p.act(http.StatusOK, k, "contact", object{"email": "typed.new@example.com", "phone": "(206) 555-0999"})
	p.act(http.StatusUnprocessableEntity, k, "contact", object{"email": "typed.bad@", "reason": "TypedReason"})
	id := p.act(http.StatusAccepted, k, "recovery", object{"way": "letter"})["id"].(string)
	p.send("POST", "/v1/recovery/password/"+id+"/code", object{"code": "TypedCode"})
	p.send("GET", "/recover?id="+id, nil)
	p.stop()
	log := string(p.file("events.log"))
	for _, secret := range []string{"Typed", "typed", k.username, k.email, "5550101", "5550999", "555-0", "98101", "Garcia", code, id, k.id} {
		if at := strings.Index(log, secret); at >= 0 && secret != k.id {
			t.Errorf("the log holds %q: %s", secret, log[max(0, at-150):min(len(log), at+80)])
		}
	}
}
