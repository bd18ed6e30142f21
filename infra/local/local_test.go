package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// product is a runner that listens on a port of its own, and a client that follows no redirects.
type product struct {
	t      testing.TB
	data   string
	url    string
	client *http.Client
	stop   func()

	callers int // addresses of callers given out
}

// startProduct starts a runner on a fresh folder; the test ends it.
func startProduct(t testing.TB) *product {
	t.Helper()
	return startOn(t, t.TempDir())
}

// startOn starts a runner on the folder of one before it.
func startOn(t testing.TB, data string) *product {
	t.Helper()
	return startWith(t, options{data: data})
}

func startWith(t testing.TB, o options) *product {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.origin, o.terminal = originOf(listener.Addr()), io.Discard
	r, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: r}
	go server.Serve(listener)
	jar, _ := cookiejar.New(nil)
	p := &product{t: t, data: o.data, url: r.origin.String(), client: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	stopped := false
	p.stop = func() {
		if stopped {
			return
		}
		stopped = true
		server.Close()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(p.stop)
	return p
}

// answered is an answer, read whole.
type answered struct {
	*http.Response
	body string
}

// object is a JSON object.
type object map[string]any

func (a answered) json(t testing.TB) object {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(a.body), &o); err != nil {
		t.Fatalf("%s %s answers %d %s: %v", a.Request.Method, a.Request.URL, a.StatusCode, a.body, err)
	}
	return o
}

// send sends a body (nil, an object as JSON, url.Values as a form) with headers in pairs.
func (p *product) send(method, path string, body any, headers ...string) answered {
	p.t.Helper()
	var content []byte
	kind := ""
	switch body := body.(type) {
	case nil:
	case url.Values:
		content, kind = []byte(body.Encode()), "application/x-www-form-urlencoded"
	default:
		content, _ = json.Marshal(body)
		kind = "application/json"
	}
	r, err := http.NewRequest(method, p.url+path, bytes.NewReader(content))
	if err != nil {
		p.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	return p.do(r)
}

func (p *product) do(r *http.Request) answered {
	p.t.Helper()
	response, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answered{response, string(text)}
}

// must is send for an answer of that status.
func (p *product) must(status int, method, path string, body any, headers ...string) answered {
	p.t.Helper()
	a := p.send(method, path, body, headers...)
	if a.StatusCode != status {
		p.t.Fatalf("%s %s answers %d instead of %d: %s", method, path, a.StatusCode, status, a.body)
	}
	return a
}

// messages answers what was sent to somebody, newest first.
func (p *product) messages(to string) []Mail {
	p.t.Helper()
	var answer struct{ Items []Mail }
	a := p.must(http.StatusOK, "GET", "/_local/messages?limit=100&to="+url.QueryEscape(to), nil)
	if err := json.Unmarshal([]byte(a.body), &answer); err != nil {
		p.t.Fatal(err)
	}
	return answer.Items
}

// codeTo answers the newest code that was sent to somebody.
func (p *product) codeTo(to string) string {
	p.t.Helper()
	for _, m := range p.messages(to) {
		if c := code(m.Text); c != "" {
			return c
		}
	}
	p.t.Fatalf("no code was sent to %s", to)
	return ""
}

// advance moves the clock.
func (p *product) advance(by string) {
	p.t.Helper()
	p.must(http.StatusOK, "POST", "/_local/clock", object{"advance": by})
}

// person is somebody with an account.
type person struct {
	username, password, email, phone string
	token                            string // of a session
}

// signUp creates an account and logs in.
func (p *product) signUp(n int) person {
	p.t.Helper()
	who := p.create(n)
	who.token = p.logIn(who)
	return who
}

// create creates an account in a house of its own.
func (p *product) create(n int) person {
	p.t.Helper()
	return p.createIn(n, n)
}

// createIn creates an account for Maria in a house, from a caller's address of its own, so that accounts do not count
// against each other.
func (p *product) createIn(house, n int) person {
	p.t.Helper()
	who, form := p.form(n)
	form["addressToken"] = p.addressToken(house)
	p.must(http.StatusCreated, "POST", "/v1/accounts", form, "X-Local-IP", callerOf(n))
	return who
}

// form answers the n-th person and the body that creates their account.
func (p *product) form(n int) (person, object) {
	p.t.Helper()
	who := person{username: fmt.Sprintf("maria%d", n), password: "a quiet harbour at dawn", email: fmt.Sprintf("maria%d@example.com", n),
		phone: fmt.Sprintf("+1206555%04d", 100+n)}
	return who, object{
		"language": "en", "username": who.username, "password": who.password, "type": "personal",
		"securityAnswers": p.answers("Bergensgatan", "Whiskers"), "name": object{"first": "Maria", "last": "Garcia"},
		"email": who.email, "phone": who.phone, "addressToken": p.addressToken(n),
	}
}

func (p *product) addressToken(n int) any {
	p.t.Helper()
	return p.must(http.StatusOK, "POST", "/v1/addresses/verify", object{"street": fmt.Sprintf("%d Main St", 100+n),
		"city": "Seattle", "state": "WA", "zip": "98101"}, "X-Local-IP", callerOf(n)).json(p.t)["token"]
}

// answers answers the first two security questions, if any are asked.
func (p *product) answers(first, second string) []object {
	p.t.Helper()
	questions := p.must(http.StatusOK, "GET", "/v1/security-questions", nil).json(p.t)["items"].([]any)
	if len(questions) == 0 {
		return nil
	}
	id := func(i int) any { return questions[i].(map[string]any)["id"] }
	return []object{{"question": id(0), "answer": first}, {"question": id(1), "answer": second}}
}

// callerOf is the address that the n-th person calls from.
func callerOf(n int) string { return fmt.Sprintf("198.51.%d.%d", 100+n/250, n%250+1) }

func (p *product) logIn(who person) string {
	p.t.Helper()
	a := p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": who.username, "password": who.password})
	return a.json(p.t)["token"].(string)
}

// as answers the header of a session.
func (w person) as() []string { return []string{"Authorization", "Bearer " + w.token} }

func contains(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in %s", part, text)
		}
	}
}
