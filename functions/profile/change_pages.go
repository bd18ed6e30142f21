package profile

import (
	"context"
	"fmt"

	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

type usernameView struct {
	page.Form
	Username page.Input
}

func (p *Profile) showUsername(_ context.Context, v *web.Visit) (web.Answer, error) {
	return usernamePage(v.Form, 0), nil
}

func usernamePage(form page.Form, status int) web.Answer {
	return web.Answer{Template: "username", Title: "profile.username.title", Form: form, Status: status, View: usernameView{form,
		form.Input(page.Input{Name: "username", Label: "profile.username.new", Hint: "signup.username.hint", Autocomplete: "username", Verbatim: true, Help: "username"})}}
}

func (p *Profile) takeUsername(ctx context.Context, v *web.Visit) (web.Answer, error) {
	in := &RenameRequest{}
	in.Body.Username = v.Form.Values.Get("username")
	if _, err := p.rename(ctx, in); err != nil {
		form, status, err := v.Refused(err)
		return usernamePage(form, status), err
	}
	return web.See("/account"), nil
}

// addressView is the page on which an address is entered; with a Token, on which the suggested one is accepted.
type addressView struct {
	page.Form
	Home       page.Address
	Token      string
	Suggestion page.Suggestion
}

func (p *Profile) showAddress(_ context.Context, v *web.Visit) (web.Answer, error) {
	return addressPage(v.Form, 0), nil
}

func addressPage(form page.Form, status int) web.Answer {
	return web.Answer{Template: "address", Title: "profile.address.title", Form: form, Status: status, View: addressView{Form: form, Home: form.Address()}}
}

// takeAddress verifies what was typed and shows what differs, before the token of what is then accepted comes back.
func (p *Profile) takeAddress(ctx context.Context, v *web.Visit) (web.Answer, error) {
	in := &MoveRequest{}
	in.Body.AddressToken = v.Form.Values.Get("addressToken")
	var err error
	if in.Body.AddressToken == "" {
		var result address.Result
		typed := typedAddress(v)
		if result, in.Body.AddressToken, err = p.verified(ctx, typed); err == nil && (result.Status != address.Verified || len(result.Warnings) > 0) {
			return suggestedPage(v, typed, result, in.Body.AddressToken), nil
		}
	}
	if err == nil {
		_, err = p.move(ctx, in)
	}
	if err == nil {
		return web.See("/account"), nil
	}
	form, status, err := v.Refused(err)
	return addressPage(form, status), err
}

func typedAddress(v *web.Visit) address.Entry {
	get := v.Form.Values.Get
	return address.Entry{Street: get("street"), Secondary: get("secondary"), Urbanization: get("urbanization"), City: get("city"),
		State: get("state"), Zip: get("zip")}
}

// verified verifies an address, within the caller's limits, and answers its token; one that cannot be used is refused.
func (p *Profile) verified(ctx context.Context, e address.Entry) (address.Result, string, error) {
	if err := fault.Fields(address.Check("body", e)); err != nil {
		return address.Result{}, "", err
	}
	if err := p.Limit(ctx, addressChecks); err != nil {
		return address.Result{}, "", err
	}
	result, err := p.Addresses.Verify(ctx, e)
	if err == nil && !result.Usable() {
		err = result.Refusal("body")
	}
	if err != nil {
		return result, "", err
	}
	token, err := p.Tokens.Sign(ctx, result)
	return result, token, err
}

func suggestedPage(v *web.Visit, typed address.Entry, r address.Result, token string) web.Answer {
	return web.Answer{Template: "suggested", Title: "signup.confirm.title",
		View: addressView{Form: v.Form, Token: token, Suggestion: suggestion(v.Lang, typed, r)}}
}

func suggestion(lang locale.Tag, typed address.Entry, r address.Result) page.Suggestion {
	shown := page.Suggestion{Typed: typed.Lines(), Suggested: address.Lines(r.Address),
		Limit: page.Alert{Kind: "info", Text: locale.Text(lang, "signup.confirm.level."+string(r.Level))}}
	for _, w := range r.Warnings {
		shown.Warnings = append(shown.Warnings, page.Alert{Kind: "warning", Text: locale.Text(lang, "address.warning."+w.Code)})
	}
	return shown
}

type questionsView struct {
	page.Form
	Secured []page.Secured
}

func (p *Profile) showQuestions(ctx context.Context, v *web.Visit) (web.Answer, error) {
	ids, err := p.Accounts.Questions(ctx, v.Session.Account)
	if err != nil {
		return web.Answer{}, err
	}
	for i, id := range ids {
		v.Form.Values.Set(answerField(i, "question"), id)
	}
	return questionsPage(v.Lang, v.Form, 0), nil
}

func answerField(i int, part string) string { return fmt.Sprintf("securityAnswers[%d].%s", i, part) }

func questionsPage(lang locale.Tag, form page.Form, status int) web.Answer {
	var questions []page.Option
	for _, q := range credential.Questions() {
		questions = append(questions, page.Option{Value: q.ID, Text: q.Text(lang)})
	}
	return web.Answer{Template: "questions", Title: "profile.questions.title", Form: form, Status: status,
		View: questionsView{form, form.Secured(questions)}}
}

func (p *Profile) takeQuestions(ctx context.Context, v *web.Visit) (web.Answer, error) {
	in := &AnswersRequest{}
	for i := range credential.AnswerCount {
		in.Body.SecurityAnswers = append(in.Body.SecurityAnswers, credential.Answer{
			Question: v.Form.Values.Get(answerField(i, "question")), Answer: v.Form.Values.Get(answerField(i, "answer"))})
	}
	if _, err := p.answers(ctx, in); err != nil {
		form, status, err := v.Refused(err)
		return questionsPage(v.Lang, form, status), err
	}
	return web.See("/account"), nil
}
