package signup

import (
	"context"
	"net/url"
	"time"

	"postkontor/shared/address/entry"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/person"
	"postkontor/shared/person/phone"
	"postkontor/shared/web"
)

// showStep is GET /register?step=: a step that was not reached yet leads to the first unfinished one.
func (s *Signup) showStep(ctx context.Context, v *web.Visit) (web.Answer, error) {
	d := s.draft(ctx, v)
	step := v.Form.Values.Get("step")
	if step == "" {
		step = "you"
	}
	if !d.reached(step) {
		return web.See("/register?step=" + d.step()), nil
	}
	v.Form = page.Form{Values: d.values()}
	if step == "you" && d.Type == "" {
		v.Form.Values = url.Values{"type": {"personal"}}
	}
	return s.stepPage(v, step, d, v.Form, 0), nil
}

// takeStep is POST /register: each step checks its own fields and leads to the next.
func (s *Signup) takeStep(ctx context.Context, v *web.Visit) (web.Answer, error) {
	d := s.draft(ctx, v)
	step := v.Form.Values.Get("step")
	if !d.reached(step) {
		return web.See("/register?step=" + d.step()), nil
	}
	take := map[string]func(context.Context, *web.Visit, draft) (string, error){
		"you": s.takeYou, "address": s.takeAddress, "confirm": s.takeConfirm, "login": s.takeLogin}[step]
	next, err := take(ctx, v, d)
	if err == nil {
		return web.See(next), nil
	}
	form, status, err := v.Refused(err)
	if err != nil {
		return web.Answer{}, err
	}
	return s.stepPage(v, step, d, form, status), nil
}

func (s *Signup) takeYou(ctx context.Context, v *web.Visit, d draft) (string, error) {
	get := v.Form.Values.Get
	if lang, ok := locale.Parse(get("language")); ok {
		v.PickLanguage(lang)
	}
	d.Type, d.Company, d.Phone, d.Email = get("type"), person.Clean(get("company")), person.Clean(get("phone")), person.Clean(get("email"))
	d.Name = person.CleanName(person.Name{First: get("name.first"), Middle: get("name.middle"), Last: get("name.last"), Suffix: get("name.suffix")})
	if d.Type == "personal" {
		d.Company = ""
	}
	wrong := checkPerson(Registration{Type: d.Type, Company: d.Company, Name: d.Name, Email: d.Email})
	if _, code := phone.Parse(d.Phone, "US"); code != "" {
		wrong = append(wrong, fault.Field{Location: "body.phone", Code: code})
	}
	if err := fault.Fields(wrong); err != nil {
		return "", err
	}
	return "/register?step=address", s.keep(ctx, v, d)
}

func (s *Signup) takeAddress(ctx context.Context, v *web.Visit, d draft) (string, error) {
	d.Typed = entry.Typed(v.Form.Values)
	result, token, err := s.addresses().Usable(ctx, d.Typed)
	if err != nil {
		return "", err
	}
	d.Token, d.Suggested = token, nil
	if entry.Differs(result) {
		d.Token, d.Suggested = "", &result
	}
	return "/register?step=" + d.step(), s.keep(ctx, v, d)
}

// takeConfirm accepts the suggestion; its token is made anew, because the first may have been an hour ago.
func (s *Signup) takeConfirm(ctx context.Context, v *web.Visit, d draft) (string, error) {
	token, err := s.Tokens.Sign(ctx, *d.Suggested)
	d.Token = token
	if err != nil {
		return "", err
	}
	return "/register?step=login", s.keep(ctx, v, d)
}

// takeLogin makes the account and signs the person in.
func (s *Signup) takeLogin(ctx context.Context, v *web.Visit, d draft) (string, error) {
	get := v.Form.Values.Get
	if get("password") != get("passwordAgain") {
		return "", fault.Fields([]fault.Field{{Location: "body.passwordAgain", Code: "password_differs"}})
	}
	by := web.CallerOf(ctx)
	made, err := s.register(ctx, Registration{Language: string(v.Lang), Username: get("username"), Password: get("password"),
		SecurityAnswers: []credential.Answer{
			{Question: get("securityAnswers[0].question"), Answer: get("securityAnswers[0].answer")},
			{Question: get("securityAnswers[1].question"), Answer: get("securityAnswers[1].answer")}},
		Type: d.Type, Company: d.Company, Name: d.Name, Email: d.Email, Phone: d.Phone, AddressToken: d.Token}, d.Once, by)
	if err != nil {
		return "", err
	}
	entry, err := s.Accounts.SignIn(ctx, made, by)
	if err != nil {
		return "", err
	}
	v.SignIn(entry.Token)
	v.KeepDevice(entry.Device)
	v.SetCookie(draftCookie, "", -time.Second)
	return "/verify", nil
}

// values are the draft as the forms' fields.
func (d draft) values() url.Values {
	return url.Values{"type": {d.Type}, "company": {d.Company}, "name.first": {d.Name.First}, "name.middle": {d.Name.Middle},
		"name.last": {d.Name.Last}, "name.suffix": {d.Name.Suffix}, "email": {d.Email}, "phone": {d.Phone},
		"street": {d.Typed.Street}, "secondary": {d.Typed.Secondary}, "urbanization": {d.Typed.Urbanization},
		"city": {d.Typed.City}, "state": {d.Typed.State}, "zip": {d.Typed.Zip}}
}
