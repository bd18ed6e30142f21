package person_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postkontor/shared/person"
	"postkontor/shared/wordset"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"  Mary \t Ann\n": "Mary Ann", "Jose\u0301": "José", "\u202eeva\u202c": "eva", "\u200fשרה\u200f": "שרה", "\ufeffAnn\u200b": "Ann",
		"👩‍👧": "👩‍👧", "<script>alert(1)</script>": "<script>alert(1)</script>", "'; DROP TABLE accounts; --": "'; DROP TABLE accounts; --",
	} {
		if got := person.Clean(text); got != want {
			t.Errorf("Clean(%q) = %q, want %q", text, got, want)
		}
	}
	n := person.CleanName(person.Name{First: " A ", Middle: " B ", Last: " C ", Suffix: " Jr. "})
	if n != (person.Name{First: "A", Middle: "B", Last: "C", Suffix: "Jr."}) {
		t.Errorf("CleanName = %v", n)
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	sixty := strings.Repeat("é", 60)
	for _, c := range []struct {
		name person.Name
		want string
	}{
		{person.Name{First: "Jane", Last: "Doe"}, ""},
		{person.Name{First: " J ", Middle: "Q.", Last: "O'Doe-Smith", Suffix: "Jr."}, ""},
		{person.Name{First: "明", Last: "李"}, ""},
		{person.Name{First: "שרה", Last: "كوهين"}, ""},
		{person.Name{First: "🦉", Last: "<b>Doe</b>"}, ""},
		{person.Name{First: "Jane", Last: "\u202eeoD\u202c"}, ""},
		{person.Name{First: sixty, Middle: sixty, Last: sixty}, ""},
		{person.Name{}, "body.name.first validation.required, body.name.last validation.required"},
		{person.Name{First: "...", Last: " "}, "body.name.first validation.required, body.name.last validation.required"},
		{person.Name{First: "Jane", Last: sixty + "e"}, "body.name.last validation.too_long"},
		{person.Name{First: "Jane", Middle: strings.Repeat("x", 10_000), Last: "Doe"}, "body.name.middle validation.too_long"},
		{person.Name{First: "Ja\x00ne", Last: "Doe"}, "body.name.first validation.characters"},
		{person.Name{First: "Jane", Last: "Do\u009be"}, "body.name.last validation.characters"},
		{person.Name{First: "Jane", Last: "Do\xffe"}, "body.name.last validation.characters"},
		{person.Name{First: "Jane", Last: "Do\ufffde"}, "body.name.last validation.characters"},
		{person.Name{First: "Jane", Last: "Doe", Suffix: "Esquire"}, "body.name.suffix validation.suffix"},
		{person.Name{Last: "Doe", Suffix: "!"}, "body.name.first validation.required, body.name.suffix validation.suffix"},
		{person.Name{First: "Jane", Last: "Doe", Suffix: "J\x00r"}, "body.name.suffix validation.characters"},
	} {
		var got []string
		for _, field := range person.CheckName("body.name", c.name) {
			got = append(got, field.Location+" "+field.Code)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%.80q: %v, want %s", fmt.Sprint(c.name), got, c.want)
		}
	}
	for _, suffix := range []string{"", "JR", "Jr", "jr.", "Sr.", "II", "iii", "IV", "v", "VIII"} {
		if fields := person.CheckName("", person.Name{First: "Jane", Last: "Doe", Suffix: suffix}); fields != nil {
			t.Errorf("suffix %q: %v", suffix, fields)
		}
	}
}

func TestCheckCompany(t *testing.T) {
	t.Parallel()
	for company, want := range map[string]string{
		"Doe & Daughters": "", "3M": "", " ": "validation.required", "Doe\x07": "validation.characters", strings.Repeat("x", 61): "validation.too_long",
	} {
		field := person.CheckCompany("body.company", company)
		if want == "" && field == nil {
			continue
		}
		if field == nil || field.Code != want || field.Location != "body.company" {
			t.Errorf("%.20q: %v, want %q", company, field, want)
		}
	}
}

func TestFoldName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"JOSÉ": "jose", "O'Brien": "obrien", "O’Brien": "obrien", "Oʼbrien": "obrien", "Anne-Marie": "anne marie", "Anne  Marie": "anne marie",
		"Jr.": "jr", "Łukasz Øst": "lukasz ost", "Σοφίας": "σοφιασ", "İpek": "ipek", "ﬁnn": "finn", "김민준": "김민준", "がか": "がか",
	} {
		if got := person.FoldName(name); got != want {
			t.Errorf("FoldName(%q) = %q, want %q", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := person.FoldName(rapid.String().Draw(t, "name"))
		if twice := person.FoldName(once); twice != once {
			t.Fatalf("folding %q again gives %q", once, twice)
		}
	})
}

func TestCheckUsername(t *testing.T) {
	t.Parallel()
	for username, valid := range map[string]bool{
		"jane": true, "Jane.Doe-1985_x": true, "abc": true, "a--": true, strings.Repeat("a", 32): true,
		"": false, "ab": false, strings.Repeat("a", 33): false, "1ane": false, ".jane": false, "jané": false, "jane doe": false, " jane": false,
		"jane@example.com": false, "\u212aelvin": false, "jane\x00": false, "jane\n": false, "李明明": false,
	} {
		field := person.CheckUsername("query.name", username)
		if (field == nil) != valid || field != nil && (field.Code != "username_invalid" || field.Location != "query.name") {
			t.Errorf("%q: %v", username, field)
		}
	}
	if got := person.FoldUsername("JANE.Doe\u212aÉ"); got != "jane.doe\u212aÉ" {
		t.Errorf("FoldUsername changes more than A–Z: %q", got)
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		input string
		name  person.Name
		email string
		first string
	}{
		{"jane.doe", person.Name{}, "", "jane.doe"},
		{"JaneDoe", person.Name{First: "Jane", Last: "Doe"}, "jd@example.com", "jane.doe"},
		{"José Pérez!", person.Name{}, "", "joseperez"},
		{"jo", person.Name{}, "", "jo"},
		{strings.Repeat("a", 32), person.Name{}, "", "aaa"},
		{strings.Repeat("jane doe ", 500), person.Name{}, "", "janedoe"},
		{"1985jane", person.Name{}, "", "jane"},
		{"李明", person.Name{First: "明", Last: "李"}, "ming.li@example.com", "ming.li"},
		{"李明", person.Name{}, "", "user"},
		{"", person.Name{}, "", "user"},
		{"\x00\xff", person.Name{}, "", "user"},
		{"---", person.Name{First: "X"}, "12345", "x"},
	} {
		names := person.Suggestions(c.input, c.name, c.email, nil)
		seen := map[string]bool{}
		for _, name := range names {
			if field := person.CheckUsername("", name); field != nil || seen[name] || name == person.FoldUsername(c.input) {
				t.Errorf("%.20q: %q is invalid, asked for, or there twice", c.input, name)
			}
			seen[name] = true
		}
		if len(names) < 20 || !strings.HasPrefix(names[0], c.first) {
			t.Errorf("%.20q: %v", c.input, names)
		}
	}
	again := person.Suggestions("jane", person.Name{}, "", strings.NewReader(strings.Repeat("x", 32)))
	if fmt.Sprint(again) != fmt.Sprint(person.Suggestions("jane", person.Name{}, "", strings.NewReader(strings.Repeat("x", 32)))) {
		t.Error("the same randomness gives other names")
	}
}

func TestCheckEmail(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63)
	for email, valid := range map[string]bool{
		"jane@example.com": true, "Jane.Q+post@Mail.Example.COM": true, "o'doe!#$%&*/=?^_`{|}~-@example.co.uk": true, "a@b.xn--p1ai": true,
		"1@2.com": true, strings.Repeat("a", 64) + "@" + label + ".com": true, label + "@" + label + "." + label + "." + strings.Repeat("b", 59) + ".de": true,
		"": false, "jane": false, "@example.com": false, "jane@": false, "jane@localhost": false, "jane@@example.com": false, "jane doe@example.com": false,
		" jane@example.com": false, "jane@example.com\n": false, ".jane@example.com": false, "jane.@example.com": false, "ja..ne@example.com": false,
		`"jane"@example.com`: false, "jane@[192.0.2.1]": false, "jane@192.0.2.1": false, "jane@-example.com": false, "jane@example-.com": false,
		"jane@exa_mple.com": false, "jane@example..com": false, "jane@.example.com": false, "jane@example.com.": false, "jané@example.com": false,
		"jane@exämple.com": false, "ja\x00ne@example.com": false, "jane@exam\u202eple.com": false, "<jane@example.com>": false, "a@b.com,c@d.com": false,
		strings.Repeat("a", 65) + "@example.com": false, "jane@" + label + "a.com": false, label + "@" + label + "." + label + "." + strings.Repeat("b", 60) + ".de": false,
	} {
		field := person.CheckEmail("body.email", email)
		if (field == nil) != valid || field != nil && (field.Code != "email_invalid" || field.Location != "body.email") {
			t.Errorf("%q (%d bytes): %v", email, len(email), field)
		}
	}
	if got := person.FoldEmail("Jane.Q@Example.COM"); got != "jane.q@example.com" {
		t.Errorf("FoldEmail = %q", got)
	}
}

func TestDisposable(t *testing.T) {
	t.Parallel()
	for email, want := range map[string]bool{
		"a@mailinator.com": true, "a@MAILINATOR.com": true, "a@inbox.mailinator.com": true, "a@yopmail.com": true, "a@guerrillamail.com": true,
		"a@gmail.com": false, "a@icloud.com": false, "a@mailinator-fans.com": false, "a@mailinator.com.example.org": false, "mailinator.com": false, "": false,
	} {
		if person.Disposable(email) != want {
			t.Errorf("Disposable(%q) = %v", email, !want)
		}
	}
	data, err := os.ReadFile("disposable.set")
	if err != nil {
		t.Fatal(err)
	}
	if err := wordset.Set(data).Check(); err != nil || wordset.Set(data).Len() < 5000 {
		t.Errorf("disposable.set: %v, %d domains", err, wordset.Set(data).Len())
	}
}

func BenchmarkDisposable(b *testing.B) {
	for b.Loop() {
		person.Disposable("jane@mail.example.com")
	}
}

func BenchmarkSuggestions(b *testing.B) {
	for b.Loop() {
		person.Suggestions("jane.doe", person.Name{First: "Jane", Last: "Doe"}, "jane@example.com", nil)
	}
}
