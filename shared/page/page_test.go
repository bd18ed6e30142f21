package page_test

import (
	"bytes"
	"net/url"
	"os"
	"strings"
	"testing"

	"postkontor/shared/locale"
	"postkontor/shared/operator"
	"postkontor/shared/page"
)

var components = page.NewSet(os.DirFS("testdata"))

// everything is a page with every component, its form refused.
type everything struct {
	Form                     page.Form
	Username, Password, Code page.Input
	Kind, Suffix, Colours    page.Choice
	Steps                    page.Steps
	Alert                    page.Alert
	Rows                     []page.Row
	Links                    []page.Link
	Tabs                     page.Tabs
	Path                     []page.Place
}

func refused() everything {
	form := page.Form{
		Values:  url.Values{"username": {`maria"<b>`}, "password": {"a secret"}, "kind": {"business"}, "suffix": {"Jr"}, "colours": {"red", "blue"}},
		Problem: "Not like this.",
		Errors:  []page.Error{{Name: "username", Message: "Taken."}, {Name: "kind", Message: "Choose one."}, {Name: "other", Message: "Elsewhere."}},
		Next:    "/account",
	}
	return everything{
		Form:     form,
		Username: form.Input(page.Input{Name: "username", Label: "page.user", Hint: "page.nav", Autocomplete: "username", Help: "username", Verbatim: true, MaxLength: 32}),
		Password: form.Input(page.Input{Name: "password", Label: "page.logout", Type: "password", Autocomplete: "new-password", Help: "password", Against: "maria"}),
		Code:     form.Input(page.Input{Name: "code", Label: "page.request", InputMode: "numeric", Autocomplete: "one-time-code", Help: "code", Optional: true}),
		Kind: form.Choice(page.Choice{Name: "kind", Label: "page.nav.account", Options: []page.Option{
			{Value: "personal", Text: "Personal", Hint: "For a household."}, {Value: "business", Text: "Företag", Lang: "sv"}}}),
		Suffix:  form.Choice(page.Choice{Name: "suffix", Label: "page.nav.help", Optional: true, Options: []page.Option{{Value: "Jr", Text: "Jr"}}}),
		Colours: form.Choice(page.Choice{Name: "colours", Label: "page.nav.docs", Options: []page.Option{{Value: "red", Text: "Red"}, {Value: "green", Text: "Green"}, {Value: "blue", Text: "Blue"}}}),
		Steps:   page.Steps{Current: 2, Labels: []string{"page.nav.register", "page.nav.login", "page.nav.account"}},
		Alert:   page.Alert{Kind: "success", Title: "Done", Text: "All is well."},
		Rows:    []page.Row{{Label: "page.user", Lines: []string{"1 MAIN ST", "SEATTLE WA"}, Note: "Checked.", Href: "/account/address"}},
		Links:   []page.Link{{Href: "/help", Label: "page.nav.help"}},
		Path:    []page.Place{{Name: "Store", Href: "/supplies"}, {Name: "Labels & forms"}},
		Tabs:    page.Tabs{Label: "page.nav", Items: []page.Tab{{Href: "/help?a=1", Label: "page.nav.help"}, {Href: "/help?a=2", Label: "page.nav.account", Current: true}}},
	}
}

func TestEveryComponentInEveryLanguage(t *testing.T) {
	t.Parallel()
	view := refused()
	view.Code.Label = "page.logout"
	if err := components.Check("all", view); err != nil {
		t.Error(err)
	}
	if err := page.ErrorSet().Check("error", page.Problem{Title: "T", Detail: "D", RequestID: "R"}); err != nil {
		t.Error(err)
	}
}

func TestCheckSeesWhatIsMissing(t *testing.T) {
	t.Parallel()
	missing := refused()
	missing.Username.Label = "page.no such key"
	for name, c := range map[string]struct {
		view any
		want string
	}{
		"a key":                   {missing, "no words for page.no such key"},
		"a field":                 {page.Form{}, "Steps"},
		"a placeholder's content": {refused(), "a placeholder of page.request is not filled"},
	} {
		err := components.Check("all", c.view)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", name, err, c.want)
		}
	}
}

func render(t *testing.T, frame page.Frame) string {
	t.Helper()
	var out bytes.Buffer
	if err := components.Render(&out, "all", frame, refused()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPage(t *testing.T) {
	t.Parallel()
	nobody := page.Frame{Lang: locale.Swedish, Title: "Skapa konto", Failed: true, Path: "/register?step=2", Operator: operator.Profile{Name: "Post & Co"}}
	user := page.Frame{Lang: locale.English, Title: "Log in", Path: "/account", User: "maria", Full: true, Mailbox: "/_local/"}
	for name, c := range map[string]struct {
		frame   page.Frame
		with    []string
		without []string
	}{
		"the frame for nobody": {nobody, []string{
			`<html lang="sv">`, `<title>Fel: Skapa konto`, `<a href="/register?step=2&amp;lang=es" lang="es" hreflang="es">Español</a>`,
			`<a href="/register?step=2&amp;lang=sv" lang="sv" hreflang="sv" aria-current="true">Svenska</a>`, `href="/login"`, `Post &amp; Co`, `href="/supplies"`,
		}, []string{`action="/logout"`, `/_local/`, `href="/account"`, `href="/cart"`}},
		"the frame for a user": {user, []string{
			`<title>Log in`, `<form class="pk-user" method="post" action="/logout">`, `maria`, `href="/account"`, `href="/supplies"`, `href="/cart"`, `<a href="/_local/">`,
			`<a href="/account?lang=zh-Hans"`,
		}, []string{`href="/login"`}},
		"what was refused": {user, []string{
			`role="alert"`, `Not like this.`, `<a href="#username">Logged in as: Taken.</a>`, `<a href="#kind">My account: Choose one.</a>`, `<a href="#other">Elsewhere.</a>`,
			`id="username-error"`, `aria-invalid="true"`, `aria-describedby="username-hint username-error username-live"`,
			`<fieldset class="usa-fieldset" aria-describedby="kind-error">`, `<input type="hidden" name="next" value="/account">`,
		}, nil},
		"what was typed stays": {user, []string{
			`value="maria&#34;&lt;b&gt;"`, `value="business" checked`, `<option value="Jr" selected>`,
		}, []string{"a secret", `value="personal" checked`}},
		"fields": {user, []string{
			`type="password" autocomplete="new-password" required`, `aria-controls="password"`, `data-against="maria"`,
			`maxlength="32" autocapitalize="none" autocorrect="off" spellcheck="false"`, `id="kind-1"`, `for="kind-1" lang="sv">Företag`, `id="kind" type="radio"`,
			`autocomplete="one-time-code" inputmode="numeric" data-help="code">`, `data-free="Available"`,
		}, nil},
		"tabs":                            {user, []string{`<nav class="pk-tabs" aria-label="Main">`, `<a href="/help?a=2" aria-current="page">My account</a>`}, nil},
		"the path":                        {user, []string{`<li><a href="/supplies">Store</a></li>`, `<span aria-current="page">Labels &amp; forms</span>`}, nil},
		"steps":                           {user, []string{`usa-step-indicator__segment--complete"`, `usa-step-indicator__segment--current" aria-current="step"`, "Step 2 of 3"}, nil},
		"what the content policy forbids": {user, nil, []string{"style=", "<style", "onclick", "<script>"}},
	} {
		html := render(t, c.frame)
		for _, want := range c.with {
			if !strings.Contains(html, want) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
		for _, unwanted := range c.without {
			if strings.Contains(html, unwanted) {
				t.Errorf("%s: %q is there", name, unwanted)
			}
		}
	}
}
