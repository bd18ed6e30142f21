package credential_test

import (
	"errors"
	"testing"
	"testing/iotest"

	"postkontor/shared/credential"
)

func TestOTP1_CodesAreUniform(t *testing.T) {
	t.Parallel()
	const codes = 10_000
	var digits [6][10]int
	seen := map[string]int{}
	for range codes {
		code, err := credential.NewCode(nil)
		if err != nil || len(code) != 6 {
			t.Fatalf("%q, %v", code, err)
		}
		for place, digit := range code {
			digits[place][digit-'0']++
		}
		seen[code]++
	}
	for place, counts := range digits {
		chi := 0.0
		for _, n := range counts {
			off := float64(n) - codes/10
			chi += off * off / (codes / 10)
		}
		if chi > 46 { // 9 degrees of freedom: once in 1.7 million
			t.Errorf("place %d: chi-square %.1f of %v", place, chi, counts)
		}
	}
	if repeats := codes - len(seen); repeats > 110 { // 50 are expected, 7 is their deviation
		t.Errorf("%d repeats", repeats)
	}
	if digits[0][0] == 0 {
		t.Error("no code begins with 0")
	}
}

func TestNewCodeNeedsRandomness(t *testing.T) {
	t.Parallel()
	empty := errors.New("empty")
	if code, err := credential.NewCode(iotest.ErrReader(empty)); code != "" || !errors.Is(err, empty) {
		t.Errorf("%q, %v", code, err)
	}
}
