package parcel_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postkontor/shared/barcode"
	"postkontor/shared/locale"
	"postkontor/shared/parcel"
)

// monday is at noon in Seattle.
var monday = time.Date(2026, 10, 19, 19, 0, 0, 0, time.UTC)

func number(t fataler, typed string) barcode.Number {
	t.Helper()
	n, problem := barcode.Parse(typed)
	if problem != nil {
		t.Fatalf("%s: %+v", typed, problem)
	}
	return n
}

// TestStatus are stories by their codes, in order, what they lead to, and which of the events decides it.
func TestStatus(t *testing.T) {
	t.Parallel()
	for codes, want := range map[string]struct {
		status   parcel.Status
		decisive int
	}{
		"MA":                   {parcel.PreShipment, 0},
		"MA GX":                {parcel.PreShipment, 1},
		"MA 03":                {parcel.Accepted, 1},
		"MA 03 10":             {parcel.InTransit, 2},
		"MA 03 10 07":          {parcel.InTransit, 3},
		"MA 03 10 07 OF":       {parcel.OutForDelivery, 4},
		"MA 03 10 07 OF 01":    {parcel.Delivered, 5},
		"03 MA":                {parcel.Accepted, 0}, // news of the label comes late
		"03 10 GX":             {parcel.InTransit, 1},
		"03 10 TL NT":          {parcel.InTransit, 1}, // what only informs hides no scan of a facility
		"03 07 DX":             {parcel.InTransit, 1},
		"MA PC":                {parcel.PreShipment, 0},
		"PC":                   {parcel.InTransit, 0}, // unless nothing else tells
		"PC TL":                {parcel.InTransit, 1},
		"GC PC":                {parcel.InTransit, 1},
		"PC GC":                {parcel.InTransit, 0},
		"GC MA":                {parcel.PreShipment, 1},
		"QQ":                   {parcel.InTransit, 0}, // nobody knows the code
		"QQ GC":                {parcel.PreShipment, 1},
		"GC QQ":                {parcel.PreShipment, 0},
		"03 QQ":                {parcel.Accepted, 0},
		"01 QQ":                {parcel.Delivered, 0},
		"03 OF 02":             {parcel.Alert, 2},
		"03 OF 02 16":          {parcel.AvailableForPickup, 3},
		"03 OF 02 OF 01":       {parcel.Delivered, 4},
		"03 H0 10":             {parcel.InTransit, 2},
		"03 06":                {parcel.InTransit, 1},
		"03 01 10":             {parcel.Delivered, 1}, // delivered is final
		"03 01 02":             {parcel.Delivered, 1},
		"03 01 OF 01":          {parcel.Delivered, 3},
		"03 01 MA":             {parcel.Delivered, 1},
		"03 01 09":             {parcel.Returned, 2}, // but for a return
		"03 09 01":             {parcel.Returned, 1},
		"03 27 10 29 01":       {parcel.Returned, 3},
		"09 03":                {parcel.Returned, 0},
		"03 04 31":             {parcel.Returned, 2},
		"17":                   {parcel.Delivered, 0},
		"14":                   {parcel.AvailableForPickup, 0},
		"81 82 83 TM 10 A1 U1": {parcel.InTransit, 6},
	} {
		scans := story(impb, strings.Fields(codes)...)
		p := parcel.Of(number(t, impb), scans)
		if p.Status != want.status || p.Decisive.ID != scans[want.decisive].ID {
			t.Errorf("%s: %s by %s, want %s by %s", codes, p.Status, p.Decisive.ID, want.status, scans[want.decisive].ID)
		}
	}
	if p := parcel.Of(number(t, impb), nil); p != nil {
		t.Errorf("nothing is %+v", p)
	}
}

// TestAnyOrder: any permutation and repetition of a parcel's events gives the same parcel; one id counts once.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scans := someScans(t, 40)
		want := parcel.Of(barcode.Number{Canonical: impb, Country: "US"}, scans)
		again := append(rapid.Permutation(scans).Draw(t, "order"), rapid.SliceOf(rapid.SampledFrom(scans)).Draw(t, "twice")...)
		got := parcel.Of(barcode.Number{Canonical: impb, Country: "US"}, again)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("another parcel:\n%v\n%v", got, want)
		}
	})
}

var anyCode = rapid.SampledFrom([]string{"MA", "GX", "GC", "03", "10", "PC", "TL", "07", "OF", "02", "16", "01", "09", "29", "H0", "DX", "QQ", "Z9"})

// someScans draws the events of a parcel: their ids differ, their times need not.
func someScans(t *rapid.T, most int) (scans []parcel.Scan) {
	for i := range rapid.IntRange(1, most).Draw(t, "scans") {
		scans = append(scans, parcel.Scan{ID: fmt.Sprintf("id-%d", i), Number: impb, Code: anyCode.Draw(t, "code"),
			At:  begun.Add(time.Duration(rapid.IntRange(0, most/2).Draw(t, "hour")) * time.Hour),
			Zip: rapid.SampledFrom([]string{"", "98101", "60601", "99999"}).Draw(t, "zip")})
	}
	return scans
}

func TestWords(t *testing.T) {
	t.Parallel()
	at := parcel.Scan{ID: "1", At: monday, Code: "01", Zip: "98101"}
	for tag, want := range map[locale.Tag]string{
		locale.English: "The item was delivered on October 19, 2026 at 12:00 PDT in SEATTLE, WA 98101.",
		locale.Swedish: "Försändelsen delades ut 19 oktober 2026 kl. 12:00 PDT i SEATTLE, WA 98101.",
	} {
		at.City, at.State, at.Country = "SEATTLE", "WA", "US"
		if got := parcel.Of(number(t, impb), []parcel.Scan{at}).Summary(tag); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	at.Zip, at.City, at.State, at.Country = "", "", "", ""
	if got, want := parcel.Of(number(t, impb), []parcel.Scan{at}).Summary(locale.English), "The item was delivered on October 19, 2026 at 19:00 UTC."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for scan, want := range map[parcel.Scan]string{
		{Code: "01"}: "Entregado", {Code: "QQ"}: "QQ", {Code: "QQ", Description: "Weighed"}: "Weighed",
		{Code: "01", Description: "Delivered, In/At Mailbox"}: "Entregado en el buzón", {Code: "01", Description: "Delivered"}: "Entregado",
		{Code: "10", Description: "In/At Mailbox"}: "Procesado en un centro regional",
	} {
		if got := scan.Words(locale.Spanish); got != want {
			t.Errorf("%+v: %q, want %q", scan, got, want)
		}
	}
}

// TestEverythingHasWords: each code, status and product, in each language, with nothing left to fill.
func TestEverythingHasWords(t *testing.T) {
	t.Parallel()
	codes := strings.Fields("MA GX GS 89 GC 80 81 82 83 TM 03 OA UA AD PC 10 A1 U1 T1 EF L1 SF TL NT AE 07 OF 59 01 17 02 51 52 53 54 55 56 30 14 16 " +
		"04 05 06 08 09 21 22 23 24 25 26 27 28 29 31 H0 DX")
	if len(codes) != 57 {
		t.Fatalf("%d codes", len(codes))
	}
	products := products(t)
	for _, language := range locale.Languages() {
		for _, scan := range story(impb, codes...) {
			p := parcel.Of(number(t, impb), []parcel.Scan{scan})
			for _, text := range []string{scan.Words(language.Code), p.Summary(language.Code)} {
				if text == scan.Code || strings.Contains(text, "parcel.") || strings.ContainsAny(text, "{}") {
					t.Errorf("%s of %s: %q", language.Code, scan.Code, text)
				}
			}
		}
		for _, place := range []string{"In/At Mailbox", "Front Door/Porch", "Parcel Locker", "Left with Individual", "Front Desk/Reception/Mail Room", "PO Box", "Garage", "To Agent"} {
			left := parcel.Scan{Code: "01", Description: "Delivered, " + place}.Words(language.Code)
			if left == (parcel.Scan{Code: "01"}).Words(language.Code) || strings.Contains(left, "parcel.") {
				t.Errorf("%s of %s: %q", language.Code, place, left)
			}
		}
		for _, product := range products {
			if text := (&parcel.Parcel{Product: product}).ProductWords(language.Code); text == "" || strings.Contains(text, "parcel.") {
				t.Errorf("%s of %s: %q", language.Code, product, text)
			}
		}
	}
}

// products are all that numbers can tell: those of every service code.
func products(t *testing.T) (all []string) {
	seen := map[string]bool{"": true}
	add := func(typed string) {
		if n, problem := barcode.Parse(typed); problem == nil && !seen[n.Product] {
			seen[n.Product] = true
			all = append(all, n.Product)
		}
	}
	for service := range 1000 {
		add(checked(fmt.Sprintf("92%03d0000000000000000", service)))
	}
	for service := range 100 {
		add(checked(fmt.Sprintf("91%02d90000000000000000", service)))
	}
	for letter := 'A'; letter <= 'Z'; letter++ {
		add(string(letter) + "A123456785US")
	}
	if len(all) != 18 {
		t.Fatalf("%d products: %v", len(all), all)
	}
	return all
}

func TestPlaceAndClock(t *testing.T) {
	t.Parallel()
	for place, want := range map[parcel.Scan]string{
		{Zip: "98101", City: "SEATTLE", State: "WA", Country: "US"}:   "SEATTLE, WA 98101 12:00 PDT",
		{Zip: "60601", City: "CHICAGO", State: "IL", Country: "US"}:   "CHICAGO, IL 60601 14:00 CDT",
		{Zip: "32501", City: "PENSACOLA", State: "FL", Country: "US"}: "PENSACOLA, FL 32501 14:00 CDT",
		{Zip: "85001", City: "PHOENIX", State: "AZ", Country: "US"}:   "PHOENIX, AZ 85001 12:00 MST",
		{Zip: "79901", City: "EL PASO", State: "TX", Country: "US"}:   "EL PASO, TX 79901 13:00 MDT",
		{Zip: "00926", City: "SAN JUAN", State: "PR", Country: "US"}:  "SAN JUAN, PR 00926 15:00 AST",
		{City: "HONOLULU", State: "HI", Country: "US"}:                "HONOLULU, HI 09:00 HST",
		{Zip: "09001", City: "APO", State: "AE", Country: "US"}:       "APO, AE 09001 19:00 UTC",
		{City: "TORONTO", State: "ON", Country: "CA"}:                 "TORONTO, ON, CA 19:00 UTC",
		{City: "PERTH", State: "WA", Country: "AU"}:                   "PERTH, WA, AU 19:00 UTC",
		{}: " 19:00 UTC",
	} {
		place.At = monday
		if got := place.Place() + " " + place.Local().Format("15:04 MST"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
