package recovery

import (
	"context"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// DisavowRequest is POST /v1/disavow.
type DisavowRequest struct {
	Body struct {
		Token string `json:"token" maxLength:"200" doc:"From the link in a notice, once"`
	}
}

// DisavowAnswer is its answer.
type DisavowAnswer struct {
	Body struct {
		Undone []string `json:"undone" nullable:"false" doc:"Kinds as the activity names them, newest first" example:"[\"email-change\"]"`
	}
}

func (r *Recovery) disavow(ctx context.Context, in *DisavowRequest) (*DisavowAnswer, error) {
	undone, err := r.Accounts.Disavow(ctx, in.Body.Token, web.CallerOf(ctx))
	answer := &DisavowAnswer{}
	answer.Body.Undone = undone
	return answer, err
}

// disavowView is the page of a notice's link. What it says depends on what the token does: take changes back, or object to
// another account's taking this one's place.
type disavowView struct {
	page.Form
	Token    string
	Words    string // what stands before the keys of its words
	Finished bool
	Problem  page.Alert
}

// showDisavow is GET /not-me?t=, which only shows a button: mail scanners follow links.
func (r *Recovery) showDisavow(ctx context.Context, v *web.Visit) (web.Answer, error) {
	view := disavowView{Form: v.Form, Token: v.Form.Values.Get("t"), Finished: v.Form.Values.Has("done")}
	kind := v.Form.Values.Get("done")
	if !view.Finished {
		var err error
		if kind, err = r.Accounts.Disavowing(ctx, view.Token); err != nil {
			return notDisavowed(v.Lang, err)
		}
	}
	return disavowPage(kind, view), nil
}

// disavowPage says what befits the kind of change that the token is of.
func disavowPage(kind string, view disavowView) web.Answer {
	if view.Words = "disavow."; kind == account.ClaimChallenged {
		view.Words = "disavow.claim."
	}
	return web.Answer{Template: "disavow", Title: view.Words + "title", View: view}
}

// notDisavowed is the page of a token that is none, or is none any more.
func notDisavowed(lang locale.Tag, err error) (web.Answer, error) {
	if fault.Code(err) != "token_invalid" {
		return web.Answer{}, err
	}
	return web.Answer{Template: "disavow", Title: "disavow.title", Status: 422, Stuck: "account", View: disavowView{
		Problem: page.Alert{Kind: "warning", Title: locale.Text(lang, "fault.token_invalid.title"), Text: locale.Text(lang, "fault.token_invalid.detail")}}}, nil
}

func (r *Recovery) takeDisavow(ctx context.Context, v *web.Visit) (web.Answer, error) {
	undone, err := r.Accounts.Disavow(ctx, v.Form.Values.Get("t"), web.CallerOf(ctx))
	if err != nil {
		return notDisavowed(v.Lang, err)
	}
	return web.See("/not-me?done=" + undone[0]), nil
}
