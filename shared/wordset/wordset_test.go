package wordset_test

import (
	"testing"

	"postkontor/shared/wordset"
)

func TestSet(t *testing.T) {
	t.Parallel()
	set := wordset.Pack([]string{"b", "a", "c", "a"})
	if set.Len() != 3 {
		t.Errorf("Len = %d, want 3", set.Len())
	}
	for word, want := range map[string]bool{"a": true, "b": true, "c": true, "d": false, "": false, "A": false} {
		if set.Has(word) != want {
			t.Errorf("Has(%q) = %v", word, !want)
		}
	}
	if err := set.Check(); err != nil {
		t.Error(err)
	}
	if wordset.Set("").Has("a") {
		t.Error("the empty set has a word")
	}
}

func TestCheckRefusesBrokenSets(t *testing.T) {
	t.Parallel()
	set := wordset.Pack([]string{"a", "b", "c"})
	swapped := set[:8] + set[13:18] + set[8:13] + set[18:]
	for name, broken := range map[string]wordset.Set{
		"empty": "", "foreign": "XXXX" + set[4:], "cut": set[:len(set)-1], "short": set[:len(set)-5], "not sorted": swapped,
	} {
		if broken.Check() == nil {
			t.Errorf("a set that is %s passes", name)
		}
	}
}
