package credential

import (
	"strings"
	"unicode"

	"postkontor/shared/person"
)

// Context is what others know of a person, and of the site.
type Context struct {
	Username, Email string
	Names           []string
	Company         string
	Address         []string // street, city, ZIP Code
	Operator        string
}

// site are the words of the site itself.
const site = "postkontor my informed delivery mail post postal service office package parcel tracking shipping supplies " +
	"customer account login username password welcome"

// makesUp reports whether a password is made of nothing but the words of the context: its letters, without case, accents,
// digits, punctuation and spaces, are a row of such words, repeats allowed, and so are its digits when it has no letters.
// A sentence that merely has such a word in it is not.
func (c Context) makesUp(password string) bool {
	words := c.words()
	if letters := only(password, isWord); letters != "" {
		return isRow(letters, words)
	}
	digits := only(password, unicode.IsDigit)
	return digits != "" && isRow(digits, words)
}

// words answers the letters, and the numbers of three digits or more, of each word in the context.
func (c Context) words() []string {
	texts := append([]string{c.Username, c.Email, c.Company, c.Operator, initials(c.Operator), site}, c.Names...)
	texts = append(texts, c.Address...)
	var words []string
	for _, text := range texts {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) }) {
			if letters := only(word, isWord); letters != "" {
				words = append(words, letters)
			}
			if digits := only(word, unicode.IsDigit); len(digits) >= 3 {
				words = append(words, digits)
			}
		}
	}
	return words
}

// initials answers the letters by which an operator is known: "USPS" for US Postal Service.
func initials(name string) string {
	var b strings.Builder
	for _, word := range strings.Fields(name) {
		if len(word) <= 3 && word == strings.ToUpper(word) {
			b.WriteString(word)
		} else {
			b.WriteString(string([]rune(word)[:1]))
		}
	}
	return b.String()
}

// only answers the characters of a folded text that are kept.
func only(text string, kept func(rune) bool) string {
	return drop(person.FoldName(text), func(r rune) bool { return !kept(r) })
}

// isWord: everything but digits, spaces and the signs of ASCII; folding has removed all other punctuation.
func isWord(r rune) bool {
	return unicode.IsLetter(r) || r > unicode.MaxASCII && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// isRow reports whether text can be cut completely into words.
func isRow(text string, words []string) bool {
	reached := make([]bool, len(text)+1)
	reached[0] = true
	for i := range text {
		for _, word := range words {
			if reached[i] && strings.HasPrefix(text[i:], word) {
				reached[i+len(word)] = true
			}
		}
	}
	return reached[len(text)]
}
