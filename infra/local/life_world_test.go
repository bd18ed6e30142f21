package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postkontor/shared/account"
	"postkontor/shared/credential"
	"postkontor/shared/message"
)

// world is a runner with some customers of it.
type world struct {
	rt      *rapid.T // of the move that is made now
	data    string
	runner  *runner
	owners  []*owner
	callers int
	seen    map[string]bool // messages
	stands  map[string]account.Status
	tries   map[string]counted
	awaited map[string]time.Time // from when on an e-mail address counts that an agent entered for a new account
}

// counted is how many tries were left, and since when.
type counted struct {
	left  float64
	since time.Time
}

// owner is somebody who is entitled to an account: what they know, and the mailboxes and phones that they ever had.
type owner struct {
	n        int
	id       string
	password string
	secrets  []map[string]string // the answers they ever gave, the newest last
	emails   []string
	phones   []string
	device   string
	live     []string // tokens
	dead     []string // tokens that must be good for nothing
	recovery string
	made     int // of passwords, addresses and so on
}

// three of one name and house, and one other: they come into each other's way.
const people = 4

func newWorld(t *testing.T, rt *rapid.T) *world {
	place := "/dev/shm" // nothing of it is to last, so no disk needs to be waited for
	if _, err := os.Stat(place); err != nil {
		place = ""
	}
	data, err := os.MkdirTemp(place, "life")
	if err != nil {
		t.Fatal(err)
	}
	here := &url.URL{Scheme: "http", Host: "localhost:3000"}
	r, err := open(t.Context(), options{data: data, origin: here, terminal: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	r.accounts.Hasher.Cost = credential.Cost{Memory: 8, Time: 1, Threads: 1}
	w := &world{rt: rt, data: data, runner: r, seen: map[string]bool{},
		stands: map[string]account.Status{}, tries: map[string]counted{}, awaited: map[string]time.Time{}}
	for n := range people {
		w.owners = append(w.owners, &owner{n: n})
	}
	return w
}

func (w *world) close() {
	if err := w.runner.Close(); err != nil {
		w.rt.Error(err)
	}
	os.RemoveAll(w.data)
}

// reply is an answer, read whole.
type reply struct {
	status int
	text   string
	header http.Header
	object object
}

func (r reply) member(name string) string {
	s, _ := r.object[name].(string)
	return s
}

// wait is what Retry-After asks for.
func (r reply) wait() time.Duration {
	seconds, _ := strconv.Atoi(r.header.Get("Retry-After"))
	return time.Duration(seconds) * time.Second
}

// ask sends a request from an address of its own, and holds what it left to the laws.
func (w *world) ask(method, path string, body any, token string) reply {
	r := w.sent(method, path, body, token)
	w.holds(method + " " + path)
	return r
}

// twice sends a request two times at once, as an impatient finger does, and answers the better answer.
func (w *world) twice(method, path string, body any, token string) reply {
	var both [2]reply
	var group sync.WaitGroup
	for i := range both {
		group.Go(func() { both[i] = w.sent(method, path, body, token) })
	}
	group.Wait()
	w.holds(method + " " + path)
	if both[1].status < both[0].status {
		return both[1]
	}
	return both[0]
}

func (w *world) sent(method, path string, body any, token string) reply {
	content, err := json.Marshal(body)
	if err != nil || body == nil {
		content = nil
	}
	r := httptest.NewRequest(method, w.runner.origin.String()+path, bytes.NewReader(content))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token == agent {
		r.Header.Set("X-Local-Agent", strings.TrimPrefix(agent, "agent "))
	} else if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("X-Local-IP", w.caller())
	out := httptest.NewRecorder()
	w.runner.ServeHTTP(out, r)
	answer := reply{status: out.Code, text: out.Body.String(), header: out.Header(), object: object{}}
	_ = json.Unmarshal(out.Body.Bytes(), &answer.object) // a list is none
	if answer.status >= 500 && w.runner.faults.get().Table == "" {
		w.rt.Fatalf("%s %s answers %d %s", method, path, answer.status, answer.text)
	}
	return answer
}

var callers sync.Mutex

// caller answers an address that has not called yet.
func (w *world) caller() string {
	callers.Lock()
	defer callers.Unlock()
	w.callers++
	return fmt.Sprintf("10.%d.%d.%d", w.callers>>16&255, w.callers>>8&255, w.callers&255)
}

func (w *world) advance(d time.Duration) {
	w.ask("POST", "/_local/clock", object{"advance": d.String()}, "")
}

// found answers what a pattern finds in the newest message by a channel to one of the addressees.
func (w *world) found(pattern *regexp.Regexp, channel message.Channel, to ...string) string {
	var newest Mail
	text := ""
	for _, one := range to {
		mails, _, err := w.runner.mailbox.list(w.rt.Context(), one, 100, "")
		if err != nil {
			w.rt.Fatal(err)
		}
		for _, m := range mails {
			if hit := pattern.FindStringSubmatch(m.Text); hit != nil && m.Channel == channel && m.ID > newest.ID {
				newest, text = m, hit[len(hit)-1]
			}
		}
	}
	return text
}

var (
	sixDigits  = regexp.MustCompile(`(?m)^(\d{6})$`)
	letterCode = regexp.MustCompile(`(?m)^([0-9A-Z]{10})$`)
)

// next answers a number that the owner has not used yet.
func (o *owner) next() int {
	o.made++
	return o.made
}

// remember keeps what a login, a proof or a recovery answers.
func (o *owner) remember(r reply) {
	if token := r.member("token"); token != "" {
		o.live = append(o.live, token)
	}
	if device := r.member("device"); device != "" {
		o.device = device
	}
}

// lose takes note that all sessions but one must have ended.
func (o *owner) lose(but string) {
	for _, token := range o.live {
		if token != but {
			o.dead = append(o.dead, token)
		}
	}
	if o.live = nil; but != "" {
		o.live = []string{but}
	}
}

// owned answers the account's username as it stands; its owner remembers all that it ever had.
func (w *world) owned(o *owner) (username, email, phone string) {
	if p := w.books().profiles[o.id]; p != nil {
		return p.Username, p.Email, p.Phone
	}
	return "", "", ""
}

// enter logs in with the right password and answers the token and its scope; a refusal's code without a token.
func (w *world) enter(o *owner) (token, scope string) {
	username, _, _ := w.owned(o)
	if username == "" {
		return "", "no account"
	}
	r := w.ask("POST", "/v1/sessions", object{"username": username, "password": o.password, "device": o.device}, "")
	if r.status != http.StatusCreated {
		return "", r.member("code")
	}
	o.remember(r)
	return r.member("token"), r.member("scope")
}
