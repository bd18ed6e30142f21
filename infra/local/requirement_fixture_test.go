package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postkontor/infra/house"
	"postkontor/shared/table/embedded"
)

// The tests named after a requirement (PW-1, BL-3…) speak to the runner as clients do. What they send stands here.

const newPassword = "nine lanterns over the marsh"

// caller is the headers of a request from the address of the n-th person.
func caller(n int) []string { return []string{"X-Local-IP", callerOf(n)} }

// application answers the body of a sign-up that is in order.
func (p *product) application(n int) object {
	p.t.Helper()
	_, body := p.form(n)
	return body
}

// apply sends an application from an address of its own.
func (p *product) apply(n int, body object, headers ...string) answered {
	p.t.Helper()
	return p.send("POST", "/v1/accounts", body, append(caller(n), headers...)...)
}

// join creates the account of an application that must be in order, and logs in.
func (p *product) join(n int, body object) person {
	p.t.Helper()
	if a := p.apply(n, body); a.StatusCode != http.StatusCreated {
		p.t.Fatalf("the sign-up answers %d %s", a.StatusCode, a.body)
	}
	who := person{username: body["username"].(string), password: body["password"].(string), email: body["email"].(string), phone: body["phone"].(string)}
	who.token = p.logIn(who)
	return who
}

// prove enters both codes.
func (p *product) prove(who person) {
	p.t.Helper()
	p.must(http.StatusOK, "POST", "/v1/account/phone/verify", object{"code": p.codeTo(who.phone)}, who.as()...)
	p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(who.email)}, who.as()...)
}

// login tries to log in.
func (p *product) login(n int, username, password string) answered {
	p.t.Helper()
	return p.send("POST", "/v1/sessions", object{"username": username, "password": password}, caller(n)...)
}

// changePassword asks for a new password.
func (p *product) changePassword(who person, current, next string) answered {
	p.t.Helper()
	return p.send("PUT", "/v1/account/password", object{"currentPassword": current, "newPassword": next}, who.as()...)
}

// apart is the same product for another test or another person: with a client that has no cookies yet.
func (p *product) apart(t testing.TB) *product {
	return &product{t: t, data: p.data, url: p.url, stop: p.stop, client: &http.Client{CheckRedirect: p.client.CheckRedirect}}
}

// gone as a value takes a member out.
var gone = struct{}{}

// with answers a copy in which the member at a path ("name.first", "securityAnswers.0.answer") is another one.
func (o object) with(path string, value any) object {
	data, _ := json.Marshal(o)
	var c map[string]any
	_ = json.Unmarshal(data, &c)
	var at any = c
	steps := strings.Split(path, ".")
	for _, step := range steps[:len(steps)-1] {
		at = child(at, step)
	}
	last := steps[len(steps)-1]
	switch parent := at.(type) {
	case map[string]any:
		parent[last] = value
		if value == gone {
			delete(parent, last)
		}
	case []any:
		i, _ := strconv.Atoi(last)
		parent[i] = value
	}
	return c
}

func child(of any, step string) any {
	if list, ok := of.([]any); ok {
		i, _ := strconv.Atoi(step)
		return list[i]
	}
	parent := of.(map[string]any)
	if parent[step] == nil {
		parent[step] = map[string]any{}
	}
	return parent[step]
}

// missing is what no reader should see: the name of a text in place of the text, or a placeholder that was not filled.
var missing = regexp.MustCompile(`\b(?:signup|login|profile|tracking|parcel|fault|page|site|web|credential|address|message|locale|local)\.[a-z]+[.a-z_-]*[a-z]|\{[a-zA-Z]+\}`)

// refused checks that an answer is a problem document with this status and code, in words, and answers it.
func (a answered) refused(t testing.TB, status int, code string) object {
	t.Helper()
	if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Fatalf("%s %s answers %d as %q: %.200s", a.Request.Method, a.Request.URL.Path, a.StatusCode, kind, a.body)
	}
	o := a.json(t)
	if a.StatusCode != status || o["code"] != code || o["status"] != float64(a.StatusCode) {
		t.Errorf("%s %s answers %d instead of %d %s: %s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, code, a.body)
	}
	for _, member := range []string{"type", "title", "detail", "code", "requestId"} {
		if text, _ := o[member].(string); text == "" || member != "type" && missing.MatchString(text) {
			t.Errorf("%s: %s is %q", code, member, o[member])
		}
	}
	if wait := a.Header.Get("Retry-After"); (wait != "") != (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) || wait == "0" {
		t.Errorf("%d %s has Retry-After %q", status, code, wait)
	}
	return o
}

// wrong checks that an answer refuses exactly this field for this reason.
func (a answered) wrong(t testing.TB, code, location, fieldCode string) {
	t.Helper()
	o := a.refused(t, http.StatusUnprocessableEntity, code)
	fields := fieldsOf(o)
	if len(fields) != 1 || fields[location] != fieldCode {
		t.Errorf("%s %s refuses %v instead of %s: %s", a.Request.Method, a.Request.URL.Path, fields, location, fieldCode)
	}
	for _, field := range o["errors"].([]any) {
		if text, _ := field.(map[string]any)["message"].(string); text == "" || missing.MatchString(text) {
			t.Errorf("%s says %q", location, text)
		}
	}
}

// fieldsOf answers the codes of the wrong fields by their locations.
func fieldsOf(problem object) map[string]string {
	fields := map[string]string{}
	all, _ := problem["errors"].([]any)
	for _, field := range all {
		f := field.(map[string]any)
		fields[f["location"].(string)], _ = f["code"].(string)
	}
	return fields
}

// members are the names of an object's members, in order.
func members(o object) []string {
	var names []string
	for name := range o {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// tables opens the tables of a product that was stopped.
func (p *product) tables() *embedded.Database {
	p.t.Helper()
	db, err := embedded.Open(filepath.Join(p.data, "tables.db"), time.Now, house.Tables()...)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { db.Close() })
	return db
}
