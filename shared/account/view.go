package account

import (
	"time"

	"postkontor/shared/address"
	"postkontor/shared/locale"
	"postkontor/shared/person"
	"postkontor/shared/session"
)

// View is an account as a session may see it: all of it with the scope Full, else only who it is and where it stands.
type View struct {
	ID            string           `json:"id"`
	Username      string           `json:"username"`
	Type          Type             `json:"type,omitempty" enum:"personal,business"`
	Status        Status           `json:"status" enum:"new,active,flagged,inactive,closed" doc:"new: the e-mail address is not proved yet"`
	Language      locale.Tag       `json:"language,omitempty"`
	Name          *person.Name     `json:"name,omitempty"`
	Company       string           `json:"company,omitempty"`
	Email         string           `json:"email,omitempty"`
	EmailVerified *bool            `json:"emailVerified,omitempty"`
	PendingEmail  string           `json:"pendingEmail,omitempty" doc:"In force once the code sent to it is entered"`
	Phone         string           `json:"phone,omitempty" doc:"E.164"`
	PhoneVerified *bool            `json:"phoneVerified,omitempty"`
	PendingPhone  string           `json:"pendingPhone,omitempty"`
	NewEmail      *Awaited         `json:"newEmail,omitempty" doc:"Entered by customer service, and in force from then on"`
	NewPhone      *Awaited         `json:"newPhone,omitempty"`
	Address       *address.Address `json:"address,omitempty"`
	CreatedAt     *time.Time       `json:"createdAt,omitempty"`
	LastLoginAt   *time.Time       `json:"lastLoginAt,omitempty"`
	ClaimAt       *time.Time       `json:"claimAt,omitempty" doc:"Of a flagged account that entered the code of its letter: then it becomes active, unless the holder of the older account objects"`
}

// View is all of an account; since is its last login, the zero time when it has none.
func (a *Account) View(since time.Time) *View {
	v := &View{ID: a.ID, Username: a.Username, Type: a.Type, Status: a.Status, Language: a.Language, Name: &a.Name, Company: a.Company,
		Email: a.Email, EmailVerified: &a.EmailVerified, PendingEmail: a.PendingEmail, Phone: a.Phone, PhoneVerified: &a.PhoneVerified,
		PendingPhone: a.PendingPhone, NewEmail: a.NewEmail, NewPhone: a.NewPhone, Address: &a.Address, CreatedAt: &a.CreatedAt}
	if !since.IsZero() {
		v.LastLoginAt = &since
	}
	return v
}

// For is the account as a session may see it. The session's own beginning stands for the last login: none that this
// customer knows of is newer.
func (a *Account) For(live *session.Session) *View {
	if live.Scope != session.Full || a.Status.Scope() != session.Full { // a proof may just have flagged it
		return &View{ID: a.ID, Username: a.Username, Status: a.Status, ClaimAt: a.ClaimAt}
	}
	return a.View(live.CreatedAt)
}
