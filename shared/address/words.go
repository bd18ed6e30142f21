package address

import (
	_ "embed" // the suffixes
	"strings"
	"sync"
)

// suffixFile has a line for each street suffix of Pub 28 Appendix C1: the standard abbreviation, the word, and the
// other spellings in use.
//
//go:embed suffixes.txt
var suffixFile string

// suffix is a street suffix.
type suffix struct{ abbreviation, word string }

var suffixes = sync.OnceValue(func() map[string]suffix {
	all := make(map[string]suffix, 600)
	for line := range strings.Lines(suffixFile) {
		spellings := strings.Fields(line)
		s := suffix{spellings[0], spellings[1]}
		for _, spelling := range spellings {
			if _, ok := all[spelling]; !ok { // PARK before PARKS, which share an abbreviation
				all[spelling] = s
			}
		}
	}
	return all
})

func isSuffix(word string) bool { _, ok := suffixes()[word]; return ok }

// directional answers the abbreviation of one of the eight directions (Pub 28 §233).
func directional(word string) (string, bool) {
	for _, d := range directions {
		if word == d.word || word == d.abbreviation {
			return d.abbreviation, true
		}
	}
	return "", false
}

var directions = [...]struct{ abbreviation, word string }{
	{"N", "NORTH"}, {"S", "SOUTH"}, {"E", "EAST"}, {"W", "WEST"},
	{"NE", "NORTHEAST"}, {"NW", "NORTHWEST"}, {"SE", "SOUTHEAST"}, {"SW", "SOUTHWEST"},
}

// designator is a secondary unit designator of Pub 28 Appendix C2 (and PMB, §285).
type designator struct {
	abbreviation string
	numbered     bool // needs a number
	plain        bool // is an everyday word that street names also have
}

var designators = map[string]designator{
	"APARTMENT": {"APT", true, false}, "APT": {"APT", true, false},
	"BASEMENT": {"BSMT", false, false}, "BSMT": {"BSMT", false, false},
	"BUILDING": {"BLDG", true, true}, "BLDG": {"BLDG", true, false},
	"DEPARTMENT": {"DEPT", true, true}, "DEPT": {"DEPT", true, false},
	"FLOOR": {"FL", true, true}, "FL": {"FL", true, true}, "FLR": {"FL", true, false},
	"FRONT": {"FRNT", false, true}, "FRNT": {"FRNT", false, false},
	"HANGAR": {"HNGR", true, true}, "HNGR": {"HNGR", true, false},
	"KEY": {"KEY", true, true}, "LOT": {"LOT", true, true}, "PIER": {"PIER", true, true},
	"LOBBY": {"LBBY", false, false}, "LBBY": {"LBBY", false, false},
	"LOWER": {"LOWR", false, true}, "LOWR": {"LOWR", false, false},
	"OFFICE": {"OFC", false, true}, "OFC": {"OFC", false, false},
	"PENTHOUSE": {"PH", false, false}, "PH": {"PH", false, false},
	"PMB": {"PMB", true, false}, "REAR": {"REAR", false, true},
	"ROOM": {"RM", true, true}, "RM": {"RM", true, false},
	"SIDE": {"SIDE", false, true}, "SLIP": {"SLIP", true, true}, "STOP": {"STOP", true, true},
	"SPACE": {"SPC", true, true}, "SPC": {"SPC", true, false},
	"SUITE": {"STE", true, false}, "STE": {"STE", true, false},
	"TRAILER": {"TRLR", true, true}, "TRLR": {"TRLR", true, true},
	"UNIT": {"UNIT", true, false}, "UPPER": {"UPPR", false, true}, "UPPR": {"UPPR", false, false},
	"#": {"#", true, false},
}
