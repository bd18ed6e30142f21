package main

import (
	"net/http"
	"strings"
	"testing"

	"postkontor/shared/operator"
)

// TestWithoutQuestions: an operator that asks none has customers without answers, who recover by their mobile.
func TestWithoutQuestions(t *testing.T) {
	t.Parallel()
	profile := operator.Default()
	profile.SecurityQuestions = false
	p := startWith(t, options{data: t.TempDir(), operator: profile})
	if items := p.must(http.StatusOK, "GET", "/v1/security-questions", nil).json(t)["items"].([]any); len(items) != 0 {
		t.Errorf("%d questions to choose from", len(items))
	}
	body := p.withoutAnswers(1)
	who := p.join(1, body)
	p.prove(who)
	if page := p.must(http.StatusOK, "GET", "/account", nil, "Cookie", "__Host-session="+who.token).body; strings.Contains(page, "/account/questions") {
		t.Error("the account's page leads to the questions")
	}
	for _, name := range []string{who.username, "nobody", "nobody2", "nobody3"} {
		if r := p.recover(name); len(r.questions) != 0 || len(r.ways) > 1 {
			t.Errorf("%s recovers by %v", name, r.ways)
		}
	}
	r := p.recover(who.username)
	r.must(http.StatusNotFound, "POST", r.path+"/answers", answersOf("Bergensgatan", "Whiskers"))
	r.must(http.StatusAccepted, "POST", r.path+"/sms", nil)
	token := r.must(http.StatusCreated, "POST", r.path+"/code", object{"code": p.codeTo(who.phone)}).json(t)["token"].(string)
	p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"newPassword": freshPassword}, bearer(token)...)
	p.asleep()
	s := p.wakes(who.username, freshPassword)
	if ways := s.ways(); len(ways) != 2 || ways[0] != "sms" || ways[1] != "email" {
		t.Errorf("the account wakes by %v", ways)
	}
	s.prove(http.StatusNotFound, answersOf("Bergensgatan", "Whiskers"))
	s.send("email", http.StatusAccepted)
	s.prove(http.StatusOK, object{"code": p.codeTo(who.email)})
}

// TestQuestionsAreNeededUnlessTheOperatorSaysNo: the reference operator asks them.
func TestQuestionsAreNeededUnlessTheOperatorSaysNo(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	a := p.apply(1, p.withoutAnswers(1))
	if a.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a sign-up without answers: %d", a.StatusCode)
	}
	contains(t, a.body, `"body.securityAnswers"`, `"validation.required"`)
}

// withoutAnswers is an application without answers.
func (p *product) withoutAnswers(n int) object {
	p.t.Helper()
	body := p.application(n)
	delete(body, "securityAnswers")
	return body
}
