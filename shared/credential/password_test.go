package credential_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"postkontor/shared/credential"
	"postkontor/shared/wordset"
)

// code answers what is wrong with a password of the person below, "" when nothing is.
func code(password string) string {
	field := credential.CheckPassword("body.password", password, credential.Context{
		Username: "jane_doe1985", Email: "jane.q.doe@example.com", Names: []string{"Jané", "Quincy", "O'Doe-Smith"},
		Company: "Doe & Daughters LLC", Address: []string{"1600 PENNSYLVANIA AVE NW", "WASHINGTON", "20500-0003"},
		Operator: "US Postal Service",
	})
	if field == nil {
		return ""
	}
	if field.Location != "body.password" {
		return "at " + field.Location
	}
	return field.Code
}

func expect(t *testing.T, want string, passwords ...string) {
	t.Helper()
	for _, password := range passwords {
		if got := code(password); got != want {
			t.Errorf("%.60q: %q, want %q", password, got, want)
		}
	}
}

// sentence answers the first n characters of a long sentence.
func sentence(n int) string {
	return strings.Repeat("eleven owls argue about seven lanterns; ", 4)[:n]
}

func TestPW1_FifteenCharacters(t *testing.T) {
	t.Parallel()
	expect(t, "password_short", "", "short", sentence(14))
	expect(t, "", sentence(15), sentence(16))
}

func TestPW2_LongPasswords(t *testing.T) {
	t.Parallel()
	expect(t, "", sentence(64), sentence(73), sentence(128))
	expect(t, "password_long", sentence(129), strings.Repeat("x", 100_000))
}

func TestPW3_EveryCharacterCountsOnce(t *testing.T) {
	t.Parallel()
	composed := "crème brûlée là-bas, élève"
	if a, b := credential.NormalizePassword(composed), credential.NormalizePassword(norm.NFD.String(composed)); a != b {
		t.Errorf("composed %q is not decomposed %q", a, b)
	}
	if spaced := " two  spaces stay as they are "; credential.NormalizePassword(spaced) != spaced {
		t.Error("spaces were changed")
	}
	expect(t, "password_short", strings.Repeat("😀", 14), norm.NFD.String("éüöñ éüöñ éüöñ"))
	expect(t, "", strings.Repeat("😀", 15), "🐙🚲🌵🎺🧊🐙🚲🌵🎺🧊🐙🚲🌵🎺🧊🎈", "邮差总是按两次门铃然后就走开了吗", norm.NFD.String("éüöñ éüöñ éüöñz"))
	expect(t, "", `!"#$%&'()*+,-./:;<=>?@[\]^_{|}~ printing`)
}

func TestPW4_NoCompositionRules(t *testing.T) {
	t.Parallel()
	expect(t, "", "plain small words", "vjrqmzkwtxbnhgp", "PLAIN LARGE WORDS", "839175302264915")
}

func TestPW5_CommonPasswords(t *testing.T) {
	t.Parallel()
	expect(t, "password_common",
		"1qaz2wsx3edc4rfv", "1QAZ2wsx3edc4RFV", "qwertyuiopasdfgh", "zaq12wsxcde34rfv", "!qaz@wsx#edc$rfv", // the keyboard
		"123456789012345", "987654321098765", "abcdefghijklmno", "ZYXWVUTSRQPONML", "aaabbbcccdddeee", "112233445566778", // rows
		"aaaaaaaaaaaaaaa", "abababababababab", "12 12 12 12 12 12", "passwordpassword", "Dragon Dragon Dragon", "letmeinletmeinlet",
		"lkjhfdsazlkjhfdsazlk", // blocks
		"Password12345678", "!!Sunshine!2026!", "iloveyou1234567890", "2026football2026", "ncc1701!!!!!!!!", "monkey1985-11-23",
		"iloveyou12345678901234",                                                                               // ends
		"P@ssw0rd12345678", "M0nk3y!2026!2026", "P@ssw0rdP@ssw0rd", "Letmein2026Letmein", "princess1princess2", // signs for letters, digits between
		"justintimberlake", "highschoolmusical", "stairwaytoheaven") // listed
	expect(t, "", "my password is on the fridge", "monkeys eat bananas", "sunshine over Lisbon", "dragon 4 horse 9 lamp",
		"monkey839201756482", "the number is 12345", "qwerty keyboards jam",
		"ppaakkddmmssoo111", "1z1zz1azz11zaz1")
}

func TestPW6_WordsOfTheContext(t *testing.T) {
	t.Parallel()
	expect(t, "password_context",
		"informeddelivery", "informeddelivery2026", "Informed-Delivery 2026!", "INFORMED delivery …", "2026postkontor2026", // the site
		"uspostalservice", "USPS usps USPS usps", "MyUspsAccount2026", "US Postal Service #1", // the operator
		"jane_doe1985jane", "jane.q.doe@example.com", "Jane.Q.Doe.Jane", "janeqdoe11111111", // username and e-mail
		"jane quincy odoe smith", "JANÉ-2026-DOE-2026", "O'Doe-Smith 1985!", "Doe & Daughters!", "daughters.daughters", // names, company
		"1600 Pennsylvania", "Washington-Jane-1", "205000003205000003", "20500 20500 20500", "205001600205001600", // address, ZIP Code
	)
	expect(t, "", "jane bakes good bread", "informed owls deliver", "doe a deer, a female deer", "washington slept here", "205001600314159")
}

func TestPW5_SetsAreWhole(t *testing.T) {
	t.Parallel()
	for name, least := range map[string]int{"common.set": 3000, "stems.set": 10_000} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := wordset.Set(data).Check(); err != nil || wordset.Set(data).Len() < least {
			t.Errorf("%s: %v, %d words", name, err, wordset.Set(data).Len())
		}
	}
}

func BenchmarkCheckPassword(b *testing.B) {
	for b.Loop() {
		code("eleven owls argue about seven lanterns")
	}
}

func BenchmarkCommonPassword(b *testing.B) {
	data, err := os.ReadFile("common.set")
	if err != nil {
		b.Fatal(err)
	}
	set := wordset.Set(data)
	for b.Loop() {
		set.Has("eleven owls argue about seven lanterns")
	}
}
