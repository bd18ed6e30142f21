// Package person is what a customer says of themselves: name, username, e-mail address. Each Check answers what is wrong
// with a value in itself, each Fold the form in which two spellings of one thing are equal.
//
// Text is kept as people write it, in any script, emoji and angle brackets included. Invisible characters that change the
// direction of what stands around them are taken out, because they can make one name look like another; control
// characters, and what stands for bytes that were no text, are refused.
package person

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"postkontor/shared/fault"
)

// MaxName is how many characters (code points) a part of a name, or a company's, may have.
const MaxName = 60

// Name is a person's name.
type Name struct {
	First  string `json:"first"`
	Middle string `json:"middle,omitempty"`
	Last   string `json:"last"`
	Suffix string `json:"suffix,omitempty"`
}

// Full is the name in one line.
func (n Name) Full() string {
	return strings.Join(strings.Fields(n.First+" "+n.Middle+" "+n.Last+" "+n.Suffix), " ")
}

// Clean answers text in NFC without space around it, with single spaces in it and without invisible controls.
func Clean(text string) string {
	return norm.NFC.String(strings.Join(strings.Fields(strings.Map(visible, text)), " "))
}

// visible drops bidirectional controls (Unicode property Bidi_Control), the zero-width space and the byte order mark.
// Joiners stay: scripts and emoji need them.
func visible(r rune) rune {
	if unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r == '\ufeff' {
		return -1
	}
	return r
}

// CleanName cleans each part of a name.
func CleanName(n Name) Name {
	return Name{First: Clean(n.First), Middle: Clean(n.Middle), Last: Clean(n.Last), Suffix: Clean(n.Suffix)}
}

// CheckName answers what is wrong with the cleaned form of a name: first and last are required, suffix is one of those in
// use, with or without a point.
func CheckName(location string, n Name) []fault.Field {
	var fields []fault.Field
	for _, part := range []struct {
		name, text string
		required   bool
	}{{"first", n.First, true}, {"middle", n.Middle, false}, {"last", n.Last, true}, {"suffix", n.Suffix, false}} {
		field := CheckLine(location+"."+part.name, part.text, part.required, MaxName)
		if field == nil && part.name == "suffix" && Clean(part.text) != "" && !suffixes[FoldName(part.text)] {
			field = &fault.Field{Location: location + ".suffix", Code: "validation.suffix"}
		}
		if field != nil {
			fields = append(fields, *field)
		}
	}
	return fields
}

// suffixes in use, folded.
var suffixes = map[string]bool{"jr": true, "sr": true, "i": true, "ii": true, "iii": true, "iv": true, "v": true, "vi": true,
	"vii": true, "viii": true}

// CheckCompany answers what is wrong with the cleaned form of a company's name, which is required.
func CheckCompany(location, company string) *fault.Field {
	return CheckLine(location, company, true, MaxName)
}

// CheckLine answers what is wrong with the cleaned form of a line of text, of at most so many characters (code points).
func CheckLine(location, text string, required bool, most int) *fault.Field {
	text = Clean(text)
	switch {
	case required && FoldName(text) == "":
		return &fault.Field{Location: location, Code: "validation.required"}
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }):
		return &fault.Field{Location: location, Code: "validation.characters"}
	case utf8.RuneCountInString(text) > most:
		return &fault.Field{Location: location, Code: "validation.too_long", Args: map[string]string{"n": strconv.Itoa(most)}}
	}
	return nil
}
