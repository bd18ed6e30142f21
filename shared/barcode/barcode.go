// Package barcode reads the numbers of mail pieces as people type them: which carrier and service a number belongs to,
// and, where it is wrong, what is wrong with it and what was likely meant.
package barcode

// Number is a number that holds.
type Number struct {
	Canonical string // capitals and digits; no spaces, hyphens or routing prefix
	Carrier   string // who issued it, by its name in the data: "USPS", "Canada Post"
	Country   string // of the issuer, ISO 3166-1 alpha-2
	Product   string // an id, as far as the number tells: "priority-mail", "parcel-select", "ems"; else ""
	Zip       string // the destination's ZIP Code, where the number was given with its routing prefix; else ""
}

// Reason is why a number cannot be tracked.
type Reason string

// The reasons, as the HTTP contract names them.
const (
	Length       Reason = "length"
	CheckDigit   Reason = "check-digit"
	Characters   Reason = "characters"
	OtherCarrier Reason = "other-carrier"
)

// Problem is what is wrong with a number.
type Problem struct {
	Reason     Reason
	Carrier    string // of OtherCarrier: whose number it looks like
	Suggestion string // of CheckDigit: the only number, canonical, that one slip of typing can have made this of; else ""
}

// Parse reads a number as it was typed: with spaces, hyphens, small letters or full-width digits. The problem is nil
// when the number holds.
func Parse(typed string) (Number, *Problem) { return Number{}, &Problem{Reason: Length} }
