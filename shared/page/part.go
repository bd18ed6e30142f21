package page

import "strconv"

// Steps is how far a task is. Labels are keys of the catalogue; Current counts from 1.
type Steps struct {
	Current int
	Labels  []string
}

// Step is one part of a task; its State is "complete", "current", or "" for what is still to come.
type Step struct{ Label, State string }

// Items answers the steps in their order.
func (s Steps) Items() []Step {
	items := make([]Step, len(s.Labels))
	for i, label := range s.Labels {
		items[i].Label = label
		switch n := i + 1; {
		case n < s.Current:
			items[i].State = "complete"
		case n == s.Current:
			items[i].State = "current"
		}
	}
	return items
}

// N is the current step as text.
func (s Steps) N() string { return strconv.Itoa(s.Current) }

// Of is how many steps there are, as text.
func (s Steps) Of() string { return strconv.Itoa(len(s.Labels)) }

// Alert is something to know before going on. Kind is "info", "success", "warning" or "error"; the words are shown as
// they are.
type Alert struct{ Kind, Title, Text string }

// Suggestion is an address as it was typed beside the one that could be used; the words are shown as they are.
type Suggestion struct {
	Typed, Suggested []string
	Warnings         []Alert
	Limit            Alert // how far it was checked
}

// Row is one line of what is known. Label is a key of the catalogue; Lines and Note are shown as they are.
type Row struct {
	Label string
	Lines []string
	Note  string
	Href  string // where it can be changed, "" for nowhere
}

// Link is a way on; Label is a key of the catalogue.
type Link struct{ Href, Label string }

// Tabs are several views side by side. Label, a key of the catalogue, names them all to who cannot see them.
type Tabs struct {
	Label string
	Items []Tab
}

// Tab is one of them; Label is a key of the catalogue.
type Tab struct {
	Href, Label string
	Current     bool
}

// Place is one step of the way from the top of a part of the site to where the reader is; the name is shown as it is.
type Place struct{ Name, Href string }
