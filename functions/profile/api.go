package profile

import (
	"context"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/person"
	"postkontor/shared/person/phone"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

// Answer is the account as every operation here answers it.
type Answer struct{ Body *account.View }

func (p *Profile) get(ctx context.Context, _ *struct{}) (*Answer, error) {
	a, err := p.Accounts.Get(ctx, web.Session(ctx).Account)
	return answer(ctx, a, err)
}

func answer(ctx context.Context, a *account.Account, err error) (*Answer, error) {
	if err != nil {
		return nil, err
	}
	return &Answer{Body: a.For(web.Session(ctx))}, nil
}

// AccountChange is the body of PATCH /v1/account; what is left out stays.
type AccountChange struct {
	Language *string      `json:"language,omitempty" enum:"en,es,sv,zh-Hans"`
	Name     *person.Name `json:"name,omitempty"`
	Company  *string      `json:"company,omitempty" doc:"Of a business account"`
}

// ChangeRequest is PATCH /v1/account.
type ChangeRequest struct{ Body AccountChange }

func (p *Profile) change(ctx context.Context, in *ChangeRequest) (*Answer, error) {
	a, err := p.applied(ctx, in.Body)
	return answer(ctx, a, err)
}

// applied checks a change and makes it; the session follows a change of language.
func (p *Profile) applied(ctx context.Context, c AccountChange) (*account.Account, error) {
	by := web.Session(ctx)
	if (c.Name != nil || c.Company != nil) && !by.LoggedInSince(p.Now()) {
		return nil, fault.New(fault.Forbidden, "login_again")
	}
	wanted, err := checked(c)
	if err != nil {
		return nil, err
	}
	a, err := p.Accounts.Change(ctx, by, wanted)
	if err != nil || by.Language == a.Language {
		return a, err
	}
	by.Language = a.Language
	return a, p.Sessions.Save(ctx, by)
}

func checked(c AccountChange) (account.Change, error) {
	var wrong []fault.Field
	var wanted account.Change
	if c.Language != nil {
		lang, ok := locale.Parse(*c.Language)
		if !ok {
			wrong = append(wrong, fault.Field{Location: "body.language", Code: "validation.one_of"})
		}
		wanted.Language = &lang
	}
	if c.Name != nil {
		name := person.CleanName(*c.Name)
		wrong = append(wrong, person.CheckName("body.name", name)...)
		wanted.Name = &name
	}
	if c.Company != nil {
		company := person.Clean(*c.Company)
		wanted.Company = &company
		if field := person.CheckCompany("body.company", company); field != nil {
			wrong = append(wrong, *field)
		}
	}
	return wanted, fault.Fields(wrong)
}

// PasswordRequest is PUT /v1/account/password.
type PasswordRequest struct {
	Body struct {
		CurrentPassword string `json:"currentPassword,omitempty" doc:"Not in the scope choose-password"`
		NewPassword     string `json:"newPassword" doc:"15–128 characters (code points after NFC), none of them demanded"`
	}
}

func (p *Profile) password(ctx context.Context, in *PasswordRequest) (*struct{}, error) {
	by := web.Session(ctx)
	if by.Scope == session.ChoosePassword {
		return nil, p.Accounts.Choose(ctx, by, in.Body.NewPassword, p.Operator)
	}
	if in.Body.CurrentPassword == "" {
		return nil, fault.Fields([]fault.Field{{Location: "body.currentPassword", Code: "validation.required"}})
	}
	if err := p.Exhausted(ctx, web.FailedLogins); err != nil {
		return nil, err
	}
	err := p.Accounts.ChangePassword(ctx, by, in.Body.CurrentPassword, in.Body.NewPassword, p.Operator)
	if fault.Code(err) == "password_wrong" {
		if limited := p.Limit(ctx, web.FailedLogins); limited != nil {
			return nil, limited
		}
	}
	return nil, err
}

// EmailRequest is PUT /v1/account/email.
type EmailRequest struct {
	Body struct {
		Email string `json:"email"`
	}
}

// PhoneRequest is PUT /v1/account/phone.
type PhoneRequest struct {
	Body struct {
		Phone string `json:"phone" doc:"A mobile number, as it is usually written or E.164"`
	}
}

// CodeRequest is POST /v1/account/email/verify and /phone/verify.
type CodeRequest struct {
	Body struct {
		Code string `json:"code" maxLength:"32" doc:"Six digits; spaces and hyphens do not matter"`
	}
}

// send answers the operation that sends a code again; verify the one that takes it.
func (p *Profile) send(purpose account.Purpose) func(context.Context, *struct{}) (*struct{}, error) {
	return func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, p.Accounts.SendCode(ctx, web.Session(ctx).Account, purpose)
	}
}

func (p *Profile) verify(purpose account.Purpose) func(context.Context, *CodeRequest) (*Answer, error) {
	return func(ctx context.Context, in *CodeRequest) (*Answer, error) {
		a, err := p.Accounts.Prove(ctx, web.Session(ctx), purpose, in.Body.Code)
		return answer(ctx, a, err)
	}
}

func (p *Profile) putEmail(ctx context.Context, in *EmailRequest) (*struct{}, error) {
	email := person.Clean(in.Body.Email)
	if wrong := person.CheckEmail("body.email", email); wrong != nil {
		return nil, fault.Fields([]fault.Field{*wrong})
	}
	return nil, p.Accounts.ChangeContact(ctx, web.Session(ctx), account.ProveEmail, email)
}

func (p *Profile) putPhone(ctx context.Context, in *PhoneRequest) (*struct{}, error) {
	number, code := phone.Parse(in.Body.Phone, "US")
	if code != "" {
		return nil, fault.Fields([]fault.Field{{Location: "body.phone", Code: code}})
	}
	return nil, p.Accounts.ChangeContact(ctx, web.Session(ctx), account.ProvePhone, number)
}
