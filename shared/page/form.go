package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Form is what was typed into a page and what is wrong with it. Its zero value is an empty form.
type Form struct {
	Values  url.Values
	Problem string  // what was refused as a whole, in the reader's language
	Errors  []Error // what is wrong with single fields, in their order
	Next    string  // where to go afterwards: a path of this site
	Prefix  string  // stands before the ids of the fields, where a page has several forms
	Stuck   string  // where what was refused leaves somebody stuck: the topic to call about

	Suggestions []string // what can be typed instead of what was refused
}

// Error is one wrong field.
type Error struct {
	Name, Message string
	Label         string // of the field, a key of the catalogue; filled by Form.Input and Form.Choice
}

// Failed reports whether anything was refused.
func (f Form) Failed() bool { return f.Problem != "" || len(f.Errors) > 0 }

// Input is one text field. Label and Hint are keys of the catalogue.
type Input struct {
	Name, Label, Hint string
	Type              string // default "text"; "password" gets a show button and never a value
	Autocomplete      string
	InputMode         string
	MaxLength         int
	Optional          bool
	Verbatim          bool   // no spell check, no capitals
	Help              string // what the script does: "username", "password", "code"
	Against           string // for Help "password": words, apart by spaces, that it must not be made of
	Value, Error      string // filled by Form.Input
	Prefix            string // likewise
}

// Input answers the field with what was typed into it and what is wrong with it.
func (f Form) Input(in Input) Input {
	if in.Type == "" {
		in.Type = "text"
	}
	if in.Type != "password" {
		in.Value = f.Values.Get(in.Name)
	}
	in.Error, in.Prefix = f.errorOf(in.Name, in.Label), f.Prefix
	return in
}

// ID is the field's id in the page.
func (in Input) ID() string { return in.Prefix + in.Name }

// DescribedBy names the elements that say more about the field.
func (in Input) DescribedBy() string {
	ids := describedBy(in.ID(), in.Hint, in.Error)
	if in.Help == "username" || in.Help == "password" {
		ids = append(ids, in.ID()+"-live")
	}
	return strings.Join(ids, " ")
}

func describedBy(name, hint, fault string) (ids []string) {
	if hint != "" {
		ids = append(ids, name+"-hint")
	}
	if fault != "" {
		ids = append(ids, name+"-error")
	}
	return ids
}

// Address is the fields of a home address.
type Address struct{ Street, Secondary, Urbanization, City, State, Zip Input }

// Address answers the fields of an address with what was typed into them.
func (f Form) Address() Address {
	return Address{
		Street:       f.Input(Input{Name: "street", Label: "signup.street", Hint: "signup.street.hint", Autocomplete: "address-line1"}),
		Secondary:    f.Input(Input{Name: "secondary", Label: "signup.secondary", Hint: "signup.secondary.hint", Autocomplete: "address-line2", Optional: true}),
		Urbanization: f.Input(Input{Name: "urbanization", Label: "signup.urbanization", Hint: "signup.urbanization.hint", Optional: true}),
		City:         f.Input(Input{Name: "city", Label: "signup.city", Autocomplete: "address-level2", Optional: true}),
		State:        f.Input(Input{Name: "state", Label: "signup.state", Hint: "signup.state.hint", Autocomplete: "address-level1", Optional: true}),
		Zip:          f.Input(Input{Name: "zip", Label: "signup.zip", Hint: "signup.zip.hint", Autocomplete: "postal-code", InputMode: "numeric", Optional: true}),
	}
}

// Secured is a security question to choose, with its answer.
type Secured struct {
	Question Choice
	Answer   Input
}

// Secured answers the fields of body.securityAnswers, with what was chosen and typed.
func (f Form) Secured(questions []Option) []Secured {
	fields := make([]Secured, 2)
	for i := range fields {
		n := strconv.Itoa(i)
		name := "securityAnswers[" + n + "]."
		fields[i] = Secured{f.Choice(Choice{Name: name + "question", Label: "signup.question." + n, Options: questions}),
			f.Input(Input{Name: name + "answer", Label: "signup.answer." + n, Hint: "signup.answer.hint", Autocomplete: "off"})}
	}
	return fields
}

// Option is one choice; Text is shown as it is.
type Option struct {
	Value, Text string
	Hint        string
	Lang        string // of Text, where it is not the page's
	Selected    bool
}

// Choice is a field with given options: radio buttons, a list when there are many, or boxes of which several can be ticked.
type Choice struct {
	Name, Label, Hint string
	Autocomplete      string
	Optional          bool
	Options           []Option
	Error, Prefix     string // filled by Form.Choice
}

// Choice answers the field with what was chosen and what is wrong with it.
func (f Form) Choice(c Choice) Choice {
	options := make([]Option, len(c.Options))
	for i, o := range c.Options {
		o.Selected = slices.Contains(f.Values[c.Name], o.Value)
		options[i] = o
	}
	c.Options, c.Error, c.Prefix = options, f.errorOf(c.Name, c.Label), f.Prefix
	return c
}

// ID is the field's id in the page.
func (c Choice) ID() string { return c.Prefix + c.Name }

// DescribedBy names the elements that say more about the field.
func (c Choice) DescribedBy() string { return strings.Join(describedBy(c.ID(), c.Hint, c.Error), " ") }

// OptionID names the button of the option at i; the first one's is where links to the field lead.
func (c Choice) OptionID(i int) string {
	if i == 0 {
		return c.ID()
	}
	return c.ID() + "-" + strconv.Itoa(i)
}

// errorOf answers what is wrong with a field, and notes its label for the summary: every copy of the form sees it,
// because they share their errors.
func (f Form) errorOf(name, label string) string {
	for i := range f.Errors {
		if f.Errors[i].Name == name {
			f.Errors[i].Label = label
			return f.Errors[i].Message
		}
	}
	return ""
}
