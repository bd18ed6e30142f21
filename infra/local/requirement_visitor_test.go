package main

import (
	"fmt"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// visitor is a browser without scripts: it has cookies of its own, and fills in the forms as they stand in the page.
type visitor struct {
	*product
	lang string
	from []string // headers
}

// visitor begins a visit, in a language, from an address of its own.
func (p *product) visitor(t testing.TB, lang string) *visitor {
	t.Helper()
	v := &visitor{product: p.apart(t), lang: lang}
	v.client.Jar, _ = cookiejar.New(nil)
	v.from = append(caller(9000+len(lang)), "Accept-Language", lang)
	return v
}

// sheet is a page.
type sheet struct {
	answered
	forms []sheetForm
}

// sheetForm is one form of a page, with what it would send as it stands.
type sheetForm struct {
	action  string
	values  url.Values
	fields  []map[string]string // the attributes of its fields, in order
	buttons []map[string]string
}

var (
	controls  = regexp.MustCompile(`(?s)<(/?(?:form|input|select|option|button|textarea))\b([^>]*)>`)
	attribute = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
)

func attributes(text string) map[string]string {
	all := map[string]string{}
	for _, a := range attribute.FindAllStringSubmatch(text, -1) {
		all[a[1]] = html.UnescapeString(a[2])
	}
	return all
}

// sheetOf takes a page's forms apart.
func sheetOf(a answered) sheet {
	s := sheet{answered: a}
	var form *sheetForm
	selected := ""
	for _, match := range controls.FindAllStringSubmatch(a.body, -1) {
		at := attributes(match[2])
		switch tag := match[1]; {
		case tag == "form":
			s.forms = append(s.forms, sheetForm{action: at["action"], values: url.Values{}})
			form = &s.forms[len(s.forms)-1]
		case tag == "/form":
			form = nil
		case form == nil:
		case tag == "select":
			selected = at["name"]
			form.fields = append(form.fields, at)
			form.values.Set(selected, "")
		case tag == "option":
			if _, ok := at["selected"]; ok {
				form.values.Set(selected, at["value"])
			}
		case tag == "button" && at["name"] != "":
			form.buttons = append(form.buttons, at)
		case tag == "textarea":
			form.fields = append(form.fields, at)
			form.values.Set(at["name"], "")
		case tag == "input" && at["name"] != "":
			form.fields = append(form.fields, at)
			if _, checked := at["checked"]; at["type"] != "radio" || checked {
				form.values.Set(at["name"], at["value"])
			}
		}
	}
	return s
}

// control answers the attributes of a field.
func (s sheet) control(name string) map[string]string {
	for _, form := range s.forms {
		for _, field := range form.fields {
			if field["name"] == name {
				return field
			}
		}
	}
	return nil
}

// takes reports whether a form can send that: hidden fields and buttons only as they stand.
func (f sheetForm) takes(name, value string) bool {
	for _, field := range f.fields {
		if field["name"] == name && (field["type"] != "hidden" || field["value"] == value) {
			return true
		}
	}
	return slices.ContainsFunc(f.buttons, func(b map[string]string) bool { return b["name"] == name && b["value"] == value })
}

// form answers the form to that action that can send these values.
func (s sheet) form(action string, values url.Values) (sheetForm, bool) {
	i := slices.IndexFunc(s.forms, func(f sheetForm) bool {
		for name, value := range values {
			if !f.takes(name, value[0]) {
				return false
			}
		}
		return f.action == action
	})
	if i < 0 {
		return sheetForm{}, false
	}
	return s.forms[i], true
}

// title is the page's title.
func (s sheet) title() string {
	return html.UnescapeString(regexp.MustCompile(`(?s)<title>(.*?)</title>`).FindString(s.body))[len("<title>"):]
}

// errorLinks answers where the summary of what was refused leads.
func (s sheet) errorLinks() []string {
	_, summary, found := strings.Cut(s.body, `role="alert"`)
	if !found {
		return nil
	}
	summary, _, _ = strings.Cut(summary, "</div>\n</div>")
	var ids []string
	for _, match := range regexp.MustCompile(`<a href="#([^"]*)"`).FindAllStringSubmatch(summary, -1) {
		id, _ := url.PathUnescape(html.UnescapeString(match[1]))
		ids = append(ids, id)
	}
	return ids
}

var assetPath = regexp.MustCompile(`/assets/[^"]*`)

// seen is a page that must be one: HTML in the visitor's language, with all its words.
func (v *visitor) seen(a answered) sheet {
	v.t.Helper()
	if a.StatusCode == http.StatusSeeOther {
		return sheet{answered: a}
	}
	where := fmt.Sprintf("%s %s (%d, %s)", a.Request.Method, a.Request.URL, a.StatusCode, v.lang)
	if kind := a.Header.Get("Content-Type"); kind != "text/html; charset=utf-8" {
		v.t.Fatalf("%s is %q: %.300s", where, kind, a.body)
	}
	s := sheetOf(a)
	if !strings.Contains(a.body, `<html lang="`+v.lang+`">`) {
		v.t.Errorf("%s is in another language: %s", where, regexp.MustCompile(`<html[^>]*>`).FindString(a.body))
	}
	if found := missing.FindString(assetPath.ReplaceAllString(a.body, "")); found != "" {
		v.t.Errorf("%s shows %q", where, found)
	}
	if strings.Count(a.body, "<h1") != 1 {
		v.t.Errorf("%s has %d headings", where, strings.Count(a.body, "<h1"))
	}
	return s
}

// get asks for a page.
func (v *visitor) get(path string) sheet {
	v.t.Helper()
	return v.seen(v.send("GET", path, nil, v.from...))
}

// fill sends the form of a page with other values in it; a field that the form does not have is an error.
func (v *visitor) fill(page sheet, action string, values url.Values) sheet {
	v.t.Helper()
	form, ok := page.form(action, values)
	if !ok {
		v.t.Fatalf("%s has no form to %s that takes %v:\n%+v", page.Request.URL, action, values, page.forms)
	}
	sent := plus(form.values)
	for name, value := range values {
		sent[name] = value
	}
	return v.seen(v.send("POST", action, sent, v.from...))
}

// leads checks that an answer leads to a page, and goes there.
func (v *visitor) leads(s sheet, to string) sheet {
	v.t.Helper()
	if s.StatusCode != http.StatusSeeOther || s.Header.Get("Location") != to {
		v.t.Fatalf("%s %s answers %d and leads to %q instead of %s: %s", s.Request.Method, s.Request.URL, s.StatusCode, s.Header.Get("Location"), to, s.errors())
	}
	return v.get(to)
}

// errors is what the page says was refused, for messages of tests.
func (s sheet) errors() string {
	_, summary, _ := strings.Cut(s.body, `role="alert"`)
	summary, _, _ = strings.Cut(summary, "<form")
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(summary, " ")), " ")
}

// What a visitor types into the steps; n tells people apart.
func you(n int) url.Values {
	return url.Values{"type": {"personal"}, "name.first": {"Åsa"}, "name.middle": {"Q."}, "name.last": {"O'Solberg-Ek"}, "name.suffix": {"Jr."},
		"email": {fmt.Sprintf("asa%d@example.com", n)}, "phone": {fmt.Sprintf("(206) 555-%04d", n%10000)}}
}

func home(n int) url.Values {
	return url.Values{"street": {fmt.Sprintf("%d Main Street", 100+n)}, "secondary": {"Apt 4b"}, "city": {"Seattle"}, "state": {"Washington"}, "zip": {"98101"}}
}

func chosen(n int) url.Values {
	return url.Values{"username": {fmt.Sprintf("asa%d", n)}, "password": {newPassword}, "passwordAgain": {newPassword},
		"securityAnswers[0].question": {"first-pet"}, "securityAnswers[0].answer": {"Bergensgatan"},
		"securityAnswers[1].question": {"first-school"}, "securityAnswers[1].answer": {"Whiskers"}}
}

// plus answers values with others in them, in pairs.
func plus(values url.Values, pairs ...string) url.Values {
	all := url.Values{}
	for name, value := range values {
		all[name] = value
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		all.Set(pairs[i], pairs[i+1])
	}
	return all
}

// register goes through the steps up to the last one.
func (v *visitor) register(n int) sheet {
	v.t.Helper()
	v.leads(v.fill(v.get("/register"), "/register", plus(you(n), "language", v.lang)), "/register?step=address")
	return v.leads(v.fill(v.get("/register?step=address"), "/register", home(n)), "/register?step=login")
}

// finish fills in the last step, which has to lead to the codes.
func (v *visitor) finish(page sheet, n int) (person, sheet) {
	v.t.Helper()
	verify := v.leads(v.fill(page, "/register", chosen(n)), "/verify")
	return person{username: fmt.Sprintf("asa%d", n), password: newPassword, email: you(n).Get("email"), phone: fmt.Sprintf("+1206555%04d", n%10000)}, verify
}
