package profile

import (
	"context"
	"fmt"

	"postkontor/shared/address"
	"postkontor/shared/address/entry"
	"postkontor/shared/credential"
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
		typed := entry.Typed(v.Form.Values)
		if result, in.Body.AddressToken, err = (entry.Desk{App: p.App, Addresses: p.Addresses, Tokens: p.Tokens}).Usable(ctx, typed); err == nil && entry.Differs(result) {
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

func suggestedPage(v *web.Visit, typed address.Entry, r address.Result, token string) web.Answer {
	return web.Answer{Template: "suggested", Title: "signup.confirm.title",
		View: addressView{Form: v.Form, Token: token, Suggestion: entry.Suggestion(v.Lang, typed, r)}}
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
