package profile

import (
	"context"

	"postkontor/shared/account"
	"postkontor/shared/activity"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

// Who may take their data along, and who may open the account again.
var (
	exporting = web.Access{Scopes: []session.Scope{session.Full, session.Closed}, Fresh: true}
	reopening = web.Access{Scopes: []session.Scope{session.Closed}}
)

// ActivityRequest is GET /v1/account/activity.
type ActivityRequest struct {
	Cursor string `query:"cursor" maxLength:"512" doc:"The next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

// ActivityAnswer is its answer.
type ActivityAnswer struct {
	Body struct {
		Items []activity.Event `json:"items" nullable:"false" doc:"Newest first, of two years"`
		Next  string           `json:"next,omitempty" doc:"The cursor of the next page; missing on the last"`
	}
}

func (p *Profile) activity(ctx context.Context, in *ActivityRequest) (*ActivityAnswer, error) {
	answer := &ActivityAnswer{}
	var err error
	answer.Body.Items, answer.Body.Next, err = p.Accounts.Activity(ctx, web.Session(ctx).Account, in.Cursor, in.Limit)
	return answer, err
}

// ExportAnswer is GET /v1/account/export: a browser keeps it as a file.
type ExportAnswer struct {
	Disposition string `header:"Content-Disposition"`
	Body        *account.Export
}

func (p *Profile) export(ctx context.Context, _ *struct{}) (*ExportAnswer, error) {
	all, err := p.Accounts.Export(ctx, web.Session(ctx))
	return &ExportAnswer{Disposition: `attachment; filename="account.json"`, Body: all}, err
}

func (p *Profile) close(ctx context.Context, _ *struct{}) (*Answer, error) {
	a, err := p.Accounts.Close(ctx, web.Session(ctx))
	return answer(ctx, a, err)
}

func (p *Profile) reopen(ctx context.Context, _ *struct{}) (*Answer, error) {
	a, err := p.Accounts.Reopen(ctx, web.Session(ctx))
	return answer(ctx, a, err)
}
