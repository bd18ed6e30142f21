package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"postkontor/shared/zip"
)

// The committed files are what the command makes of the facts in them: neither was changed without the other.
func TestFilesAreWhatTheCommandMakes(t *testing.T) {
	t.Parallel()
	table := bytes.NewBufferString("city,county,state,zip\n")
	for i := range 100_000 {
		code := fmt.Sprintf("%05d", 99_999-i)
		if p, ok := zip.Lookup(code); ok {
			fmt.Fprintf(table, "%s,,%s,%s\n", p.City, p.State, code)
		}
	}
	source, made := filepath.Join(t.TempDir(), "us_zip.csv"), t.TempDir()
	if err := os.WriteFile(source, table.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(source, filepath.Join(made, "us_"+zip.Effective)); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{".cities.txt", ".zips.bin", ".sha256"} {
		name := "us_" + zip.Effective + suffix
		want, err := os.ReadFile(filepath.Join("..", "..", "shared", "zip", name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(made, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs, %v: run the command", name, err)
		}
	}
}

func TestCitiesAreSpeltAsOnAMailpiece(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Winston-Salem": "WINSTON SALEM", "Coeur d'Alene": "COEUR D ALENE", "Lincoln'S New Salem": "LINCOLNS NEW SALEM",
		"St. Louis": "ST LOUIS", "At&t": "AT&T", "O Fallon": "O FALLON",
	} {
		if got := spell(typed); got != want {
			t.Errorf("%s: %s, want %s", typed, got, want)
		}
	}
}

func TestRowsThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []string{"9810,Seattle,WA", "98101,Seattle,ZZ", "x8101,Seattle,WA"} {
		source := filepath.Join(t.TempDir(), "us_zip.csv")
		if err := os.WriteFile(source, []byte("zip,city,state\n"+row+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := run(source, filepath.Join(t.TempDir(), "us")); err == nil {
			t.Errorf("%s fits", row)
		}
	}
}
