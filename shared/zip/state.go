package zip

import "strings"

// State is a state, possession or military "state" (Pub 28 Appendix B).
type State struct {
	Code string // two letters
	Name string
}

// states is in the order of the codes; the data file counts on it.
var states = [...]State{
	{"AA", "Armed Forces Americas"}, {"AE", "Armed Forces Europe"}, {"AK", "Alaska"}, {"AL", "Alabama"},
	{"AP", "Armed Forces Pacific"}, {"AR", "Arkansas"}, {"AS", "American Samoa"}, {"AZ", "Arizona"}, {"CA", "California"},
	{"CO", "Colorado"}, {"CT", "Connecticut"}, {"DC", "District of Columbia"}, {"DE", "Delaware"}, {"FL", "Florida"},
	{"FM", "Federated States of Micronesia"}, {"GA", "Georgia"}, {"GU", "Guam"}, {"HI", "Hawaii"}, {"IA", "Iowa"},
	{"ID", "Idaho"}, {"IL", "Illinois"}, {"IN", "Indiana"}, {"KS", "Kansas"}, {"KY", "Kentucky"}, {"LA", "Louisiana"},
	{"MA", "Massachusetts"}, {"MD", "Maryland"}, {"ME", "Maine"}, {"MH", "Marshall Islands"}, {"MI", "Michigan"},
	{"MN", "Minnesota"}, {"MO", "Missouri"}, {"MP", "Northern Mariana Islands"}, {"MS", "Mississippi"}, {"MT", "Montana"},
	{"NC", "North Carolina"}, {"ND", "North Dakota"}, {"NE", "Nebraska"}, {"NH", "New Hampshire"}, {"NJ", "New Jersey"},
	{"NM", "New Mexico"}, {"NV", "Nevada"}, {"NY", "New York"}, {"OH", "Ohio"}, {"OK", "Oklahoma"}, {"OR", "Oregon"},
	{"PA", "Pennsylvania"}, {"PR", "Puerto Rico"}, {"PW", "Palau"}, {"RI", "Rhode Island"}, {"SC", "South Carolina"},
	{"SD", "South Dakota"}, {"TN", "Tennessee"}, {"TX", "Texas"}, {"UT", "Utah"}, {"VA", "Virginia"},
	{"VI", "Virgin Islands"}, {"VT", "Vermont"}, {"WA", "Washington"}, {"WI", "Wisconsin"}, {"WV", "West Virginia"},
	{"WY", "Wyoming"},
}

// others are further names in use, folded.
var others = map[string]string{
	"WASHINGTONDC": "DC", "USVIRGINISLANDS": "VI", "UNITEDSTATESVIRGINISLANDS": "VI", "MICRONESIA": "FM",
	"COMMONWEALTHOFTHENORTHERNMARIANAISLANDS": "MP", "REPUBLICOFPALAU": "PW", "REPUBLICOFTHEMARSHALLISLANDS": "MH",
	"ARMEDFORCESAFRICA": "AE", "ARMEDFORCESCANADA": "AE", "ARMEDFORCESMIDDLEEAST": "AE",
}

// States answers all states, in the order of their codes.
func States() []State { return append([]State(nil), states[:]...) }

// ParseState answers the code of a state given by code or name, whatever the case and punctuation.
func ParseState(text string) (code string, ok bool) {
	key := strings.Map(letter, text)
	for _, s := range states {
		if key == s.Code || key == strings.ToUpper(strings.ReplaceAll(s.Name, " ", "")) {
			return s.Code, true
		}
	}
	code, ok = others[key]
	return code, ok
}
