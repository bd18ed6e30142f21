package parcel

import (
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a function's machine has no time zones of its own

	"postkontor/shared/zip"
)

// clocks are the time zones of the states. Military mail is anywhere, and Micronesia has two: they are not here.
var clocks = map[string]string{
	"America/New_York":    "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
	"America/Chicago":     "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
	"America/Denver":      "CO MT NM UT WY ID",
	"America/Phoenix":     "AZ",
	"America/Los_Angeles": "CA NV OR WA",
	"America/Anchorage":   "AK",
	"Pacific/Honolulu":    "HI",
	"America/Puerto_Rico": "PR VI",
	"Pacific/Guam":        "GU MP",
	"Pacific/Pago_Pago":   "AS",
	"Pacific/Palau":       "PW",
	"Pacific/Majuro":      "MH",
}

// otherwise are the first three digits of the ZIP Codes that keep another time than most of their state. Where such an
// area keeps two, it is where more people live.
var otherwise = map[string]string{
	"America/New_York":    "373 374 376 377 378 379",                     // eastern Tennessee
	"America/Chicago":     "324 325 420 421 422 423 424 463 464 476 477", // west Florida, west Kentucky, corners of Indiana
	"America/Denver":      "577 586 693 798 799 885 979",                 // west Dakotas and Nebraska, El Paso, Malheur County
	"America/Los_Angeles": "835 838",                                     // north Idaho
}

// locations are the zones by state and by the first three digits of a ZIP Code.
var locations = sync.OnceValue(func() map[string]*time.Location {
	all := map[string]*time.Location{}
	for _, areas := range []map[string]string{clocks, otherwise} {
		for name, codes := range areas {
			location, err := time.LoadLocation(name)
			if err != nil {
				panic("parcel: " + err.Error()) // the zones are part of the binary
			}
			for _, code := range strings.Fields(codes) {
				all[code] = location
			}
		}
	}
	return all
})

// Local is when it happened by the clock of its place, UTC where that is not known.
func (s Scan) Local() time.Time {
	state, area := s.State, ""
	if place, known := zip.Lookup(s.Zip); known {
		state, area = place.State, s.Zip[:3]
	} else if s.Country != "" && s.Country != "US" {
		return s.At.UTC()
	}
	for _, code := range []string{area, state} {
		if location := locations()[code]; location != nil {
			return s.At.In(location)
		}
	}
	return s.At.UTC()
}
