package credential_test

import (
	"math"
	"strings"
	"testing"

	"postkontor/shared/credential"
)

func TestRC9_TemporaryPasswordsAreRandomWords(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2000 {
		password, err := credential.NewTemporaryPassword(nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(strings.Fields(password)) != credential.TemporaryWords || len(password) < credential.MinPassword || seen[password] {
			t.Fatalf("%d words, %d characters, seen before: %v", len(strings.Fields(password)), len(password), seen[password])
		}
		seen[password] = true
		if same, ok := credential.ParseTemporaryPassword(" " + strings.ToUpper(strings.ReplaceAll(password, " ", "-")) + " "); !ok || same != password {
			t.Fatalf("typed in capitals with hyphens it is no longer itself: %v", ok)
		}
	}
	distinct := map[string]bool{}
	for password := range seen {
		for _, word := range strings.Fields(password) {
			distinct[word] = true
		}
	}
	// Of 10,000 draws from n words about n(1-e^(-10000/n)) are distinct: 5,626 for 7,772.
	if len(distinct) < 5400 || len(distinct) > 5850 {
		t.Errorf("%d distinct words", len(distinct))
	}
	if bits := 5 * math.Log2(7772); bits < 64 {
		t.Errorf("%f bits", bits)
	}
}

func TestWhatCannotBeATemporaryPassword(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"", "abacus abdomen abdominal abide", "abacus abdomen abdominal abide abiding ability", "abacus abdomen abdominal abide qqqq",
		strings.Repeat("abacus ", 100)} {
		if _, ok := credential.ParseTemporaryPassword(typed); ok {
			t.Errorf("%.40q", typed)
		}
	}
}
