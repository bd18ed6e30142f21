package main

import (
	"net/http"
	"regexp"
	"time"

	"pgregory.net/rapid"

	"postkontor/shared/account"
	"postkontor/shared/message"
)

var temporaryWords = regexp.MustCompile(`(?m)^([a-z]+(?: [a-z]+){4})$`)

// ends brings every owner home: with what is theirs alone, and a stranger who does not let go of them, they come back to
// an active account.
func (w *world) ends(rt *rapid.T) {
	w.rt = rt
	w.ask("POST", "/_local/faults", object{}, "")
	w.advance(time.Hour) // what waited is sent
	for _, o := range w.owners {
		if o.id != "" {
			w.home(o)
		}
	}
}

// patience is how many steps a way home may take, and how many of them a stranger stands in it.
const (
	patience   = 30
	harassment = 6
)

func (w *world) home(o *owner) {
	var steps []string
	for step := range patience {
		if step < harassment && rapid.Bool().Draw(w.rt, "harassed") {
			w.guess(o)
			w.meddle(o)
		}
		if w.stands[o.id] == "" {
			w.signUp(o)
		}
		token, scope := w.enter(o)
		steps = append(steps, string(w.stands[o.id])+" "+scope)
		if w.stands[o.id] == account.Active && scope == "full" {
			return
		}
		homeward[scope](w, o, token)
	}
	w.rt.Fatalf("no way home: %v", steps)
}

// homeward is what an owner does next, by the scope that a login gave or the code that refused it.
var homeward = map[string]func(*world, *owner, string){
	"full": func(w *world, o *owner, token string) { // its e-mail address is not proved yet
		w.patiently("POST", "/v1/account/email/code", nil, token)
		w.patiently("POST", "/v1/account/email/verify", object{"code": w.found(sixDigits, message.Email, o.emails...)}, token)
	},
	"flagged": func(w *world, o *owner, token string) {
		if at, err := time.Parse(time.RFC3339, w.ask("GET", "/v1/duplicate", nil, token).member("claimAt")); err == nil {
			w.advance(at.Sub(w.runner.clock.Now()) + time.Second)
			return
		}
		if w.patiently("POST", "/v1/duplicate/letter", nil, token) {
			w.patiently("POST", "/v1/duplicate/code", object{"code": w.found(letterCode, message.Letter, o.id)}, token)
		}
	},
	"closed": func(w *world, o *owner, token string) { w.ask("POST", "/v1/account/reopen", nil, token) },
	"reactivate": func(w *world, o *owner, _ string) {
		if !w.wakeUp(o) {
			w.advance(25 * time.Hour)
		}
	},
	"login_locked":        (*world).comeBack,
	"password_disabled":   (*world).comeBack,
	"credentials_invalid": (*world).comeBack,
}

// patiently sends a request and, when that is too soon, waits as long as it is told.
func (w *world) patiently(method, path string, body any, token string) bool {
	r := w.ask(method, path, body, token)
	if r.status == http.StatusTooManyRequests {
		w.advance(r.wait() + time.Second)
	}
	return r.status < 300
}

// comeBack recovers the password by one of the ways, the last of which is customer service. An account whose e-mail address was never proved has none: its owner waits
// until it is gone, and begins anew.
func (w *world) comeBack(o *owner, _ string) {
	forgotten := o.password
	for _, recover := range []func(*owner) bool{w.recoverByAnswers, w.recoverBySMS, w.recoverByAgent} {
		o.recovery = ""
		if recover(o); o.password != forgotten {
			return
		}
	}
	w.advance(25 * time.Hour)
	if p := w.books().profiles[o.id]; !p.EmailVerified {
		w.advance(31 * 24 * time.Hour)
	}
	w.ask("POST", "/_local/sweep", nil, "") // it runs every day
}
