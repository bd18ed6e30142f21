package credential_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"postkontor/shared/credential"
)

func TestLetterCode(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{10}$`)
	seen, met := map[string]bool{}, map[rune]bool{}
	for range 2000 {
		code, err := credential.NewLetterCode(nil)
		if err != nil || !form.MatchString(code) || seen[code] {
			t.Fatalf("%q, %v; seen before: %v", code, err, seen[code])
		}
		seen[code] = true
		for _, c := range code {
			met[c] = true
		}
		if folded := credential.FoldLetterCode(code); folded != code {
			t.Fatalf("%s folds to %s", code, folded)
		}
	}
	if len(met) != 32 {
		t.Errorf("%d characters occur, want 32", len(met))
	}
	if _, err := credential.NewLetterCode(bytes.NewReader([]byte("short"))); err == nil {
		t.Error("made of too few random bytes")
	}
}

func TestFoldLetterCode(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"01ABC1DEFG", "o1abc-idefg", " OLABC 1DEFG ", "0lAbC\u2011LdEfG", "01\tABC\u00a01DEFG"} {
		if folded := credential.FoldLetterCode(typed); folded != "01ABC1DEFG" {
			t.Errorf("%q folds to %s", typed, folded)
		}
	}
	if folded := credential.FoldLetterCode(strings.Repeat("Å", 3)); folded == "" {
		t.Error("a foreign letter vanishes")
	}
}
