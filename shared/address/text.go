package address

import (
	"regexp"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// asciiOf writes out what decomposing leaves as it is.
var asciiOf = strings.NewReplacer("ß", "ss", "ẞ", "SS", "æ", "ae", "Æ", "AE", "ø", "o", "Ø", "O", "œ", "oe", "Œ", "OE", "đ", "d",
	"Đ", "D", "ð", "d", "Ð", "D", "þ", "th", "Þ", "TH", "ł", "l", "Ł", "L", "ı", "i", "½", " 1/2", "¼", " 1/4", "¾", " 3/4",
	"⅓", " 1/3", "⅔", " 2/3", "⅛", " 1/8", "№", " # ", "‐", "-", "–", "-", "—", "-", "⁄", "/")

// clean answers text as it stands on a mailpiece: capitals without accents, one space between words, and only the
// punctuation that means something (Pub 28 §222, §232): a period between digits, a slash between digits, a hyphen beside
// a digit, "#" and "&" as words of their own. foreign says that letters or signs are left that no US address has.
func clean(text string) (cleaned string, foreign bool) {
	runes := []rune(norm.NFKD.String(asciiOf.Replace(text)))
	var b strings.Builder
	for i, r := range runes {
		r = unicode.ToUpper(r)
		switch {
		case plain(r):
			b.WriteRune(r)
		case r == '#' || r == '&':
			b.WriteString(" " + string(r) + " ")
		case r == '.' && initial(runes, i), r == '\'', r == '’', r == '‘', r == '`', unicode.Is(unicode.M, r):
		case kept(runes, i):
			b.WriteRune(r)
		case r > unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r)):
			return norm.NFC.String(strings.ToUpper(strings.Join(strings.Fields(text), " "))), true
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " "), false
}

func plain(r rune) bool { return r >= 'A' && r <= 'Z' || digit(r) }
func digit(r rune) bool { return r >= '0' && r <= '9' }

// near answers the runes on both sides, in capitals.
func near(runes []rune, i int) (before, after rune) {
	if i > 0 {
		before = unicode.ToUpper(runes[i-1])
	}
	if i+1 < len(runes) {
		after = unicode.ToUpper(runes[i+1])
	}
	return before, after
}

// initial says that the period at i stands behind a single letter, as in "N.W." and "P.O.".
func initial(runes []rune, i int) bool {
	before, _ := near(runes, i)
	if !plain(before) || digit(before) {
		return false
	}
	first, _ := near(runes, i-1)
	return !plain(first)
}

func kept(runes []rune, i int) bool {
	before, after := near(runes, i)
	switch runes[i] {
	case '.', '/':
		return digit(before) && digit(after)
	case '-':
		return plain(before) && plain(after) && (digit(before) || digit(after))
	}
	return false
}

// pattern answers a regular expression that is compiled when it is first asked for.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
