// Package phone reads and writes telephone numbers. The numbering plans it links take megabytes and milliseconds at every
// start, so only the functions in which a number is entered import it.
package phone

import (
	"slices"

	"github.com/nyaruka/phonenumbers"
)

// unitedStates are the regions of the US numbering plan: the states, and the territories under the same country code.
var unitedStates = []string{"US", "PR", "VI", "GU", "MP", "AS"}

// Parse answers a number as E.164. What does not begin with + is of region ("" is US). Numbers of the regions allowed are
// accepted, without any those of the United States and its territories. For everything else, extensions and numbers that cost
// the caller extra included, the code is phone_invalid.
func Parse(text, region string, allowed ...string) (e164, code string) {
	if region == "" {
		region = "US"
	}
	if len(allowed) == 0 {
		allowed = unitedStates
	}
	number, err := phonenumbers.Parse(text, region)
	if err != nil || number.GetExtension() != "" || !phonenumbers.IsValidNumber(number) ||
		!slices.Contains(allowed, phonenumbers.GetRegionCodeForNumber(number)) ||
		phonenumbers.GetNumberType(number) == phonenumbers.PREMIUM_RATE {
		return "", "phone_invalid"
	}
	return phonenumbers.Format(number, phonenumbers.E164), ""
}

// Pretty answers an E.164 number as people of its country write it: "(206) 555-0123"; outside the United States with its
// country code. What is no number is answered as it is.
func Pretty(e164 string) string {
	number, err := phonenumbers.Parse(e164, "US")
	if err != nil {
		return e164
	}
	if slices.Contains(unitedStates, phonenumbers.GetRegionCodeForNumber(number)) {
		return phonenumbers.Format(number, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}
