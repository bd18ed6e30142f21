package signup

import (
	"context"
	"errors"
	"fmt"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/person"
	"postkontor/shared/person/phone"
	"postkontor/shared/session"
	"postkontor/shared/table"
	"postkontor/shared/web"
)

// register makes an account of what somebody sent, once for each idempotency key.
func (s *Signup) register(ctx context.Context, body Registration, key string, by session.Opening) (*account.Account, error) {
	once, err := s.Once("POST /v1/accounts", key, body)
	if err != nil {
		return nil, err
	}
	if made, err := s.made(ctx, once); made != nil || err != nil { // whatever was good in it then
		return made, err
	}
	wanted, err := s.check(ctx, body)
	if err != nil {
		return nil, err
	}
	wanted.IP, wanted.UserAgent = by.IP, by.UserAgent
	free, err := s.Accounts.Free(ctx, []string{body.Username})
	if err != nil {
		return nil, err
	}
	if len(free) == 0 { // before anything is hashed, or counted as an account made
		return nil, s.Accounts.Taken(ctx, body.Username, body.Name, body.Email)
	}
	if err := s.Limit(ctx, accountsMade...); err != nil {
		return nil, err
	}
	a, err := s.Accounts.Create(ctx, wanted, func(id string) ([]table.Op, error) { return once.Ops(ctx, id) })
	if err == nil {
		return a, nil
	}
	if made, again := s.made(ctx, once); made != nil || again != nil { // a request of that key won a race against this one
		return made, again
	}
	if errors.Is(err, account.ErrUsernameTaken) {
		err = s.Accounts.Taken(ctx, body.Username, body.Name, body.Email)
	}
	return nil, err
}

// made answers the account that the same request made before.
func (s *Signup) made(ctx context.Context, once *web.Once) (*account.Account, error) {
	id, err := once.Made(ctx)
	if err != nil || id == "" {
		return nil, err
	}
	return s.Accounts.Get(ctx, id)
}

// check holds every field to its rules and answers them all at once.
func (s *Signup) check(ctx context.Context, body Registration) (account.Registration, error) {
	var wrong []fault.Field
	lang, ok := locale.Parse(body.Language)
	if !ok {
		wrong = append(wrong, fault.Field{Location: "body.language", Code: "validation.one_of"})
	}
	home, field, err := s.home(ctx, body.AddressToken)
	if err != nil {
		return account.Registration{}, err
	}
	body.Name, body.Email, body.Company = person.CleanName(body.Name), person.Clean(body.Email), person.Clean(body.Company)
	wanted := account.Registration{Language: lang, Username: body.Username, Password: body.Password,
		Type: account.Type(body.Type), Company: body.Company, Name: body.Name, Email: body.Email, Address: home,
		Disposable: person.Disposable(body.Email)}
	wrong = add(wrong, person.CheckUsername("body.username", body.Username))
	wrong = add(wrong, credential.CheckPassword("body.password", body.Password, s.passwordContext(wanted)))
	wrong = append(wrong, s.answered(body, &wanted)...)
	wrong = append(wrong, checkPerson(body)...)
	if number, code := phone.Parse(body.Phone, "US"); code == "" {
		wanted.Phone = number
	} else {
		wrong = append(wrong, fault.Field{Location: "body.phone", Code: code})
	}
	return wanted, fault.Fields(add(wrong, field))
}

// answered holds the answers to their rules. Where the operator asks no questions, none are kept.
func (s *Signup) answered(body Registration, wanted *account.Registration) []fault.Field {
	if !s.Operator.SecurityQuestions {
		return nil
	}
	if len(body.SecurityAnswers) == 0 {
		return []fault.Field{{Location: "body.securityAnswers", Code: "validation.required"}}
	}
	wanted.Answers = body.SecurityAnswers
	return credential.CheckAnswers(body.SecurityAnswers, body.Username, body.Password)
}

// checkPerson holds who somebody is to the rules: the fields of the first step.
func checkPerson(body Registration) []fault.Field {
	var wrong []fault.Field
	switch account.Type(body.Type) {
	case account.Personal:
		if body.Company != "" {
			wrong = append(wrong, fault.Field{Location: "body.company", Code: "validation.unknown"})
		}
	case account.Business:
		wrong = add(wrong, person.CheckCompany("body.company", body.Company))
	default:
		wrong = append(wrong, fault.Field{Location: "body.type", Code: "validation.one_of"})
	}
	wrong = append(wrong, person.CheckName("body.name", body.Name)...)
	return add(wrong, person.CheckEmail("body.email", body.Email))
}

func (s *Signup) passwordContext(r account.Registration) credential.Context {
	return account.PasswordContext(&account.Account{Username: r.Username, Email: r.Email, Name: r.Name, Company: r.Company,
		Address: r.Address}, s.Operator)
}

// home opens the token of a verified address.
func (s *Signup) home(ctx context.Context, token string) (address.Address, *fault.Field, error) {
	home, err := s.Tokens.Open(ctx, token)
	if fault.Code(err) == "address_unverified" {
		return address.Address{}, &fault.Field{Location: "body.addressToken", Code: "address_unverified"}, nil
	}
	if err != nil {
		return address.Address{}, nil, fmt.Errorf("opening an address token: %w", err)
	}
	return home, nil, nil
}

func add(wrong []fault.Field, further *fault.Field) []fault.Field {
	if further == nil {
		return wrong
	}
	return append(wrong, *further)
}
