package desk

import (
	"context"
	"slices"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/person/phone"
	"postkontor/shared/web"
)

// act is something that an agent does to an account. Its words are those of desk.act.NAME.
type act struct {
	name     string // of its page, and in the API
	access   web.Access
	harmful  bool                                                                         // to be confirmed
	sensible func(*account.Seen) bool                                                     // whether there is any use in it
	fields   func(page.Form, locale.Tag, *account.Seen) ([]page.Choice, []page.Input)     // beside the reason; nil: none
	check    func(get func(string) string) error                                          // of a harmful one, what can be said before; nil: nothing
	run      func(d *Desk, ctx context.Context, id string, get func(string) string) error // what the operation does
}

// acts are all of them, in the order in which they are offered.
var acts = []act{
	{name: "unlock", access: helps, sensible: locked, run: runHelp("unlock")},
	{name: "recovery", access: helps, sensible: recoverable, fields: wayFields, run: runRecovery},
	{name: "reset-answers", access: helps, harmful: true, sensible: answering, run: runHelp("reset-answers")},
	{name: "release", access: helps, harmful: true, sensible: flagged, run: runHelp("release")},
	{name: "proof", access: identifies, sensible: recoverable, fields: documentFields, run: runProof},
	{name: "contact", access: corrects, harmful: true, sensible: shown, fields: contactFields, check: checkContact, run: runContact},
}

// done is the key of what is said when it is done, of an account as it then is.
func (one act) done(a *account.Seen) string {
	if one.name == "contact" && a.NewEmail == nil && a.NewPhone == nil {
		return "desk.act.contact.kept" // what was awaited is taken back
	}
	return "desk.act." + one.name + ".done"
}

// actView is the form of an act.
type actView struct {
	page.Form
	Title, Intro, Action, Back string
	Rows                       []page.Row
	Choices                    []page.Choice
	Inputs                     []page.Input
}

// confirmView asks once more, with all that was typed.
type confirmView struct {
	Title, Action, Yes string
	Alerts             []page.Alert
	Rows               []page.Row
	Kept               []hidden
}

// hidden is a field that comes back as it is.
type hidden struct{ Name, Value string }

func (d *Desk) showAct(one act) func(context.Context, *web.Visit) (web.Answer, error) {
	return func(ctx context.Context, v *web.Visit) (web.Answer, error) {
		a, err := d.Accounts.Seen(ctx, v.PathValue("id"))
		if err != nil {
			return web.Answer{}, err
		}
		return actPage(v.Lang, one, a, v.Form, 0), nil
	}
}

func actPage(lang locale.Tag, one act, a *account.Seen, form page.Form, status int) web.Answer {
	view := actView{Form: form, Title: "desk.act." + one.name, Intro: "desk.act." + one.name + ".intro", Action: actPath(a.ID, one.name), Back: accountPath(a.ID), Rows: who(a)}
	if one.fields != nil {
		view.Choices, view.Inputs = one.fields(form, lang, a)
	}
	view.Inputs = append(view.Inputs, form.Input(page.Input{Name: "reason", Label: "desk.reason", Hint: "desk.reason.hint", Autocomplete: "off"}))
	return web.Answer{Template: "act", Title: view.Title, About: a.Name.Full(), View: view, Form: form, Status: status}
}

func actPath(id, name string) string { return accountPath(id) + "/" + name }

// who is the customer, so that an agent sees whose account it is.
func who(a *account.Seen) []page.Row {
	return []page.Row{{Label: "profile.name", Lines: append([]string{a.Name.Full()}, companyLine(a.Company)...)}, {Label: "profile.username", Lines: []string{a.Username}}}
}

// takeAct does an act; a harmful one when it is confirmed.
func (d *Desk) takeAct(one act) func(context.Context, *web.Visit) (web.Answer, error) {
	return func(ctx context.Context, v *web.Visit) (web.Answer, error) {
		get := v.Form.Values.Get
		a, err := d.Accounts.Seen(ctx, v.PathValue("id"))
		if err != nil {
			return web.Answer{}, err
		}
		if get("back") != "" {
			return actPage(v.Lang, one, a, v.Form, 0), nil
		}
		if one.harmful && get("confirmed") == "" {
			if _, err = by(ctx, get("reason"), true); err == nil && one.check != nil {
				err = one.check(get)
			}
			if err == nil {
				return confirmPage(v, one, a), nil
			}
		} else {
			err = one.run(d, ctx, a.ID, get)
		}
		if err == nil {
			return web.See(accountPath(a.ID) + "?done=" + one.name), nil
		}
		form, status, err := v.Refused(err)
		return actPage(v.Lang, one, a, form, status), err
	}
}

func confirmPage(v *web.Visit, one act, a *account.Seen) web.Answer {
	view := confirmView{Title: "desk.act." + one.name, Action: actPath(a.ID, one.name), Yes: "desk.confirm.yes", Rows: who(a),
		Alerts: []page.Alert{{Kind: "warning", Title: locale.Text(v.Lang, "desk.confirm"), Text: locale.Text(v.Lang, "desk.act."+one.name+".intro")}}}
	var inputs []page.Input
	if one.fields != nil {
		_, inputs = one.fields(v.Form, v.Lang, a)
	}
	for _, in := range append(inputs, v.Form.Input(page.Input{Name: "reason", Label: "desk.reason"})) {
		if in.Value != "" {
			view.Rows, view.Kept = append(view.Rows, page.Row{Label: in.Label, Lines: []string{in.Value}}), append(view.Kept, hidden{in.Name, in.Value})
		}
	}
	return web.Answer{Template: "confirm", Title: view.Title, View: view}
}

// What an act asks for beside the reason.

func wayFields(form page.Form, lang locale.Tag, a *account.Seen) ([]page.Choice, []page.Input) {
	options := []page.Option{{Value: "letter", Text: locale.Text(lang, "desk.way.letter")}}
	if a.PhoneVerified {
		options = append([]page.Option{{Value: "sms", Text: locale.Text(lang, "desk.way.sms"), Hint: phone.Pretty(a.Phone)}}, options...)
	}
	if a.EmailVerified {
		options = append([]page.Option{{Value: "email", Text: locale.Text(lang, "desk.way.email"), Hint: a.Email}}, options...)
	}
	return []page.Choice{form.Choice(page.Choice{Name: "way", Label: "desk.way", Options: options})}, nil
}

func documentFields(form page.Form, lang locale.Tag, _ *account.Seen) ([]page.Choice, []page.Input) {
	var options []page.Option
	for _, document := range account.Documents {
		options = append(options, page.Option{Value: document, Text: locale.Text(lang, "desk.document."+document)})
	}
	return []page.Choice{form.Choice(page.Choice{Name: "document", Label: "desk.document", Options: options})}, nil
}

func contactFields(form page.Form, _ locale.Tag, _ *account.Seen) ([]page.Choice, []page.Input) {
	return nil, []page.Input{
		form.Input(page.Input{Name: "email", Label: "profile.email.new", Hint: "desk.contact.hint", Type: "email", Autocomplete: "off", Verbatim: true, Optional: true}),
		form.Input(page.Input{Name: "phone", Label: "profile.phone.new", Hint: "desk.contact.phone.hint", Type: "tel", Autocomplete: "off", Optional: true})}
}

// Whether there is any use in an act.

func locked(a *account.Seen) bool      { return a.Lock.State == account.LockLocked }
func flagged(a *account.Seen) bool     { return a.Status == account.Flagged }
func answering(a *account.Seen) bool   { return a.Questions != account.QuestionsUnset && recoverable(a) }
func recoverable(a *account.Seen) bool { return a.Status != account.New && a.Status != account.Closed }
func shown(a *account.Seen) bool       { return a.Proof != nil && recoverable(a) }

// runHelp does an act that needs no more than a reason.
func runHelp(name string) func(*Desk, context.Context, string, func(string) string) error {
	h := helpful[slices.IndexFunc(helpful, func(h help) bool { return h.name == name })]
	return func(d *Desk, ctx context.Context, id string, get func(string) string) error {
		_, err := d.helped(h)(ctx, &HelpRequest{ID: id, Body: Reasoned{get("reason")}})
		return err
	}
}

func runRecovery(d *Desk, ctx context.Context, id string, get func(string) string) error {
	in := &RecoverRequest{ID: id}
	in.Body.Way, in.Body.Reason = get("way"), get("reason")
	if in.Body.Way == "" {
		return fault.Fields([]fault.Field{{Location: "body.way", Code: "validation.required"}})
	}
	_, err := d.recover(ctx, in)
	return err
}

func runProof(d *Desk, ctx context.Context, id string, get func(string) string) error {
	in := &ProofRequest{ID: id}
	in.Body.Document, in.Body.Reason = get("document"), get("reason")
	if !slices.Contains(account.Documents, in.Body.Document) {
		return fault.Fields([]fault.Field{{Location: "body.document", Code: "validation.required"}})
	}
	_, err := d.proof(ctx, in)
	return err
}

func runContact(d *Desk, ctx context.Context, id string, get func(string) string) error {
	_, err := d.contact(ctx, contactRequest(id, get))
	return err
}

func checkContact(get func(string) string) error {
	_, _, err := contactOf(contactRequest("", get))
	return err
}

func contactRequest(id string, get func(string) string) *ContactRequest {
	in := &ContactRequest{ID: id}
	in.Body.Email, in.Body.Phone, in.Body.Reason = get("email"), get("phone"), get("reason")
	return in
}
