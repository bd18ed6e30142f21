package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wrongFor answers a code that is not the right one.
func wrongFor(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

// enterCode answers the status and code of entering a code for the e-mail address or the phone.
func (p *product) enterCode(who person, purpose, code string) (int, string) {
	p.t.Helper()
	a := p.send("POST", "/v1/account/"+purpose+"/verify", object{"code": code}, who.as()...)
	fault, _ := a.json(p.t)["code"].(string)
	return a.StatusCode, fault
}

func TestOTP2_TenMinutesOnce(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	early, late := p.signUp(1), p.signUp(2)
	p.advance("9m50s")
	if status, fault := p.enterCode(early, "email", p.codeTo(early.email)); status != http.StatusOK {
		t.Errorf("at 9:50: %d %s", status, fault)
	}
	p.advance("15s")
	if status, fault := p.enterCode(late, "email", p.codeTo(late.email)); status != http.StatusUnprocessableEntity || fault != "code_expired" {
		t.Errorf("at 10:05: %d %s", status, fault)
	}
	if status, fault := p.enterCode(early, "email", p.codeTo(early.email)); status != http.StatusUnprocessableEntity || fault != "code_wrong" {
		t.Errorf("a second time: %d %s", status, fault)
	}
}

// TestOTP3_TriesAreCountedOverCodes: five wrong ones close the way, whatever is sent again meanwhile.
func TestOTP3_TriesAreCountedOverCodes(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	first := p.codeTo(who.email)
	for left := 4; left >= 1; left-- {
		a := p.must(http.StatusUnprocessableEntity, "POST", "/v1/account/email/verify", object{"code": wrongFor(first)}, who.as()...).json(t)
		if a["code"] != "code_wrong" || a["triesLeft"] != float64(left) {
			t.Errorf("%v, %v tries left instead of %d", a["code"], a["triesLeft"], left)
		}
	}
	p.advance("61s")
	p.must(http.StatusAccepted, "POST", "/v1/account/email/code", nil, who.as()...)
	second := p.codeTo(who.email)
	if first == second {
		t.Fatal("the same code again")
	}
	if status, _ := p.enterCode(who, "email", first); status == http.StatusOK {
		t.Error("the old code is still good")
	}
	if status, fault := p.enterCode(who, "email", second); status != http.StatusTooManyRequests || fault != "way_closed" {
		t.Errorf("the right code after five wrong ones: %d %s", status, fault)
	}
}

// TestOTP4_ACodeIsForOnePurposeOfOnePerson.
func TestOTP4_ACodeIsForOnePurposeOfOnePerson(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	maria, other := p.signUp(1), p.signUp(2)
	for name, try := range map[string]func() (int, string){
		"the phone's code for the e-mail": func() (int, string) { return p.enterCode(maria, "email", p.codeTo(maria.phone)) },
		"another person's code":           func() (int, string) { return p.enterCode(maria, "phone", p.codeTo(other.phone)) },
	} {
		if status, fault := try(); status != http.StatusUnprocessableEntity || fault != "code_wrong" {
			t.Errorf("%s: %d %s", name, status, fault)
		}
	}
}

// TestOTP7_CodesAreNowhere but in the message: neither in the tables nor in the log.
func TestOTP7_CodesAreNowhere(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	codes := []string{p.codeTo(who.email), p.codeTo(who.phone)}
	p.enterCode(who, "email", codes[0])
	p.stop()
	for _, name := range []string{"tables.db", "events.log"} {
		data, err := os.ReadFile(filepath.Join(p.data, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			if strings.Contains(string(data), `"`+code+`"`) || strings.Contains(string(data), " "+code) {
				t.Errorf("%s holds a code", name)
			}
		}
	}
}

// TestSendsAreBounded: 60 seconds apart, five an hour, ten a day, for each purpose and address.
func TestSendsAreBounded(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1) // the first send of each
	again := func() int { return p.send("POST", "/v1/account/phone/code", nil, who.as()...).StatusCode }
	if status := again(); status != http.StatusTooManyRequests {
		t.Errorf("at once: %d", status)
	}
	for n := 2; n <= 5; n++ {
		p.advance("61s")
		if status := again(); status != http.StatusAccepted {
			t.Errorf("send %d of an hour: %d", n, status)
		}
	}
	p.advance("61s")
	if status := again(); status != http.StatusTooManyRequests {
		t.Errorf("the sixth of an hour: %d", status)
	}
	if n := len(p.messages(who.phone)); n != 5 {
		t.Errorf("%d text messages", n)
	}
	if status := p.send("POST", "/v1/account/email/code", nil, who.as()...).StatusCode; status != http.StatusAccepted {
		t.Errorf("the e-mail's own: %d", status)
	}
}

// TestNT1_ChangesAreTold to the old address and the new one.
func TestNT1_ChangesAreTold(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	p.enterCode(who, "email", p.codeTo(who.email))
	p.enterCode(who, "phone", p.codeTo(who.phone))
	email, phone := len(p.messages(who.email)), len(p.messages(who.phone))
	p.must(http.StatusAccepted, "PUT", "/v1/account/email", object{"email": "new@example.com"}, who.as()...)
	p.must(http.StatusAccepted, "PUT", "/v1/account/phone", object{"phone": "+12065550188"}, who.as()...)
	p.enterCode(who, "email", p.codeTo("new@example.com"))
	p.enterCode(who, "phone", p.codeTo("+12065550188"))
	if len(p.messages(who.email)) == email || len(p.messages(who.phone)) == phone {
		t.Error("an old address is not told")
	}
	told := len(p.messages("new@example.com"))
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"currentPassword": who.password, "newPassword": "a lighthouse in the fog"}, who.as()...)
	if len(p.messages("new@example.com")) == told {
		t.Error("a change of password is not told")
	}
	if account := p.account(who); account["email"] != "new@example.com" || account["phone"] != "+12065550188" {
		t.Errorf("%v", account)
	}
}
