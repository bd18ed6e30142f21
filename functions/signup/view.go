package signup

import (
	"postkontor/shared/address/entry"
	"postkontor/shared/credential"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// The views of the steps, one template each.
type (
	youView struct {
		page.Form
		Steps                                              page.Steps
		Language, Kind                                     page.Choice
		Company, First, Middle, Last, Suffix, Email, Phone page.Input
	}
	addressView struct {
		page.Form
		Steps page.Steps
		Home  page.Address
	}
	confirmView struct {
		page.Form
		Steps      page.Steps
		Suggestion page.Suggestion
	}
	loginView struct {
		page.Form
		Steps                     page.Steps
		Username, Password, Again page.Input
		Secured                   []page.Secured
	}
)

var stepLabels = []string{"signup.step.you", "signup.step.address", "signup.step.login", "signup.step.prove"}

func (s *Signup) stepPage(v *web.Visit, step string, d draft, form page.Form, status int) web.Answer {
	answer := web.Answer{Template: step, Title: "signup." + step + ".title", Form: form, Status: status, Here: "/register?step=" + step}
	switch step {
	case "you":
		answer.View = youPage(v.Lang, form)
	case "address":
		answer.View = addressPage(form)
	case "confirm":
		answer.View = confirmPage(v.Lang, form, d)
	default:
		answer.View = s.loginPage(v.Lang, form, d)
	}
	return answer
}

func youPage(lang locale.Tag, form page.Form) youView {
	languages := page.Choice{Name: "language", Label: "signup.language", Hint: "signup.language.hint"}
	for _, l := range locale.Languages() {
		languages.Options = append(languages.Options, page.Option{Value: string(l.Code), Text: l.Name, Lang: string(l.Code), Selected: l.Code == lang})
	}
	return youView{Form: form, Steps: page.Steps{Current: 1, Labels: stepLabels}, Language: languages,
		Kind: form.Choice(page.Choice{Name: "type", Label: "signup.type", Options: []page.Option{
			{Value: "personal", Text: locale.Text(lang, "signup.type.personal")},
			{Value: "business", Text: locale.Text(lang, "signup.type.business")}}}),
		Company: form.Input(page.Input{Name: "company", Label: "signup.company", Hint: "signup.company.hint", Autocomplete: "organization", Optional: true}),
		First:   form.Input(page.Input{Name: "name.first", Label: "signup.first", Autocomplete: "given-name"}),
		Middle:  form.Input(page.Input{Name: "name.middle", Label: "signup.middle", Autocomplete: "additional-name", Optional: true}),
		Last:    form.Input(page.Input{Name: "name.last", Label: "signup.last", Autocomplete: "family-name"}),
		Suffix:  form.Input(page.Input{Name: "name.suffix", Label: "signup.suffix", Hint: "signup.suffix.hint", Autocomplete: "honorific-suffix", Optional: true}),
		Email:   form.Input(page.Input{Name: "email", Label: "signup.email", Hint: "signup.email.hint", Type: "email", Autocomplete: "email", Verbatim: true}),
		Phone:   form.Input(page.Input{Name: "phone", Label: "signup.phone", Hint: "signup.phone.hint", Type: "tel", Autocomplete: "tel"})}
}

func addressPage(form page.Form) addressView {
	return addressView{Form: form, Steps: page.Steps{Current: 2, Labels: stepLabels}, Home: form.Address()}
}

func confirmPage(lang locale.Tag, form page.Form, d draft) confirmView {
	return confirmView{Form: form, Steps: page.Steps{Current: 2, Labels: stepLabels}, Suggestion: entry.Suggestion(lang, d.Typed, *d.Suggested)}
}

func (s *Signup) loginPage(lang locale.Tag, form page.Form, d draft) loginView {
	view := loginView{Form: form, Steps: page.Steps{Current: 3, Labels: stepLabels},
		Username: form.Input(page.Input{Name: "username", Label: "signup.username", Hint: "signup.username.hint", Autocomplete: "username", Verbatim: true, Help: "username"}),
		Password: form.Input(page.Input{Name: "password", Label: "signup.password", Hint: "signup.password.hint", Type: "password", Autocomplete: "new-password",
			Help: "password", Against: d.Email}),
		Again: form.Input(page.Input{Name: "passwordAgain", Label: "signup.password.again", Type: "password", Autocomplete: "new-password"})}
	if !s.Operator.SecurityQuestions {
		return view
	}
	var questions []page.Option
	for _, q := range credential.Questions() {
		questions = append(questions, page.Option{Value: q.ID, Text: q.Text(lang)})
	}
	view.Secured = form.Secured(questions)
	return view
}
