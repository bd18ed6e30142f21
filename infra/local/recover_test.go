package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestRC1_RC8_RC9_AnswersSendATemporaryPassword(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	r := p.recover(strings.ToUpper(who.username))
	if !slices.Equal(r.ways, []string{"questions", "sms"}) || r.hint != "••"+who.phone[len(who.phone)-2:] || len(r.questions) != 2 {
		t.Fatalf("ways %v, hint %s, questions %v", r.ways, r.hint, r.questions)
	}
	before := len(p.messages(who.email))
	r.must(http.StatusUnprocessableEntity, "POST", r.path+"/answers", r.answers(wrongly))
	if len(p.messages(who.email)) != before {
		t.Error("wrong answers sent something")
	}
	slices.Reverse(r.questions)
	given := r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(func(s string) string { return "  " + strings.ToUpper(s) + " ́ " }))
	if given.body != "" || given.Header.Get("Set-Cookie") != "" { // RC-1: answers alone open nothing
		t.Errorf("right answers are answered %q", given.body)
	}
	words := p.temporary(who)
	p.enter(who.username, who.password) // RC-8
	token, scope := p.enter(who.username, strings.ToUpper(strings.ReplaceAll(words, " ", "-")))
	if scope != "choose-password" {
		t.Fatalf("the temporary password gives the scope %s", scope)
	}
	if a := p.must(http.StatusOK, "GET", "/v1/account", nil, bearer(token)...); strings.Contains(a.body, who.email) {
		t.Errorf("before a password is chosen the account shows %s", a.body)
	}
	p.must(http.StatusForbidden, "GET", "/v1/sessions", nil, bearer(token)...)
	p.must(http.StatusUnauthorized, "POST", "/v1/sessions", object{"username": who.username, "password": words}) // once
	for _, bad := range []struct{ password, code string }{{words, "password_same"}, {strings.ToUpper(words), "password_same"},
		{who.password, "password_same"}, {"too short", "password_short"}, {who.username + " garcia seattle", "password_context"}} {
		a := p.must(http.StatusUnprocessableEntity, "PUT", "/v1/account/password", object{"newPassword": bad.password}, bearer(token)...)
		if got := a.code(t); got != bad.code {
			t.Errorf("%q is refused with %s, not %s", bad.password, got, bad.code)
		}
	}
	done := p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": freshPassword}, bearer(token)...)
	if done.Header.Get("Set-Cookie") != "" { // RC-6
		t.Error("choosing a password logs in")
	}
	p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, bearer(token)...)
	p.must(http.StatusUnauthorized, "GET", "/v1/account", nil, who.as()...)
	p.must(http.StatusUnauthorized, "POST", "/v1/sessions", object{"username": who.username, "password": who.password})
	if _, scope := p.enter(who.username, freshPassword); scope != "full" {
		t.Errorf("the new password gives the scope %s", scope)
	}
	r.must(http.StatusNotFound, "POST", r.path+"/answers", r.answers(asTheyAre))
	r.must(http.StatusNotFound, "POST", r.path+"/sms", nil)
}

// TestANewPasswordEndsOtherRecoveries: what was sent before it is of no use after it.

func TestANewPasswordEndsOtherRecoveries(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	left := p.recover(who.username)
	left.must(http.StatusAccepted, "POST", left.path+"/sms", nil)
	code := p.codeTo(who.phone)
	left.must(http.StatusAccepted, "POST", left.path+"/answers", left.answers(asTheyAre))
	words := p.temporary(who)
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"currentPassword": who.password, "newPassword": freshPassword}, who.as()...)
	p.must(http.StatusUnauthorized, "POST", "/v1/sessions", object{"username": who.username, "password": words})
	left.must(http.StatusNotFound, "POST", left.path+"/code", object{"code": code})
}

func TestRC9_ATemporaryPasswordLastsADayAndReplacesTheLast(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	r := p.recover(who.username)
	r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
	first := p.temporary(who)
	p.advance("61s")
	r = p.recover(who.username)
	r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
	second := p.temporary(who)
	if first == second {
		t.Fatal("no second temporary password came")
	}
	p.must(http.StatusUnauthorized, "POST", "/v1/sessions", object{"username": who.username, "password": first})
	p.advance("23h59m")
	p.enter(who.username, second)
	r = p.recover(who.username)
	r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
	p.advance("24h1s")
	p.must(http.StatusUnauthorized, "POST", "/v1/sessions", object{"username": who.username, "password": p.temporary(who)})
}

func TestRC7_OverTheLimitNothingIsSentAndNothingIsSaid(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	for range 5 {
		r := p.recover(who.username)
		r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
		p.advance("61s")
	}
	sent, words := len(p.messages(who.email)), p.temporary(who)
	r := p.recover(who.username)
	r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
	if n := len(p.messages(who.email)); n != sent {
		t.Errorf("%d messages more", n-sent)
	}
	if _, scope := p.enter(who.username, words); scope != "choose-password" {
		t.Errorf("the last temporary password gives %s", scope)
	}
}

func TestRC3_RC4_ANewPasswordIsToldEverywhere(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	both, mailOnly := p.proved(1), p.signUp(2)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(mailOnly.email)}, mailOnly.as()...)
	for _, who := range []person{both, mailOnly} {
		r := p.recover(who.username)
		if r.hint == "" != (who == mailOnly) {
			t.Errorf("hint %q", r.hint)
		}
		r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
		token, _ := p.enter(who.username, p.temporary(who))
		p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": freshPassword}, bearer(token)...)
	}
	for _, to := range []string{both.email, both.phone, mailOnly.email} {
		contains(t, p.messages(to)[0].Text, p.url+"/not-me?t=")
	}
	if text := p.messages(mailOnly.phone)[0].Text; strings.Contains(text, "not-me") {
		t.Errorf("a number that is not proved got %s", text)
	}
	account := func(who person) string {
		token, _ := p.enter(who.username, freshPassword)
		return p.must(http.StatusOK, "GET", "/v1/account", nil, bearer(token)...).json(t)["id"].(string)
	}
	if letters := p.messages(account(mailOnly)); len(letters) != 1 || letters[0].Channel != "letter" {
		t.Errorf("whose only address got the temporary password: %d letters", len(letters))
	}
	if letters := p.messages(account(both)); len(letters) != 0 {
		t.Errorf("who was told by SMS too got %d letters", len(letters))
	}
}

func TestOTP2_OTP4_TheCodeIsForOneRecovery(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who, other := p.proved(1), p.proved(2)
	r := p.recover(who.username)
	if a := r.must(http.StatusUnprocessableEntity, "POST", r.path+"/code", object{"code": "123456"}); a.code(t) != "code_wrong" {
		t.Errorf("a code that was never sent: %s", a.body)
	}
	r.must(http.StatusAccepted, "POST", r.path+"/sms", nil)
	code := p.codeTo(who.phone)
	p.advance("9m59s")
	for name, foreign := range map[string]recovering{"another recovery": p.recover(who.username), "another account": p.recover(other.username),
		"nobody": p.recover("nobody.at.all")} {
		if a := foreign.must(http.StatusUnprocessableEntity, "POST", foreign.path+"/code", object{"code": code}); a.code(t) != "code_wrong" {
			t.Errorf("the code for %s: %s", name, a.body)
		}
	}
	given := r.must(http.StatusCreated, "POST", r.path+"/code", object{"code": code[:3] + " " + code[3:]}).json(t)
	if given["scope"] != "choose-password" {
		t.Errorf("the code gives %v", given)
	}
	r.must(http.StatusNotFound, "POST", r.path+"/code", object{"code": code})
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": freshPassword}, bearer(given["token"].(string))...)
	p.enter(who.username, freshPassword)

	r = p.recover(who.username)
	r.must(http.StatusAccepted, "POST", r.path+"/sms", nil)
	code = p.codeTo(who.phone)
	p.advance("10m1s")
	if a := r.must(http.StatusUnprocessableEntity, "POST", r.path+"/code", object{"code": code}); a.code(t) != "code_expired" {
		t.Errorf("at 10:01: %s", a.body)
	}
	p.advance("1h")
	r.must(http.StatusNotFound, "POST", r.path+"/sms", nil)
}

func TestOTP4_ACodeThatProvesAMobileRecoversNothing(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	p.advance("61s")
	p.must(http.StatusAccepted, "PUT", "/v1/account/phone", object{"phone": "+12065550199"}, who.as()...)
	r := p.recover(who.username)
	if a := r.must(http.StatusUnprocessableEntity, "POST", r.path+"/code", object{"code": p.codeTo("+12065550199")}); a.code(t) != "code_wrong" {
		t.Errorf("%s", a.body)
	}
}

func TestOTP3_ANewCodeKeepsTheCountOfWrongOnes(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	for _, username := range []string{who.username, p.withMobile(0)} {
		r := p.recover(username)
		r.must(http.StatusAccepted, "POST", r.path+"/sms", nil)
		for i := range 4 {
			a := r.must(http.StatusUnprocessableEntity, "POST", r.path+"/code", object{"code": "00000" + fmt.Sprint(i)})
			if left := a.json(t)["triesLeft"]; left != float64(4-i) {
				t.Errorf("%s: %v tries left after %d", username, left, i+1)
			}
		}
		p.advance("61s")
		r = p.recover(username)
		r.must(http.StatusAccepted, "POST", r.path+"/sms", nil)
		r.must(http.StatusUnprocessableEntity, "POST", r.path+"/code", object{"code": "000004"})
		code := "000000"
		if username == who.username {
			code = p.codeTo(who.phone)
		}
		a := r.must(http.StatusTooManyRequests, "POST", r.path+"/code", object{"code": code})
		if a.code(t) != "way_closed" || a.Header.Get("Retry-After") != "86400" {
			t.Errorf("%s: the sixth try: %s %s", username, a.body, a.Header.Get("Retry-After"))
		}
		p.advance("23h59m59s")
		r = p.recover(username)
		r.must(http.StatusTooManyRequests, "POST", r.path+"/code", object{"code": code})
		p.advance("2s")
		r.must(http.StatusUnprocessableEntity, "POST", r.path+"/code", object{"code": "000000"})
	}
}

func TestSQ1_FiveWrongAnswersCloseTheWayForADay(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	asked := p.recover(who.username).questions
	for i := range 5 {
		r := p.recover(who.username)
		if !slices.Equal(r.questions, asked) {
			t.Fatalf("other questions: %v, then %v", asked, r.questions)
		}
		a := r.must(http.StatusUnprocessableEntity, "POST", r.path+"/answers", r.answers(wrongly))
		if a.code(t) != "answers_wrong" || a.json(t)["triesLeft"] != float64(4-i) {
			t.Errorf("try %d: %s", i+1, a.body)
		}
		p.advance("1h")
	}
	r := p.recover(who.username)
	if a := r.must(http.StatusTooManyRequests, "POST", r.path+"/answers", r.answers(asTheyAre)); a.code(t) != "way_closed" {
		t.Errorf("the sixth try: %s", a.body)
	}
	p.advance("22h59m")
	r = p.recover(who.username)
	r.must(http.StatusTooManyRequests, "POST", r.path+"/answers", r.answers(asTheyAre))
	r.must(http.StatusAccepted, "POST", r.path+"/sms", nil) // the other way stays open
	p.advance("1m1s")
	r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
	p.advance("2m")
	for range 4 { // a success has returned to the start
		r.must(http.StatusUnprocessableEntity, "POST", r.path+"/answers", r.answers(wrongly))
	}
	r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
}

// TestSQ1_ADayIsAnyDay: five wrong ones of any 24 hours close the way.

func TestSQ1_ADayIsAnyDay(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	try := func(left int) {
		t.Helper()
		r := p.recover(who.username)
		a := r.must(http.StatusUnprocessableEntity, "POST", r.path+"/answers", r.answers(wrongly))
		if got := a.json(t)["triesLeft"]; got != float64(left) {
			t.Errorf("%v tries left, not %d", got, left)
		}
	}
	try(4)
	p.advance("23h")
	try(3)
	try(2)
	p.advance("59m58s")
	try(1)
	p.advance("2s") // the first one is a day ago
	try(1)
	try(0)
	r := p.recover(who.username)
	r.must(http.StatusTooManyRequests, "POST", r.path+"/answers", r.answers(asTheyAre))
}

func TestTH6_RecoveryWorksWhileLockedAndClearsTheLock(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	fail := func() answered {
		return p.send("POST", "/v1/sessions", object{"username": who.username, "password": "not the password"}, "X-Local-IP", p.caller())
	}
	disabled := false
	for range 60 {
		a := fail()
		if disabled = a.StatusCode == http.StatusForbidden; disabled {
			break
		}
		p.advance("15m")
	}
	if !disabled {
		t.Fatal("the password was never switched off")
	}
	r := p.recover(who.username)
	r.must(http.StatusAccepted, "POST", r.path+"/answers", r.answers(asTheyAre))
	if a := fail(); a.code(t) != "password_disabled" {
		t.Errorf("a request alone has unlocked: %s", a.body)
	}
	token, _ := p.enter(who.username, p.temporary(who))
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": freshPassword}, bearer(token)...)
	p.enter(who.username, freshPassword)
}

func TestADeviceHasTriesAndSendsOfItsOwn(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	device := p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": who.username, "password": who.password}).json(t)["device"].(string)
	stranger := p.recover(who.username)
	stranger.must(http.StatusAccepted, "POST", stranger.path+"/answers", stranger.answers(asTheyAre)) // who knows them, not the mailbox
	for range 5 {
		stranger.must(http.StatusUnprocessableEntity, "POST", stranger.path+"/answers", stranger.answers(wrongly))
		stranger.must(http.StatusUnprocessableEntity, "POST", stranger.path+"/code", object{"code": "000000"})
	}
	stranger.must(http.StatusAccepted, "POST", stranger.path+"/sms", nil)
	stranger.must(http.StatusTooManyRequests, "POST", stranger.path+"/sms", nil)
	stranger.must(http.StatusTooManyRequests, "POST", stranger.path+"/answers", stranger.answers(asTheyAre))
	owner := p.recover(who.username, device)
	sent := len(p.messages(who.email))
	owner.must(http.StatusAccepted, "POST", owner.path+"/answers", owner.answers(asTheyAre))
	if n := len(p.messages(who.email)); n != sent+1 {
		t.Errorf("%d messages more after the owner's answers", n-sent)
	}
	owner.must(http.StatusAccepted, "POST", owner.path+"/sms", nil)
	token := owner.must(http.StatusCreated, "POST", owner.path+"/code", object{"code": p.codeTo(who.phone)}).json(t)["token"].(string)
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": freshPassword}, bearer(token)...)
	again := p.recover(who.username, device) // a recovery has ended all devices
	again.must(http.StatusTooManyRequests, "POST", again.path+"/answers", again.answers(asTheyAre))
}

// TestTH4_RecoveryTellsNobodyWhoIsKnown compares the answers for a known and an unknown username, step by step.

func TestRC6_RecoveryOnThePages(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	post := func(path string, form url.Values) string {
		t.Helper()
		a := p.must(http.StatusSeeOther, "POST", path, form)
		return a.Header.Get("Location")
	}
	contains(t, p.must(http.StatusOK, "GET", "/login", nil).body, `href="/recover"`, `href="/recover/username"`)
	contains(t, p.must(http.StatusUnprocessableEntity, "POST", "/recover", url.Values{"username": {""}}).body, "Error:", `href="#username"`)
	ways := post("/recover", url.Values{"username": {who.username}})
	page := p.must(http.StatusOK, "GET", ways, nil).body
	contains(t, page, "answers[0].answer", "••", "/help#telephone")
	id := strings.TrimPrefix(ways, "/recover?id=")
	answers := url.Values{"id": {id}, "do": {"answers"}, "answers[0].question": {"first-pet"}, "answers[0].answer": {"Bergensgatan"},
		"answers[1].question": {"first-school"}, "answers[1].answer": {"no"}}
	contains(t, p.must(http.StatusUnprocessableEntity, "POST", "/recover", answers).body, "Error:", `value="Bergensgatan"`, `value="no"`, "Tries left: 4")
	answers.Set("answers[1].answer", "whiskers")
	contains(t, p.must(http.StatusOK, "GET", post("/recover", answers), nil).body, "five words", `href="/login"`)
	if next := post("/login", url.Values{"username": {who.username}, "password": {p.temporary(who)}}); next != "/account" {
		t.Errorf("the temporary password leads to %s", next)
	}
	if next := p.must(http.StatusSeeOther, "GET", "/account", nil).Header.Get("Location"); next != "/account/password" {
		t.Errorf("from there it goes to %s", next)
	}
	if page := p.must(http.StatusOK, "GET", "/account/password", nil).body; strings.Contains(page, `name="currentPassword"`) {
		t.Error("after a recovery the forgotten password is asked for")
	}
	if next := post("/account/password", url.Values{"newPassword": {freshPassword}, "newPasswordAgain": {freshPassword}}); next != "/login?chosen=1" {
		t.Errorf("a chosen password leads to %s", next)
	}
	contains(t, p.must(http.StatusOK, "GET", "/login?chosen=1", nil).body, "Your new password is set")
	p.must(http.StatusSeeOther, "GET", "/account", nil)

	contains(t, p.must(http.StatusOK, "GET", post("/recover", url.Values{"id": {id}, "do": {"sms"}}), nil).body, "This recovery has ended")
	p.advance("61s")
	id = strings.TrimPrefix(post("/recover", url.Values{"username": {who.username}}), "/recover?id=")
	code := post("/recover", url.Values{"id": {id}, "do": {"sms"}})
	contains(t, p.must(http.StatusOK, "GET", code, nil).body, `name="code"`, "one-time-code")
	contains(t, p.must(http.StatusTooManyRequests, "POST", "/recover", url.Values{"id": {id}, "do": {"again"}}).body, "Error:", `name="code"`)
	contains(t, p.must(http.StatusUnprocessableEntity, "POST", "/recover", url.Values{"id": {id}, "do": {"code"}, "code": {"000000"}}).body, "Error:", `value="000000"`)
	if next := post("/recover", url.Values{"id": {id}, "do": {"code"}, "code": {p.codeTo(who.phone)}}); next != "/account/password" {
		t.Errorf("the code leads to %s", next)
	}
	contains(t, p.must(http.StatusOK, "GET", post("/recover/username", url.Values{"email": {who.email}}), nil).body, "on its way")
	contains(t, p.messages(who.email)[0].Text, who.username)
}
