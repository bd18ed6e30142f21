package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"postkontor/shared/locale"
)

// allMessages answers everything that was sent, newest first.
func (p *product) allMessages() []Mail {
	p.t.Helper()
	var all []Mail
	for cursor := ""; ; {
		var answer struct {
			Items []Mail
			Next  string
		}
		a := p.must(http.StatusOK, "GET", "/_local/messages?limit=100&cursor="+url.QueryEscape(cursor), nil)
		if err := json.Unmarshal([]byte(a.body), &answer); err != nil {
			p.t.Fatal(err)
		}
		all = append(all, answer.Items...)
		if cursor = answer.Next; cursor == "" {
			return all
		}
	}
}

// TestOTP1_CodesAreRandom: of 400 codes each digit of each place is as likely as the others (chi-square with 9 degrees of
// freedom; 50 is passed once in ten million times), and they do not repeat beyond chance.
func TestOTP1_CodesAreRandom(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	const codes = 400
	for n := range codes {
		p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": fmt.Sprintf("otp%d@example.com", n)}, who.as()...)
	}
	seen, places := map[string]bool{}, [6][10]int{}
	for _, mail := range p.allMessages() {
		c := code(mail.Text)
		if !regexp.MustCompile(`^\d{6}$`).MatchString(c) {
			t.Fatalf("the code %q", c)
		}
		seen[c] = true
		for place, digit := range c {
			places[place][digit-'0']++
		}
	}
	if len(seen) < codes+2-3 {
		t.Errorf("%d different codes of %d", len(seen), codes+2)
	}
	for place, digits := range places {
		squares, expected := 0.0, float64(codes+2)/10
		for _, count := range digits {
			squares += (float64(count) - expected) * (float64(count) - expected) / expected
		}
		if squares > 50 {
			t.Errorf("the digits of place %d are %v times there", place, digits)
		}
	}
}

// TestOTP2_ToTheSecondAndOnce: of both channels, up to 9:59, from 10:01 on not, and no second time.
func TestOTP2_ToTheSecondAndOnce(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who, late := p.signUp(1), p.signUp(2)
	p.advance("9m55s") // and the time that this test takes
	for purpose, to := range map[string]string{"email": who.email, "phone": who.phone} {
		c := p.codeTo(to)
		if status, fault := p.enterCode(who, purpose, c[:3]+" "+c[3:]); status != http.StatusOK {
			t.Errorf("%s before the tenth minute: %d %s", purpose, status, fault)
		}
		if status, fault := p.enterCode(who, purpose, c); status != http.StatusUnprocessableEntity || fault != "code_wrong" {
			t.Errorf("%s a second time: %d %s", purpose, status, fault)
		}
	}
	p.advance("6s")
	for purpose, to := range map[string]string{"email": late.email, "phone": late.phone} {
		p.send("POST", "/v1/account/"+purpose+"/verify", object{"code": p.codeTo(to)}, late.as()...).wrong(t, "code_expired", "body.code", "code_expired")
	}
	if a := p.account(late); a["emailVerified"] != false || a["phoneVerified"] != false || a["status"] != "new" {
		t.Errorf("late codes prove: %v", a)
	}
}

// TestOTP3_TheWayOpensAgainAfterADay: the fifth wrong code closes it for 24 hours, whatever is sent or entered meanwhile.
func TestOTP3_TheWayOpensAgainAfterADay(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	verify := func(c string) answered {
		return p.send("POST", "/v1/account/phone/verify", object{"code": c}, who.as()...)
	}
	right := p.codeTo(who.phone)
	for left := 4; left >= 0; left-- {
		a := verify(wrongFor(right))
		if o := a.refused(t, http.StatusUnprocessableEntity, "code_wrong"); o["triesLeft"] != float64(left) {
			t.Errorf("%v tries left, not %d", o["triesLeft"], left)
		}
	}
	a := verify(right)
	a.refused(t, http.StatusTooManyRequests, "way_closed")
	if wait, _ := strconv.Atoi(a.Header.Get("Retry-After")); wait < 86000 || wait > 86400 {
		t.Errorf("the way is closed for %d seconds", wait)
	}
	if status, _ := p.enterCode(who, "email", p.codeTo(who.email)); status != http.StatusOK {
		t.Error("the other way is closed, too")
	}
	p.advance("23h58m")
	who.token = p.logIn(who)
	p.must(http.StatusAccepted, "POST", "/v1/account/phone/code", nil, who.as()...)
	verify(p.codeTo(who.phone)).refused(t, http.StatusTooManyRequests, "way_closed")
	p.advance("3m")
	if a := verify(p.codeTo(who.phone)); a.StatusCode != http.StatusOK {
		t.Errorf("a day later: %d %s", a.StatusCode, a.body)
	}
}

// TestOTP4_ACodeIsForTheAddressItWentTo: one for an address that was replaced proves neither that nor the new one.
func TestOTP4_ACodeIsForTheAddressItWentTo(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	before := p.codeTo(who.email)
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": "second@example.com"}, who.as()...)
	second := p.codeTo("second@example.com")
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": "third@example.com"}, who.as()...)
	for _, dead := range []string{before, second} {
		if status, fault := p.enterCode(who, "email", dead); status != http.StatusUnprocessableEntity || fault != "code_wrong" {
			t.Errorf("a code of an address that was replaced: %d %s", status, fault)
		}
	}
	if a := p.account(who); a["email"] != who.email || a["emailVerified"] != false || a["pendingEmail"] != "third@example.com" {
		t.Errorf("%v", a)
	}
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo("third@example.com")}, who.as()...)
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": "fourth@example.com"}, who.as()...)
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": "third@example.com"}, who.as()...) // as it was
	if status, fault := p.enterCode(who, "email", p.codeTo("fourth@example.com")); status == http.StatusOK {
		t.Errorf("a code of an address that was taken back: %d %s", status, fault)
	}
	if a := p.account(who); a["email"] != "third@example.com" || a["emailVerified"] != true || a["pendingEmail"] != nil {
		t.Errorf("%v", a)
	}
}

// TestOTP4_CodesOfOthersAreOfNoUse, not even for the same address, which a household may share.
func TestOTP4_CodesOfOthersAreOfNoUse(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	first := p.signUp(1)
	code := p.codeTo(first.email)
	p.advance("61s")
	second := p.join(2, p.application(2).with("email", first.email).with("phone", first.phone))
	for _, purpose := range []string{"email", "phone"} {
		if status, fault := p.enterCode(second, purpose, code); status != http.StatusUnprocessableEntity || fault != "code_wrong" {
			t.Errorf("the first one's code for the second one's %s: %d %s", purpose, status, fault)
		}
	}
	if status, fault := p.enterCode(first, "email", code); status != http.StatusOK {
		t.Errorf("the first one's own: %d %s", status, fault)
	}
	if status, fault := p.enterCode(second, "email", p.codeTo(second.email)); status != http.StatusOK {
		t.Errorf("the second one's own: %d %s", status, fault)
	}
}

// TestOTP7_CodesAreSealedWhileTheyWait: what stands in the files while nothing can be sent does not have them, and what
// stands there afterwards neither.
func TestOTP7_CodesAreSealedWhileTheyWait(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	p.must(http.StatusOK, "POST", "/_local/faults", object{"ses": "down", "sns": "down"})
	who := p.create(1)
	p.stop()
	files := map[string][]byte{"waiting tables.db": p.file("tables.db"), "waiting events.log": p.file("events.log")}
	again := startOn(t, p.data)
	codes := []string{again.codeTo(who.email), again.codeTo(who.phone)}
	again.stop()
	files["tables.db"], files["events.log"] = p.file("tables.db"), p.file("events.log")
	for name, data := range files {
		for _, code := range codes {
			if regexp.MustCompile(`(^|\D)` + code + `(\D|$)`).Match(data) {
				t.Errorf("%s has a code", name)
			}
		}
	}
	if !bytes.Contains(files["waiting tables.db"], []byte("verify-phone")) {
		t.Error("no message waits: the test looks at nothing")
	}
}

// file answers what stands in a file of the data folder.
func (p *product) file(name string) []byte {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.data, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}

// TestSQ1_AnswersFold: what differs by case, accents, spaces and punctuation is one answer; so it cannot be both.
func TestSQ1_AnswersFold(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	body := p.application(1)
	for _, pair := range [][2]string{
		{"  Fluffy ", "fluffy"}, {"Flüffy", "FLUFFY"}, {"St. Mary's", "st marys"}, {"Anne-Marie", "anne  marie"}, {"ﬂuffy", "fluffy"}, {"O’Brien", "o'brien"},
	} {
		a := p.apply(1, body.with("securityAnswers.0.answer", pair[0]).with("securityAnswers.1.answer", pair[1]))
		a.wrong(t, "answers_equal", "body.securityAnswers[1].answer", "answers_equal")
		if t.Failed() {
			t.Fatalf("%q and %q", pair[0], pair[1])
		}
	}
	who := p.join(1, body.with("securityAnswers.0.answer", "  Flüffy Whiskérton ").with("securityAnswers.1.answer", "Kvarnbacken"))
	p.stop()
	for _, name := range []string{"tables.db", "events.log"} {
		for _, answer := range []string{"fluffy whiskerton", "Flüffy Whiskérton", "kvarnbacken", "Kvarnbacken"} {
			if bytes.Contains(p.file(name), []byte(answer)) {
				t.Errorf("%s has the answer %q of %s", name, answer, who.username)
			}
		}
	}
}

func TestSQ3_WhatIsNoAnswer(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	body := p.application(1)
	weak := []string{body["username"].(string), "  MARIA1 ", body["password"].(string), "first-pet", "x", "aaaaaa", "123456", "none", "N/A", "Max", "blue",
		"password", "?!", string(bytes.Repeat([]byte("long "), 14))}
	for _, l := range locale.Languages() {
		weak = append(weak, locale.Text(l.Code, "credential.question.first-pet"))
	}
	for _, answer := range weak {
		o := p.apply(1, body.with("securityAnswers.0.answer", answer)).refused(t, http.StatusUnprocessableEntity, "answer_weak")
		if got := fieldsOf(o); len(got) != 1 || got["body.securityAnswers[0].answer"] != "answer_weak" {
			t.Errorf("%q: %v", answer, got)
		}
	}
	answer := func(id, text string) object { return object{"question": id, "answer": text} }
	for name, c := range map[string]struct {
		answers []any
		want    map[string]string
	}{
		"one question twice": {[]any{answer("first-pet", "Bergensgatan"), answer("first-pet", "Whiskers")},
			map[string]string{"body.securityAnswers[1].question": "validation.questions_equal"}},
		"a question of one's own": {[]any{answer("mother", "Bergensgatan"), answer("first-pet", "Whiskers")},
			map[string]string{"body.securityAnswers[0].question": "validation.question"}},
		"no answer": {[]any{answer("first-pet", " "), answer("first-school", "Whiskers")},
			map[string]string{"body.securityAnswers[0].answer": "validation.required"}},
		"one answer": {[]any{answer("first-pet", "Whiskers")}, map[string]string{"body.securityAnswers": "validation.too_few"}},
		"three": {[]any{answer("first-pet", "Whiskers"), answer("first-school", "Bergensgatan"), answer("first-car", "Amazon 121")},
			map[string]string{"body.securityAnswers": "validation.too_many"}},
	} {
		o := p.apply(1, body.with("securityAnswers", c.answers)).refused(t, http.StatusUnprocessableEntity, "validation")
		if got := fieldsOf(o); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v instead of %v", name, got, c.want)
		}
	}
}

// TestQuestionsInEveryLanguage: the same ids, each with words of its own.
func TestQuestionsInEveryLanguage(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	var ids []any
	texts := map[any]bool{}
	for _, l := range locale.Languages() {
		var these []any
		for _, item := range p.must(http.StatusOK, "GET", "/v1/security-questions", nil, "Accept-Language", string(l.Code)).json(t)["items"].([]any) {
			q := item.(map[string]any)
			these = append(these, q["id"])
			if texts[q["text"]] || missing.MatchString(q["text"].(string)) {
				t.Errorf("%s in %s: %q", q["id"], l.Name, q["text"])
			}
			texts[q["text"]] = true
		}
		if len(these) < 10 || ids != nil && !slices.Equal(ids, these) {
			t.Errorf("%s has the questions %v", l.Name, these)
		}
		ids = these
	}
}
