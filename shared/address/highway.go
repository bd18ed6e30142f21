package address

import (
	"slices"
	"strings"

	"postkontor/shared/zip"
)

// highways are the kinds of numbered roads and their standard names, which are not abbreviated (Pub 28 §237, Appendix F).
var highways = map[string]string{
	"COUNTY HIGHWAY": "COUNTY HIGHWAY", "COUNTY ROAD": "COUNTY ROAD", "COUNTY ROUTE": "COUNTY ROUTE", "CR": "COUNTY ROAD",
	"EXPRESSWAY": "EXPRESSWAY", "FARM TO MARKET": "FM", "FARM TO MARKET ROAD": "FM", "FM": "FM", "FM ROAD": "FM",
	"HIGHWAY FM": "FM", "HIGHWAY": "HIGHWAY", "I": "INTERSTATE", "IH": "INTERSTATE", "INTERSTATE": "INTERSTATE",
	"INTERSTATE HIGHWAY": "INTERSTATE", "RANCH ROAD": "RANCH ROAD", "ROAD": "ROAD", "ROUTE": "ROUTE",
	"SH": "STATE HIGHWAY", "STATE HIGHWAY": "STATE HIGHWAY", "SR": "STATE ROAD", "STATE ROAD": "STATE ROAD",
	"STATE ROUTE": "STATE ROUTE", "TSR": "TOWNSHIP ROAD", "TOWNSHIP ROAD": "TOWNSHIP ROAD", "US": "US HIGHWAY",
	"US HIGHWAY": "US HIGHWAY", "US ROUTE": "US ROUTE",
}

// highway brings a numbered road into form; nil when it is none. Before it may stand OLD or a state's code.
func highway(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	if m := gluedRoute().FindStringSubmatch(words[0]); m != nil { // "I-10"
		words = append([]string{m[1], m[2]}, words[1:]...)
	}
	for n := 1; n < len(words); n++ {
		if name, ok := highways[kind(words[:n])]; ok && routeNumber().MatchString(words[n]) {
			return append([]string{name}, words[n:]...)
		}
	}
	if _, ok := zip.ParseState(words[0]); len(words) > 2 && (words[0] == "OLD" || ok && len(words[0]) == 2) {
		if rest := highway(words[1:]); rest != nil {
			return append([]string{words[0]}, rest...)
		}
	}
	return nil
}

// letteredHighway brings a lettered road into form: "COUNTY ROAD E".
func letteredHighway(words []string) []string {
	n := len(words) - 1
	if n < 1 || !isLetter(words[n]) && (len(words[n]) != 2 || words[n][0] != words[n][1]) {
		return nil
	}
	name, ok := highways[kind(words[:n])]
	if !ok || !slices.ContainsFunc([]string{"COUNTY", "STATE", "HIGHWAY"}, func(p string) bool { return strings.HasPrefix(name, p) }) {
		return nil
	}
	return []string{name, words[n]}
}

// kind spells out the words before a road's number.
func kind(words []string) string {
	spelled := make([]string, len(words))
	for i, word := range words {
		switch s := suffixes()[word].abbreviation; {
		case s == "HWY", s == "RD", s == "RTE":
			word = suffixes()[word].word
		case word == "RT":
			word = "ROUTE"
		case word == "CO", word == "CNTY":
			word = "COUNTY"
		case word == "ST" && i+1 < len(words):
			word = "STATE"
		case word == "TWP":
			word = "TOWNSHIP"
		}
		spelled[i] = word
	}
	return strings.Join(spelled, " ")
}
