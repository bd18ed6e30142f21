// Package address brings US addresses into the form of USPS Publication 28 ("Pub 28" in the comments) and says what is
// known of them. It holds postal rules and facts only: no request, no table.
package address

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postkontor/shared/fault"
)

// Address is an address as a mailpiece carries it: capitals, one space between words (Pub 28 §211, §213).
type Address struct {
	Street       string `json:"street" doc:"The delivery line without the unit" example:"400 BROAD ST"`
	Secondary    string `json:"secondary,omitempty" doc:"The unit" example:"APT 4B"`
	Urbanization string `json:"urbanization,omitempty" doc:"Puerto Rico only" example:"URB LAS GLADIOLAS"`
	City         string `json:"city" example:"SEATTLE"`
	State        string `json:"state" doc:"Two letters" example:"WA"`
	Zip          string `json:"zip" doc:"Five digits" example:"98109"`
	Zip4         string `json:"zip4,omitempty" doc:"The four digits of a ZIP+4, as typed or as the operator knows them" example:"4607"`
}

// Entry is an address as somebody typed it.
type Entry struct {
	Street       string `json:"street" maxLength:"100" doc:"House number and street, a PO Box, a rural route, or a military unit" example:"400 Broad Street, Apt 4b"`
	Secondary    string `json:"secondary,omitempty" maxLength:"100" doc:"The unit, where it is not in the street line"`
	Urbanization string `json:"urbanization,omitempty" maxLength:"100" doc:"Puerto Rico only"`
	City         string `json:"city,omitempty" maxLength:"100" example:"Seattle"`
	State        string `json:"state,omitempty" maxLength:"100" doc:"A code or a name" example:"Washington"`
	Zip          string `json:"zip,omitempty" maxLength:"100" doc:"98109, 98109-4607 or 981094607" example:"98109"`
}

// Status is what a verifier makes of an entry.
type Status string

// The statuses. Only the first two can be used for anything.
const (
	Verified      Status = "verified"      // at most case, punctuation and Pub 28 abbreviations differ
	Corrected     Status = "corrected"     // something was supplied or replaced: see Changes
	Incomplete    Status = "incomplete"    // something is missing or contradicts: see Problems
	Undeliverable Status = "undeliverable" // no mail can go there: see Problems
)

// Level is how far the verifier could look.
type Level string

// The levels.
const (
	DeliveryPoint Level = "deliveryPoint" // the operator delivers to exactly this address
	Street        Level = "street"        // the house number exists, the unit is not known
	Zip           Level = "zip"           // ZIP Code, city, state and the form of the rest
)

// Source is who spoke.
type Source string

// The sources.
const (
	SourceEmbedded Source = "embedded" // the shipped data
	SourceUSPS     Source = "usps"     // the operator's live API
)

// Change is one field that was supplied or replaced; changes of form only are not told.
type Change struct {
	Field string `json:"field" example:"zip"`
	From  string `json:"from" doc:"As typed; empty when it was missing"`
	To    string `json:"to" example:"98109"`
}

// Warning is a doubt that does not stop the address from being used. Its words: "address.warning.CODE".
type Warning struct{ Field, Code string }

// The codes of warnings.
const (
	CityOther           = "city_other"           // the ZIP Code belongs to a city of another name in this state
	UrbanizationMissing = "urbanization_missing" // numbered and lettered streets of Puerto Rico repeat within a ZIP Code
	UnitUnknown         = "unit_unknown"         // the house is known, this unit is not
	NoDelivery          = "no_delivery"          // a real address to which no mail is carried
)

// Problem is a reason why the address cannot be used. Its words: "address.problem.CODE".
type Problem struct{ Field, Code string }

// Result is the answer to an entry. Address is as much as could be made of it, in every status.
type Result struct {
	Status   Status
	Level    Level
	Address  Address
	Changes  []Change
	Warnings []Warning
	Problems []Problem
	Source   Source
}

// Decide sets the status that problems and changes make.
func (r *Result) Decide() {
	switch {
	case slices.ContainsFunc(r.Problems, func(p Problem) bool { return slices.Contains(hopeless, p.Code) }):
		r.Status = Undeliverable
	case len(r.Problems) > 0:
		r.Status = Incomplete
	case len(r.Changes) > 0:
		r.Status = Corrected
	default:
		r.Status = Verified
	}
}

// Usable says whether the address may be signed, and so used.
func (r Result) Usable() bool { return r.Status == Verified || r.Status == Corrected }

// Refusal says which fields of the entry at that location ("body") keep it from being used.
func (r Result) Refusal(location string) error {
	var wrong []fault.Field
	for _, p := range r.Problems {
		wrong = append(wrong, fault.Field{Location: location + "." + p.Field, Code: "address_unverified", Words: "address.problem." + p.Code})
	}
	return fault.Fields(wrong)
}

// Verifier tells what is known of an entry that Check has passed. The address it answers for a usable entry is, when
// entered again, verified and unchanged. An error means that nobody could be asked, not that the address is bad.
// The two are Embedded and usps.Client.
type Verifier interface {
	Verify(ctx context.Context, e Entry) (Result, error)
}

// MaxLength is the length of every field of an entry, in characters.
const MaxLength = 100

// Check answers what is wrong with the fields of an entry at that location ("body"): a street that is missing, a field
// that is too long or holds control characters. Everything else is for a Verifier to judge.
func Check(location string, e Entry) []fault.Field {
	var wrong []fault.Field
	add := func(field, code string, args map[string]string) {
		wrong = append(wrong, fault.Field{Location: location + "." + field, Code: code, Args: args})
	}
	if e.Street == "" {
		add("street", "validation.required", nil)
	}
	for _, f := range e.fields() {
		switch {
		case utf8.RuneCountInString(f.text) > MaxLength:
			add(f.name, "validation.too_long", map[string]string{"n": "100"})
		case !printable(f.text):
			add(f.name, "validation.characters", nil)
		}
	}
	return wrong
}

type field struct{ name, text string }

func (e Entry) fields() []field {
	return []field{{"street", e.Street}, {"secondary", e.Secondary}, {"urbanization", e.Urbanization},
		{"city", e.City}, {"state", e.State}, {"zip", e.Zip}}
}

// Lines answers the entry as it was typed, without the fields that were left empty.
func (e Entry) Lines() []string {
	place := strings.TrimSpace(strings.TrimSpace(e.City+" "+e.State) + " " + e.Zip)
	return slices.DeleteFunc([]string{e.Street, e.Secondary, e.Urbanization, place}, func(s string) bool { return s == "" })
}

func printable(text string) bool {
	for _, r := range text {
		if unicode.IsControl(r) {
			return false
		}
	}
	return utf8.ValidString(text)
}

// Entry answers the address as it would be typed.
func (a Address) Entry() Entry {
	e := Entry{a.Street, a.Secondary, a.Urbanization, a.City, a.State, a.Zip}
	if a.Zip4 != "" {
		e.Zip += "-" + a.Zip4
	}
	return e
}

// Lines answers the address as it is printed, without the recipient: the urbanization above the street (Pub 28 §292),
// the unit at the end of the delivery line (§213.1), the last line (§224).
func Lines(a Address) []string {
	var lines []string
	last := a.City + " " + a.State + " " + a.Zip
	if a.Zip4 != "" {
		last += "-" + a.Zip4
	}
	delivery := a.Street
	if a.Secondary != "" {
		delivery += " " + a.Secondary
	}
	if a.Urbanization != "" {
		lines = append(lines, a.Urbanization)
	}
	return append(lines, delivery, last)
}
