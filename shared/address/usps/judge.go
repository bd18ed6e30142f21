package usps

import (
	"slices"
	"strings"

	"postkontor/shared/address"
	"postkontor/shared/zip"
)

// The codes of corrections that tell what is missing.
const (
	defaultMatch = "32" // the building is found, the unit is missing
	multiple     = "22" // several addresses match, none is the default
)

// phantom are the carrier routes on which nothing is delivered.
var phantom = []string{"R777", "R779"}

// judge makes a result of what the API found.
func judge(e address.Entry, shipped address.Result, f found) address.Result {
	r := address.Result{Level: address.Zip, Address: shipped.Address, Source: address.SourceUSPS}
	problem := func(field, code string) { r.Problems = append(r.Problems, address.Problem{Field: field, Code: code}) }
	warn := func(field, code string) { r.Warnings = append(r.Warnings, address.Warning{Field: field, Code: code}) }
	switch {
	case f.ambiguous, slices.Contains(f.codes, multiple):
		problem("street", address.AddressAmbiguous)
	case f.missing, f.dpv == "N":
		problem("street", address.AddressUnknown)
	case f.dpv == "D", f.dpv == "" && slices.Contains(f.codes, defaultMatch):
		r.Level = address.Street
		problem("secondary", address.UnitMissing)
	case f.dpv == "S":
		r.Level = address.Street
		warn("secondary", address.UnitUnknown)
	case f.dpv == "Y":
		r.Level = address.DeliveryPoint
	}
	if r.Level != address.Zip || len(r.Problems) == 0 {
		r.Address, r.Changes = compare(e, shipped.Address, f.address)
		if slices.Contains(phantom, f.route) {
			warn("street", address.NoDelivery)
		}
	}
	r.Decide()
	return r
}

// compare answers the API's address and what it supplied or replaced. A field that differs from what was typed only as
// the shipped data would write it too, or not at all, is unchanged; nor is a ZIP+4 that was not typed a change.
func compare(e address.Entry, written, live address.Address) (address.Address, []address.Change) {
	var changes []address.Change
	change := func(field, typed, to string, same bool) {
		if !same {
			changes = append(changes, address.Change{Field: field, From: strings.TrimSpace(typed), To: to})
		}
	}
	asTyped := func(typed, to string) bool { return strings.ToUpper(strings.TrimSpace(typed)) == to }
	state, _ := zip.ParseState(e.State)
	typedZip, typedZip4 := split(e.Zip)
	if strings.TrimPrefix(written.Urbanization, "URB ") == strings.TrimPrefix(live.Urbanization, "URB ") {
		live.Urbanization = written.Urbanization
	}
	change("street", e.Street, live.Street, live.Street == written.Street || asTyped(e.Street, live.Street))
	change("secondary", e.Secondary, live.Secondary, live.Secondary == written.Secondary || asTyped(e.Secondary, live.Secondary))
	change("urbanization", e.Urbanization, live.Urbanization, live.Urbanization == written.Urbanization)
	change("city", e.City, live.City, zip.Fold(strings.ToUpper(e.City)) == zip.Fold(live.City))
	change("state", e.State, live.State, state == live.State)
	change("zip", e.Zip, live.Zip, typedZip == live.Zip)
	if live.Zip4 == "" && typedZip == live.Zip {
		live.Zip4 = typedZip4
	}
	change("zip4", typedZip4, live.Zip4, typedZip4 == "" || typedZip4 == live.Zip4)
	return live, changes
}

// split parts what was typed as a ZIP Code: 98101-1234 or 981011234.
func split(typed string) (zip5, zip4 string) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
	if len(digits) < 5 {
		return "", ""
	}
	return digits[:5], digits[5:]
}
