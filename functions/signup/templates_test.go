package signup

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/operator"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// missing is the name of a text in place of the text, or a placeholder that was not filled.
var missing = regexp.MustCompile(`>[^<]*\b(?:signup|page|address|credential|fault)\.[a-z][^<]*<|\{[a-z]+\}`)

// TestTemplates renders every page in every language: empty, and with each field refused.
func TestTemplates(t *testing.T) {
	t.Parallel()
	set := page.NewSet(templates)
	asking := &Signup{App: &web.App{Config: web.Config{Operator: operator.Default()}}}
	tested := map[string]bool{}
	for _, l := range locale.Languages() {
		refused := page.Form{Problem: "Not like this.", Suggestions: []string{"maria", "maria7"}}
		for _, field := range []string{"type", "company", "name.first", "name.suffix", "phone", "street", "zip", "username", "password", "securityAnswers[1].question", "securityAnswers[1].answer"} {
			text := web.FieldText(l.Code, fault.Field{Code: "validation.required"})
			refused.Errors = append(refused.Errors, page.Error{Name: field, Message: text})
		}
		for _, level := range []address.Level{address.Zip, address.Street, address.DeliveryPoint} {
			d := draft{Email: "maria@example.com", Typed: address.Entry{Street: "400 broad st", City: "Tukwila"}, Suggested: &address.Result{Level: level,
				Address:  address.Address{Street: "400 BROAD ST", City: "SEATTLE", State: "WA", Zip: "98109"},
				Warnings: []address.Warning{{Code: address.CityOther}, {Code: address.UrbanizationMissing}, {Code: address.UnitUnknown}, {Code: address.NoDelivery}}}}
			for _, form := range []page.Form{{}, refused} {
				for _, step := range []string{"you", "address", "confirm", "login"} {
					answer := asking.stepPage(&web.Visit{Lang: l.Code}, step, d, form, 0)
					tested[answer.Template+".html"] = true
					if err := set.Check(answer.Template, answer.View); err != nil {
						t.Errorf("%s: %v", step, err)
					}
					var out bytes.Buffer
					frame := page.Frame{Lang: l.Code, Title: locale.Text(l.Code, answer.Title), Path: "/register"}
					if err := set.Render(&out, answer.Template, frame, answer.View); err != nil {
						t.Errorf("%s in %s: %v", step, l.Name, err)
					}
					if found := missing.FindString(out.String()); found != "" {
						t.Errorf("%s in %s shows %s", step, l.Name, found)
					}
					if form.Failed() && !strings.Contains(out.String(), "Not like this.") {
						t.Errorf("%s does not say what was refused", step)
					}
				}
			}
		}
	}
	files, err := templates.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !tested[file.Name()] {
			t.Errorf("%s is rendered by no test", file.Name())
		}
	}
}
