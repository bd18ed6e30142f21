package main

import (
	"net/http"

	"postkontor/shared/account"
	"postkontor/shared/message"
)

// agent is who sends a request in place of a session.
const agent = "agent vera"

// desk has an agent do something to somebody's account.
func (w *world) desk(o *owner, act string, body object) reply {
	if w.stands[o.id] == "" {
		return reply{}
	}
	body["reason"] = "asked for at the telephone"
	return w.ask("POST", "/v1/desk/accounts/"+o.id+"/"+act, body, agent)
}

func (w *world) unlock(o *owner) bool { return w.desk(o, "unlock", object{}).status == http.StatusOK }

func (w *world) resetQuestions(o *owner) bool {
	return pick(w, 3, "seldom") == 0 && w.desk(o, "reset-answers", object{}).status == http.StatusOK
}

// giveContact shows a document and gives a new e-mail address or mobile number, which count in three days.
func (w *world) giveContact(o *owner) bool {
	if w.desk(o, "proof", object{"document": "passport"}).status != http.StatusOK {
		return false
	}
	body := object{"email": o.newEmail()}
	if pick(w, 2, "channel") == 0 {
		body = object{"phone": o.newPhone()}
	}
	return w.desk(o, "contact", body).status == http.StatusOK
}

// recoverByAgent has a code sent by one of the ways, and chooses a password with it.
func (w *world) recoverByAgent(o *owner) bool {
	way := []string{"email", "sms", "letter"}[pick(w, 3, "way")]
	started := w.desk(o, "recovery", object{"way": way})
	code := map[string]func() string{
		"email":  func() string { return w.found(sixDigits, message.Email, o.emails...) },
		"sms":    func() string { return w.found(sixDigits, message.SMS, o.phones...) },
		"letter": func() string { return w.found(letterCode, message.Letter, o.id) },
	}[way]()
	if started.status != http.StatusAccepted || code == "" {
		return started.status == http.StatusAccepted
	}
	return w.choose(o, w.ask("POST", "/v1/recovery/password/"+started.member("id")+"/code", object{"code": code}, ""))
}

// ripens reports whether an e-mail address that an agent entered for a new account has waited long enough.
func (w *world) ripens(id string) bool {
	at, waits := w.awaited[id]
	return waits && !w.runner.clock.Now().Before(at)
}

// await notes which new e-mail addresses wait.
func (w *world) await(b *books) {
	clear(w.awaited)
	for id, p := range b.profiles {
		if p.Status == account.New && p.NewEmail != nil {
			w.awaited[id] = p.NewEmail.At
		}
	}
}
