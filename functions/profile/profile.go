// Package profile is what a customer sees and changes of their own account, and how they prove their addresses, by the
// API under /v1/account and on the pages /verify and /account.
package profile

import (
	"embed"
	"net/http"
	"strings"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/page"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the account's pages work with.
type Config struct {
	Edge      web.Config
	Accounts  *account.Store
	Addresses address.Verifier
	Tokens    *address.Tokens
}

// Profile is the function.
type Profile struct {
	Config
	*web.App
}

// chooser is who sets a password: with the current one, or after a recovery.
var chooser = web.Access{Scopes: []session.Scope{session.Full, session.ChoosePassword}, Fresh: true}

// New makes the function with all its routes.
func New(c Config) *Profile {
	c.Edge.Pages = page.NewSet(templates)
	p := &Profile{Config: c, App: web.New(c.Edge)}
	web.Add(p.App, web.Operation{Method: http.MethodGet, Path: "/v1/account", ID: "get-account", Tag: "Account", Access: web.AnyScope,
		Summary: "The account", Description: "Only id, username and status unless the session's scope is `full`."}, p.get)
	web.Add(p.App, web.Operation{Method: http.MethodPatch, Path: "/v1/account", ID: "change-account", Tag: "Account", Access: web.SignedIn,
		Summary: "Change language, name or company", Description: "A change of name needs a login of the last 20 minutes. 409 `claim_held`."}, p.change)
	web.Add(p.App, web.Operation{Method: http.MethodPut, Path: "/v1/account/password", ID: "change-password", Tag: "Account", Access: chooser,
		Status: http.StatusNoContent, Summary: "Change the password",
		Description: "Ends all other sessions. In the scope `choose-password` no current one is asked for, and all sessions end: the customer logs in with the new one. 422 `password_wrong`, `password_same`, `password_short`, `password_long`, `password_common`, `password_context`."}, p.password)
	web.Add(p.App, contactOperation(http.MethodPut, "email", "", http.StatusAccepted, "Change the e-mail address"), p.putEmail)
	web.Add(p.App, contactOperation(http.MethodPut, "phone", "", http.StatusAccepted, "Change the mobile number"), p.putPhone)
	for _, purpose := range []account.Purpose{account.ProveEmail, account.ProvePhone} {
		web.Add(p.App, contactOperation(http.MethodPost, purpose, "/code", http.StatusAccepted, "Send the code again"), p.send(purpose))
		web.Add(p.App, contactOperation(http.MethodPost, purpose, "/verify", http.StatusOK, "Enter the code"), p.verify(purpose))
	}
	web.Add(p.App, web.Operation{Method: http.MethodPut, Path: "/v1/account/username", ID: "change-username", Tag: "Account", Access: web.FreshLogin,
		Summary: "Change the username", Description: "The old one is kept for this account for three years. 409 `username_taken` (suggestions); 422 `username_invalid`."}, p.rename)
	web.Add(p.App, web.Operation{Method: http.MethodPut, Path: "/v1/account/address", ID: "change-address", Tag: "Account", Access: web.FreshLogin,
		Summary: "Change the home address", Description: "409 `claim_held`, the fourth refused name or address in 30 days 429; 422 `address_unverified`."}, p.move)
	web.Add(p.App, web.Operation{Method: http.MethodGet, Path: "/v1/account/security-answers", ID: "get-security-answers", Tag: "Account", Access: web.SignedIn,
		Summary: "The security questions of the account"}, p.questions)
	web.Add(p.App, web.Operation{Method: http.MethodPut, Path: "/v1/account/security-answers", ID: "change-security-answers", Tag: "Account", Access: web.FreshLogin,
		Status: http.StatusNoContent, Summary: "Set new security questions and answers", Description: "422 `answers_equal`, `answer_weak`."}, p.answers)
	web.Add(p.App, web.Operation{Method: http.MethodGet, Path: "/v1/account/activity", ID: "list-activity", Tag: "Account", Access: web.SignedIn,
		Summary: "What happened to the account"}, p.activity)
	web.Add(p.App, web.Operation{Method: http.MethodGet, Path: "/v1/account/export", ID: "export-account", Tag: "Account", Access: exporting,
		Summary: "All that is kept about the customer, without secrets"}, p.export)
	web.Add(p.App, web.Operation{Method: http.MethodDelete, Path: "/v1/account", ID: "close-account", Tag: "Account", Access: web.FreshLogin,
		Status: http.StatusAccepted, Summary: "Close the account", Description: "Its sessions get the scope `closed`: for 30 days they can open it again or export it, then it is erased."}, p.close)
	web.Add(p.App, web.Operation{Method: http.MethodPost, Path: "/v1/account/reopen", ID: "reopen-account", Tag: "Account", Access: reopening, Status: http.StatusOK,
		Summary: "Open a closed account again", Description: "As it was, or flagged when another account holds the claim of this person at this address by now. The session has the scope of that status."}, p.reopen)
	p.Page("GET /verify", web.SignedIn, p.showVerify)
	p.Page("POST /verify", web.SignedIn, p.takeVerify)
	p.Page("GET /account", web.AnyScope, p.showAccount)
	p.Page("POST /account", web.SignedIn, p.takeAccount)
	p.Page("GET /account/password", chooser, p.showPassword)
	p.Page("POST /account/password", chooser, p.takePassword)
	p.Page("GET /account/email", web.FreshLogin, p.showEmail)
	p.Page("POST /account/email", web.FreshLogin, p.takeEmail)
	p.Page("GET /account/phone", web.FreshLogin, p.showPhone)
	p.Page("POST /account/phone", web.FreshLogin, p.takePhone)
	p.Page("GET /account/username", web.FreshLogin, p.showUsername)
	p.Page("POST /account/username", web.FreshLogin, p.takeUsername)
	p.Page("GET /account/address", web.FreshLogin, p.showAddress)
	p.Page("POST /account/address", web.FreshLogin, p.takeAddress)
	p.Page("GET /account/questions", web.FreshLogin, p.showQuestions)
	p.Page("POST /account/questions", web.FreshLogin, p.takeQuestions)
	p.Page("GET /account/activity", web.SignedIn, p.showActivity)
	p.Page("GET /account/export", exporting, p.showExport)
	p.Page("GET /account/close", web.FreshLogin, p.showClose)
	p.Page("POST /account/close", web.FreshLogin, p.takeClose)
	p.Page("POST /account/reopen", reopening, p.takeReopen)
	return p
}

// contactOperation is one of the operations that the e-mail address and the mobile number share.
func contactOperation(method string, purpose account.Purpose, end string, status int, summary string) web.Operation {
	op := web.Operation{Method: method, Path: "/v1/account/" + string(purpose) + end, Tag: "Account", Status: status, Access: web.SignedIn,
		ID: strings.ToLower(method) + "-" + string(purpose) + strings.ReplaceAll(end, "/", "-"), Summary: summary}
	switch end {
	case "":
		op.Access = web.FreshLogin
		op.Description = "A code goes to the new one, which is in force once it is entered; the old one is told. 429 `sending_too_often`."
	case "/code":
		op.Description = "The code before is dead; wrong tries stay counted. 429 `sending_too_often`."
	default:
		op.Description = "Of six digits, good for 10 minutes, once. 422 `code_wrong` (triesLeft), `code_expired`; 429 `way_closed` after the fifth wrong one, for 24 hours."
	}
	return op
}
