package journey

import (
	"cmp"
	"fmt"
	"net/url"
)

// Person is somebody who wants an account. Nobody has this name, number or address for real: the number is one of those
// set apart for fiction.
type Person struct {
	Username, Password string
	First, Last        string
	Email, Phone       string // the number as E.164
	Street, City       string
	State, Zip         string
	Answers            [2]string
	Language           string // in which it is written to
}

// Fictional answers a person whose username ends with n.
func Fictional(n string) Person {
	return Person{Username: "wayfarer." + n, Password: "seven quiet herons " + n, First: "Noor", Last: "Wayfarer",
		Email: "wayfarer." + n + "@mail.example", Phone: "+12025550143", Street: "1200 Harbor Ave", City: "Seattle", State: "WA", Zip: "98101",
		Answers: [2]string{"a green bicycle", "the old lighthouse"}, Language: "en"}
}

// Steps are the forms of the registration, in order. The questions are two of those that the product offers.
func (p Person) Steps(questions [2]string) []url.Values {
	return []url.Values{
		{"step": {"you"}, "language": {p.Language}, "type": {"personal"}, "name.first": {p.First}, "name.last": {p.Last},
			"email": {p.Email}, "phone": {p.Phone}},
		{"step": {"address"}, "street": {p.Street}, "city": {p.City}, "state": {p.State}, "zip": {p.Zip}},
		{"step": {"login"}, "username": {p.Username}, "password": {p.Password}, "passwordAgain": {p.Password},
			"securityAnswers[0].question": {questions[0]}, "securityAnswers[0].answer": {p.Answers[0]},
			"securityAnswers[1].question": {questions[1]}, "securityAnswers[1].answer": {p.Answers[1]}},
	}
}

// Codes answers the newest code sent by a channel ("sms" or "email") to an address; it waits for one.
type Codes func(channel, to string) (string, error)

// stop is one of a walk: what was done, and what has to come of it.
type stop struct {
	name   string
	do     func() (Page, error)
	path   string // where it has to lead
	status int    // default 200
}

// Walk creates an account, proves e-mail address and mobile number, logs out and logs in again, with pages and forms
// only. It tells each stop that was reached.
func Walk(v *Visitor, p Person, questions [2]string, codes Codes, tell func(string)) error {
	steps := p.Steps(questions)
	prove := func(channel, to string) func() (Page, error) {
		return func() (Page, error) {
			code, err := codes(map[string]string{"email": "email", "phone": "sms"}[channel], to)
			if err != nil {
				return Page{}, err
			}
			return v.Send("/verify", url.Values{"channel": {channel}, "code": {code}})
		}
	}
	get := func(path string) func() (Page, error) { return func() (Page, error) { return v.Get(path) } }
	send := func(path string, form url.Values) func() (Page, error) {
		return func() (Page, error) { return v.Send(path, form) }
	}
	enter := url.Values{"username": {p.Username}, "password": {p.Password}}
	for _, s := range []stop{
		{name: "home", do: get("/"), path: "/"},
		{name: "registration", do: get("/register"), path: "/register"},
		{name: "person", do: send("/register", steps[0]), path: "/register?step=address"},
		{name: "address", do: send("/register", steps[1]), path: "/register?step=login"},
		{name: "account", do: send("/register", steps[2]), path: "/verify"},
		{name: "e-mail proved", do: prove("email", p.Email), path: "/verify"},
		{name: "mobile proved", do: prove("phone", p.Phone), path: "/account"},
		{name: "logged out", do: send("/logout", nil), path: "/login?out=1"},
		{name: "nobody's account", do: get("/account"), path: "/login?next=%2Faccount"},
		{name: "wrong password", do: send("/login", url.Values{"username": {p.Username}, "password": {"not " + p.Password}}), path: "/login", status: 401},
		{name: "logged in", do: send("/login", enter), path: "/account"},
		{name: "sessions", do: get("/account/sessions"), path: "/account/sessions"},
	} {
		page, err := s.do()
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if page.Path != s.path || page.Status != cmp.Or(s.status, 200) {
			return fmt.Errorf("%s: came to %s with %d, not to %s", s.name, page.Path, page.Status, s.path)
		}
		tell(s.name)
	}
	return nil
}
