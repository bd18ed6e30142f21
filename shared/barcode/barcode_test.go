package barcode_test

import (
	"strings"
	"testing"

	"postkontor/shared/barcode"
)

// mod10 and mod11 are the rules once more, written as the standards tell them, so that tests can make numbers.
func mod10(digits string) string {
	odd, even := 0, 0
	for i := len(digits) - 1; i >= 0; i-- {
		if odd += int(digits[i] - '0'); i > 0 {
			i--
			even += int(digits[i] - '0')
		}
	}
	return digits + string(rune('0'+(1000-3*odd-even)%10))
}

func mod11(letters, digits, country string) string {
	sum := 0
	for i, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += weight * int(digits[i]-'0')
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return letters + digits + string(rune('0'+check)) + country
}

// TestNumbersThatHold are numbers of every length, published sample shapes with the check digit they need among them.
func TestNumbersThatHold(t *testing.T) {
	t.Parallel()
	const usps = "USPS"
	with91, alone := strings.TrimPrefix(mod10("910309876540000000012"), "91"), mod10("0309876540000000012")
	mid9, short := mod10("9261299998877665544332211"), mod10("940011189956000000012")
	for typed, want := range map[string]barcode.Number{
		mod10("940010000000000000000"):              {Canonical: mod10("940010000000000000000")},
		mod10("920550000000000000000"):              {Canonical: mod10("920550000000000000000"), Product: "priority-mail"},
		mod10("940730000000000000000"):              {Canonical: mod10("940730000000000000000"), Product: "certified-mail"},
		mod10("930330000000000000000"):              {Canonical: mod10("930330000000000000000"), Product: "collect-on-delivery"},
		mod10("927010000000000000000"):              {Canonical: mod10("927010000000000000000"), Product: "priority-mail-express"},
		mod10("920880000000000000000"):              {Canonical: mod10("920880000000000000000"), Product: "registered-mail"},
		mod10("920210000000000000000"):              {Canonical: mod10("920210000000000000000"), Product: "signature-confirmation"},
		mod10("950510000000000000000"):              {Canonical: mod10("950510000000000000000")},
		mod10("910309876540000000012"):              {Canonical: mod10("910309876540000000012"), Product: "delivery-confirmation"},
		with91:                                      {Canonical: mod10("910309876540000000012"), Product: "delivery-confirmation"},
		alone:                                       {Canonical: alone, Product: "delivery-confirmation"},
		mid9:                                        {Canonical: mid9, Product: "parcel-select"},
		mod10("94055123456789012345678901234"):      {Canonical: mod10("94055123456789012345678901234"), Product: "priority-mail"},
		"42098101" + short:                          {Canonical: short, Zip: "98101"},
		"420981011234" + short:                      {Canonical: short, Zip: "98101"},
		"42098101" + mid9:                           {Canonical: mid9, Zip: "98101", Product: "parcel-select"},
		"42098101" + mod10("910309876540000000012"): {Canonical: mod10("910309876540000000012"), Zip: "98101", Product: "delivery-confirmation"},
		mod11("EA", "12345678", "US"):               {Canonical: "EA123456785US", Carrier: usps, Country: "US", Product: "ems"},
		"RB123456785GB":                             {Canonical: "RB123456785GB", Carrier: "Royal Mail Group plc", Country: "GB", Product: "international-registered"},
		mod11("CP", "00000000", "CA"):               {Canonical: "CP000000005CA", Carrier: "Canada Post", Country: "CA", Product: "international-parcel"},
		mod11("LX", "73124862", "SE"):               {Canonical: mod11("LX", "73124862", "SE"), Carrier: "Posten Sweden Post", Country: "SE", Product: "international-letter"},
	} {
		if want.Carrier == "" {
			want.Carrier, want.Country = usps, "US"
		}
		for _, form := range forms(typed) {
			if got, problem := barcode.Parse(form); problem != nil || got != want {
				t.Errorf("%q: %+v %+v, want %+v", form, got, problem, want)
			}
		}
	}
}

// forms are the ways people write one number.
func forms(number string) []string {
	var groups, wide strings.Builder
	for i, r := range number {
		if i > 0 && i%4 == 0 {
			groups.WriteRune(' ')
		}
		groups.WriteRune(r)
		wide.WriteRune(r - '!' + '！')
	}
	spaced := groups.String()
	return []string{number, spaced, strings.ToLower(spaced), strings.ReplaceAll(spaced, " ", "-"), strings.ReplaceAll(spaced, " ", "\u2013"),
		"\ufeff " + strings.ReplaceAll(spaced, " ", "\u00a0") + "\r\n", wide.String(), strings.ReplaceAll(spaced, " ", "\u3000")}
}

// TestEveryWrongDigit: whichever digit is wrong, the number does not hold and says so. Two kinds have no check that finds
// each: an S10 whose check digit is 0 or 5, which two remainders share, and 20 digits, which may hold with 91 in front.
func TestEveryWrongDigit(t *testing.T) {
	t.Parallel()
	for number, missed := range map[string]int{mod10("940011189956000000012"): 0, mod10("9261299998877665544332211"): 0,
		mod10("94055123456789012345678901234"): 0, mod10("0309876540000000012"): 20, mod10("910309876540000000012"): 0,
		"42098101" + mod10("920559012345678901234"): 0, "420981011234" + mod10("920559012345678901234"): 0,
		mod11("EA", "12345679", "US"): 0, mod11("RB", "90731482", "CN"): 6} {
		if _, problem := barcode.Parse(number); problem != nil {
			t.Fatalf("%s does not hold: %+v", number, problem)
		}
		zip := strings.HasPrefix(number, "420")
		for i, was := range []byte(number) {
			if was > '9' || zip && i >= 3 && i < len(number)-22 {
				continue // a letter, or the destination, which no check covers
			}
			for wrong := byte('0'); wrong <= '9'; wrong++ {
				if wrong == was {
					continue
				}
				typed := number[:i] + string(wrong) + number[i+1:]
				got, problem := barcode.Parse(typed)
				if problem == nil {
					missed--
				}
				if problem == nil && missed < 0 || problem != nil && problem.Reason != barcode.CheckDigit {
					t.Errorf("%s for %s: %+v %+v", typed, number, got, problem)
				}
			}
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	impb := mod10("940011189956000000012")
	for typed, want := range map[string]barcode.Problem{
		"":                          {Reason: barcode.Length},
		" - ":                       {Reason: barcode.Length},
		"9":                         {Reason: barcode.Length},
		impb[:21]:                   {Reason: barcode.Length},
		impb + "0":                  {Reason: barcode.Length},
		strings.Repeat("9", 10_000): {Reason: barcode.Length},
		strings.Repeat("x", 10_000): {Reason: barcode.Length},
		"82 000 000 00":             {Reason: barcode.Length},
		"EA12345678US":              {Reason: barcode.Length},
		"RB1234567855GB":            {Reason: barcode.Length},
		"letters":                   {Reason: barcode.Characters},
		"9400_1118":                 {Reason: barcode.Characters},
		"٩٤٠٠١١١٨٩٩٥٦٠٠٠٠٠٠٠١٢٥": {Reason: barcode.Characters},
		"RB123456785XX":                      {Reason: barcode.Characters}, // no country
		"\xff\xfe":                           {Reason: barcode.Characters},
		"邮件":                                 {Reason: barcode.Characters},
		"1Z 999 AA1 01 2345 6784":            {Reason: barcode.OtherCarrier, Carrier: "UPS"},
		"1z879e930346834440":                 {Reason: barcode.OtherCarrier, Carrier: "UPS"},
		"9864 2578 1234":                     {Reason: barcode.OtherCarrier, Carrier: "FedEx"},
		"123456789012345":                    {Reason: barcode.OtherCarrier, Carrier: "FedEx"},
		mod10("0012345678901234567"):         {Reason: barcode.OtherCarrier, Carrier: "FedEx"},
		"61299998820821171811":               {Reason: barcode.OtherCarrier, Carrier: "FedEx"},
		"9611020987654312345672":             {Reason: barcode.OtherCarrier, Carrier: "FedEx"},
		"1001901781990001000300617767839437": {Reason: barcode.OtherCarrier, Carrier: "FedEx"},
		"9611020987654312345674":             {Reason: barcode.CheckDigit, Suggestion: "9511020987654312345674"}, // no carrier's
	} {
		if got, problem := barcode.Parse(typed); problem == nil || *problem != want {
			t.Errorf("%.40q: %+v %+v, want %+v", typed, got, problem, want)
		}
	}
}

// TestSuggestions: a number is suggested when it is the only one that a slip can have made this of.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	impb, mid9 := mod10("940011189956000000012"), mod10("9261299998877665544332211")
	for typed, want := range map[string]string{
		"8" + impb[1:]:                     impb, // the first digit of all
		"49" + impb[2:]:                    impb, // its neighbours changed places
		"41098101" + impb:                  impb, // the routing prefix
		"24098101" + impb:                  impb,
		"84" + mid9[2:]:                    "",   // two slips
		impb[:21] + "9":                    "",   // any digit may be the wrong one
		strings.ReplaceAll(impb, "0", "O"): impb, // a letter for the digit it looks like
		strings.ReplaceAll(mid9, "1", "l"): mid9,
		"EA I23456785 US":                  "EA123456785US",
		"CPOOOOOOOO5CA":                    "CP000000005CA",
		"EAI23456784US":                    "",
		"RB12345678XGB":                    "",
	} {
		got, problem := barcode.Parse(typed)
		if problem == nil || problem.Suggestion != want {
			t.Errorf("%s: %+v %+v, want the suggestion %q", typed, got, problem, want)
		}
	}
}

// FuzzParse: whatever is typed, what holds holds again as it is answered, and what is suggested holds.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", mod10("940011189956000000012"), "42098101" + mod10("920559012345678901234"), "RB123456785GB", "1Z999AA10123456784",
		mod10("0309876540000000012"), "EA I23456785 US", "９４００ 1118", "\xff", "84001118995600000001 20"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		n, problem := barcode.Parse(typed)
		if problem == nil {
			again, problem := barcode.Parse(n.Canonical)
			if n.Zip = ""; problem != nil || again != n {
				t.Errorf("%q is %+v, which is %+v %+v", typed, n, again, problem)
			}
			return
		}
		if n != (barcode.Number{}) {
			t.Errorf("%q has a problem and is %+v", typed, n)
		}
		if s := problem.Suggestion; s != "" {
			if n, problem := barcode.Parse(s); problem != nil || n.Canonical != s {
				t.Errorf("%q suggests %q, which is %+v %+v", typed, s, n, problem)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for name, typed := range map[string]string{"holds": "9400 1118 9956 0000 0001 20", "does not": "9400 1118 9956 0000 0001 21"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				barcode.Parse(typed)
			}
		})
	}
}
