package signup

import (
	"context"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/person"
	"postkontor/shared/web"
)

// LanguagesAnswer is the body of GET /v1/languages.
type LanguagesAnswer struct {
	Body struct {
		Items []locale.Language `json:"items"`
	}
}

func (s *Signup) languages(context.Context, *struct{}) (*LanguagesAnswer, error) {
	answer := &LanguagesAnswer{}
	answer.Body.Items = locale.Languages()
	return answer, nil
}

// QuestionsAnswer is the body of GET /v1/security-questions.
type QuestionsAnswer struct {
	Body struct {
		Items []credential.Asked `json:"items" nullable:"false" doc:"None where the operator asks none"`
	}
}

func (s *Signup) questions(ctx context.Context, _ *struct{}) (*QuestionsAnswer, error) {
	answer := &QuestionsAnswer{}
	answer.Body.Items = []credential.Asked{}
	if s.Operator.SecurityQuestions {
		for _, q := range credential.Questions() {
			answer.Body.Items = append(answer.Body.Items, credential.Asked{ID: q.ID, Text: q.Text(web.Language(ctx))})
		}
	}
	return answer, nil
}

// UsernameRequest is GET /v1/usernames.
type UsernameRequest struct {
	Name string `query:"name" required:"true" doc:"3–32 of a-z 0-9 . _ -, beginning with a letter; compared in lower case"`
}

// UsernameAnswer is its answer.
type UsernameAnswer struct {
	Body struct {
		Username    string   `json:"username"`
		Available   bool     `json:"available"`
		Suggestions []string `json:"suggestions" maxItems:"5" doc:"Free when they were checked"`
	}
}

func (s *Signup) username(ctx context.Context, in *UsernameRequest) (*UsernameAnswer, error) {
	if err := s.Limit(ctx, usernameChecks...); err != nil {
		return nil, err
	}
	if wrong := person.CheckUsername("query.name", in.Name); wrong != nil {
		suggestions, err := s.Accounts.Suggest(ctx, in.Name, person.Name{}, "")
		if err != nil {
			return nil, err
		}
		return nil, &fault.Error{Kind: fault.Invalid, Code: wrong.Code, Fields: []fault.Field{*wrong},
			Members: map[string]any{"suggestions": suggestions}}
	}
	answer := &UsernameAnswer{}
	answer.Body.Username = in.Name
	available, suggestions, err := s.free(ctx, in.Name)
	answer.Body.Available, answer.Body.Suggestions = available, append([]string{}, suggestions...)
	return answer, err
}

// AddressRequest is POST /v1/addresses/verify.
type AddressRequest struct {
	Body address.Entry
}

// AddressNote is something a person should know about a field of their address.
type AddressNote struct {
	Field   string `json:"field"`
	Code    string `json:"code" example:"city_other"`
	Message string `json:"message"`
}

// AddressAnswer is its answer.
type AddressAnswer struct {
	Body struct {
		Status   address.Status   `json:"status" enum:"verified,corrected,incomplete,undeliverable"`
		Level    address.Level    `json:"level" enum:"deliveryPoint,street,zip" doc:"How far the check reached"`
		Address  address.Address  `json:"address"`
		Changes  []address.Change `json:"changes"`
		Warnings []AddressNote    `json:"warnings" doc:"Doubts that do not stop the address from being used"`
		Problems []AddressNote    `json:"problems,omitempty" doc:"Why it cannot be used"`
		Token    string           `json:"token,omitempty" doc:"Of a verified or corrected address: for addressToken and shipTo, one hour"`
	}
}

func (s *Signup) verifyAddress(ctx context.Context, in *AddressRequest) (*AddressAnswer, error) {
	result, token, err := s.addresses().Verify(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	answer := &AddressAnswer{}
	b := &answer.Body
	b.Status, b.Level, b.Address, b.Token = result.Status, result.Level, result.Address, token
	b.Changes, b.Warnings = append([]address.Change{}, result.Changes...), []AddressNote{}
	lang := web.Language(ctx)
	for _, w := range result.Warnings {
		b.Warnings = append(b.Warnings, AddressNote{w.Field, w.Code, locale.Text(lang, "address.warning."+w.Code)})
	}
	for _, p := range result.Problems {
		b.Problems = append(b.Problems, AddressNote{p.Field, p.Code, locale.Text(lang, "address.problem."+p.Code)})
	}
	return answer, nil
}

// Registration is the body of POST /v1/accounts.
type Registration struct {
	Language        string              `json:"language" example:"en" doc:"Of pages, messages and errors"`
	Username        string              `json:"username" doc:"3–32 of a-z 0-9 . _ -, beginning with a letter; compared in lower case"`
	Password        string              `json:"password" doc:"15–128 characters (code points after NFC), none of them demanded"`
	SecurityAnswers []credential.Answer `json:"securityAnswers,omitempty" minItems:"2" maxItems:"2" doc:"Of two different questions; needed unless the operator asks none"`
	Type            string              `json:"type" enum:"personal,business"`
	Company         string              `json:"company,omitempty" doc:"Of a business account"`
	Name            person.Name         `json:"name"`
	Email           string              `json:"email"`
	Phone           string              `json:"phone" doc:"A mobile number, as it is usually written or E.164"`
	AddressToken    string              `json:"addressToken" doc:"What POST /v1/addresses/verify answered"`
}

// CreateRequest is POST /v1/accounts.
type CreateRequest struct {
	Key  string `header:"Idempotency-Key" doc:"1–64 printable characters: the same key and body have one effect for 24 hours"`
	Body Registration
}

// CreateAnswer is its answer.
type CreateAnswer struct {
	Body *account.View
}

func (s *Signup) create(ctx context.Context, in *CreateRequest) (*CreateAnswer, error) {
	made, err := s.register(ctx, in.Body, in.Key, web.CallerOf(ctx))
	if err != nil {
		return nil, err
	}
	return &CreateAnswer{Body: made.View(time.Time{})}, nil
}
