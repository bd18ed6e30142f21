package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestRC7_UnknownUsernamesHaveStablePlausibleWays(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	fresh := p.create(1) // a new account answers like none
	counts, hints := map[string]int{}, 0
	for i := range 200 {
		name := fmt.Sprintf("nobody%d", i)
		if i == 0 {
			name = fresh.username
		}
		r, again := p.recover(name), p.recover(strings.ToUpper(name))
		if !slices.Equal(r.ways, again.ways) || !slices.Equal(r.questions, again.questions) || r.hint != again.hint || r.path == again.path {
			t.Fatalf("%s: %v, then %v", name, r, again)
		}
		if len(r.questions) != 2 || !slices.IsSorted(r.questions) || r.questions[0] == r.questions[1] {
			t.Errorf("%s is asked %v", name, r.questions)
		}
		for _, q := range r.questions {
			counts[q]++
		}
		if r.hint != "" {
			hints++
		}
	}
	if counts["first-pet"] < 50 || counts["first-pet"] > 130 || counts["childhood-book"] > 30 || hints < 170 || hints == 200 {
		t.Errorf("questions %v, %d of 200 with a mobile", counts, hints)
	}
}

func TestTH4_RecoveryTellsNobodyWhoIsKnown(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	nobody := ""
	for i := 0; nobody == ""; i++ { // one whose decoy has a mobile too
		if r := p.recover(fmt.Sprintf("nobody%d", i)); r.hint != "" {
			nobody = fmt.Sprintf("nobody%d", i)
		}
	}
	a, b := p.recover(who.username), p.recover(nobody)
	steps := []struct {
		path string
		body func(r recovering) any
	}{
		{"/answers", func(r recovering) any { return r.answers(wrongly) }},
		{"/sms", func(recovering) any { return nil }},
		{"/sms", func(recovering) any { return nil }},
		{"/code", func(recovering) any { return object{"code": "000000"} }},
	}
	varies := regexp.MustCompile(`"requestId":"[^"]*"`)
	for try := range 7 {
		for _, step := range steps {
			x, y := p.send("POST", a.path+step.path, step.body(a)), p.send("POST", b.path+step.path, step.body(b))
			x.body, y.body = varies.ReplaceAllString(x.body, ""), varies.ReplaceAllString(y.body, "")
			for _, h := range []http.Header{x.Header, y.Header} {
				h.Del("Date")
				h.Del("Retry-After") // tested by the clock's seconds elsewhere
			}
			x.body, y.body = strings.ReplaceAll(x.body, "59 seconds", "60 seconds"), strings.ReplaceAll(y.body, "59 seconds", "60 seconds")
			if x.StatusCode != y.StatusCode || x.body != y.body || fmt.Sprint(x.Header) != fmt.Sprint(y.Header) {
				t.Errorf("try %d of %s:\n%d %s %v\n%d %s %v", try+1, step.path, x.StatusCode, x.body, x.Header, y.StatusCode, y.body, y.Header)
			}
		}
	}
}

func TestUsernamesGoToTheAddressOnFile(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	mine, hers := p.proved(1), p.proved(2)
	p.advance("61s")
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": mine.email}, hers.as()...)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(mine.email)}, hers.as()...)
	stranger := p.create(3) // has not proved its address
	typed := p.application(4)
	typed["email"] = mine.email
	p.join(4, typed) // and here it is another's
	ask := func(email string) {
		t.Helper()
		if a := p.must(http.StatusAccepted, "POST", "/v1/recovery/username", object{"email": email}, "X-Local-IP", p.caller()); a.body != "" {
			t.Errorf("%s: %s", email, a.body)
		}
	}
	ask(" " + strings.ToUpper(mine.email))
	listed := p.messages(mine.email)[0].Text
	contains(t, listed, mine.username, hers.username)
	if strings.Contains(listed, typed["username"].(string)) {
		t.Errorf("a username comes with an address that it only claims: %s", listed)
	}
	sent := len(p.messages(stranger.email))
	for _, email := range []string{stranger.email, "nobody@example.com", "no address at all", ""} {
		ask(email)
	}
	if len(p.messages(stranger.email)) != sent || len(p.messages("nobody@example.com")) != 0 {
		t.Error("an address that is not proved got a message")
	}
	sent = len(p.messages(mine.email))
	ask(mine.email) // within a minute
	if len(p.messages(mine.email)) != sent {
		t.Error("a second one within a minute was sent")
	}
	p.advance("61s")
	ask(mine.email)
	if len(p.messages(mine.email)) != sent+1 {
		t.Error("after a minute none was sent")
	}
}

func TestRecoveriesAreBoundedPerCaller(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for i := range 20 {
		if i%2 == 0 {
			p.must(http.StatusAccepted, "POST", "/v1/recovery/username", object{"email": fmt.Sprintf("n%d@example.com", i)}, "X-Local-IP", "192.0.2.7")
		} else {
			p.must(http.StatusCreated, "POST", "/v1/recovery/password", object{"username": fmt.Sprintf("nobody%d", i)}, "X-Local-IP", "192.0.2.7")
		}
	}
	p.must(http.StatusTooManyRequests, "POST", "/v1/recovery/username", object{"email": "n@example.com"}, "X-Local-IP", "192.0.2.7")
	p.must(http.StatusTooManyRequests, "POST", "/v1/recovery/password", object{"username": "nobody"}, "X-Local-IP", "192.0.2.7")
	p.must(http.StatusCreated, "POST", "/v1/recovery/password", object{"username": "nobody"}, "X-Local-IP", "192.0.2.8")
}

func TestANewAccountRecoversLikeNobodys(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	before := p.recover("maria1")
	who := p.signUp(1)
	p.must(http.StatusOK, "POST", "/v1/account/phone/verify", object{"code": p.codeTo(who.phone)}, who.as()...)
	r := p.recover(who.username)
	if !slices.Equal(r.ways, before.ways) || !slices.Equal(r.questions, before.questions) || r.hint != before.hint {
		t.Errorf("taking the name changes the ways from %v to %v", before, r)
	}
	r.questions = []string{"first-pet", "first-school"}
	r.must(http.StatusUnprocessableEntity, "POST", r.path+"/answers", r.answers(asTheyAre))
	sent := len(p.messages(who.phone))
	r.send("POST", r.path+"/sms", nil)
	if n := len(p.messages(who.phone)); n != sent {
		t.Errorf("%d messages went to the number of a new account", n-sent)
	}
}
