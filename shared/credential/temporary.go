package credential

import (
	"crypto/rand"
	_ "embed"
	"fmt"
	"io"
	"math/big"
	"strings"
	"sync"
)

// words.txt is EFF's large word list without its four hyphenated words, a word a line, sorted: 5 × log2(7772) is 64.6 bits.
// It was cut from wordlist_en_eff.txt of the PyPI package diceware 1.0.1.
//
//go:embed words.txt
var wordList string

var words = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(wordList) {
		set[word] = true
	}
	return set
})

// TemporaryWords is how many words a temporary password has.
const TemporaryWords = 5

// NewTemporaryPassword answers five words with a space between, of at least 64 bits; nil random is crypto/rand.Reader.
func NewTemporaryPassword(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	all := strings.Fields(wordList)
	chosen := make([]string, TemporaryWords)
	for i := range chosen {
		n, err := rand.Int(random, big.NewInt(int64(len(all))))
		if err != nil {
			return "", fmt.Errorf("choosing a word: %w", err)
		}
		chosen[i] = all[n.Int64()]
	}
	return strings.Join(chosen, " "), nil
}

// ParseTemporaryPassword answers the spelling that is hashed of what somebody typed, and whether it can be a temporary
// password at all: five words of the list, in any case, with spaces or hyphens between.
func ParseTemporaryPassword(typed string) (string, bool) {
	if len(typed) > 200 {
		return "", false
	}
	parts := strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return r == ' ' || r == '-' || r == '\t' || r == '\u00a0' })
	if len(parts) != TemporaryWords {
		return "", false
	}
	for _, part := range parts {
		if !words()[part] {
			return "", false
		}
	}
	return strings.Join(parts, " "), true
}
