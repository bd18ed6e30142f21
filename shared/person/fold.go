package person

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FoldName answers the form in which two spellings of one name (or of one answer) are equal: case, accents, punctuation and
// the width of letters do not count, hyphens are spaces, spaces are single. Marks of other scripts stay, for there
// they tell words apart. Folding twice changes nothing more.
func FoldName(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(apostrophes.Replace(text)) {
		r = unicode.ToLower(r)
		switch letters, special := spelled[r]; {
		case special:
			b.WriteString(letters)
		case unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Pd, unicode.Pc) || r == '/':
			b.WriteByte(' ')
		case isAccent(r) || unicode.IsPunct(r) || unicode.Is(unicode.Cf, r):
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(strings.Join(strings.Fields(b.String()), " "))
}

// isAccent: the block of Combining Diacritical Marks.
func isAccent(r rune) bool { return r >= 0x0300 && r <= 0x036F }

// apostrophes are what is typed for one and is no punctuation in Unicode.
var apostrophes = strings.NewReplacer("´", "", "`", "", "ʼ", "", "ʻ", "")

// spelled are letters with an accent or a joint that Unicode does not decompose, and the two forms of a letter.
var spelled = map[rune]string{'ß': "ss", 'ø': "o", 'æ': "ae", 'œ': "oe", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i",
	'ς': "σ"}
