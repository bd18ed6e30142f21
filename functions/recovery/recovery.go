// Package recovery brings back into their account who forgot the username or the password, by the API under /v1/recovery
// and on the pages under /recover.
//
// Whether a username or an e-mail address is known is told by no answer and no delay: an unknown one is taken through the
// same calls of the tables, the same hashes and the same counters.
package recovery

import (
	"embed"
	"net/http"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what a recovery works with.
type Config struct {
	Edge     web.Config
	Accounts *account.Store
}

// Recovery is the function.
type Recovery struct {
	Config
	*web.App
}

// started bounds, per caller's address, the recoveries begun and the usernames asked for.
var started = web.Rule{Purpose: "recovery", Max: 20, Window: time.Hour}

// New makes the function with all its routes.
func New(c Config) *Recovery {
	c.Edge.Pages = page.NewSet(templates)
	r := &Recovery{Config: c, App: web.New(c.Edge)}
	web.Add(r.App, web.Operation{Method: http.MethodPost, Path: "/v1/recovery/username", ID: "remind-username", Tag: "Recovery", Status: http.StatusAccepted,
		Summary: "Send the username", Description: "To the e-mail address, if it is an account's proved one. Always 202."}, r.remind)
	web.Add(r.App, web.Operation{Method: http.MethodPost, Path: "/v1/recovery/password", ID: "start-recovery", Tag: "Recovery", Status: http.StatusCreated,
		Summary: "Begin to recover the password", Description: "Answers the ways open to the account, for an unknown username some that never change. It changes nothing: the " +
			"old password works until a new one is chosen."}, r.start)
	web.Add(r.App, web.Operation{Method: http.MethodPost, Path: "/v1/recovery/password/{id}/answers", ID: "answer-recovery", Tag: "Recovery", Status: http.StatusAccepted,
		Summary: "Answer both questions", Description: "Right answers send a temporary password to the e-mail address on file, good once in 24 hours as the password of " +
			"POST /v1/sessions. 422 `answers_wrong` (triesLeft); 429 `way_closed` after the fifth wrong try, for 24 hours."}, r.answer)
	web.Add(r.App, web.Operation{Method: http.MethodPost, Path: "/v1/recovery/password/{id}/sms", ID: "send-recovery-code", Tag: "Recovery", Status: http.StatusAccepted,
		Summary: "Send a code to the mobile number on file", Description: "429 `sending_too_often`."}, r.send)
	web.Add(r.App, web.Operation{Method: http.MethodPost, Path: "/v1/recovery/password/{id}/code", ID: "enter-recovery-code", Tag: "Recovery", Status: http.StatusCreated,
		Summary: "Enter the code", Description: "Of a recovery that customer service started too: by SMS good for 10 minutes, by e-mail for 24 hours, in a letter for 21 days or 30. " +
			"Answers a session for PUT /v1/account/password only. 422 `code_wrong` (triesLeft), `code_expired`; 429 `way_closed`."}, r.code)
	web.Add(r.App, web.Operation{Method: http.MethodPost, Path: "/v1/disavow", ID: "disavow", Tag: "Recovery", Status: http.StatusOK,
		Summary: "Say that a change was not yours", Description: "With the token of a notice, once in seven days. All sessions end, the password is disabled until a recovery, and the account is as it was before " +
			"that change, with the later ones undone and their tokens void. The token of a claim only objects to it. 422 `token_invalid`."}, r.disavow)
	r.Page("GET /not-me", web.Anyone, r.showDisavow)
	r.Page("POST /not-me", web.Anyone, r.takeDisavow)
	r.Page("GET /recover", web.Anyone, r.showRecover)
	r.Page("POST /recover", web.Anyone, r.takeRecover)
	r.Page("GET /recover/username", web.Anyone, r.showUsername)
	r.Page("POST /recover/username", web.Anyone, r.takeUsername)
	return r
}
