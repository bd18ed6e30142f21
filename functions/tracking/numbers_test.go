package tracking

import (
	"slices"
	"strings"
	"testing"
)

// TestSplit: numbers are found as people type and paste them, and what is none stays together.
func TestSplit(t *testing.T) {
	t.Parallel()
	const other = "9400 1000 0000 0000 0000 13"
	for typed, want := range map[string][]string{
		"":                                   nil,
		" ,;\r\n ，、 ":                        nil,
		sample:                               {sample},
		"420 98101 " + sample:                {"420 98101 " + sample},
		other + " " + sample:                 {other, sample},
		other + "\t" + other + "\n" + sample: {other, other, sample},
		sample + "，" + sample + "；" + "ea 123456785 us": {sample, sample, "ea 123456785 us"},
		"9400 1000 0000 0000 0000 14 " + other:          {"9400 1000 0000 0000 0000 14", other},
		"9400100000000000000014 9400100000000000000015": {"9400100000000000000014", "9400100000000000000015"},
		"1Z 999 AA1 01 2345 6784":                       {"1Z 999 AA1 01 2345 6784"},
		"where is it? " + sample:                        {"where is it?", sample},
		strings.Repeat("1 ", 13):                        {strings.TrimSpace(strings.Repeat("1 ", 12)), "1"},
	} {
		if got := split(typed); !slices.Equal(got, want) {
			t.Errorf("%q: %q", typed, got)
		}
	}
	if n := len(split(strings.Repeat("1 ", 100_000))); n <= Most || n > Most+2 {
		t.Errorf("of too many %d are read", n)
	}
}
