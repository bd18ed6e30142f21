package profile

import (
	"cmp"
	"context"
	"net/url"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/person/phone"
	"postkontor/shared/web"
)

func same(password, again string) error {
	if password == again {
		return nil
	}
	return fault.Fields([]fault.Field{{Location: "body.newPasswordAgain", Code: "password_differs"}})
}

// verifyView is the page on which codes are entered: one form for each address that is still to be proved.
type verifyView struct {
	page.Form
	Steps  page.Steps
	Sent   page.Alert
	Proofs []proof
	Later  string // where to go without a code
}

// proof is one address that waits for its code.
type proof struct {
	Channel, Title, Sent, Change string
	Code                         page.Input
	Form                         page.Form
}

func (p *Profile) showVerify(ctx context.Context, v *web.Visit) (web.Answer, error) {
	a, err := p.Accounts.Get(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	return verifyPage(v, a, "", page.Form{}, 0), nil
}

// verifyPage leads on when nothing is left to prove. What was refused belongs to one channel's form.
func verifyPage(v *web.Visit, a *account.Account, channel string, form page.Form, status int) web.Answer {
	view := verifyView{Form: form, Later: cmp.Or(v.Form.Next, "/account"), Steps: page.Steps{Current: 4, Labels: []string{"signup.step.you", "signup.step.address", "signup.step.login", "signup.step.prove"}}}
	if v.Form.Values.Get("sent") != "" {
		view.Sent = page.Alert{Kind: "success", Text: locale.Text(v.Lang, "profile.verify.again.sent")}
	}
	for _, purpose := range []account.Purpose{account.ProveEmail, account.ProvePhone} {
		to := a.Unproved(purpose)
		if to == "" {
			continue
		}
		if purpose == account.ProvePhone {
			to = phone.Pretty(to)
		}
		name := string(purpose)
		one := proof{Channel: name, Title: "profile.verify." + name, Sent: locale.Text(v.Lang, "profile.verify.sent."+name, "to", to), Change: "/account/" + name}
		if channel == name {
			one.Form = form
		}
		one.Form.Prefix, one.Form.Next = name+"-", v.Form.Next
		one.Code = one.Form.Input(page.Input{Name: "code", Label: "profile.verify.code", Hint: "profile.verify.code.hint",
			Autocomplete: "one-time-code", InputMode: "numeric", MaxLength: 12, Verbatim: true, Help: "code"})
		view.Proofs = append(view.Proofs, one)
	}
	if len(view.Proofs) == 0 {
		return web.See(view.Later)
	}
	return web.Answer{Template: "verify", Title: "profile.verify.title", View: view, Form: form, Status: status}
}

// takeVerify takes a code, or sends one again when the button says so. Who was on the way to something that needs a proved
// e-mail address goes on there as soon as it is.
func (p *Profile) takeVerify(ctx context.Context, v *web.Visit) (web.Answer, error) {
	channel := v.Form.Values.Get("channel")
	purpose := account.ProveEmail
	if channel == string(account.ProvePhone) {
		purpose = account.ProvePhone
	}
	next, err := "/verify", error(nil)
	if v.Form.Values.Has("again") {
		next = "/verify?sent=1"
		if v.Form.Next != "" {
			next += "&next=" + url.QueryEscape(v.Form.Next)
		}
		err = p.Accounts.SendCode(ctx, v.Session.Account, purpose)
	} else if v.Form.Values.Get("code") == "" {
		err = fault.Fields([]fault.Field{{Location: "body.code", Code: "validation.required"}})
	} else {
		_, err = p.Accounts.Prove(ctx, v.Session, purpose, v.Form.Values.Get("code")) // may flag the account: /verify then leads on
		if purpose == account.ProveEmail {
			next = cmp.Or(v.Form.Next, next)
		}
	}
	if err == nil {
		return web.See(next), nil
	}
	form, status, err := v.Refused(err)
	if err != nil {
		return web.Answer{}, err
	}
	a, err := p.Accounts.Get(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	return verifyPage(v, a, string(purpose), form, status), nil
}

// contactView is the page on which a new e-mail address or mobile number is entered.
type contactView struct {
	page.Form
	Title, Intro, Action string
	Field                page.Input
}

func (p *Profile) showEmail(_ context.Context, v *web.Visit) (web.Answer, error) {
	return emailPage(v.Form, 0), nil
}

func emailPage(form page.Form, status int) web.Answer {
	return contactPage(form, status, contactView{Title: "profile.email.title", Intro: "profile.email.intro", Action: "/account/email",
		Field: form.Input(page.Input{Name: "email", Label: "profile.email.new", Type: "email", Autocomplete: "email", Verbatim: true})})
}

func (p *Profile) takeEmail(ctx context.Context, v *web.Visit) (web.Answer, error) {
	in := &EmailRequest{}
	in.Body.Email = v.Form.Values.Get("email")
	if _, err := p.putEmail(ctx, in); err != nil {
		form, status, err := v.Refused(err)
		return emailPage(form, status), err
	}
	return web.See("/verify"), nil
}

func (p *Profile) showPhone(_ context.Context, v *web.Visit) (web.Answer, error) {
	return phonePage(v.Form, 0), nil
}

func phonePage(form page.Form, status int) web.Answer {
	return contactPage(form, status, contactView{Title: "profile.phone.title", Intro: "profile.phone.intro", Action: "/account/phone",
		Field: form.Input(page.Input{Name: "phone", Label: "profile.phone.new", Hint: "signup.phone.hint", Type: "tel", Autocomplete: "tel"})})
}

func (p *Profile) takePhone(ctx context.Context, v *web.Visit) (web.Answer, error) {
	in := &PhoneRequest{}
	in.Body.Phone = v.Form.Values.Get("phone")
	if _, err := p.putPhone(ctx, in); err != nil {
		form, status, err := v.Refused(err)
		return phonePage(form, status), err
	}
	return web.See("/verify"), nil
}

func contactPage(form page.Form, status int, view contactView) web.Answer {
	view.Form = form
	return web.Answer{Template: "contact", Title: view.Title, View: view, Form: form, Status: status}
}
