package desk

import (
	"context"
	"slices"

	"postkontor/shared/account"
	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/person"
	"postkontor/shared/person/phone"
)

// SearchRequest is GET /v1/desk/accounts: by one of username, e-mail address, number and order, or by zip, street and last
// together.
type SearchRequest struct {
	Username string `query:"username" maxLength:"200" doc:"One that was left finds who left it"`
	Email    string `query:"email" maxLength:"320" doc:"Proved or not"`
	Phone    string `query:"phone" maxLength:"64" doc:"As it is usually written, or E.164; proved or not"`
	Order    string `query:"order" maxLength:"64" doc:"The number of an order of supplies"`
	Zip      string `query:"zip" maxLength:"10"`
	Street   string `query:"street" maxLength:"100" doc:"House number and street, with the unit"`
	Last     string `query:"last" maxLength:"64" doc:"The last name"`
}

// SearchAnswer is its answer.
type SearchAnswer struct {
	Body struct {
		Items []account.Seen `json:"items" nullable:"false" doc:"Up to 20; by an address only accounts whose e-mail address was proved, and none that is flagged or was released without its claim"`
	}
}

func (d *Desk) search(ctx context.Context, in *SearchRequest) (*SearchAnswer, error) {
	answer := &SearchAnswer{}
	var err error
	answer.Body.Items, err = d.findAccounts(ctx, in)
	return answer, err
}

// findAccounts answers the accounts of a search that asks one thing.
func (d *Desk) findAccounts(ctx context.Context, in *SearchRequest) ([]account.Seen, error) {
	q := account.Query{Username: person.Clean(in.Username), Email: person.Clean(in.Email), Last: person.Clean(in.Last)}
	number, order, at := person.Clean(in.Phone), person.Clean(in.Order), address.Entry{Street: person.Clean(in.Street), Zip: person.Clean(in.Zip)}
	home := at.Zip + at.Street + q.Last
	asked := slices.DeleteFunc([]string{q.Username, q.Email, number, order, home}, func(v string) bool { return v == "" })
	if len(asked) != 1 {
		return nil, fault.Fields([]fault.Field{{Location: "query", Code: "validation.one_query"}})
	}
	var wrong []fault.Field
	for name, value := range map[string]string{"zip": at.Zip, "street": at.Street, "last": q.Last} {
		if home != "" && value == "" {
			wrong = append(wrong, fault.Field{Location: "query." + name, Code: "validation.required"})
		}
	}
	if number != "" {
		var code string
		if q.Phone, code = phone.Parse(number, "US"); code != "" {
			wrong = append(wrong, fault.Field{Location: "query.phone", Code: code})
		}
	}
	switch {
	case len(wrong) > 0:
		return nil, fault.Fields(wrong)
	case order != "":
		return d.byOrder(ctx, order)
	case home != "":
		found, err := d.Addresses.Verify(ctx, at)
		if err != nil {
			return nil, err
		}
		q.Address = found.Address
	}
	return d.Accounts.Search(ctx, q)
}

// byOrder answers the account that an order is of.
func (d *Desk) byOrder(ctx context.Context, number string) ([]account.Seen, error) {
	o, err := d.Supplies.Find(ctx, number)
	var seen *account.Seen
	if err == nil {
		seen, err = d.Accounts.Seen(ctx, o.Account)
	}
	switch {
	case fault.Code(err) == "not_found":
		return []account.Seen{}, nil
	case err != nil:
		return nil, err
	}
	return []account.Seen{*seen}, nil
}

// AccountRequest is GET /v1/desk/accounts/{id}.
type AccountRequest struct {
	ID string `path:"id" maxLength:"64"`
}

// AccountAnswer is an account as every operation here answers it.
type AccountAnswer struct{ Body *account.Seen }

func (d *Desk) account(ctx context.Context, in *AccountRequest) (*AccountAnswer, error) {
	seen, err := d.Accounts.Seen(ctx, in.ID)
	return &AccountAnswer{seen}, err
}

// Reasoned is the body of an act that needs no more than a reason.
type Reasoned struct {
	Reason string `json:"reason" doc:"2–200 characters; the customer reads it"`
}

// HelpRequest is POST /v1/desk/accounts/{id}/unlock, /release and /reset-answers.
type HelpRequest struct {
	ID   string `path:"id" maxLength:"64"`
	Body Reasoned
}

// help is an act that needs no more than a reason.
type help struct {
	name, summary, description string
	do                         func(*account.Store, context.Context, string, activity.By) (*account.Seen, error)
}

var helpful = []help{
	{"unlock", "Lift the lock of an account", "A password that is disabled stays so until a recovery; then `lock.state` is `disabled`.", (*account.Store).Unlock},
	{"release", "Let a flagged account be active", "Without the claim, which another account of the same name keeps; with it when none does any more. 409 `changed_meanwhile` when it is not flagged.", (*account.Store).Release},
	{"reset-answers", "Take the security questions of an account away", "The way `questions` is closed until the customer sets new ones.", (*account.Store).ResetAnswers},
}

// helped answers the operation of such an act.
func (d *Desk) helped(h help) func(context.Context, *HelpRequest) (*AccountAnswer, error) {
	return func(ctx context.Context, in *HelpRequest) (*AccountAnswer, error) {
		who, err := by(ctx, in.Body.Reason, true)
		if err != nil {
			return nil, err
		}
		seen, err := h.do(d.Accounts, ctx, in.ID, who)
		return &AccountAnswer{seen}, err
	}
}

// RecoverRequest is POST /v1/desk/accounts/{id}/recovery.
type RecoverRequest struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Way    string `json:"way" enum:"email,sms,letter"`
		Reason string `json:"reason" doc:"2–200 characters; the customer reads it"`
	}
}

// RecoverAnswer is its answer.
type RecoverAnswer struct {
	Body struct {
		ID string `json:"id" doc:"Of the recovery; only the customer gets the code"`
	}
}

func (d *Desk) recover(ctx context.Context, in *RecoverRequest) (*RecoverAnswer, error) {
	who, err := by(ctx, in.Body.Reason, true)
	if err != nil {
		return nil, err
	}
	answer := &RecoverAnswer{}
	answer.Body.ID, err = d.Accounts.RecoverFor(ctx, in.ID, in.Body.Way, who)
	return answer, err
}

// ProofRequest is POST /v1/desk/accounts/{id}/proof.
type ProofRequest struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Document string `json:"document" enum:"driver-licence,state-id,passport"`
		Reason   string `json:"reason" doc:"2–200 characters; the customer reads it"`
	}
}

func (d *Desk) proof(ctx context.Context, in *ProofRequest) (*AccountAnswer, error) {
	who, err := by(ctx, in.Body.Reason, true)
	if err != nil {
		return nil, err
	}
	seen, err := d.Accounts.RecordProof(ctx, in.ID, in.Body.Document, who)
	return &AccountAnswer{seen}, err
}

// ContactRequest is POST /v1/desk/accounts/{id}/contact.
type ContactRequest struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Email  string `json:"email,omitempty"`
		Phone  string `json:"phone,omitempty" doc:"A mobile number, as it is usually written or E.164"`
		Reason string `json:"reason" doc:"2–200 characters; the customer reads it"`
	}
}

func (d *Desk) contact(ctx context.Context, in *ContactRequest) (*AccountAnswer, error) {
	who, err := by(ctx, in.Body.Reason, true)
	if err != nil {
		return nil, err
	}
	email, number, err := contactOf(in)
	if err != nil {
		return nil, err
	}
	seen, err := d.Accounts.SetContact(ctx, in.ID, email, number, who)
	return &AccountAnswer{seen}, err
}

// contactOf answers the e-mail address and the number (E.164) of a request, of which one may be missing.
func contactOf(in *ContactRequest) (email, number string, err error) {
	email, number = person.Clean(in.Body.Email), person.Clean(in.Body.Phone)
	var wrong []fault.Field
	if email == "" && number == "" {
		wrong = append(wrong, fault.Field{Location: "body.email", Code: "validation.required"})
	}
	if email != "" {
		if field := person.CheckEmail("body.email", email); field != nil {
			wrong = append(wrong, *field)
		}
	}
	if number != "" {
		var code string
		if number, code = phone.Parse(number, "US"); code != "" {
			wrong = append(wrong, fault.Field{Location: "body.phone", Code: code})
		}
	}
	return email, number, fault.Fields(wrong)
}
