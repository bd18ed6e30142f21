package phone_test

import (
	"strings"
	"testing"

	"postkontor/shared/person/phone"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"(206) 555-0123":         "+12065550123",
		"206-555-0123":           "+12065550123",
		"206.555.0123":           "+12065550123",
		" 2065550123 ":           "+12065550123",
		"1 206 555 0123":         "+12065550123",
		"+1 206 555 0123":        "+12065550123",
		"+12025550100":           "+12025550100",
		"(787) 555-0123":         "+17875550123", // Puerto Rico
		"671-555-0123":           "+16715550123", // Guam
		"８００ ５５５ ０１００":           "+18005550100",
		"":                       "",
		"call me":                "",
		"555-0123":               "", // no area code
		"(206) 055-0123":         "",
		"206 555 01234":          "",
		"206 555 0123 ext. 7":    "",
		"900 555 0123":           "", // premium rate
		"911":                    "",
		"+46 70 123 45 67":       "", // Sweden
		"+1 416 555 0123":        "", // Canada
		"+":                      "",
		"+1206555012\x00":        "",
		strings.Repeat("2", 300): "",
	} {
		e164, code := phone.Parse(text, "")
		if e164 != want || (code == "phone_invalid") != (want == "") || (code != "") != (want == "") {
			t.Errorf("Parse(%q) = %q, %q, want %q", text, e164, code, want)
		}
	}
}

func TestParseOfOtherCountries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, region, want string }{
		{"070-123 45 67", "SE", "+46701234567"},
		{"+46 70 123 45 67", "", "+46701234567"},
		{"+1 206 555 0123", "SE", "+12065550123"},
		{"+46 70 123 45", "SE", ""},
		{"+86 138 0013 8000", "SE", ""},
	} {
		if e164, _ := phone.Parse(c.text, c.region, "SE", "US"); e164 != c.want {
			t.Errorf("Parse(%q, %q) = %q, want %q", c.text, c.region, e164, c.want)
		}
	}
}

func TestPretty(t *testing.T) {
	t.Parallel()
	for e164, want := range map[string]string{
		"+12065550123": "(206) 555-0123",
		"+17875550123": "(787) 555-0123",
		"+46701234567": "+46 70 123 45 67",
		"none":         "none",
	} {
		if got := phone.Pretty(e164); got != want {
			t.Errorf("Pretty(%q) = %q, want %q", e164, got, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		phone.Parse("(206) 555-0123", "")
	}
}
