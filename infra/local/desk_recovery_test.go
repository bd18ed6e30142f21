package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// recovered brings a customer back with a recovery that an agent started.
func (p *product) recovered(k known, way string) {
	p.t.Helper()
	id := p.act(http.StatusAccepted, k, "recovery", object{"way": way})["id"].(string)
	code := p.agentCode(k, way)
	token := p.must(http.StatusCreated, "POST", "/v1/recovery/password/"+id+"/code", object{"code": code}).json(p.t)["token"].(string)
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": freshPassword}, bearer(token)...)
}

// agentCode answers the newest code that came by a way.
func (p *product) agentCode(k known, way string) string {
	p.t.Helper()
	switch way {
	case "letter":
		return p.letterTo(k.id)
	case "sms":
		return p.codeTo(k.phone)
	}
	return p.codeTo(k.email)
}

// TestOTP5_TheCodesOfAgentsRecoveries: how long each is good, at its boundary, and only for its customer.
func TestOTP5_TheCodesOfAgentsRecoveries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ way, until, past string }{{"email", "23h59m", "24h0m1s"}, {"sms", "9m59s", "10m1s"}, {"letter", "503h59m", "504h0m1s"}} {
		t.Run(c.way, func(t *testing.T) {
			t.Parallel()
			p := startProduct(t)
			k := p.known(1)
			start := func() (path, code string) {
				id := p.act(http.StatusAccepted, k, "recovery", object{"way": c.way})["id"].(string)
				return "/v1/recovery/password/" + id + "/code", p.agentCode(k, c.way)
			}
			path, code := start()
			p.advance(c.past)
			if a := p.must(http.StatusUnprocessableEntity, "POST", path, object{"code": code}); a.code(t) != "code_expired" {
				t.Errorf("too late: %s", a.body)
			}
			path, code = start()
			p.advance(c.until)
			typed := strings.ToLower(code[:3] + "-" + code[3:])
			token := p.must(http.StatusCreated, "POST", path, object{"code": typed}).json(t)["token"].(string)
			p.must(http.StatusNotFound, "POST", path, object{"code": code})            // once
			p.must(http.StatusForbidden, "GET", "/v1/sessions", nil, bearer(token)...) // only to choose
			p.enter(k.username, k.password)                                            // RC-8
			p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": freshPassword}, bearer(token)...)
			p.enter(k.username, freshPassword)
		})
	}
}

func TestAnAgentsRecoveryOnThePage(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	id := p.act(http.StatusAccepted, k, "recovery", object{"way": "letter"})["id"].(string)
	letter := p.messages(k.id)[0].Text
	contains(t, letter, id, p.url+"/recover?id="+id)
	shown := p.page("/recover?id=" + strings.ToLower(id[:5]+"-"+id[5:])) // as it is read off the paper
	contains(t, shown.body, "customer service has sent you", "10 letters and digits")
	if strings.Contains(shown.body, `value="again"`) {
		t.Error("a stranger with the link could send codes")
	}
	wrong := p.send("POST", "/recover", url.Values{"id": {id}, "do": {"code"}, "code": {"0000000000"}}, "Origin", p.url)
	if wrong.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code is answered %d", wrong.StatusCode)
	}
	contains(t, wrong.body, "Error:", `value="0000000000"`)
	a := p.send("POST", "/recover", url.Values{"id": {id}, "do": {"code"}, "code": {p.letterTo(k.id)}}, "Origin", p.url)
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/account/password" {
		t.Errorf("the right code is answered %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	for _, do := range []string{"sms", "again", "answers"} {
		a := p.send("POST", "/recover", url.Values{"id": {id}, "do": {do}}, "Origin", p.url)
		if a.StatusCode == http.StatusOK {
			t.Errorf("%s is answered %d", do, a.StatusCode)
		}
	}
}

// TestAStrangersRecoveryLeavesAnAgentsAlone: neither its codes, nor its wrong tries, nor its sends touch the agent's; and the
// other way round.
func TestAStrangersRecoveryLeavesAnAgentsAlone(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	id := p.act(http.StatusAccepted, k, "recovery", object{"way": "sms"})["id"].(string)
	ours := p.codeTo(k.phone)
	stranger := p.recover(k.username)
	stranger.must(http.StatusAccepted, "POST", stranger.path+"/sms", nil)
	theirs := p.codeTo(k.phone)
	for range 5 {
		stranger.must(http.StatusUnprocessableEntity, "POST", stranger.path+"/code", object{"code": other(theirs)})
	}
	stranger.must(http.StatusTooManyRequests, "POST", stranger.path+"/code", object{"code": theirs})
	stranger.must(http.StatusTooManyRequests, "POST", stranger.path+"/code", object{"code": ours}) // OTP-4
	path := "/v1/recovery/password/" + id
	p.must(http.StatusNotFound, "POST", path+"/sms", nil)
	p.must(http.StatusNotFound, "POST", path+"/answers", stranger.answers(asTheyAre))
	if a := p.must(http.StatusUnprocessableEntity, "POST", path+"/code", object{"code": other(ours)}).json(t); a["triesLeft"] != 4.0 {
		t.Errorf("the stranger used up the tries: %v", a["triesLeft"])
	}
	if a := p.act(http.StatusTooManyRequests, k, "recovery", object{"way": "sms"}); a["code"] != "sending_too_often" {
		t.Errorf("at once again: %v", a)
	}
	p.must(http.StatusCreated, "POST", path+"/code", object{"code": ours})
	for i := range 4 { // OTP-3: a new code keeps the failure count
		p.advance("61s")
		id := p.act(http.StatusAccepted, k, "recovery", object{"way": "sms"})["id"].(string)
		wrong := p.must(http.StatusUnprocessableEntity, "POST", "/v1/recovery/password/"+id+"/code", object{"code": other(p.codeTo(k.phone))}).json(t)
		if wrong["triesLeft"] != float64(4-i) {
			t.Errorf("try %d leaves %v", i, wrong["triesLeft"])
		}
	}
}

func TestAnAgentNeedsAProvedChannel(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.atDesk(p.signUp(1))
	for _, way := range []string{"email", "sms"} {
		if a := p.act(http.StatusUnprocessableEntity, k, "recovery", object{"way": way}); a["code"] != "channel_unproved" {
			t.Errorf("%s of a new account: %v", way, a)
		}
	}
	p.act(http.StatusUnprocessableEntity, k, "recovery", object{"way": "pigeon"})
	p.recovered(k, "letter")
	p.act(http.StatusOK, k, "unlock", nil)
	if letters := p.messages(k.id); len(letters) != 2+1 || !strings.Contains(letters[0].Subject, "Customer service") {
		t.Errorf("%d letters, the newest: %+v", len(letters), letters[0])
	}
}
