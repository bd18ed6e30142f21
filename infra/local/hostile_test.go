package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"postkontor/shared/web"
)

// script is what must never stand in a page as it was typed.
const script = `"'><script>alert('typed')</script><img src=x onerror=alert(1)>`

// texts are what people and machines type where something else is expected.
var texts = []string{
	script, strings.Repeat("a", 10_000), strings.Repeat("長", 3_000), "a\x00b", "bell\x07 escape\x1b[31m", "line\r\nSet-Cookie: typed=1\r\n\r\n<p>x", "\xff\xfe raw",
	"🦉🛶👩‍👧‍👦 Z̸͉̈́a̷͚͝", "\u202egnp.exe\u202c \u2066שלום\u2069 عالم", "'; DROP TABLE accounts; --", "{{.}} {{template \"main\"}} ${7*7} {operator}", "../../%00%0d%0a%ff",
	"javascript:alert(1)", "\ufeff\u200b",
}

// values are what stands in JSON where a text should: the texts, what is half a character, and what is no text.
var values = append(slices.Collect(func(yield func(any) bool) {
	for _, text := range texts {
		if !yield(text) {
			return
		}
	}
}), json.RawMessage(`"\ud800"`), json.RawMessage(`"a\udc00\ud800b"`), nil, 7, -1.5e300, true, []any{}, []any{"a", []any{}}, object{}, object{"$ref": object{"a": nil}})

// leaves are the paths to the texts and lists in a body of that schema.
func (s schemas) leaves(name, prefix string) []string {
	var all []string
	for member, is := range s[name].Properties {
		path := prefix + member
		for is.Items != nil {
			all = append(all, path)
			path, is = path+".0", *is.Items
		}
		if ref := strings.TrimPrefix(is.Ref, "#/components/schemas/"); ref != "" {
			all = append(all, s.leaves(ref, path+".")...)
		}
		all = append(all, path)
	}
	return all
}

// sample is a body of that schema: one that is in order for the operations known here, else what the schema says.
func (s schemas) sample(name string) any {
	o := object{}
	for member, is := range s[name].Properties {
		switch ref := strings.TrimPrefix(is.Ref, "#/components/schemas/"); {
		case ref != "":
			o[member] = s.sample(ref)
		case len(is.Enum) > 0:
			o[member] = is.Enum[0]
		case is.Items != nil && is.Items.Ref != "":
			o[member] = []any{s.sample(strings.TrimPrefix(is.Items.Ref, "#/components/schemas/"))}
		case is.Items != nil:
			o[member] = []any{"a"}
		case is.Type == "integer" || is.Type == "number":
			o[member] = 1
		case is.Type == "boolean":
			o[member] = true
		default:
			o[member] = "a"
		}
	}
	return o
}

// attack is a product under hostile requests, each from a caller's address of its own.
type attack struct {
	*product
	who  person
	sent atomic.Int64
}

// base is a body in order for an operation.
func (a *attack) base(op described, s schemas, n int) object {
	switch op.method + " " + op.path {
	case "POST /v1/accounts":
		return a.application(n)
	case "POST /v1/sessions":
		return object{"username": a.who.username, "password": a.who.password}
	case "PUT /v1/account/password":
		return object{"currentPassword": a.who.password, "newPassword": "short"}
	case "PUT /v1/account/email":
		return object{"email": fmt.Sprintf("next%d@example.com", n)}
	case "PUT /v1/account/phone":
		return object{"phone": fmt.Sprintf("+1206555%04d", n%10000)}
	}
	return s.sample(op.body).(object)
}

// strike sends bytes to an operation, and holds the answer to what every answer is: no failure of ours, and a problem
// document where it is a refusal.
func (a *attack) strike(op described, n int, body []byte, kind string) answered {
	a.t.Helper()
	r, err := http.NewRequest(op.method, a.url+op.at(), bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Local-IP", callerOf(n))
	if op.signedIn {
		r.Header.Set("Authorization", "Bearer "+a.who.token)
	}
	if op.machine || op.agent {
		r.Header.Set("X-Local-Agent", "anything")
	}
	got := a.do(r)
	a.sound(fmt.Sprintf("%s %s of %.120q", op.method, op.path, body), got)
	return got
}

// sound checks an answer of the API.
func (a *attack) sound(what string, got answered) {
	a.t.Helper()
	kind := got.Header.Get("Content-Type")
	switch {
	case got.StatusCode >= 500:
		a.t.Errorf("%s: %d %s", what, got.StatusCode, got.body)
	case got.StatusCode >= 400:
		var p struct {
			Title, Detail, Code, RequestID string
			Status                         int
		}
		err := json.Unmarshal([]byte(got.body), &p)
		if err != nil || kind != "application/problem+json" || p.Status != got.StatusCode || p.Code == "" || p.Title == "" || p.Detail == "" || p.RequestID == "" ||
			missing.MatchString(p.Title+p.Detail) {
			a.t.Errorf("%s: %d %q %.300s", what, got.StatusCode, kind, got.body)
		}
		if strings.Contains(got.body, "<script") {
			a.t.Errorf("%s comes back as it was typed: %.300s", what, got.body)
		}
	case got.body != "" && kind != "application/json":
		a.t.Errorf("%s: %d %q", what, got.StatusCode, kind)
	}
	if got.Header.Get("X-Content-Type-Options") != "nosniff" || len(got.Cookies()) > 0 {
		a.t.Errorf("%s: %v", what, got.Header)
	}
}

// marshal encodes a body, and puts back the bytes that are no UTF-8.
func marshal(o object, value any) []byte {
	if text, ok := value.(string); ok && strings.Contains(text, "\xff\xfe") {
		data, _ := json.Marshal(o)
		return bytes.ReplaceAll(data, []byte(`\ufffd\ufffd`), []byte("\xff\xfe"))
	}
	data, _ := json.Marshal(o)
	return data
}

// TestHostile_EveryFieldOfEveryOperation takes in turn everything that it does not expect; nothing breaks, and what was
// made of it is whole.
func TestHostile_EveryFieldOfEveryOperation(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	a := &attack{product: p, who: p.signUp(0)}
	operations, schemas := p.operations()
	work := make(chan func())
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			for do := range work {
				do()
			}
		})
	}
	for _, op := range operations {
		if op.body == "" {
			continue
		}
		for _, leaf := range append(schemas.leaves(op.body, ""), "unknown", strings.Repeat("u", 3000), `<script>`) {
			for _, value := range values {
				switch op.path { // of what changes what the next one needs
				case "/v1/account/password":
					a.password(op, leaf, value)
					continue
				case "/v1/sessions":
					a.logIn(op, schemas, leaf, value)
					continue
				}
				work <- func() {
					n := int(a.sent.Add(1))
					a.strike(op, n, marshal(a.base(op, schemas, n).with(leaf, value), value), "application/json")
				}
			}
		}
	}
	close(work)
	workers.Wait()
	p.advance("16m") // the lock that its own wrong passwords brought is over
	p.logIn(a.who)
	p.join(5000, p.application(5000)) // it still serves
	p.stop()
	t.Logf("%d requests, %d accounts", a.sent.Load(), whole(t, p.tables()))
}

// logIn tries one login; another one, which is right, then takes the count of wrong ones back.
func (a *attack) logIn(op described, s schemas, leaf string, value any) {
	a.t.Helper()
	n := int(a.sent.Add(1))
	a.strike(op, n, marshal(a.base(op, s, n).with(leaf, value), value), "application/json")
	a.product.logIn(a.who)
}

// password tries one change of the password, and takes it back.
func (a *attack) password(op described, leaf string, value any) {
	a.t.Helper()
	n := int(a.sent.Add(1))
	body := object{"currentPassword": a.who.password, "newPassword": newPassword}.with(leaf, value)
	got := a.strike(op, n, marshal(body, value), "application/json")
	if got.StatusCode == http.StatusNoContent {
		a.must(http.StatusNoContent, "PUT", op.path, object{"currentPassword": body["newPassword"], "newPassword": a.who.password}, append(caller(n), a.who.as()...)...)
	}
	a.product.logIn(a.who)
}

// TestHostile_Bodies: what is no JSON object, what is too much, and what is of another kind.
func TestHostile_Bodies(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	a := &attack{product: p, who: p.signUp(0)}
	operations, schemas := p.operations()
	deep := strings.Repeat(`{"name":`, 9_000) + "1" + strings.Repeat("}", 9_000)
	bodies := map[string][]int{ // the statuses that fit
		"": {400, 422}, "{": {400}, "}": {400}, "[]": {400, 422}, "null": {400, 422}, `"text"`: {400, 422}, "7": {400, 422}, "{}{}": {400}, `{"a":1e999}`: {400, 422},
		"\xef\xbb\xbf{}": {400}, "{}\x00": {400}, "{'a':1}": {400}, `{"a":NaN}`: {400}, "\xff\xfe{\x00}\x00": {400}, strings.Repeat("[", 60_000): {400},
		deep[:60_000]: {400}, strings.Repeat(`{"a":`, 5_000) + "1" + strings.Repeat("}", 5_000): {400, 422}, `{"` + strings.Repeat("k", 60_000) + `":1}`: {422},
		`{"a":"` + strings.Repeat("a", 1<<20) + `"}`: {413}, strings.Repeat(" ", 1<<16+1): {413}, "%7B%7D": {400}, "a=b&c=d": {400},
		"{" + strings.Repeat(`"a":1,`, 8_000) + `"a":1}`: {422},
	}
	for _, op := range operations {
		if op.method+" "+op.path == "DELETE /v1/account" { // closed, it would be asked nothing more
			continue
		}
		elsewhere := op.signedIn && a.send(op.method, op.at(), nil, a.who.as()...).StatusCode == http.StatusForbidden // of another scope
		if strings.Contains(op.path, "sessions") {                                                                    // that logged out
			a.who.token = p.logIn(a.who)
		}
		for body, fits := range bodies {
			n := int(a.sent.Add(1))
			got := a.strike(op, n, []byte(body), "application/json")
			optional := op.agent && body == "" && got.StatusCode == http.StatusNotFound // read, as some acts need no body, and then there is no such order
			if op.body != "" && !slices.Contains(fits, got.StatusCode) && !elsewhere && !optional && !(op.machine && len(body) > web.MaxBody) {
				t.Errorf("%s %s of %.60q answers %d", op.method, op.path, body, got.StatusCode)
			}
			if strings.Contains(op.path, "sessions") && got.StatusCode < 300 { // it logged out
				a.who.token = p.logIn(a.who)
			}
		}
		if op.body == "" {
			continue
		}
		for _, kind := range []string{"text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/cbor",
			"application/json; charset=utf-16", "application/jsonx", "a/b/c", strings.Repeat("x", 2_000)} {
			n := int(a.sent.Add(1))
			if got := a.strike(op, n, marshal(a.base(op, schemas, n), nil), kind); got.StatusCode < 300 && !strings.HasPrefix(kind, "application/json;") {
				t.Errorf("%s %s takes %.60q", op.method, op.path, kind)
			}
		}
		twice := marshal(a.base(op, schemas, 7777), nil)
		twice = append(append(twice[:len(twice)-1:len(twice)-1], ','), twice[1:]...)
		a.strike(op, 7777, twice, "application/json")
	}
	p.advance("16m")
	p.logIn(a.who)
	p.stop()
	whole(t, p.tables())
}

// TestHostile_AddressesAndHeaders: queries, paths and headers.
func TestHostile_AddressesAndHeaders(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(0)
	a := &attack{product: p, who: who}
	v := p.visitor(t, "en")
	for n, text := range texts {
		escaped := url.QueryEscape(text)
		if len(escaped) > 5_000 { // more than the gateway takes
			escaped = escaped[:4_998]
		}
		for _, path := range []string{"/v1/usernames?name=", "/v1/languages?lang=", "/v1/account?x="} {
			a.sound(path+escaped, p.send("GET", path+escaped, nil, append(caller(n), who.as()...)...))
		}
		for _, path := range []string{"/register?step=", "/login?next=/", "/login?why=", "/verify?sent=", "/?lang=", "/account?", "/" + "nowhere?x="} {
			v.untyped("GET "+path+escaped, p.send("GET", path+escaped, nil, append(caller(n), "Cookie", "__Host-session="+who.token)...))
		}
		segment := strings.ReplaceAll(escaped, "+", "%20")
		a.sound("session "+segment, p.send("DELETE", "/v1/sessions/"+segment, nil, append(caller(n), who.as()...)...))
		v.untyped("path "+segment, p.send("GET", "/"+segment, nil, caller(n)...))
		if strings.ContainsAny(text, "\x00\x07\r\n") || len(text) > 5_000 {
			continue // what no header can be
		}
		for _, header := range []string{"Accept-Language", "User-Agent", "Authorization", "Cookie", "Idempotency-Key", "X-Forwarded-For", "Accept", "Origin",
			"Sec-Fetch-Site", "X-HTTP-Method-Override"} {
			value := text
			if header == "Cookie" {
				value = "__Host-session=" + text + "; __Host-draft=" + text + "; __Host-language=" + text
			}
			a.sound(header+" "+text, p.send("GET", "/v1/security-questions", nil, header, value))
			v.untyped(header+" "+text, p.send("GET", "/register", nil, header, value))
			v.untyped(header+" "+text, p.send("POST", "/login", url.Values{"username": {"x"}}, header, value))
		}
		p.login(n, who.username, who.password)
	}
	v.untyped("a device", p.send("GET", "/account/sessions", nil, "Cookie", "__Host-session="+p.must(201, "POST", "/v1/sessions",
		object{"username": who.username, "password": who.password}, "User-Agent", script).json(t)["token"].(string)))
	p.account(who)
}

// untyped checks an answer of a page: HTML and no failure of ours, and nothing in it that was typed as a part of the page.
func (v *visitor) untyped(what string, a answered) {
	v.t.Helper()
	if len(what) > 200 {
		what = what[:200]
	}
	if a.StatusCode >= 500 || a.StatusCode != http.StatusSeeOther && a.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		v.t.Errorf("%q: %d %q %.200s", what, a.StatusCode, a.Header.Get("Content-Type"), a.body)
	}
	for _, typed := range []string{"<script>", "<img", "onerror=alert(1)>", "typed')", `href="javascript:`, "<p>x", "\x00"} {
		if strings.Contains(a.body, typed) {
			v.t.Errorf("%q: %q stands in the page", what, typed)
		}
	}
	if !utf8.ValidString(a.body) {
		v.t.Errorf("%q: the page is not UTF-8", what)
	}
	if strings.Contains(strings.Join(a.Header["Set-Cookie"], " "), "typed=1") || strings.Contains(a.Header.Get("Location"), "\n") {
		v.t.Errorf("%q writes headers: %v", what, a.Header)
	}
	if at := a.Header.Get("Location"); at != "" && !strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//") {
		v.t.Errorf("%q leads to %s", what, at)
	}
}

// TestHostile_EveryFieldOfEveryPage: each form comes back as a page, with what was typed in its field and nowhere else.
func TestHostile_EveryFieldOfEveryPage(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	v := p.visitor(t, "en")
	pages := []sheet{v.get("/register?step=you"), v.get("/login")}
	last := v.register(0)
	pages = append(pages, v.get("/register?step=you"), v.get("/register?step=address"), last)
	drafted := v.cookies()
	_, verify := v.finish(last, 0)
	for _, path := range []string{"/account", "/account/password", "/account/email", "/account/phone", "/account/sessions"} {
		pages = append(pages, v.get(path))
	}
	v.client.Jar = nil
	signedIn := drafted + "; " + verify.Request.Header.Get("Cookie")
	n := 0
	for _, page := range append(pages, verify) {
		for _, form := range page.forms {
			if form.action == "/logout" {
				continue
			}
			for _, name := range append(slices.Sorted(maps.Keys(form.values)), "unknown") {
				for _, text := range texts {
					n++
					sent := plus(form.values, name, text)
					a := v.send("POST", form.action, sent, append(caller(n), "Accept-Language", "en", "Cookie", signedIn)...)
					v.untyped(fmt.Sprintf("POST %s %s=%q", form.action, name, text), a)
				}
			}
		}
	}
	t.Logf("%d requests", n)
	const typical = "application/x-www-form-urlencoded"
	for body, kind := range map[string]string{
		"": typical, "%zz=%": typical, "a;b": typical, strings.Repeat("a", 1<<20): typical, strings.Repeat("a&", 30_000): typical, "\xff\xfe": typical,
		"{}": "application/json", "x": "multipart/form-data; boundary=x", "<a/>": "text/xml",
	} {
		for _, action := range []string{"/register", "/login", "/verify", "/account", "/account/password", "/account/email", "/account/phone",
			"/account/sessions", "/logout", "/nowhere"} {
			r, _ := http.NewRequest("POST", p.url+action, strings.NewReader(body))
			r.Header.Set("Content-Type", kind)
			r.Header.Set("X-Local-IP", "203.0.113.77")
			if action != "/logout" {
				r.Header.Set("Cookie", signedIn)
			}
			v.untyped(fmt.Sprintf("POST %s of %.40q", action, body), v.do(r))
		}
	}
	p.advance("2m") // wrong passwords among them have locked the login
	p.logIn(person{username: "asa0", password: newPassword})
	p.stop()
	whole(t, p.tables())
}

// cookies are those that the visitor's browser would send.
func (v *visitor) cookies() string {
	address, _ := url.Parse(v.url)
	var all []string
	for _, c := range v.client.Jar.Cookies(address) {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}

// TestHostile_WhatIsKeptStaysText on every page and in every e-mail that shows it; and is answered as it was given.
func TestHostile_WhatIsKeptStaysText(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for n, text := range []string{script[:29], `<img src=x onerror=alert(1)>`, "'; DROP TABLE accounts; --", "{{.}} ${7*7} {operator}{code}", "🦉 <b>&amp;</b> \\u003c"} {
		who := p.join(n, p.application(n).with("type", "business").with("company", text).with("name", object{"first": text, "middle": text, "last": text}))
		as := []string{"Cookie", "__Host-session=" + who.token}
		v := p.visitor(t, "en")
		v.untyped("verify", p.send("GET", "/verify", nil, as...))
		p.prove(who)
		who.token = p.logIn(who)
		if a := p.account(who); a["company"] != text || fmt.Sprint(a["name"]) != fmt.Sprint(map[string]any{"first": text, "middle": text, "last": text}) || a["status"] != "active" {
			t.Errorf("%q becomes %v", text, a)
		}
		for _, path := range []string{"/", "/account", "/account/password", "/account/email", "/account/sessions", "/help"} {
			v.untyped(path+" for "+text, p.send("GET", path, nil, as...))
		}
		account := sheetOf(p.send("GET", "/account", nil, as...))
		for _, field := range []string{"company", "name.first", "name.last"} {
			if got := account.control(field)["value"]; got != text {
				t.Errorf("%s shows %q instead of %q", field, got, text)
			}
		}
		p.must(http.StatusNoContent, "PUT", "/v1/account/password", object{"currentPassword": who.password, "newPassword": newPassword}, who.as()...)
		mails := p.messages(who.email)
		if len(mails) != 4 {
			t.Errorf("%d e-mails", len(mails))
		}
		for _, mail := range mails {
			if strings.Contains(mail.HTML, "<script>alert") || strings.Contains(mail.HTML, "<img src=x") || strings.Contains(mail.HTML, "<b>&") || strings.ContainsAny(mail.Subject, "\r\n") {
				t.Errorf("%q is a part of the e-mail %q", text, mail.Subject)
			}
			if shown := strings.Contains(mail.Text, text); shown != (mail.Subject != mails[3].Subject) { // not before the address was proved
				t.Errorf("the e-mail %q shows the name %v", mail.Subject, shown)
			}
		}
	}
}
