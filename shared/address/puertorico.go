package address

import (
	"slices"
	"strings"
)

// The words of addresses in Puerto Rico (Pub 28 §29, Appendices H and I).
var (
	urbWords = []string{"URB", "URBANIZACION", "URBANIZATION"}
	// streetWords stand before the name, where English has a suffix; CALLE is never turned into ST.
	streetWords = []string{"AVE", "AVENIDA", "BLVD", "BULEVAR", "CALETA", "CALLE", "CALLEJON", "CAMINO", "CARR", "CARRETERA",
		"EXPRESO", "MARGINAL", "PARQUE", "PASAJE", "PASEO", "PATIO", "PLAZA", "VEREDA", "VIA", "VISTA"}
	houseWords = []string{"#", "CASA", "LOTE", "NO", "NUM", "NUMERO"}
	// alone are areas that are named without URB.
	alone = []string{"ALT", "ALTURAS", "BARRIADA", "BARRIO", "BDA", "BO", "COM", "COMUNIDAD", "COND", "EST", "ESTANCIAS", "EXT",
		"EXTENSION", "HACIENDAS", "JARD", "JARDINES", "MANSIONES", "PARC", "PARCELAS", "QTAS", "QUINTAS", "REPARTO", "REPTO", "RES",
		"SECT", "SECTOR", "VILLA", "VILLAS"}
	spanish = map[string]string{"APARTAMENTO": "APT", "APTO": "APT", "PISO": "FL"}

	letteredHouse = pattern(`^([A-Z]{1,2})-(\d+[A-Z]?)$`)
)

func isStreetWord(word string) bool { return slices.Contains(streetWords, word) }

// splitUrbanization takes an urbanization out of the street line: before the house number, or at the end.
func splitUrbanization(words []string) (line []string, urbanization string) {
	at := slices.IndexFunc(words, func(w string) bool { return slices.Contains(urbWords, w) })
	end := len(words)
	if at == 0 {
		end = slices.IndexFunc(words, func(w string) bool { return hasDigit(w) || isStreetWord(w) })
	}
	if at < 0 || at == 1 || end < at+2 { // "A17 URB SOMETHING" has it for a street
		return words, ""
	}
	return slices.Concat(words[:at], words[end:]), urbanizationName(words[at:end])
}

// urbanizationName writes the descriptor URB before a name that needs one (Pub 28 §292).
func urbanizationName(words []string) string {
	for len(words) > 0 && slices.Contains(urbWords, words[0]) {
		words = words[1:]
	}
	if len(words) == 0 || slices.Contains(alone, words[0]) {
		return strings.Join(words, " ")
	}
	return "URB " + strings.Join(words, " ")
}

// spanishOrder prepares a line whose street stands before its house number, and translates the units.
func spanishOrder(words []string) []string {
	words = slices.Clone(words)
	for i, word := range words {
		if english, ok := spanish[word]; ok && i > 0 {
			words[i] = english
		}
	}
	if i := slices.Index(words, "#"); i > 1 && isStreetWord(words[0]) {
		words = slices.Delete(words, i, i+1) // "CALLE LUNA # 205" is a house, no unit
	}
	return words
}

// houseFirst sets the house number before the street.
func houseFirst(words []string) []string {
	n := len(words) - 1
	if n < 2 || !isStreetWord(words[0]) || !isHouseNumber(words[n]) || slices.Contains(words, "KM") {
		return words
	}
	street := words[:n]
	if slices.Contains(houseWords, street[n-1]) {
		street = street[:n-1]
	}
	if len(street) < 2 {
		return words
	}
	return append([]string{words[n]}, street...)
}

// spanishName brings the name of a street into form.
func spanishName(words []string) []string {
	if len(words) == 0 || !isStreetWord(words[0]) {
		return streetName(words)
	}
	words = slices.Clone(words)
	switch words[0] {
	case "AVENIDA":
		words[0] = "AVE"
	case "BULEVAR":
		words[0] = "BLVD"
	case "CARRETERA":
		words[0] = "CARR"
	}
	return words
}

// repeats says that streets of this name are many in a ZIP Code: numbered and lettered ones (Pub 28 §292).
func repeats(name []string) bool {
	return len(name) == 2 && isStreetWord(name[0]) && (isLetter(name[1]) || hasDigit(name[1]))
}

// findable says that a line without a house number still leads to a house: a building with a number, or a kilometre.
func findable(words []string) bool {
	return slices.Contains(words, "KM") || !isStreetWord(words[0]) && slices.ContainsFunc(words, hasDigit)
}
