// Package barcode reads the numbers of mail pieces as people type them: which carrier and service a number belongs to,
// and, where it is wrong, what is wrong with it and what was likely meant.
//
// An IMpb (Intelligent Mail package barcode, Publication 199) has 22, 26 or 30 digits, alone or behind a routing prefix
// of 420 and the destination's ZIP Code; older numbers have 20 digits, or 22 that begin with 91. An S10 (UPU standard)
// is two letters, nine digits and the country of the post that issued it.
package barcode

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

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
	CheckDigit   Reason = "check-digit" // the digits do not go together: one of them is wrong, or two changed places
	Characters   Reason = "characters"
	OtherCarrier Reason = "other-carrier"
)

// Problem is what is wrong with a number.
type Problem struct {
	Reason  Reason
	Carrier string // of OtherCarrier: whose number it looks like
	// Suggestion is the only number, canonical, that one slip of typing can have made this of, "" when there are several.
	// A check digit finds a slip but seldom its place: any of 22 digits may be the wrong one. A single candidate is left
	// where the slip is in the digits that all numbers share, or is a letter for the digit that it looks like.
	Suggestion string
}

// longest is more bytes than any number has, with separators between all its characters.
const longest = 300

// Parse reads a number as it was typed: with spaces, hyphens, small letters or full-width digits. The problem is nil
// when the number holds.
func Parse(typed string) (Number, *Problem) {
	if len(typed) > longest {
		return Number{}, &Problem{Reason: Length}
	}
	text := read(typed)
	if number, ok := fit(text); ok {
		return number, nil
	}
	return Number{}, problem(text)
}

// Holds reports whether Parse has no problem with a number, at a fraction of what it costs to say which problem.
func Holds(typed string) bool {
	if len(typed) > longest {
		return false
	}
	_, ok := fit(read(typed))
	return ok
}

func read(typed string) string { return strings.Map(plain, width.Fold.String(typed)) }

// plain leaves out what people and programs put between digits, and capitalises.
func plain(r rune) rune {
	if unicode.In(r, unicode.White_Space, unicode.Pd, unicode.Cf) || r == '\u2212' {
		return -1
	}
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

// Shapes of what is typed wrong.
var (
	allDigits = regexp.MustCompile(`^[0-9]*$`)
	s10Shape  = regexp.MustCompile(`^[A-Z]{2}[0-9]+[A-Z]{2}$`)
)

// problem says why a text is no number of ours.
func problem(text string) *Problem {
	if carrier := stranger(text); carrier != "" {
		return &Problem{Reason: OtherCarrier, Carrier: carrier}
	}
	digits, s10 := allDigits.MatchString(text), s10Shape.MatchString(text)
	switch {
	case digits && longEnough[len(text)], s10 && len(text) == s10Length && post(text[s10Length-2:]) != "":
		return &Problem{Reason: CheckDigit, Suggestion: suggest(text, slips)}
	case digits, s10 && len(text) != s10Length:
		return &Problem{Reason: Length}
	}
	return &Problem{Reason: Characters, Suggestion: suggest(text, lookalikes)}
}
