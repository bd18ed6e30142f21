package login

import (
	"context"
	"errors"
	"slices"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

// OpenRequest is POST /v1/sessions.
type OpenRequest struct {
	Body struct {
		Username string `json:"username"`
		Password string `json:"password"`
		Device   string `json:"device,omitempty" doc:"What an earlier login of this client answered; one that is not this account's is ignored"`
	}
}

// OpenAnswer is its answer.
type OpenAnswer struct {
	Body struct {
		Token     string        `json:"token" doc:"For Authorization: Bearer"`
		ExpiresAt time.Time     `json:"expiresAt" doc:"At the latest; 30 minutes without a request end a session too"`
		Scope     session.Scope `json:"scope" enum:"full,choose-password,reactivate,flagged,closed"`
		Account   *account.View `json:"account"`
		Device    string        `json:"device,omitempty" doc:"To be kept by this client and sent with its next login or recovery: strangers' guesses then never lock it out"`
	}
}

func (l *Login) open(ctx context.Context, in *OpenRequest) (*OpenAnswer, error) {
	entry, err := l.enter(ctx, account.Credentials{Username: in.Body.Username, Password: in.Body.Password, Device: in.Body.Device})
	if err != nil {
		return nil, err
	}
	return opened(entry), nil
}

func opened(entry *account.Entry) *OpenAnswer {
	answer := &OpenAnswer{}
	b := &answer.Body
	b.Token, b.ExpiresAt, b.Scope = entry.Token, entry.Session.ExpiresAt(), entry.Session.Scope
	b.Account, b.Device = entry.Account.For(entry.Session), entry.Device
	return answer
}

// enter logs in within the caller's limits, which count only what failed.
func (l *Login) enter(ctx context.Context, c account.Credentials) (*account.Entry, error) {
	if err := l.Exhausted(ctx, web.FailedLogins); err != nil {
		return nil, err
	}
	entry, err := l.Accounts.Enter(ctx, c, web.CallerOf(ctx))
	if errors.Is(err, account.ErrCredentials) { // a locked try was not looked at, so it is none
		if limited := l.Limit(ctx, web.FailedLogins); limited != nil {
			return nil, limited
		}
	}
	return entry, err
}

// Session is one line of GET /v1/sessions.
type Session struct {
	ID         string    `json:"id"`
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt" doc:"In steps of five minutes"`
	IP         string    `json:"ip"`
	UserAgent  string    `json:"userAgent"`
	Current    bool      `json:"current"`
}

// ListAnswer is the body of GET /v1/sessions.
type ListAnswer struct {
	Body struct {
		Items []Session `json:"items"`
	}
}

func (l *Login) list(ctx context.Context, _ *struct{}) (*ListAnswer, error) {
	items, err := l.sessions(ctx)
	answer := &ListAnswer{}
	answer.Body.Items = items
	return answer, err
}

// sessions are all living sessions of who is signed in, newest login first.
func (l *Login) sessions(ctx context.Context) ([]Session, error) {
	by := web.Session(ctx)
	all, err := l.Sessions.List(ctx, by.Account)
	items := make([]Session, len(all))
	for i, live := range all {
		items[i] = Session{live.ID, live.CreatedAt, live.LastSeenAt, live.IP, live.UserAgent, live.ID == by.ID}
	}
	slices.SortFunc(items, func(a, b Session) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return items, err
}

func (l *Login) endOthers(ctx context.Context, _ *struct{}) (*struct{}, error) {
	by := web.Session(ctx)
	all, err := l.Sessions.List(ctx, by.Account)
	for _, live := range all {
		if live.ID != by.ID {
			err = errors.Join(err, l.Sessions.End(ctx, by.Account, live.ID))
		}
	}
	return nil, err
}

func (l *Login) endCurrent(ctx context.Context, _ *struct{}) (*struct{}, error) {
	by := web.Session(ctx)
	return nil, l.Sessions.End(ctx, by.Account, by.ID)
}

// EndRequest is DELETE /v1/sessions/{id}.
type EndRequest struct {
	ID string `path:"id"`
}

func (l *Login) endOne(ctx context.Context, in *EndRequest) (*struct{}, error) {
	all, err := l.Sessions.List(ctx, web.Session(ctx).Account)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(all, func(live *session.Session) bool { return live.ID == in.ID }) {
		return nil, fault.New(fault.NotFound, "not_found")
	}
	return nil, l.Sessions.End(ctx, web.Session(ctx).Account, in.ID)
}
