package address

import (
	"context"
	"slices"
	"strings"

	"postkontor/shared/zip"
)

// Embedded verifies with the shipped data: ZIP Code, city and state, and the form of the rest. It does not know streets.
//
// What it decides:
//   - City and state with exactly one ZIP Code get it; with several, or none of that name, the ZIP Code is missing.
//   - A ZIP Code supplies a missing city and state.
//   - Another city name in the ZIP Code's state is replaced by the ZIP Code's, with the warning city_other: the data has one
//     name for each, so that the typed one may be as good, but one house must not have several addresses.
//   - A state that is not the ZIP Code's is replaced when the city is the ZIP Code's and the typed state has none of that
//     name. Otherwise nobody can tell which is wrong: state_conflict. The same city without a state: state_missing.
//   - A ZIP Code that is not in use is never guessed at.
type Embedded struct{}

var zipCode = pattern(`^(\d{5})(?:[- ]?(\d{4}))?$`)

// Verify answers at once and never with an error.
func (Embedded) Verify(_ context.Context, e Entry) (Result, error) {
	r := Result{Level: Zip, Source: SourceEmbedded}
	r.lastLine(e)
	l := delivery(e, r.Address.State)
	r.Address.Street, r.Address.Secondary, r.Address.Urbanization = l.street, l.secondary, l.urbanization
	r.Problems = append(l.problems, r.Problems...)
	r.Warnings = append(l.warnings, r.Warnings...)
	if _, known := zip.ParseState(r.Address.State); known && r.Address.State != "PR" && l.urbanization != "" && len(l.problems) == 0 {
		r.change("urbanization", e.Urbanization, "")
		r.Address.Urbanization = ""
	}
	for _, f := range r.Address.Entry().fields() {
		if len(f.text) > MaxLength && !slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Field == f.name }) {
			r.problem(f.name, TooLong)
		}
	}
	r.Decide()
	return r, nil
}

func (r *Result) problem(field, code string) { r.Problems = append(r.Problems, Problem{field, code}) }
func (r *Result) change(field, from, to string) {
	r.Changes = append(r.Changes, Change{field, from, to})
}

// lastLine settles city, state and ZIP Code (Pub 28 §22).
func (r *Result) lastLine(e Entry) {
	city, foreign := clean(e.City)
	state, known := zip.ParseState(e.State)
	if !known {
		state, _ = clean(e.State)
	}
	code, _ := clean(e.Zip)
	r.Address.City, r.Address.State, r.Address.Zip = city, state, code
	if foreign {
		r.problem("city", Characters)
	}
	if code == "" {
		r.withoutZip(known)
		return
	}
	m := zipCode().FindStringSubmatch(code)
	if m == nil {
		r.problem("zip", ZipUnknown)
		return
	}
	r.Address.Zip, r.Address.Zip4 = m[1], m[2]
	place, ok := zip.Lookup(m[1])
	switch {
	case !ok:
		r.problem("zip", ZipUnknown)
	case !foreign:
		r.at(place, e, known)
	}
}

// withoutZip looks for the one ZIP Code of the city.
func (r *Result) withoutZip(knownState bool) {
	if !knownState && r.Address.State != "" {
		r.problem("state", StateUnknown)
		return
	}
	codes := zip.Of(r.Address.City, r.Address.State)
	if len(codes) > 0 {
		place, _ := zip.Lookup(codes[0])
		r.Address.City = place.City
	}
	if len(codes) != 1 {
		r.problem("zip", ZipMissing)
		return
	}
	r.Address.Zip = codes[0]
	r.change("zip", "", codes[0])
}

// at holds city and state to the place of the ZIP Code.
func (r *Result) at(place zip.Place, e Entry, knownState bool) {
	a := &r.Address
	sameCity := zip.Fold(a.City) == zip.Fold(place.City)
	switch {
	case a.State == place.State:
	case a.State == "" && (a.City == "" || sameCity), a.State != "" && sameCity && len(zip.Of(a.City, a.State)) == 0:
		r.change("state", strings.TrimSpace(e.State), place.State)
		a.State = place.State
	case a.State == "":
		r.problem("state", StateMissing)
		return
	case !knownState:
		r.problem("state", StateUnknown)
		return
	default:
		r.problem("state", StateConflict)
		return
	}
	if !sameCity {
		r.change("city", strings.TrimSpace(e.City), place.City)
		if a.City != "" {
			r.Warnings = append(r.Warnings, Warning{"city", CityOther})
		}
	}
	a.City = place.City
}
