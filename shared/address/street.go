package address

import "slices"

var (
	houseNumber = pattern(`^(?:\d[\dA-Z./-]*|[A-Z]{1,2}-?\d[\dA-Z-]*)$`)
	fraction    = pattern(`^\d+/\d+$`)
	routeNumber = pattern(`^\d+(?:\.\d+)?[A-Z]?$`)
	gluedRoute  = pattern(`^(I|IH|US|SR|CR|SH|FM|HWY|RTE?)-?(\d+[A-Z]?)$`)
)

// isHouseNumber takes what Pub 28 §231 and Appendices D and E know: 101, 101A, 112-10, N6W23001, A17, 39.2; and "ONE".
func isHouseNumber(word string) bool {
	return word == "ONE" || houseNumber().MatchString(word) && !ordinal().MatchString(word) && !gluedRoute().MatchString(word)
}

// splitNumber takes the house number with its fraction (Pub 28 §232, "101 1/2 MAIN ST") off a line.
func splitNumber(words []string) (number, name []string) {
	if len(words) == 0 || !isHouseNumber(words[0]) {
		return nil, words
	}
	if len(words) > 1 && fraction().MatchString(words[1]) {
		return words[:2], words[2:]
	}
	return words[:1], words[1:]
}

// streetName brings the name of a street into form, from right to left (Pub 28 §231): postdirectional, suffix, name,
// predirectional. A word that would leave no name is the name and stays as it was typed: "123 NORTH AVE", "12 BROADWAY".
func streetName(words []string) []string {
	if len(words) == 2 && suffixes()[words[0]].abbreviation == "AVE" && isLetter(words[1]) {
		return []string{"AVENUE", words[1]}
	}
	if h := letteredHighway(words); h != nil {
		return h
	}
	words, post := postdirectional(words)
	words, end := streetSuffix(words)
	pre, words := predirectional(words)
	if h := highway(words); h != nil {
		words = h
	}
	return slices.Concat(pre, words, end, post)
}

// postdirectional takes the direction off the end; two words are one direction (Pub 28 §233).
func postdirectional(words []string) (before, post []string) {
	n := len(words)
	if n > 2 {
		if d, ok := corner(words[n-2], words[n-1]); ok {
			return words[:n-2], []string{d}
		}
	}
	if n > 1 {
		if d, ok := directional(words[n-1]); ok {
			return words[:n-1], []string{d}
		}
	}
	return words, nil
}

// predirectional takes the direction off the front, unless the name begins with two opposite ones ("EAST WEST HWY").
func predirectional(words []string) (pre, after []string) {
	if len(words) > 2 {
		if d, ok := corner(words[0], words[1]); ok {
			return []string{d}, words[2:]
		}
	}
	if len(words) > 1 {
		if d, ok := directional(words[0]); ok && !opposite(d, words[1]) {
			return []string{d}, words[1:]
		}
	}
	return nil, words
}

// corner joins north or south and east or west into one direction (Pub 28 §233).
func corner(a, b string) (string, bool) {
	first, _ := directional(a)
	second, _ := directional(b)
	if (first == "N" || first == "S") && (second == "E" || second == "W") {
		return first + second, true
	}
	return "", false
}

func opposite(d, word string) bool {
	other, _ := directional(word)
	return other != "" && slices.Contains([]string{"NS", "SN", "EW", "WE"}, d+other)
}

// romance are words that stand before a name as its kind; a suffix word behind them is part of the name, unless it is
// one of the English ones of everyday.
var (
	romance  = []string{"AVENIDA", "CALLE", "CALLEJON", "CAMINITO", "CAMINO", "PASEO", "RUE", "VIA"}
	everyday = []string{"AVE", "BLVD", "CIR", "CT", "DR", "HWY", "LN", "PKWY", "PL", "RD", "ST", "TER", "WAY"}
)

// streetSuffix takes the suffix off the end in its standard abbreviation (Pub 28 §234.1). A suffix word or a direction
// before it is part of the name and spelled out (§234.2, §233): "MAIN AVENUE DR", "BAY WEST DR".
func streetSuffix(words []string) (before, end []string) {
	n := len(words) - 1
	if n < 1 || !isSuffix(words[n]) {
		return words, nil
	}
	s := suffixes()[words[n]]
	if slices.Contains(romance, words[0]) && !slices.Contains(everyday, s.abbreviation) {
		return words, nil
	}
	before = slices.Clone(words[:n])
	if n < 2 {
		return before, []string{s.abbreviation}
	}
	last := &before[n-1]
	if s, ok := suffixes()[*last]; ok {
		*last = s.word
	} else if _, ok := directional(before[n-2]); !ok {
		*last = spelled(*last)
	}
	return before, []string{s.abbreviation}
}

// spelled writes a directional out and leaves any other word.
func spelled(word string) string {
	for _, d := range directions {
		if word == d.abbreviation {
			return d.word
		}
	}
	return word
}
