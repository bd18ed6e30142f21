package profile

import (
	"context"
	"errors"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/person"
	"postkontor/shared/web"
)

// usernamesTaken is, per caller's address and together with sign-up, for names that were asked for and are taken.
var usernamesTaken = []web.Rule{{Purpose: "username", Max: 10, Window: time.Minute}, {Purpose: "username", Max: 60, Window: time.Hour}}

// RenameRequest is PUT /v1/account/username.
type RenameRequest struct {
	Body struct {
		Username string `json:"username" doc:"3–32 of a-z 0-9 . _ -, beginning with a letter; compared in lower case"`
	}
}

func (p *Profile) rename(ctx context.Context, in *RenameRequest) (*Answer, error) {
	if wrong := person.CheckUsername("body.username", in.Body.Username); wrong != nil {
		return nil, fault.Fields([]fault.Field{*wrong})
	}
	a, err := p.Accounts.Rename(ctx, web.Session(ctx), in.Body.Username)
	if errors.Is(err, account.ErrUsernameTaken) {
		if limited := p.Limit(ctx, usernamesTaken...); limited != nil {
			return nil, limited
		}
		return nil, p.taken(ctx, in.Body.Username)
	}
	return answer(ctx, a, err)
}

// taken refuses a name with others in its place.
func (p *Profile) taken(ctx context.Context, username string) error {
	a, err := p.Accounts.Get(ctx, web.Session(ctx).Account)
	if err != nil {
		return err
	}
	return p.Accounts.Taken(ctx, username, a.Name, a.Email)
}

// MoveRequest is PUT /v1/account/address.
type MoveRequest struct {
	Body struct {
		AddressToken string `json:"addressToken" doc:"What POST /v1/addresses/verify answered"`
	}
}

func (p *Profile) move(ctx context.Context, in *MoveRequest) (*Answer, error) {
	home, err := p.Tokens.Open(ctx, in.Body.AddressToken)
	if err != nil {
		return nil, err
	}
	a, err := p.Accounts.Change(ctx, web.Session(ctx), account.Change{Address: &home})
	return answer(ctx, a, err)
}

// AskedAnswer is the body of GET /v1/account/security-answers.
type AskedAnswer struct {
	Body struct {
		Items []credential.Asked `json:"items" nullable:"false"`
	}
}

func (p *Profile) questions(ctx context.Context, _ *struct{}) (*AskedAnswer, error) {
	ids, err := p.Accounts.Questions(ctx, web.Session(ctx).Account)
	answer := &AskedAnswer{}
	answer.Body.Items = credential.Ask(web.Language(ctx), ids)
	return answer, err
}

// AnswersRequest is PUT /v1/account/security-answers.
type AnswersRequest struct {
	Body struct {
		SecurityAnswers []credential.Answer `json:"securityAnswers" minItems:"2" maxItems:"2" nullable:"false" doc:"Of two different questions"`
	}
}

func (p *Profile) answers(ctx context.Context, in *AnswersRequest) (*struct{}, error) {
	return nil, p.Accounts.ChangeAnswers(ctx, web.Session(ctx), in.Body.SecurityAnswers)
}
