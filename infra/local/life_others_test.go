package main

import (
	"net/http"
	"time"

	"pgregory.net/rapid"

	"postkontor/shared/account"
)

// guess tries wrong passwords; no answer is a session.
func (w *world) guess(o *owner) bool {
	username, _, _ := w.owned(o)
	if username == "" {
		return false
	}
	pause := time.Duration(pick(w, 3, "pause")*8) * time.Minute // perhaps past the locks
	for range rapid.SampledFrom([]int{1, 4, 8, 55}).Draw(w.rt, "guesses") {
		r := w.ask("POST", "/v1/sessions", object{"username": username, "password": "not the password at all"}, "")
		if r.status < 400 {
			w.rt.Fatalf("a stranger is let in: %s", r.text)
		}
		w.runner.clock.ahead.Add(int64(pause))
	}
	return true
}

// meddle begins recoveries of somebody else's account, with wrong answers and wrong codes.
func (w *world) meddle(o *owner) bool {
	username, email, _ := w.owned(o)
	if username == "" {
		return false
	}
	subject := o.id
	if w.stands[o.id] == account.New { // it is answered as if there were none
		subject = "decoy of " + username
	}
	w.ask("POST", "/v1/recovery/username", object{"email": email}, "")
	path := "/v1/recovery/password/" + w.ask("POST", "/v1/recovery/password", object{"username": username}, "").member("id")
	if pick(w, 2, "sms") == 0 {
		w.ask("POST", path+"/sms", nil, "")
	}
	for range 1 + pick(w, 6, "times") {
		answers := w.ask("POST", path+"/answers", object{"answers": []object{{"question": "first-pet", "answer": "Rex"}, {"question": "first-school", "answer": "Lowell"}}}, "")
		w.miss(answers, subject, "answers")
		code := w.ask("POST", path+"/code", object{"code": "000000"}, "")
		if code.status >= 400 { // one in a million is right
			w.miss(code, subject, "recovery")
		}
	}
	return true
}

// reuse tries what was good once: ended sessions, used links.
func (w *world) reuse(o *owner) bool {
	for _, token := range o.dead[max(0, len(o.dead)-3):] {
		if r := w.ask("GET", "/v1/account", nil, token); r.status != http.StatusUnauthorized {
			w.rt.Fatalf("an ended session is answered %d", r.status)
		}
	}
	return len(o.dead) > 0
}

func (w *world) wait(*owner) bool {
	spans := []time.Duration{time.Minute, 25 * time.Minute, 11 * time.Hour, 26 * time.Hour, 8 * 24 * time.Hour, 15 * 24 * time.Hour, 31 * 24 * time.Hour, 400 * 24 * time.Hour}
	w.advance(spans[pick(w, len(spans), "span")])
	return true
}

// sleep lets the sweep run on each of its days until an account that nobody uses is inactive.
func (w *world) sleep(*owner) bool {
	if pick(w, 3, "seldom") > 0 {
		return false
	}
	for _, days := range []time.Duration{1036, 31, 24, 7, 2} {
		w.advance(days * 24 * time.Hour)
		w.ask("POST", "/_local/sweep", nil, "")
	}
	return true
}

func (w *world) breakChannels(*owner) bool {
	faults := []object{{}, {"ses": "down"}, {"sns": "down"}, {}}
	w.ask("POST", "/_local/faults", faults[pick(w, len(faults), "faults")], "")
	return true
}
