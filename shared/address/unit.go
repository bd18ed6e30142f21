package address

import (
	"slices"
	"strings"
)

// unit is one secondary unit: "APT" "4B". The id is empty where there is none.
type unit struct{ designator, id string }

func (u unit) String() string { return strings.TrimSuffix(u.designator+" "+u.id, " ") }

// place is where the words stand that could be units; it decides how sure one must be.
type place int

const (
	inside   place = iota // behind a word that could go on: "BROADWAY"
	behind                // behind a suffix or a directional
	separate              // in the field for units
)

var (
	ordinal = pattern(`^(\d+)(?:ST|ND|RD|TH)$`)
	glued   = pattern(`^(APT|STE|UNIT|RM|BLDG|FL|PH|LOT|SPC|PMB)(\d[\dA-Z-]*)$`)
)

// units reads units from the left; rest is what follows them.
func units(words []string) (read []unit, rest []string) {
	for len(words) > 0 {
		u, n := oneUnit(words)
		if n == 0 {
			break
		}
		read, words = append(read, u), words[n:]
	}
	return read, words
}

// oneUnit reads one unit and answers how many words it took. A "#" or "NO" between designator and number goes (Pub 28
// §213.2); "2ND FLOOR" is "FL 2".
func oneUnit(words []string) (unit, int) {
	if m := ordinal().FindStringSubmatch(words[0]); m != nil && len(words) > 1 && designators[words[1]].abbreviation == "FL" {
		return unit{"FL", m[1]}, 2
	}
	d, ok := designators[words[0]]
	if !ok {
		return unit{}, 0
	}
	n := 1
	for n < len(words) && (words[n] == "#" || words[n] == "NO" || words[n] == "NUMBER") {
		n++
	}
	if n == len(words) || !identifies(words[n], d) {
		return unit{d.abbreviation, ""}, n
	}
	id := words[n]
	if n++; n < len(words) && isNumber(id) && isLetter(words[n]) { // "APT 4 B"
		return unit{d.abbreviation, id + words[n]}, n + 1
	}
	return unit{d.abbreviation, id}, n
}

// identifies says that a word behind a designator is its number. Behind APT and its like that may be a word.
func identifies(word string, d designator) bool {
	if hasDigit(word) || isLetter(word) {
		return true
	}
	return d.numbered && !d.plain && !isSuffix(word) && !designators[word].numbered
}

// isUnit says that what units read at that place is units, and no part of a street name: a designator that is also an
// everyday word must have a digit behind it or nothing but the end.
func isUnit(read []unit, rest []string, word string, at place) bool {
	if len(read) == 0 {
		return false
	}
	d, id := designators[word], read[0].id
	sure := d.numbered && !d.plain
	switch {
	case len(rest) > 0:
		return sure && (hasDigit(id) || isLetter(id))
	case hasDigit(id), sure, !d.plain:
		return true
	case id != "" || !d.numbered:
		return at >= behind
	}
	return at == separate || at == behind && !isSuffix(word) // "OCEAN KEY" is a street
}

// splitUnits takes the units out of a delivery line, wherever they stand (Pub 28 §213.1). rest is what a customer wrote
// behind them.
func splitUnits(words []string) (line []string, read []unit, rest []string) {
	if first, after := unitsBefore(words); len(first) > 0 {
		line, read, rest = splitUnits(after)
		return line, append(first, read...), rest
	}
	for i := 1; i < len(words); i++ {
		read, rest := units(words[i:])
		at := inside
		if _, ok := directional(words[i-1]); i > 1 && (ok || isSuffix(words[i-1])) {
			at = behind
		}
		if d := designators[words[i]]; i == 1 && (d.plain || !d.numbered || !isHouseNumber(words[0])) {
			continue // the only word that can be the street's name
		}
		if isUnit(read, rest, words[i], at) {
			return words[:i], read, rest
		}
	}
	return words, nil, nil
}

// unitsBefore reads units that stand before the house number; none when no house number follows.
func unitsBefore(words []string) (read []unit, after []string) {
	if d, ok := designators[words[0]]; ok && !d.numbered && len(words) > 2 && isHouseNumber(words[1]) && !isHouseNumber(words[2]) {
		return []unit{{d.abbreviation, ""}}, words[1:] // "REAR 12 ELM ST"
	}
	read, after = units(words)
	if len(after) < 2 || !isHouseNumber(after[0]) {
		return nil, words
	}
	return read, after
}

// secondary joins the units of the street line and what stands in the field for units into one text, and answers the
// problem with it, if any.
func secondary(read []unit, rest, field []string) (text, problem string) {
	var before []string
	for i := range field {
		more, after := units(field[i:])
		if isUnit(more, after, field[i], separate) && (i == 0 || len(after) == 0) {
			before, field, read = field[:i], after, append(slices.Clip(read), more...)
			break
		}
	}
	if len(field) == 1 && len(before) == 0 && (hasDigit(field[0]) || isLetter(field[0])) && ordinal().FindString(field[0]) == "" {
		read, field = bare(read, field[0]), nil
	}
	read, problem = merge(read)
	words := slices.Clone(before)
	for _, u := range read {
		words = append(words, u.String())
	}
	return strings.Join(slices.Concat(words, rest, field), " "), problem
}

// bare adds a number without a designator: it belongs to one that has none yet, else "#" stands for the unknown one
// (Pub 28 §213.2).
func bare(read []unit, id string) []unit {
	for i, u := range read {
		if u.id == "" && isNumbered(u) {
			read = slices.Clone(read)
			read[i].id = id
			return read
		}
	}
	return append(slices.Clip(read), unit{"#", id})
}

// merge drops what is said twice and finds what is missing or contradicts.
func merge(read []unit) (merged []unit, problem string) {
	for _, u := range read {
		same := func(o unit) bool { return o == u || u.designator == "#" && o.id == u.id }
		other := func(o unit) bool { return o.designator == u.designator }
		switch {
		case slices.ContainsFunc(merged, same):
			continue
		case slices.ContainsFunc(merged, other):
			problem = UnitConflict
		case u.id == "" && isNumbered(u):
			problem = UnitNumberMissing
		}
		merged = append(merged, u)
	}
	return merged, problem
}

func isNumbered(u unit) bool { return designators[u.designator].numbered }

func hasDigit(word string) bool { return strings.ContainsAny(word, "0123456789") }
func isLetter(word string) bool { return len(word) == 1 && word[0] >= 'A' && word[0] <= 'Z' }
func isNumber(word string) bool { return word != "" && strings.Trim(word, "0123456789") == "" }
