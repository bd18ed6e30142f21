package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"pgregory.net/rapid"

	"postkontor/shared/account"
	"postkontor/shared/activity"
	"postkontor/shared/message"
)

// move is one thing that somebody does. It answers false when it cannot be done now.
type move struct {
	name string
	do   func(w *world, o *owner) bool
}

// GoString is how a failing life shows the move.
func (m move) GoString() string { return m.name }

// step makes one of the moves that can be made now, of one of the owners or against them.
func (w *world) step(rt *rapid.T) {
	for range 10 {
		m := rapid.SampledFrom(moves).Draw(rt, "move")
		if m.do(w, w.owners[rapid.IntRange(0, people-1).Draw(rt, "owner")]) {
			return
		}
	}
}

var moves = []move{
	{"sign up", (*world).signUp},
	{"sign up and prove", func(w *world, o *owner) bool { return w.signUp(o) && w.settleIn(o) }},
	{"prove an address", (*world).prove},
	{"enter wrong codes", (*world).proveWrongly},
	{"have a code sent again", (*world).sendAgain},
	{"log in", func(w *world, o *owner) bool { token, _ := w.enter(o); return token != "" }},
	{"log in elsewhere", func(w *world, o *owner) bool { o.device = ""; token, _ := w.enter(o); return token != "" }},
	{"log out", (*world).logOut},
	{"change the password", (*world).changePassword},
	{"change the username", (*world).changeUsername},
	{"change the name", (*world).changeName},
	{"move house", (*world).moveHouse},
	{"change the questions", (*world).changeQuestions},
	{"change the e-mail address", (*world).changeEmail},
	{"change the mobile number", (*world).changePhone},
	{"close", (*world).closeAccount},
	{"open again", (*world).reopen},
	{"start a recovery", (*world).startRecovery},
	{"recover by answers", (*world).recoverByAnswers},
	{"recover by SMS", (*world).recoverBySMS},
	{"wake up", (*world).wakeUp},
	{"ask for a letter", (*world).askForLetter},
	{"enter the letter's code", (*world).enterLetter},
	{"say that it was not me", (*world).disavow},
	{"be released by an agent", (*world).release},
	{"be unlocked by an agent", (*world).unlock},
	{"have the questions reset by an agent", (*world).resetQuestions},
	{"recover by an agent's code", (*world).recoverByAgent},
	{"give an agent a new address", (*world).giveContact},
	{"a stranger guesses", (*world).guess},
	{"a stranger begins recoveries", (*world).meddle},
	{"a stranger uses what is used up", (*world).reuse},
	{"time passes", (*world).wait},
	{"three years pass", (*world).sleep},
	{"the sweep runs", func(w *world, _ *owner) bool { w.ask("POST", "/_local/sweep", nil, ""); return true }},
	{"channels break or mend", (*world).breakChannels},
}

var houses = []string{"100 Main St", "101 Main St"}
var names = []object{{"first": "Maria", "last": "Garcia"}, {"first": "Rosa", "last": "Garcia"}}

// addressToken verifies one of the houses.
func (w *world) addressToken(house int) string {
	return w.ask("POST", "/v1/addresses/verify", object{"street": houses[house], "city": "Seattle", "state": "WA", "zip": "98101"}, "").member("token")
}

func pick(w *world, n int, what string) int { return rapid.IntRange(0, n-1).Draw(w.rt, what) }

func (o *owner) newEmail() string {
	o.emails = append(o.emails, fmt.Sprintf("maria%d.%d@example.com", o.n, o.next()))
	return o.emails[len(o.emails)-1]
}

func (o *owner) newPhone() string {
	o.phones = append(o.phones, fmt.Sprintf("+1206555%d%03d", o.n, 100+o.next()))
	return o.phones[len(o.phones)-1]
}

func (o *owner) newPassword() string {
	return fmt.Sprintf("a quiet harbour, number %d of %d", o.next(), o.n)
}

func (o *owner) newAnswers() []object {
	set := map[string]string{"first-pet": fmt.Sprintf("Whiskers %d", o.next()), "first-school": "Bergensgatan"}
	o.secrets = append(o.secrets, set)
	return given(set)
}

func given(set map[string]string) (all []object) {
	for _, q := range slices.Sorted(maps.Keys(set)) {
		all = append(all, object{"question": q, "answer": set[q]})
	}
	return all
}

func (w *world) signUp(o *owner) bool {
	if w.stands[o.id] != "" {
		return false
	}
	who := names[0]
	if o.n == people-1 {
		who = names[pick(w, len(names), "name")]
	}
	*o = owner{n: o.n, made: o.made, password: o.newPassword(), dead: append(o.dead, o.live...)}
	r := w.ask("POST", "/v1/accounts", object{"language": "en", "username": fmt.Sprintf("maria%d-%d", o.n, o.next()), "password": o.password,
		"type": "personal", "securityAnswers": o.newAnswers(), "name": who, "email": o.newEmail(), "phone": o.newPhone(),
		"addressToken": w.addressToken(pick(w, 3, "house") / 2)}, "")
	if r.status != http.StatusCreated {
		w.rt.Fatalf("signing up: %d %s", r.status, r.text)
	}
	o.id = r.member("id")
	return true
}

// settleIn proves both addresses at once, as most people do.
func (w *world) settleIn(o *owner) bool {
	token := w.full(o)
	for kind, code := range map[string]string{"phone": w.found(sixDigits, message.SMS, o.phones...), "email": w.found(sixDigits, message.Email, o.emails...)} {
		if code != "" {
			w.ask("POST", "/v1/account/"+kind+"/verify", object{"code": code}, token)
		}
	}
	return true
}

// full logs in to an account that may do everything.
func (w *world) full(o *owner) string {
	token, scope := w.enter(o)
	if scope != "full" {
		return ""
	}
	return token
}

// channel picks the e-mail address or the mobile number, and answers the newest code that came by it.
func (w *world) channel(o *owner) (kind, code string) {
	if pick(w, 3, "channel") == 0 {
		return "phone", w.found(sixDigits, message.SMS, o.phones...)
	}
	return "email", w.found(sixDigits, message.Email, o.emails...)
}

func (w *world) prove(o *owner) bool {
	token := w.full(o)
	kind, code := w.channel(o)
	if token == "" || code == "" {
		return false
	}
	r := w.twice("POST", "/v1/account/"+kind+"/verify", object{"code": code}, token)
	if r.status == http.StatusOK {
		w.hit(o.id, kind)
	} else if r.member("code") == "code_wrong" {
		delete(w.tries, o.id+" "+kind) // of the two at once either may be the later one
	}
	return true
}

func (w *world) proveWrongly(o *owner) bool {
	token := w.full(o)
	kind, code := w.channel(o)
	if token == "" || code == "" {
		return false
	}
	for range 1 + pick(w, 3, "times") {
		w.miss(w.ask("POST", "/v1/account/"+kind+"/verify", object{"code": other(code)}, token), o.id, kind)
	}
	return true
}

// other answers a code that is not this one.
func other(code string) string { return string('0'+(code[0]-'0'+1)%10) + code[1:] }

func (w *world) sendAgain(o *owner) bool {
	token := w.full(o)
	kind, _ := w.channel(o)
	return token != "" && w.twice("POST", "/v1/account/"+kind+"/code", nil, token).status < 300
}

func (w *world) logOut(o *owner) bool {
	token, _ := w.enter(o)
	if token == "" {
		return false
	}
	w.ask("DELETE", "/v1/sessions/current", nil, token)
	o.dead, o.live = append(o.dead, token), o.live[:len(o.live)-1]
	return true
}

func (w *world) changePassword(o *owner) bool {
	token := w.full(o)
	if token == "" {
		return false
	}
	next := o.newPassword()
	r := w.ask("PUT", "/v1/account/password", object{"currentPassword": o.password, "newPassword": next}, token)
	if r.status == http.StatusNoContent {
		o.password = next
		o.lose(token)
	}
	return r.status == http.StatusNoContent
}

func (w *world) changeUsername(o *owner) bool {
	token := w.full(o)
	return token != "" && w.ask("PUT", "/v1/account/username", object{"username": fmt.Sprintf("maria%d-%d", o.n, o.next())}, token).status == http.StatusOK
}

func (w *world) changeName(o *owner) bool {
	token := w.full(o)
	return token != "" && w.twice("PATCH", "/v1/account", object{"name": names[pick(w, len(names), "name")]}, token).status < 500
}

func (w *world) moveHouse(o *owner) bool {
	token := w.full(o)
	return token != "" && w.twice("PUT", "/v1/account/address", object{"addressToken": w.addressToken(pick(w, len(houses), "house"))}, token).status < 500
}

func (w *world) changeQuestions(o *owner) bool {
	token := w.full(o)
	return token != "" && w.ask("PUT", "/v1/account/security-answers", object{"securityAnswers": o.newAnswers()}, token).status == http.StatusNoContent
}

func (w *world) changeEmail(o *owner) bool {
	token := w.full(o)
	return token != "" && w.ask("PUT", "/v1/account/email", object{"email": o.newEmail()}, token).status == http.StatusAccepted
}

func (w *world) changePhone(o *owner) bool {
	token := w.full(o)
	return token != "" && w.ask("PUT", "/v1/account/phone", object{"phone": o.newPhone()}, token).status == http.StatusAccepted
}

func (w *world) closeAccount(o *owner) bool {
	token := w.full(o)
	return token != "" && w.twice("DELETE", "/v1/account", nil, token).status == http.StatusAccepted
}

func (w *world) reopen(o *owner) bool {
	token, scope := w.enter(o)
	return scope == "closed" && w.twice("POST", "/v1/account/reopen", nil, token).status == http.StatusOK
}

func (w *world) startRecovery(o *owner) bool {
	username, _, _ := w.owned(o)
	if username == "" {
		return false
	}
	r := w.ask("POST", "/v1/recovery/password", object{"username": username, "device": o.device}, "")
	if r.status != http.StatusCreated {
		w.rt.Fatalf("starting a recovery: %d %s", r.status, r.text)
	}
	o.recovery = "/v1/recovery/password/" + r.member("id")
	return true
}

// recoverByAnswers goes on with a recovery, however old: each set of answers that the owner ever gave, then the temporary
// password, then a new one.
func (w *world) recoverByAnswers(o *owner) bool {
	if o.recovery == "" && !w.startRecovery(o) {
		return false
	}
	sent := false
	for i := len(o.secrets) - 1; i >= 0 && i >= len(o.secrets)-2 && !sent; i-- {
		sent = w.twice("POST", o.recovery+"/answers", object{"answers": given(o.secrets[i])}, "").status == http.StatusAccepted
	}
	if sent {
		w.hit(o.id, "answers")
	}
	words := w.found(temporaryWords, message.Email, o.emails...)
	username, _, _ := w.owned(o)
	if words == "" || username == "" {
		return sent
	}
	r := w.ask("POST", "/v1/sessions", object{"username": username, "password": words}, "")
	return w.choose(o, r)
}

func (w *world) recoverBySMS(o *owner) bool {
	if o.recovery == "" && !w.startRecovery(o) {
		return false
	}
	w.ask("POST", o.recovery+"/sms", nil, "")
	code := w.found(sixDigits, message.SMS, o.phones...)
	return code != "" && w.choose(o, w.ask("POST", o.recovery+"/code", object{"code": code}, ""))
}

// choose sets a new password by the session that a recovery answered.
func (w *world) choose(o *owner, r reply) bool {
	if r.status != http.StatusCreated {
		return false
	}
	if scope := r.member("scope"); scope != "choose-password" {
		w.rt.Fatalf("a recovery gives the scope %s", scope)
	}
	o.remember(r)
	w.hit(o.id, "answers", "recovery")
	next := o.newPassword()
	set := w.ask("PUT", "/v1/account/password", object{"newPassword": next}, r.member("token"))
	if set.status == http.StatusNoContent {
		o.password, o.recovery, o.device = next, "", ""
		o.lose("")
	}
	return set.status == http.StatusNoContent
}

func (w *world) wakeUp(o *owner) bool {
	token, scope := w.enter(o)
	if scope != "reactivate" {
		return false
	}
	for i := len(o.secrets) - 1; i >= 0 && i >= len(o.secrets)-2; i-- {
		r := w.ask("POST", "/v1/reactivation", object{"answers": given(o.secrets[i]), "device": o.device}, token)
		if o.remember(r); r.status == http.StatusOK {
			return true
		}
	}
	w.ask("POST", "/v1/reactivation/code", object{"channel": "email"}, token)
	code := w.found(sixDigits, message.Email, o.emails...)
	if code == "" {
		return false
	}
	r := w.ask("POST", "/v1/reactivation", object{"code": code}, token)
	o.remember(r)
	return r.status == http.StatusOK
}

func (w *world) askForLetter(o *owner) bool {
	token, scope := w.enter(o)
	return scope == "flagged" && w.twice("POST", "/v1/duplicate/letter", nil, token).status == http.StatusAccepted
}

func (w *world) enterLetter(o *owner) bool {
	token, scope := w.enter(o)
	if scope != "flagged" {
		return false
	}
	code := w.found(letterCode, message.Letter, o.id)
	if code == "" || pick(w, 3, "another") == 0 {
		w.ask("POST", "/v1/duplicate/letter", nil, token)
		code = w.found(letterCode, message.Letter, o.id)
	}
	if pick(w, 2, "mistyped") == 0 {
		w.miss(w.ask("POST", "/v1/duplicate/code", object{"code": "ZZZZZZZZZZ"}, token), o.id, "letter")
	}
	if w.twice("POST", "/v1/duplicate/code", object{"code": code}, token).status == http.StatusOK {
		w.hit(o.id, "letter")
	}
	return true
}

func (w *world) disavow(o *owner) bool {
	link := w.found(noticeLink, message.Email, o.emails...)
	if link == "" {
		return false
	}
	r := w.twice("POST", "/v1/disavow", object{"token": link}, "")
	if again := w.ask("POST", "/v1/disavow", object{"token": link}, ""); again.status < 400 {
		w.rt.Fatalf("a link works twice: %s", again.text)
	}
	undone, _ := r.object["undone"].([]any)
	if r.status != http.StatusOK || slices.Contains(undone, any(account.ClaimChallenged)) {
		return r.status == http.StatusOK
	}
	o.device = ""
	o.lose("")
	w.hit(o.id, "email", "phone", "letter")
	return true
}

func (w *world) release(o *owner) bool {
	if w.stands[o.id] != account.Flagged || pick(w, 2, "seldom") > 0 {
		return false
	}
	if _, err := w.runner.accounts.Release(w.rt.Context(), o.id, activity.By{Agent: "agent", Reason: "two people"}); err != nil {
		w.rt.Fatal(err)
	}
	w.holds("release")
	return true
}
