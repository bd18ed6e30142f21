package zip

import "strings"

// long spells out the words that customers abbreviate in city names.
var long = map[string]string{
	"ST": "SAINT", "STE": "SAINTE", "FT": "FORT", "MT": "MOUNT", "PT": "POINT", "N": "NORTH", "S": "SOUTH", "E": "EAST",
	"W": "WEST", "BCH": "BEACH", "CTR": "CENTER", "HLS": "HILLS", "HTS": "HEIGHTS", "IS": "ISLAND", "JCT": "JUNCTION",
	"LK": "LAKE", "SPG": "SPRING", "SPGS": "SPRINGS", "TWP": "TOWNSHIP", "VLG": "VILLAGE", "VLY": "VALLEY",
}

// Fold answers what is left of a city name when case, spaces and punctuation do not count and the usual abbreviations
// are spelled out: "St. Louis" and "SAINT LOUIS" fold alike, and so do "O'Fallon" and "O FALLON".
func Fold(city string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(city, func(r rune) bool { return r == ' ' || r == '.' || r == ',' || r == '-' }) {
		word = strings.Map(letter, word)
		if spelled, ok := long[word]; ok {
			word = spelled
		}
		b.WriteString(word)
	}
	return b.String()
}

// letter keeps letters and digits, in capitals.
func letter(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r > 127:
		return r
	}
	return -1
}
