package address_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"postkontor/shared/address"
	"postkontor/shared/zip"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLastLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ city, state, zip, want string }{
		// Nothing but case, punctuation and abbreviations: verified.
		{"SEATTLE", "WA", "98109", "verified: SEATTLE WA 98109"},
		{"seattle", "washington", "98109", "verified: SEATTLE WA 98109"},
		{" Seattle ", "Wa.", " 98109 ", "verified: SEATTLE WA 98109"},
		{"Seattle", "WA", "98109-4607", "verified: SEATTLE WA 98109-4607"},
		{"Seattle", "WA", "981094607", "verified: SEATTLE WA 98109-4607"},
		{"Washington", "D.C.", "20500", "verified: WASHINGTON DC 20500"},
		{"Washington", "District of Columbia", "20500", "verified: WASHINGTON DC 20500"},
		{"St. Louis", "MO", "63101", "verified: SAINT LOUIS MO 63101"},
		{"Ft. Worth", "Texas", "76102", "verified: FORT WORTH TX 76102"},
		{"Mt Vernon", "VA", "22121", "verified: MOUNT VERNON VA 22121"},
		{"McLean", "VA", "22101", "verified: MC LEAN VA 22101"},
		{"Coeur d'Alene", "ID", "83814", "verified: COEUR D ALENE ID 83814"},
		{"Winston-Salem", "NC", "27101", "verified: WINSTON SALEM NC 27101"},
		{"N. Little Rock", "AR", "72114", "verified: NORTH LITTLE ROCK AR 72114"},
		{"Cañon City", "CO", "81212", "verified: CANON CITY CO 81212"},
		{"San Juan", "PR", "00926", "verified: SAN JUAN PR 00926"},
		{"St Thomas", "U.S. Virgin Islands", "00802", "verified: ST THOMAS VI 00802"},
		{"Saint Thomas", "VI", "00802", "verified: ST THOMAS VI 00802"},
		{"Hagåtña", "Guam", "96910", "verified: HAGATNA GU 96910"},
		{"Pago Pago", "American Samoa", "96799", "verified: PAGO PAGO AS 96799"},
		{"Saipan", "MP", "96950", "verified: SAIPAN MP 96950"},
		{"Ebeye", "Marshall Islands", "96970", "verified: EBEYE MH 96970"},
		{"Pohnpei", "FM", "96941", "verified: POHNPEI FM 96941"},
		{"Palau", "PW", "96939", "verified: PALAU PW 96939"},
		// Supplied or replaced: corrected.
		{"", "", "98109", "corrected: SEATTLE WA 98109 [state: > WA] [city: > SEATTLE]"},
		{"", "WA", "98109", "corrected: SEATTLE WA 98109 [city: > SEATTLE]"},
		{"Seattle", "", "98109", "corrected: SEATTLE WA 98109 [state: > WA]"},
		{"Adjuntas", "PR", "", "corrected: ADJUNTAS PR 00601 [zip: > 00601]"},
		{"mt. zion", "Illinois", "", "corrected: MT ZION IL 62549 [zip: > 62549]"},
		{"Pago Pago", "AS", "", "corrected: PAGO PAGO AS 96799 [zip: > 96799]"},
		{"Seattle", "Washingtn", "98109", "corrected: SEATTLE WA 98109 [state:Washingtn > WA]"},
		{"Seattle", "OR", "98109", "corrected: SEATTLE WA 98109 [state:OR > WA]"},
		// Another city name in the ZIP Code's state: corrected, and warned.
		{"Ballard", "WA", "98107", "corrected: SEATTLE WA 98107 [city:Ballard > SEATTLE] ?city_other"},
		{"Seatle", "WA", "98109", "corrected: SEATTLE WA 98109 [city:Seatle > SEATTLE] ?city_other"},
		{"Spokane", "WA", "98109", "corrected: SEATTLE WA 98109 [city:Spokane > SEATTLE] ?city_other"},
		{"Seattle", "DC", "20500", "corrected: WASHINGTON DC 20500 [city:Seattle > WASHINGTON] ?city_other"},
		// Contradictions and gaps: incomplete.
		{"Seattle", "WA", "20500", "incomplete: SEATTLE WA 20500 !state_conflict"},
		{"", "WA", "20500", "incomplete: WA 20500 !state_conflict"},
		{"Springfield", "MA", "62701", "incomplete: SPRINGFIELD MA 62701 !state_conflict"},
		{"Seattle", "", "20500", "incomplete: SEATTLE 20500 !state_missing"},
		{"Seattle", "WA", "", "incomplete: SEATTLE WA !zip_missing"},
		{"st louis", "MO", "", "incomplete: SAINT LOUIS MO !zip_missing"},
		{"Hollywood", "CA", "", "incomplete: HOLLYWOOD CA !zip_missing"},
		{"Seattle", "", "", "incomplete: SEATTLE !zip_missing"},
		{"", "WA", "", "incomplete: WA !zip_missing"},
		{"", "", "", "incomplete: !zip_missing"},
		{"APO", "AE", "", "incomplete: APO AE !zip_missing !military_street"},
		// No such place: undeliverable.
		{"Seattle", "WA", "00000", "undeliverable: SEATTLE WA 00000 !zip_unknown"},
		{"Seattle", "WA", "99999", "undeliverable: SEATTLE WA 99999 !zip_unknown"},
		{"Seattle", "WA", "9810", "undeliverable: SEATTLE WA 9810 !zip_unknown"},
		{"Seattle", "WA", "98109-46", "undeliverable: SEATTLE WA 98109-46 !zip_unknown"},
		{"Adjuntas", "PR", "00600", "undeliverable: ADJUNTAS PR 00600 !zip_unknown"},
		{"London", "England", "SW1A 2AA", "undeliverable: LONDON ENGLAND SW1A 2AA !zip_unknown"},
		{"London", "England", "", "undeliverable: LONDON ENGLAND !state_unknown"},
		{"Toronto", "ON", "M5V 2T6", "undeliverable: TORONTO ON M5V 2T6 !zip_unknown"},
		{"München", "Bayern", "80331", "undeliverable: MUNCHEN BAYERN 80331 !zip_unknown"},
		{"Berlin", "Berlin", "10115", "undeliverable: BERLIN BERLIN 10115 !state_unknown"},
		{"東京", "WA", "98109", "undeliverable: 東京 WA 98109 !characters"},
		{"Seattle", "WA", "९८१०९", "undeliverable: SEATTLE WA ९८१०९ !zip_unknown"},
	} {
		r := verify(t, address.Entry{Street: "400 Broad St", City: c.city, State: c.state, Zip: c.zip})
		if got := toldPlace(r); !sameWords(got, c.want) {
			t.Errorf("%q, %q, %q\n got %s\nwant %s", c.city, c.state, c.zip, got, c.want)
		}
		if r.Level != address.Zip || r.Source != address.SourceEmbedded {
			t.Errorf("%q, %q, %q: level %s, source %s", c.city, c.state, c.zip, r.Level, r.Source)
		}
	}
}

func TestWhatGetsTooLongIsNotUsable(t *testing.T) {
	t.Parallel()
	r := verify(t, address.Entry{Street: "12 Hwy 5 " + strings.Repeat("x", 91), Zip: "98109"})
	if r.Status != address.Undeliverable || !cmp.Equal(r.Problems, []address.Problem{{Field: "street", Code: address.TooLong}}) {
		t.Errorf("%s %v", r.Status, r.Problems)
	}
}

func toldPlace(r address.Result) string {
	lines := address.Lines(r.Address)
	text := string(r.Status) + ": " + strings.Join(strings.Fields(lines[len(lines)-1]), " ")
	for _, c := range r.Changes {
		text += " [" + c.Field + ":" + c.From + " > " + c.To + "]"
	}
	for _, p := range r.Problems {
		text += " !" + p.Code
	}
	for _, w := range r.Warnings {
		text += " ?" + w.Code
	}
	return text
}

// sameWords compares without the order.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

func TestBL3_ZipAndCityAgree(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"", "WA", "DC", "OR", "Washington", "X"} {
		r := verify(t, address.Entry{Street: "1600 Pennsylvania Ave NW", City: "Seattle", State: state, Zip: "20500"})
		if r.Usable() && r.Address.City != "WASHINGTON" || r.Status == address.Verified {
			t.Errorf("state %q: %s %+v", state, r.Status, r.Address)
		}
	}
}

// entries draws entries from the words of real addresses in any order, real places, and noise.
func entries() *rapid.Generator[address.Entry] {
	words := []string{}
	for _, c := range streets {
		words = append(words, strings.Fields(c.typed)...)
	}
	words = append(words, "URB", "CALLE", "AVENIDA", "BUZON", "KM", "PSC", "CMR", "USS", "NORTH", "W", "SE", "St", "KEY", "TRLR", "PH", ",", "½", "é", "&", "-", "1-2", "A/1", "a.b", ".5", "ﬁ", "ŉ", "ǆ", "№5")
	text := func(most int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, most).Draw(t, "words"), " ")
		})
	}
	line := rapid.OneOf(text(9), text(4), rapid.SampledFrom([]string{"12 Elm St", "PO Box 5", ""}), rapid.StringN(0, 40, 100))
	return rapid.Custom(func(t *rapid.T) address.Entry {
		return address.Entry{
			Street: line.Draw(t, "street"), Secondary: line.Draw(t, "secondary"), Urbanization: line.Draw(t, "urbanization"),
			City:  rapid.OneOf(rapid.SampledFrom([]string{"", "Seattle", "St. Louis", "APO", "San Juan", "Adjuntas", "mt zion", "Springfield"}), line).Draw(t, "city"),
			State: rapid.OneOf(rapid.SampledFrom([]string{"", "WA", "Missouri", "AE", "PR", "IL", "mt", "ZZ"}), line).Draw(t, "state"),
			Zip:   rapid.OneOf(rapid.SampledFrom([]string{"", "98109", "63101-1234", "09001", "009261234", "00601", "62549", "99999"}), line).Draw(t, "zip"),
		}
	})
}

// holds checks what every answer promises, whatever was entered.
func holds(t interface {
	Helper()
	Fatalf(string, ...any)
}, e address.Entry) {
	t.Helper()
	first, err := address.Embedded{}.Verify(context.Background(), e)
	if err != nil {
		t.Fatalf("%+v: %v", e, err)
	}
	if first.Status == address.Verified && len(first.Changes) > 0 || first.Status == address.Corrected && len(first.Changes) == 0 ||
		first.Usable() != (len(first.Problems) == 0) {
		t.Fatalf("%+v: status %s with changes %v, problems %v", e, first.Status, first.Changes, first.Problems)
	}
	if z := first.Address.Zip4; z != "" && !strings.Contains(strings.Join(strings.Fields(e.Zip), ""), z) && first.Usable() {
		t.Fatalf("%+v: made up zip4 %s", e, z)
	}
	if !first.Usable() {
		return
	}
	if place, ok := zip.Lookup(first.Address.Zip); !ok || place.City != first.Address.City || place.State != first.Address.State {
		t.Fatalf("%+v: usable with %+v", e, first.Address)
	}
	if wrong := address.Check("body", first.Address.Entry()); len(wrong) > 0 {
		t.Fatalf("%+v: the answer %+v is refused: %v", e, first.Address, wrong)
	}
	again, _ := address.Embedded{}.Verify(context.Background(), first.Address.Entry())
	if again.Status != address.Verified || !cmp.Equal(again.Address, first.Address) {
		t.Fatalf("%+v\n first %s %+v\n again %s %+v %v", e, first.Status, first.Address, again.Status, again.Address, again.Problems)
	}
}

func TestAnswersEnteredAgainStay(t *testing.T) {
	t.Parallel()
	for _, c := range streets {
		holds(t, address.Entry{Street: c.typed, City: "Seattle", State: "WA", Zip: "98109"})
		holds(t, address.Entry{Street: c.typed, City: "San Juan", State: "PR", Zip: "00926"})
		holds(t, address.Entry{Street: c.typed, Zip: "09001"})
	}
	rapid.Check(t, func(t *rapid.T) { holds(t, entries().Draw(t, "entry")) })
}

func FuzzVerify(f *testing.F) {
	for _, c := range streets {
		f.Add(c.typed, "", "", "Seattle", "WA", "98109")
	}
	f.Add("Urb Las Gladiolas, 150 Calle A", "apto 4", "", "San Juan", "PR", "00926-1234")
	f.Add("PSC 802 Box 74", "", "", "APO", "AE", "09001")
	f.Fuzz(func(t *testing.T, street, secondary, urbanization, city, state, zip string) {
		e := address.Entry{Street: street, Secondary: secondary, Urbanization: urbanization, City: city, State: state, Zip: zip}
		if len(address.Check("body", e)) == 0 {
			holds(t, e)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	e := address.Entry{Street: "1600 Pennsylvania Avenue Northwest, Apartment 4b", City: "Washington", State: "DC", Zip: "20500"}
	for b.Loop() {
		address.Embedded{}.Verify(context.Background(), e)
	}
}
