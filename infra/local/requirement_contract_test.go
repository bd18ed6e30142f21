package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"postkontor/shared/locale"
)

// described is one operation of the API's own description.
type described struct {
	method, path string
	signedIn     bool
	machine      bool   // for who signs with IAM
	agent        bool   // for the operator's agents
	status       string // of success
	body         string // name of the schema, "" for none
}

// schemas are the bodies of the description, by name.
type schemas map[string]struct {
	Type       any
	Properties map[string]shape
}

type shape struct {
	Type  any
	Ref   string `json:"$ref"`
	Enum  []any
	Items *shape
}

// operations reads /openapi.json.
func (p *product) operations() ([]described, schemas) {
	p.t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			Security    []map[string]any
			Responses   map[string]any
			RequestBody struct {
				Content map[string]struct{ Schema shape }
			}
		}
		Components struct{ Schemas schemas }
	}
	if err := json.Unmarshal([]byte(p.must(http.StatusOK, "GET", "/openapi.json", nil).body), &document); err != nil {
		p.t.Fatal(err)
	}
	var all []described
	for path, methods := range document.Paths {
		for method, op := range methods {
			body := strings.TrimPrefix(op.RequestBody.Content["application/json"].Schema.Ref, "#/components/schemas/")
			all = append(all, described{strings.ToUpper(method), path, opens(op.Security, "session"), opens(op.Security, "machine"), opens(op.Security, "agent"),
				slices.Min(slices.Collect(maps.Keys(op.Responses))), body})
		}
	}
	slices.SortFunc(all, func(a, b described) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	if len(all) < 20 {
		p.t.Fatalf("only %d operations are described", len(all))
	}
	return all, document.Components.Schemas
}

// opens reports whether one of the ways into an operation is of that name.
func opens(ways []map[string]any, name string) bool {
	return slices.ContainsFunc(ways, func(way map[string]any) bool { return way[name] != nil })
}

// at is the path with something for each of its parts that vary.
func (d described) at() string { return strings.NewReplacer("{", "0", "}", "0").Replace(d.path) }

// TestContract_MethodsAndHeaders: each path knows its methods and names them; HEAD is GET without the body; OPTIONS is
// answered to nobody's benefit; and every answer has the headers that keep it where it belongs.
func TestContract_MethodsAndHeaders(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	operations, _ := p.operations()
	methods, from := map[string][]string{}, map[string][]string{}
	for _, op := range operations {
		methods[op.at()] = append(methods[op.at()], op.method)
		if from[op.at()] = []string{"Origin", "https://client.example"}; op.machine {
			from[op.at()] = scanner
		}
	}
	for path, known := range methods {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			a := p.send(method, path, nil, from[path]...)
			if !slices.Contains(known, method) {
				a.refused(t, http.StatusMethodNotAllowed, "method_not_allowed")
				allow := strings.Split(a.Header.Get("Allow"), ", ")
				if !slices.Equal(slices.Sorted(slices.Values(allow)), slices.Sorted(slices.Values(known))) {
					t.Errorf("%s allows %v, not %v", path, allow, known)
				}
			}
			h := a.Header
			if h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" ||
				h.Get("Access-Control-Allow-Origin") != "" || h.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s %s: %v", method, path, h)
			}
		}
		if slices.Contains(known, "GET") {
			get, head := p.send("GET", path, nil), p.send("HEAD", path, nil)
			if head.StatusCode != get.StatusCode || head.body != "" || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
				t.Errorf("HEAD %s: %d %q", path, head.StatusCode, head.Header.Get("Content-Type"))
			}
		}
		options := p.send("OPTIONS", path, nil, "Origin", "https://client.example", "Access-Control-Request-Method", known[0])
		preflight := http.StatusNoContent
		if slices.Equal(from[path], scanner) { // no browser signs with IAM
			preflight = http.StatusForbidden
		}
		if options.StatusCode != preflight || options.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("OPTIONS %s: %d %v", path, options.StatusCode, options.Header)
		}
		p.send("GET", path+"/", nil).refused(t, http.StatusNotFound, "not_found")
		p.send("GET", path+"/x/y", nil).refused(t, http.StatusNotFound, "not_found")
	}
}

// TestContract_WhoMayCall: what needs a session is closed without one, before anything in the request is looked at; and to
// the session of a flagged account, but for who it is, its ways, and logging out.
func TestContract_WhoMayCall(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	operations, _ := p.operations()
	first := p.signUp(1)
	p.prove(first)
	twin := p.join(2, p.application(2).with("addressToken", p.addressToken(1)).with("name", object{"first": "MARÍA", "last": "garcia"}))
	proved := p.must(http.StatusOK, "POST", "/v1/account/email/verify", object{"code": p.codeTo(twin.email)}, twin.as()...).json(t)
	if proved["status"] != "flagged" {
		t.Fatalf("a second account of the same person is %v", proved["status"])
	}
	login := p.login(2, twin.username, twin.password).json(t)
	again := person{token: login["token"].(string)}
	if login["scope"] != "flagged" || fmt.Sprint(members(login["account"].(map[string]any))) != "[id status username]" {
		t.Errorf("its login: %v", login)
	}
	for _, op := range operations {
		if !op.signedIn {
			continue
		}
		for _, token := range []string{"", "Bearer pks_x", "Bearer pka_" + first.token[4:]} {
			p.send(op.method, op.at(), nil, "Authorization", token).refused(t, http.StatusUnauthorized, "login_required")
		}
		for _, live := range []person{twin, again} {
			switch op.method + " " + op.path {
			case "GET /v1/account":
				if a := p.account(live); fmt.Sprint(members(a)) != "[id status username]" || a["status"] != "flagged" {
					t.Errorf("a flagged account sees %v", a)
				}
			case "DELETE /v1/sessions/current":
			case "GET /v1/duplicate", "POST /v1/duplicate/letter", "POST /v1/duplicate/code":
			default:
				p.send(op.method, op.at(), nil, live.as()...).refused(t, http.StatusForbidden, "scope_insufficient")
			}
		}
	}
	p.must(http.StatusNoContent, "DELETE", "/v1/sessions/current", nil, again.as()...)
	p.send("GET", "/v1/account", nil, again.as()...).refused(t, http.StatusUnauthorized, "login_required")
	if a := p.account(first); a["status"] != "active" {
		t.Errorf("the first account is %v", a["status"])
	}
}

// TestContract_WhatIsAnswered: the members of each answer, and no other.
func TestContract_WhatIsAnswered(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who, body := p.form(1)
	is := func(what string, o object, want string) {
		t.Helper()
		if got := strings.Join(members(o), " "); got != want {
			t.Errorf("%s has %s\ninstead of %s", what, got, want)
		}
	}
	first := func(o object) object { return o["items"].([]any)[0].(map[string]any) }
	is("languages", first(p.must(200, "GET", "/v1/languages", nil).json(t)), "code name")
	is("questions", first(p.must(200, "GET", "/v1/security-questions", nil).json(t)), "id text")
	free := p.must(200, "GET", "/v1/usernames?name=Maria1", nil).json(t)
	is("a free username", free, "available suggestions username")
	if free["username"] != "Maria1" || free["available"] != true || len(free["suggestions"].([]any)) != 0 {
		t.Errorf("%v", free)
	}
	is("a verified address", p.must(200, "POST", "/v1/addresses/verify", object{"street": "400 Broad St", "zip": "98109"}).json(t), "address changes level status token warnings")
	made := p.must(201, "POST", "/v1/accounts", body.with("type", "business").with("company", "Garcia & Co").with("name.middle", "Q").with("name.suffix", "Jr."))
	const account = "address company createdAt email emailVerified id language name phone phoneVerified status type username"
	is("a new account", made.json(t), account)
	is("its name", made.json(t)["name"].(map[string]any), "first last middle suffix")
	taken := p.must(200, "GET", "/v1/usernames?name=MARIA1", nil).json(t)
	if taken["available"] != false || len(taken["suggestions"].([]any)) != 5 {
		t.Errorf("%v", taken)
	}
	for _, suggestion := range taken["suggestions"].([]any) {
		if a := p.must(200, "GET", "/v1/usernames?name="+suggestion.(string), nil).json(t); a["available"] != true {
			t.Errorf("%v was suggested", a)
		}
	}
	login := p.must(201, "POST", "/v1/sessions", object{"username": strings.ToUpper(who.username), "password": who.password}, "User-Agent", "a client").json(t)
	is("a login", login, "account device expiresAt scope token")
	is("its account", login["account"].(map[string]any), account[:strings.Index(account, "name phone")]+"lastLoginAt "+account[strings.Index(account, "name phone"):])
	who.token = login["token"].(string)
	session := first(p.must(200, "GET", "/v1/sessions", nil, who.as()...).json(t))
	is("a session", session, "createdAt current id ip lastSeenAt userAgent")
	if session["userAgent"] != "a client" || session["current"] != true || session["ip"] != "127.0.0.1" {
		t.Errorf("%v", session)
	}
	changed := p.must(200, "PATCH", "/v1/account", object{"language": "es", "company": "Otra", "name": object{"first": " Ana  María ", "last": "García"}}, who.as()...).json(t)
	if changed["language"] != "es" || changed["company"] != "Otra" || fmt.Sprint(changed["name"]) != "map[first:Ana María last:García]" {
		t.Errorf("%v", changed)
	}
	for _, c := range []struct {
		method, path string
		body         any
	}{{"PUT", "/v1/account/email", object{"email": "next@example.com"}}, {"PUT", "/v1/account/phone", object{"phone": "(206) 555-0177"}}} {
		if a := p.must(202, c.method, c.path, c.body, who.as()...); a.body != "" {
			t.Errorf("%s answers %s", c.path, a.body)
		}
		p.send("POST", c.path+"/code", nil, who.as()...).refused(t, 429, "sending_too_often")
	}
	waiting := p.account(who)
	if waiting["pendingEmail"] != "next@example.com" || waiting["pendingPhone"] != "+12065550177" || waiting["email"] != who.email {
		t.Errorf("%v", waiting)
	}
	other := p.signUp(2)
	theirs := first(p.must(200, "GET", "/v1/sessions", nil, other.as()...).json(t))["id"].(string)
	a, b := p.send("DELETE", "/v1/sessions/"+theirs, nil, who.as()...), p.send("DELETE", "/v1/sessions/"+strings.Repeat("0", len(theirs)), nil, who.as()...)
	foreign, none := a.refused(t, 404, "not_found"), b.refused(t, 404, "not_found")
	delete(foreign, "requestId")
	delete(none, "requestId")
	if !maps.EqualFunc(foreign, none, func(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
		t.Errorf("%v for another's, %v for nobody's", foreign, none)
	}
	p.must(200, "GET", "/v1/account", nil, other.as()...)
}

// TestContract_EveryRefusalOfASignUp by its code, at its field.
func TestContract_EveryRefusalOfASignUp(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	body := p.application(1)
	for _, c := range []struct {
		path  string
		value any
		code  string // of the document; a field without one of its own has "validation"
		field string
	}{
		{"username", "ab", "username_invalid", "username_invalid"}, {"username", "1maria", "username_invalid", "username_invalid"},
		{"username", "maría", "username_invalid", "username_invalid"},
		{"username", strings.Repeat("m", 33), "username_invalid", "username_invalid"},
		{"email", "maria", "email_invalid", "email_invalid"}, {"email", "maria@localhost", "email_invalid", "email_invalid"},
		{"email", strings.Repeat("m", 65) + "@example.com", "email_invalid", "email_invalid"}, {"phone", "555-0100", "phone_invalid", "phone_invalid"},
		{"phone", "+46701234567", "phone_invalid", "phone_invalid"}, {"phone", "911", "phone_invalid", "phone_invalid"}, {"phone", "", "phone_invalid", "phone_invalid"},
		{"addressToken", "x", "address_unverified", "address_unverified"}, {"language", "fr", "validation", "validation.one_of"}, {"type", "club", "validation", "validation.one_of"},
		{"company", "Garcia & Co", "validation", "validation.unknown"}, {"name.first", "", "validation", "validation.required"}, {"name.last", "  ", "validation", "validation.required"},
		{"name.first", strings.Repeat("é", 61), "validation", "validation.too_long"},
		{"name.suffix", "Esquire", "validation", "validation.suffix"}, {"name.last", "Gar\u0000cia", "validation", "validation.characters"},
		{"username", gone, "validation", "validation.required"}, {"name", gone, "validation", "validation.required"}, {"securityAnswers", gone, "validation", "validation.required"},
		{"language", gone, "validation", "validation.required"}, {"password", 15, "validation", "validation.type"}, {"name", "Maria", "validation", "validation.type"},
	} {
		p.apply(1, body.with(c.path, c.value)).wrong(t, c.code, "body."+c.path, c.field)
		if t.Failed() {
			t.Fatalf("%s: %v", c.path, c.value)
		}
	}
	p.apply(1, body.with("type", "business")).wrong(t, "validation", "body.company", "validation.required")
	all := p.apply(1, body.with("name.first", "").with("phone", "x").with("email", "x").with("username", "x")).refused(t, 422, "username_invalid")
	if got := slices.Sorted(maps.Keys(fieldsOf(all))); !slices.Equal(got, []string{"body.email", "body.name.first", "body.phone", "body.username"}) {
		t.Errorf("several at once: %v", got)
	}
	p.send("GET", "/v1/usernames?name=a", nil).wrong(t, "username_invalid", "query.name", "username_invalid")
	p.send("GET", "/v1/usernames", nil).wrong(t, "validation", "query.name", "validation.required")
	p.send("POST", "/v1/addresses/verify", object{"street": strings.Repeat("x", 101)}).wrong(t, "validation", "body.street", "validation.too_long")
	p.send("POST", "/v1/addresses/verify", object{"zip": "98109"}).wrong(t, "validation", "body.street", "validation.required")
}

// TestContract_Languages: errors are in the account's language once somebody is signed in, before that in the language
// asked for, else in English.
func TestContract_Languages(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.join(1, p.application(1).with("language", "sv"))
	title := func(lang locale.Tag) string { return locale.Text(lang, "fault.not_found.title") }
	for accept, want := range map[string]locale.Tag{
		"": locale.English, "es": locale.Spanish, "es-MX,en;q=0.5": locale.Spanish, "sv-FI": locale.Swedish, "zh-CN": locale.Chinese, "zh": locale.Chinese, "fr": locale.English,
		"fr, sv;q=0.3": locale.Swedish, "*": locale.English, "\x01;;": locale.English, strings.Repeat("es,", 400): locale.English,
	} {
		if accept == "\x01;;" {
			accept = ";;q=x"
		}
		if got := p.send("GET", "/v1/nothing", nil, "Accept-Language", accept).json(t)["title"]; got != title(want) {
			t.Errorf("%.20q: %v", accept, got)
		}
		signedIn := p.send("DELETE", "/v1/sessions/nothing", nil, append(who.as(), "Accept-Language", accept)...).refused(t, 404, "not_found")
		if signedIn["title"] != title(locale.Swedish) {
			t.Errorf("signed in, %.20q: %v", accept, signedIn["title"])
		}
	}
	if got := p.send("GET", "/v1/nothing?lang=es", nil, "Accept-Language", "sv").json(t)["title"]; got != title(locale.Spanish) {
		t.Errorf("lang=es: %v", got)
	}
	p.must(200, "PATCH", "/v1/account", object{"language": "zh-Hans"}, who.as()...)
	wrong := p.send("PUT", "/v1/account/email", object{"email": "x"}, who.as()...)
	wrong.wrong(t, "email_invalid", "body.email", "email_invalid")
	if wrong.json(t)["title"] != locale.Text(locale.Chinese, "fault.email_invalid.title") {
		t.Errorf("after the change of language: %s", wrong.body)
	}
	p.must(202, "PUT", "/v1/account/email", object{"email": "next@example.com"}, who.as()...)
	if mail := p.messages("next@example.com")[0]; mail.Language != locale.Chinese {
		t.Errorf("the next e-mail is in %s", mail.Language)
	}
}
