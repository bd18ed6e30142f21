package recovery

import (
	"context"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/credential"
	"postkontor/shared/person"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

// RemindRequest is POST /v1/recovery/username.
type RemindRequest struct {
	Body struct {
		Email string `json:"email" maxLength:"320"`
	}
}

func (r *Recovery) remind(ctx context.Context, in *RemindRequest) (*struct{}, error) {
	if err := r.Limit(ctx, started); err != nil {
		return nil, err
	}
	return nil, r.Accounts.Remind(ctx, person.Clean(in.Body.Email))
}

// StartRequest is POST /v1/recovery/password.
type StartRequest struct {
	Body struct {
		Username string `json:"username" maxLength:"200"`
		Device   string `json:"device,omitempty" doc:"What an earlier login of this client answered: strangers' tries then do not count"`
	}
}

// Way is one way to a new password.
type Way struct {
	Way       string             `json:"way" enum:"questions,sms"`
	Questions []credential.Asked `json:"questions,omitempty" nullable:"false" doc:"Of the way questions: both are to be answered"`
	Hint      string             `json:"hint,omitempty" example:"••42" doc:"Of the way sms: how the number ends"`
}

// StartAnswer is its answer.
type StartAnswer struct {
	Body struct {
		ID        string    `json:"id"`
		Ways      []Way     `json:"ways" nullable:"false"`
		ExpiresAt time.Time `json:"expiresAt"`
	}
}

func (r *Recovery) start(ctx context.Context, in *StartRequest) (*StartAnswer, error) {
	begun, err := r.begin(ctx, in.Body.Username, in.Body.Device)
	if err != nil {
		return nil, err
	}
	answer := &StartAnswer{}
	b := &answer.Body
	b.ID, b.Ways, b.ExpiresAt = begun.ID, []Way{}, begun.ExpiresAt
	if len(begun.Questions) > 0 {
		b.Ways = append(b.Ways, Way{Way: "questions", Questions: credential.Ask(web.Language(ctx), begun.Questions)})
	}
	if begun.Hint != "" {
		b.Ways = append(b.Ways, Way{Way: "sms", Hint: begun.Hint})
	}
	return answer, nil
}

// begin starts a recovery within the caller's limits.
func (r *Recovery) begin(ctx context.Context, username, device string) (*account.Recovery, error) {
	if err := r.Limit(ctx, started); err != nil {
		return nil, err
	}
	return r.Accounts.Recover(ctx, username, device, r.Operator.SecurityQuestions)
}

// AnswerRequest is POST /v1/recovery/password/{id}/answers.
type AnswerRequest struct {
	ID   string `path:"id"`
	Body struct {
		Answers []credential.Answer `json:"answers" minItems:"2" maxItems:"2" nullable:"false" doc:"Capitals, accents and spaces do not matter"`
	}
}

func (r *Recovery) answer(ctx context.Context, in *AnswerRequest) (*struct{}, error) {
	return nil, r.Accounts.RecoverByAnswering(ctx, in.ID, in.Body.Answers, web.CallerOf(ctx))
}

// SendRequest is POST /v1/recovery/password/{id}/sms.
type SendRequest struct {
	ID string `path:"id"`
}

func (r *Recovery) send(ctx context.Context, in *SendRequest) (*struct{}, error) {
	return nil, r.Accounts.SendRecoveryCode(ctx, in.ID, web.Language(ctx))
}

// RecoveryCodeRequest is POST /v1/recovery/password/{id}/code.
type RecoveryCodeRequest struct {
	ID   string `path:"id"`
	Body struct {
		Code string `json:"code" maxLength:"32" doc:"Spaces and hyphens do not matter"`
	}
}

// RecoveryCodeAnswer is its answer.
type RecoveryCodeAnswer struct {
	Body struct {
		Token     string        `json:"token" doc:"For Authorization: Bearer"`
		ExpiresAt time.Time     `json:"expiresAt"`
		Scope     session.Scope `json:"scope" enum:"choose-password"`
	}
}

func (r *Recovery) code(ctx context.Context, in *RecoveryCodeRequest) (*RecoveryCodeAnswer, error) {
	entry, err := r.Accounts.RecoverWithCode(ctx, in.ID, in.Body.Code, web.CallerOf(ctx))
	if err != nil {
		return nil, err
	}
	answer := &RecoveryCodeAnswer{}
	answer.Body.Token, answer.Body.ExpiresAt, answer.Body.Scope = entry.Token, entry.Session.ExpiresAt(), entry.Session.Scope
	return answer, nil
}
