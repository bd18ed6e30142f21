package credential

import (
	"crypto/rand"
	"fmt"
	"io"
	"strings"
)

// LetterCodeLength is how many characters the code of a letter has.
const LetterCodeLength = 10

// letters are read off paper and typed: no I, L, O or U, so that nothing looks like a digit. 32 of them are 5 bits each.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewLetterCode answers a code for a letter, of 50 bits; nil random is crypto/rand.Reader.
func NewLetterCode(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	code := make([]byte, LetterCodeLength)
	if _, err := io.ReadFull(random, code); err != nil {
		return "", fmt.Errorf("drawing the code of a letter: %w", err)
	}
	for i, b := range code {
		code[i] = letters[b%32]
	}
	return string(code), nil
}

// readAs are what people make of the characters they read, and what they put between them.
var readAs = strings.NewReplacer("O", "0", "I", "1", "L", "1", " ", "", "-", "", "\u00a0", "", "\t", "", "\u2010", "", "\u2011", "", "\u2013", "")

// FoldLetterCode answers the code of a letter as NewLetterCode spelled it, of what somebody typed: in any case, with spaces
// and hyphens, O for 0 and I or L for 1.
func FoldLetterCode(typed string) string { return readAs.Replace(strings.ToUpper(typed)) }
