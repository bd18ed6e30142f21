package parcel_test

import (
	"strings"
	"testing"
	"time"

	"postkontor/shared/parcel"
)

// TestExpectedDelivery are stories, each event with its code, its local time and its ZIP Code, and the day that is then
// expected for a parcel to Seattle.
func TestExpectedDelivery(t *testing.T) {
	t.Parallel()
	const priority, plain, abroad = "42098101" + another, "42098101" + impb, s10
	for _, c := range []struct{ name, number, story, want string }{
		{"only a label", priority, "MA 2026-10-19T12:00 98101", ""},
		{"the same area", priority, "03 2026-10-19T12:00 98109", "2026-10-21"},
		{"the same state", priority, "03 2026-10-19T12:00 99201", "2026-10-22"},
		{"another state", priority, "03 2026-10-19T12:00 60601", "2026-10-22"},
		{"a slower product", plain, "03 2026-10-19T12:00 60601", "2026-10-24"},
		{"a slower product in the state", plain, "03 2026-10-19T12:00 99201", "2026-10-22"},
		{"no destination", impb, "03 2026-10-19T12:00 98101", "2026-10-24"},
		{"no origin", priority, "03 2026-10-19T12:00 ", "2026-10-22"},
		{"before five", priority, "03 2026-10-19T16:59 98101", "2026-10-21"},
		{"after five", priority, "03 2026-10-19T17:00 98101", "2026-10-22"},
		{"on a Saturday evening", priority, "03 2026-10-24T18:00 98101", "2026-10-28"},
		{"on a Sunday", priority, "03 2026-10-25T10:00 98101", "2026-10-28"},
		{"over a weekend", priority, "03 2026-10-23T10:00 60601", "2026-10-27"},
		{"over Thanksgiving", priority, "03 2026-11-25T10:00 98101", "2026-11-28"},
		{"over Christmas and a Sunday", priority, "03 2026-12-24T10:00 60601", "2026-12-29"},
		{"over a Fourth of July on a Sunday", priority, "03 2027-07-02T10:00 60601", "2027-07-07"},
		{"from the label on", priority, "MA 2026-10-10T12:00 98101, 03 2026-10-19T12:00 98101, 10 2026-10-20T12:00 98101", "2026-10-21"},
		{"late", priority, "03 2026-10-19T12:00 98101, 10 2026-10-21T12:00 98101", "2026-10-22"},
		{"later", priority, "03 2026-10-19T12:00 98101, 10 2026-10-24T12:00 98101", "2026-10-26"},
		{"late, and only informed about", priority, "03 2026-10-19T12:00 98101, 10 2026-10-20T12:00 98101, NT 2026-10-24T12:00 ", "2026-10-26"},
		{"out for delivery", priority, "03 2026-10-19T12:00 98101, OF 2026-10-20T08:00 98101", "2026-10-20"},
		{"nobody took it", priority, "03 2026-10-19T12:00 98101, 02 2026-10-20T08:00 98101", ""},
		{"ready for pickup", priority, "03 2026-10-19T12:00 98101, 16 2026-10-20T08:00 98101", ""},
		{"delivered", priority, "03 2026-10-19T12:00 98101, 01 2026-10-20T08:00 98101", ""},
		{"returned", priority, "03 2026-10-19T12:00 98101, 09 2026-10-20T08:00 98101", ""},
		{"from abroad", abroad, "10 2026-10-19T12:00 98101", ""},
		{"from abroad, out for delivery", abroad, "10 2026-10-19T12:00 98101, OF 2026-10-20T08:00 98101", "2026-10-20"},
	} {
		var scans []parcel.Scan
		for _, event := range strings.Split(c.story, ", ") {
			field := strings.Split(event, " ")
			at, err := time.Parse("2006-01-02T15:04", field[1])
			if err != nil {
				t.Fatal(err)
			}
			scan := parcel.Scan{ID: event, Code: field[0], Zip: field[2], At: at}
			_, ahead := scan.Local().Zone()
			scan.At = at.Add(-time.Duration(ahead) * time.Second)
			scans = append(scans, scan)
		}
		if got := parcel.Of(number(t, c.number), scans).ExpectedDelivery; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestHolidays: on no federal holiday of 2027 is a parcel expected, on every other day but Sunday it is.
func TestHolidays(t *testing.T) {
	t.Parallel()
	holidays := "2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-19 2027-07-04 2027-07-05 2027-09-06 2027-10-11 2027-11-11 2027-11-25 2027-12-25"
	expected := map[string]bool{}
	for day := time.Date(2026, 12, 20, 20, 0, 0, 0, time.UTC); day.Year() < 2028; day = day.AddDate(0, 0, 1) {
		scan := parcel.Scan{ID: "1", Code: "03", Zip: "98101", At: day}
		expected[parcel.Of(number(t, "42098101"+another), []parcel.Scan{scan}).ExpectedDelivery] = true
	}
	for day := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2028; day = day.AddDate(0, 0, 1) {
		name := day.Format(time.DateOnly)
		if off := day.Weekday() == time.Sunday || strings.Contains(holidays, name); off == expected[name] {
			t.Errorf("%s: expected %v", name, expected[name])
		}
	}
}
