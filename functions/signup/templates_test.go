package signup

import (
	"bytes"
	"strings"
	"testing"

	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/operator"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// TestTemplates renders every page in every language: empty, and with each field refused.
func TestTemplates(t *testing.T) {
	t.Parallel()
	if err := web.CheckPages(templates, answers); err != nil {
		t.Error(err)
	}
}

func TestEveryStepSaysWhatWasRefused(t *testing.T) {
	t.Parallel()
	set := page.NewSet(templates)
	for _, answer := range answers(&web.Visit{Lang: locale.English}) {
		var out bytes.Buffer
		if err := set.Render(&out, answer.Template, page.Frame{Lang: locale.English}, answer.View); err != nil {
			t.Fatal(err)
		}
		if answer.Form.Failed() && !strings.Contains(out.String(), "Not like this.") {
			t.Errorf("%s does not say what was refused", answer.Template)
		}
	}
}

// answers are the pages that there are.
func answers(v *web.Visit) (all []web.Answer) {
	asking := &Signup{App: &web.App{Config: web.Config{Operator: operator.Default()}}}
	refused := page.Form{Problem: "Not like this.", Suggestions: []string{"maria", "maria7"}}
	for _, field := range []string{"type", "company", "name.first", "name.suffix", "phone", "street", "zip", "username", "password", "securityAnswers[1].question", "securityAnswers[1].answer"} {
		text := web.FieldText(v.Lang, fault.Field{Code: "validation.required"})
		refused.Errors = append(refused.Errors, page.Error{Name: field, Message: text})
	}
	for _, level := range []address.Level{address.Zip, address.Street, address.DeliveryPoint} {
		d := draft{Email: "maria@example.com", Typed: address.Entry{Street: "400 broad st", City: "Tukwila"}, Suggested: &address.Result{Level: level,
			Address:  address.Address{Street: "400 BROAD ST", City: "SEATTLE", State: "WA", Zip: "98109"},
			Warnings: []address.Warning{{Code: address.CityOther}, {Code: address.UrbanizationMissing}, {Code: address.UnitUnknown}, {Code: address.NoDelivery}}}}
		for _, form := range []page.Form{{}, refused} {
			for _, step := range []string{"you", "address", "confirm", "login"} {
				all = append(all, asking.stepPage(v, step, d, form, 0))
			}
		}
	}
	return all
}
