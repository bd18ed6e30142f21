package address

import (
	"slices"
	"strings"
)

// The codes of problems, and whether no mail can go there (true) or the customer may complete it.
const (
	StreetMissing      = "street_missing"
	NameMissing        = "name_missing"
	NumberMissing      = "number_missing"
	Characters         = "characters"
	TooLong            = "too_long"
	UnitNumberMissing  = "unit_number_missing"
	UnitConflict       = "unit_conflict"
	UnitMissing        = "unit_missing"
	BoxMissing         = "box_missing"
	RouteNumberMissing = "route_number_missing"
	TwoAddresses       = "two_addresses"
	MilitaryStreet     = "military_street"
	StateMissing       = "state_missing"
	StateUnknown       = "state_unknown"
	StateConflict      = "state_conflict"
	ZipMissing         = "zip_missing"
	ZipUnknown         = "zip_unknown"
	AddressUnknown     = "address_unknown"
	AddressAmbiguous   = "address_ambiguous"
)

// hopeless are the problems that make an address undeliverable; the others leave it incomplete.
var hopeless = []string{Characters, TooLong, StateUnknown, ZipUnknown, AddressUnknown}

// line is what stands above the last line of an address.
type line struct {
	street, secondary, urbanization string
	problems                        []Problem
	warnings                        []Warning
}

// delivery brings street, unit and urbanization into form, for an address in that state ("" when it is not known). What
// has no problem comes out of delivery unchanged when it goes in again: a text of which each reading makes another one,
// as nonsense can be, is ambiguous.
func delivery(e Entry, state string) line {
	l := read(e, state)
	for range 3 {
		if len(l.problems) > 0 {
			return l
		}
		again := read(Entry{Street: l.street, Secondary: l.secondary, Urbanization: l.urbanization}, state)
		if len(again.problems) == 0 && again.street == l.street && again.secondary == l.secondary && again.urbanization == l.urbanization {
			return l
		}
		l = again
	}
	l.problem("street", AddressAmbiguous)
	return l
}

// read reads delivery lines once.
func read(e Entry, state string) line {
	var l line
	street, unitField, urbanization := l.clean("street", e.Street), l.clean("secondary", e.Secondary), l.clean("urbanization", e.Urbanization)
	l.street, l.secondary, l.urbanization = street, unitField, urbanization
	if len(l.problems) > 0 {
		return l
	}
	words := strings.Fields(street)
	if len(words) == 0 {
		l.problem("street", StreetMissing)
		return l
	}
	if state == "PR" {
		l.urbanization = urbanizationName(strings.Fields(urbanization))
		if rest, found := splitUrbanization(words); found != "" && (l.urbanization == "" || l.urbanization == found) {
			words, l.urbanization = rest, found
		}
		words = spanishOrder(words)
	}
	words = unglue(words)
	if !l.route(words, unglue(strings.Fields(unitField)), state) {
		l.house(words, unglue(strings.Fields(unitField)), state)
	}
	return l
}

func (l *line) problem(field, code string) { l.problems = append(l.problems, Problem{field, code}) }

func (l *line) clean(field, text string) string {
	cleaned, foreign := clean(text)
	if foreign {
		l.problem(field, Characters)
	}
	return cleaned
}

// unglue parts "APT4B".
func unglue(words []string) []string {
	var parted []string
	for i, word := range words {
		if m := glued().FindStringSubmatch(word); m != nil && (i > 0 || len(words) == 1) {
			parted = append(parted, m[1], m[2])
			continue
		}
		parted = append(parted, word)
	}
	return parted
}

// route takes a line that is no street; false when it is one.
func (l *line) route(words, unitField []string, state string) bool {
	street, rest, problem, ok := route(strings.Join(words, " "), state)
	if !ok {
		return false
	}
	l.street = street
	if problem != "" {
		l.problem("street", problem)
	}
	read, further := units(strings.Fields(rest))
	if len(further) > 0 { // Pub 28 §245, §255: nothing else belongs on the line
		l.street += " " + rest
		l.problem("street", TwoAddresses)
		read = nil
	}
	l.unit(read, nil, unitField)
	return true
}

// house takes a street address.
func (l *line) house(words, unitField []string, state string) {
	words, read, rest := splitUnits(words)
	name := streetName
	if state == "PR" {
		words, name = houseFirst(words), spanishName
	}
	number, words := splitNumber(words)
	if state == "PR" && len(number) > 0 {
		number = []string{letteredHouse().ReplaceAllString(number[0], "$1$2")}
	}
	named := name(words)
	l.street = strings.Join(slices.Concat(number, named), " ")
	l.unit(read, rest, unitField)
	switch {
	case anyBox().MatchString(l.street): // Pub 28 §215
		l.problem("street", TwoAddresses)
	case len(number) == 0 && (state != "PR" || !findable(slices.Concat(words, strings.Fields(l.secondary)))):
		l.problem("street", NumberMissing)
	case len(words) == 0:
		l.problem("street", NameMissing)
	}
	if state == "PR" && l.urbanization == "" && repeats(named) {
		l.warnings = append(l.warnings, Warning{"urbanization", UrbanizationMissing})
	}
}

// unit sets the secondary line.
func (l *line) unit(read []unit, rest, field []string) {
	text, problem := secondary(read, rest, field)
	l.secondary = text
	if problem != "" {
		l.problem("secondary", problem)
	}
	if anyBox().MatchString(text) {
		l.problem("secondary", TwoAddresses)
	}
}
