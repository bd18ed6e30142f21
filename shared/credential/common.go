package credential

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"postkontor/shared/wordset"
)

// common has the listed passwords that are long enough, stems the most common short ones; `go run ./infra/lists`
// makes both.
var (
	//go:embed common.set
	common string
	//go:embed stems.set
	stems string
)

// isCommon reports whether a folded password is listed, or is what people make of a short one when told to make it
// longer: patterns of the keyboard or the alphabet, one block again and again, a common word with digits and signs around it.
// The whole counts: a sentence with a common word in it is not common.
func isCommon(password string) bool {
	if wordset.Set(common).Has(password) || isPattern(password) {
		return true
	}
	block := repeated(password)
	return len(block) < len(password) && isTrivial(block) || isStem(block)
}

// isTrivial: a block that is nothing when it stands alone. One emoji fifteen times is left to its owner.
func isTrivial(block string) bool {
	return isPattern(block) || len(block) <= 4 && !strings.ContainsFunc(block, func(r rune) bool { return r >= utf8.RuneSelf })
}

// isStem reports whether text is a common short password with at most maxEnd other characters, or a pattern, at either end,
// or such a one again and again with anything but letters between.
func isStem(text string) bool {
	return isAround(text, isSign, isListed) || isAround(text, notLetter, func(core string) bool {
		return isListed(core) || isListed(repeated(drop(core, notLetter)))
	})
}

// isAround cuts what is cut from the ends of text, as far as people add it there, and asks about the rest.
func isAround(text string, cut func(rune) bool, is func(core string) bool) bool {
	core := strings.TrimFunc(text, cut)
	start, end, _ := strings.Cut(text, core)
	return core != "" && isEnd(start) && isEnd(end) && is(core)
}

func isListed(word string) bool {
	return wordset.Set(stems).Has(word) || wordset.Set(stems).Has(unleet.Replace(word))
}

const maxEnd = 10 // a day is written with ten

func isEnd(text string) bool { return utf8.RuneCountInString(text) <= maxEnd || isPattern(text) }

func isSign(r rune) bool    { return notLetter(r) && !unicode.IsDigit(r) }
func notLetter(r rune) bool { return r < utf8.RuneSelf && !unicode.IsLetter(r) }

func drop(text string, cut func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if cut(r) {
			return -1
		}
		return r
	}, text)
}

// unleet undoes the usual signs for letters.
var unleet = strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t")

// repeated answers the shortest block that makes up the text when it is written twice or more, the last time
// perhaps not to its end; the text itself when there is none.
func repeated(text string) string {
	for n := 1; n <= len(text)/2; n++ {
		if strings.HasPrefix(text, text[n:]) {
			return text[:n]
		}
	}
	return text
}

// isPattern reports whether a folded text is made of nothing but runs of three characters or more, in which each is the same
// as the one before, its neighbour in the alphabet, or its neighbour on a keyboard: "1qaz2wsx3edc", "aaabbb", "7654321".
func isPattern(text string) bool {
	run := 0
	var last rune
	for _, r := range text {
		if run > 0 && isStep(last, r) {
			run++
		} else if run == 1 || run == 2 {
			return false
		} else {
			run = 1
		}
		last = r
	}
	return run >= 3
}

func isStep(a, b rune) bool {
	if a >= utf8.RuneSelf || b >= utf8.RuneSelf {
		return false
	}
	next := a-b >= -1 && a-b <= 1
	return next && !notLetter(a) && !notLetter(b) || next && unicode.IsDigit(a) && unicode.IsDigit(b) || isNeighbour(a, b)
}

// rows of the keyboard most used in the United States, plain and with shift.
var rows = [][2]string{
	{"1234567890-=", "!@#$%^&*()_+"},
	{"qwertyuiop[]", "qwertyuiop{}"},
	{"asdfghjkl;'", `asdfghjkl:"`},
	{"zxcvbnm,./", "zxcvbnm<>?"},
}

// isNeighbour: the same key, or one beside, above or below it, also aslant.
func isNeighbour(a, b rune) bool {
	ax, ay, aok := position(a)
	bx, by, bok := position(b)
	return aok && bok && ax-bx >= -1 && ax-bx <= 1 && ay-by >= -1 && ay-by <= 1
}

func position(r rune) (x, y int, ok bool) {
	for y, row := range rows {
		for _, keys := range row {
			if x := strings.IndexRune(keys, r); x >= 0 {
				return x, y, true
			}
		}
	}
	return 0, 0, false
}
