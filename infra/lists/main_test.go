package main

import (
	"os"
	"path/filepath"
	"testing"

	"postkontor/shared/credential"
	"postkontor/shared/person"
	"postkontor/shared/wordset"
)

func installed(t *testing.T) lists {
	t.Helper()
	l, err := read("node_modules")
	if err != nil {
		t.Fatalf("%v: `make lists` installs the lists", err)
	}
	return l
}

func TestCommittedSetsAreCurrent(t *testing.T) {
	t.Parallel()
	for name, words := range installed(t).sets() {
		committed, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		if wordset.Set(committed) != wordset.Pack(words) {
			t.Errorf("%s is not what the lists make: `make lists` makes it", name)
		}
	}
}

func TestPW5_EveryListedPasswordIsRefused(t *testing.T) {
	t.Parallel()
	words := installed(t).long()
	if len(words) < 3000 { // ASVS 6.2.4
		t.Fatalf("only %d listed passwords are long enough", len(words))
	}
	for _, word := range words {
		if field := credential.CheckPassword("", word, credential.Context{}); field == nil || field.Code != "password_common" {
			t.Errorf("the listed password %q: %v", word, field)
		}
	}
}

func TestEveryListedDomainIsDisposable(t *testing.T) {
	t.Parallel()
	for _, domain := range installed(t).domains {
		if !person.Disposable("a@" + domain) {
			t.Errorf("%s is listed", domain)
		}
	}
}
