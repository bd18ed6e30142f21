package main

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"
)

// The answers that every account of these tests gave.
var rightAnswers = map[string]string{"first-pet": "Bergensgatan", "first-school": "Whiskers"}

const freshPassword = "nine slow rivers go by"

// proved answers somebody whose e-mail address and mobile are proved.
func (p *product) proved(n int) person {
	p.t.Helper()
	who := p.signUp(n)
	p.must(http.StatusOK, "POST", "/v1/account/phone/verify", object{"code": p.codeTo(who.phone)}, who.as()...)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(who.email)}, who.as()...)
	return who
}

// recovering is one that was started.
type recovering struct {
	*product
	path      string
	ways      []string
	questions []string
	hint      string
}

// recover starts a recovery, from a caller's address of its own.
func (p *product) recover(username string, further ...string) recovering {
	p.t.Helper()
	body := object{"username": username}
	if len(further) > 0 {
		body["device"] = further[0]
	}
	started := p.must(http.StatusCreated, "POST", "/v1/recovery/password", body, "X-Local-IP", p.caller()).json(p.t)
	r := recovering{product: p, path: "/v1/recovery/password/" + started["id"].(string)}
	for _, way := range started["ways"].([]any) {
		way := way.(map[string]any)
		r.ways = append(r.ways, way["way"].(string))
		if hint, ok := way["hint"].(string); ok {
			r.hint = hint
		}
		questions, _ := way["questions"].([]any)
		for _, q := range questions {
			r.questions = append(r.questions, q.(map[string]any)["id"].(string))
		}
	}
	return r
}

// caller answers an address that has not been used.
func (p *product) caller() string {
	p.callers++
	return fmt.Sprintf("203.0.%d.%d", p.callers/250, p.callers%250+1)
}

// answers are those to the recovery's questions, in their order; right ones where they are known.
func (r recovering) answers(change func(string) string) object {
	var all []object
	for _, id := range r.questions {
		all = append(all, object{"question": id, "answer": change(rightAnswers[id])})
	}
	return object{"answers": all}
}

func asTheyAre(s string) string { return s }
func wrongly(s string) string   { return s + " not" }

var fiveWords = regexp.MustCompile(`(?m)^[a-z]+( [a-z]+){4}$`)

// temporary answers the temporary password in the newest e-mail.
func (p *product) temporary(who person) string {
	p.t.Helper()
	for _, m := range p.messages(who.email) {
		if words := fiveWords.FindString(m.Text); words != "" {
			return words
		}
	}
	p.t.Fatal("no temporary password came")
	return ""
}

// enter logs in and answers token and scope.
func (p *product) enter(username, password string) (token, scope string) {
	p.t.Helper()
	a := p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": username, "password": password}).json(p.t)
	return a["token"].(string), a["scope"].(string)
}

func bearer(token string) []string { return []string{"Authorization", "Bearer " + token} }

// code answers the code of a refusal.
func (a answered) code(t testing.TB) string {
	t.Helper()
	code, _ := a.json(t)["code"].(string)
	return code
}
