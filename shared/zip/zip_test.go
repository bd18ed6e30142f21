package zip_test

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postkontor/shared/zip"
)

//go:embed us_2026.sha256
var sum string

// all is every ZIP Code in use.
func all() (codes []string) {
	for i := range 100_000 {
		code := fmt.Sprintf("%05d", i)
		if _, ok := zip.Lookup(code); ok {
			codes = append(codes, code)
		}
	}
	return codes
}

func TestDataHoldsTheFactsItWasMadeFrom(t *testing.T) {
	t.Parallel()
	h, codes := sha256.New(), all()
	for _, code := range codes {
		p, _ := zip.Lookup(code)
		fmt.Fprintf(h, "%s,%s,%s\n", code, p.City, p.State)
	}
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != strings.TrimSpace(sum) {
		t.Errorf("the %d ZIP Codes read back have the checksum %s, the facts %s: run infra/zipdata", len(codes), got, sum)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]zip.Place{
		"98101": {City: "SEATTLE", State: "WA"}, "20500": {City: "WASHINGTON", State: "DC"}, "00926": {City: "SAN JUAN", State: "PR"},
		"83814": {City: "COEUR D ALENE", State: "ID"}, "27101": {City: "WINSTON SALEM", State: "NC"}, "00501": {City: "HOLTSVILLE", State: "NY"},
		"09001": {City: "APO", State: "AE"}, "34002": {City: "APO", State: "AA"}, "96910": {City: "HAGATNA", State: "GU"},
		"99950": {City: "KETCHIKAN", State: "AK"}, "63101": {City: "SAINT LOUIS", State: "MO"}, "96799": {City: "PAGO PAGO", State: "AS"},
	} {
		if got, ok := zip.Lookup(code); !ok || got != want {
			t.Errorf("%s: %v %v, want %v", code, got, ok, want)
		}
	}
	for _, code := range []string{"", "00000", "00500", "99999", "9810", "981011", "98l01", "-8101", "９８１０１"} {
		if got, ok := zip.Lookup(code); ok {
			t.Errorf("%q: %v", code, got)
		}
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		city, state string
		want        []string
	}{
		{"Holtsville", "NY", []string{"00501", "00544", "11742"}},
		{"adjuntas", "PR", []string{"00601"}},
		{"Saint Columbans", "NE", []string{"68056"}}, // stands as ST COLUMBANS
		{"Mt. Zion", "IL", []string{"62549"}},
		{"Beverly Hills", "CA", []string{"90209", "90210", "90211", "90212", "90213"}},
		{"Beverly Hills", "WA", nil}, {"Beverly Hills", "ca", nil}, {"Beverly Hills", "", nil}, {"", "CA", nil},
		{"Zzyzx", "CA", nil}, {"~", "CA", nil}, {"115 Crm Firms", "ZZ", nil},
	} {
		if got := zip.Of(c.city, c.state); !slices.Equal(got, c.want) {
			t.Errorf("%s, %s: %v, want %v", c.city, c.state, got, c.want)
		}
	}
	for i, code := range all() {
		if p, _ := zip.Lookup(code); i%97 == 0 && !slices.Contains(zip.Of(p.City, p.State), code) {
			t.Errorf("%s is not of its place %v", code, p)
		}
	}
}

func TestCitiesFoldAlike(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"St. Louis", "SAINT LOUIS"}, {"Ft Worth", "Fort Worth"}, {"Mt. Vernon", "MOUNT VERNON"}, {"O'Fallon", "O FALLON"},
		{"McLean", "MC LEAN"}, {"La Salle", "LaSalle"}, {"Winston-Salem", "WINSTON SALEM"}, {"Coeur d'Alene", "COEUR D ALENE"},
		{"N. Little Rock", "North Little Rock"}, {"Colorado Spgs", "Colorado Springs"}, {"Sault Ste. Marie", "SAULT SAINTE MARIE"},
	} {
		if zip.Fold(c[0]) != zip.Fold(c[1]) {
			t.Errorf("%s and %s differ", c[0], c[1])
		}
	}
	if zip.Fold("Eastport") == zip.Fold("E Sport") {
		t.Error("different names fold alike")
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	states := zip.States()
	if len(states) != 62 || !slices.IsSortedFunc(states, func(a, b zip.State) int { return strings.Compare(a.Code, b.Code) }) {
		t.Errorf("%d states, in order of their codes they are not", len(states))
	}
	for _, s := range states {
		for _, text := range []string{s.Code, strings.ToLower(s.Code), s.Name, strings.ToUpper(s.Name), s.Code[:1] + "." + s.Code[1:] + "."} {
			if code, ok := zip.ParseState(text); !ok || code != s.Code {
				t.Errorf("%s: %s %v", text, code, ok)
			}
		}
	}
	for text, want := range map[string]string{"Washington, D.C.": "DC", "U.S. Virgin Islands": "VI", "Micronesia": "FM", "  new   york ": "NY"} {
		if code, _ := zip.ParseState(text); code != want {
			t.Errorf("%s: %q, want %s", text, code, want)
		}
	}
	for _, text := range []string{"", " ", "ZZ", "Ontario", "Wash", "W", "加州"} {
		if code, ok := zip.ParseState(text); ok {
			t.Errorf("%q: %s", text, code)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	for b.Loop() {
		zip.Lookup("98101")
	}
}

func BenchmarkOf(b *testing.B) {
	for b.Loop() {
		zip.Of("Beverly Hills", "CA")
	}
}
