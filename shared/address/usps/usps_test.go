package usps_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"postkontor/shared/address"
	"postkontor/shared/address/usps"
	"postkontor/shared/operator/api/played"
)

var _ address.Verifier = (*usps.Client)(nil)

// told writes a result in one line.
func told(r address.Result) string {
	a := r.Address
	text := fmt.Sprintf("%s %s: %s", r.Status, r.Level, strings.Join(strings.Fields(strings.Join([]string{a.Urbanization, a.Street, a.Secondary, a.City, a.State, a.Zip, a.Zip4}, " ")), " "))
	for _, c := range r.Changes {
		text += " [" + c.Field + ": " + c.From + " > " + c.To + "]"
	}
	for _, p := range r.Problems {
		text += " !" + p.Code
	}
	for _, w := range r.Warnings {
		text += " ?" + w.Code
	}
	return text
}

// with writes an answer of the API.
func with(street, secondary, city, state, zip, plus4, dpv, correction string) string {
	return fmt.Sprintf(`{"address":{"streetAddress":%q,"secondaryAddress":%q,"city":%q,"state":%q,"ZIPCode":%q,"ZIPPlus4":%s,"urbanization":""},"additionalInfo":{"DPVConfirmation":%q,"carrierRoute":"C001"},"corrections":[{"code":%q,"text":""}]}`,
		street, secondary, city, state, zip, plus4, dpv, correction)
}

func TestAnswersOfTheAPI(t *testing.T) {
	t.Parallel()
	ok := func(body string) played.Reply { return played.Reply{Status: 200, Body: body} }
	for name, c := range map[string]struct {
		e      address.Entry
		answer played.Reply
		want   string
	}{
		"confirmed":       {broad, ok(good), "verified deliveryPoint: 400 BROAD ST SEATTLE WA 98109 4607"},
		"no ZIP Code":     {address.Entry{Street: "400 Broad St", City: "Seattle", State: "WA"}, ok(good), "corrected deliveryPoint: 400 BROAD ST SEATTLE WA 98109 4607 [zip:  > 98109]"},
		"no city":         {address.Entry{Street: "400 Broad St", Zip: "98109"}, ok(good), "corrected deliveryPoint: 400 BROAD ST SEATTLE WA 98109 4607 [city:  > SEATTLE] [state:  > WA]"},
		"other ZIP Code":  {address.Entry{Street: "400 Broad St", City: "Seattle", State: "WA", Zip: "98101"}, ok(good), "corrected deliveryPoint: 400 BROAD ST SEATTLE WA 98109 4607 [zip: 98101 > 98109]"},
		"new ZIP Code":    {address.Entry{Street: "400 Broad St", City: "Seattle", State: "WA", Zip: "98100"}, ok(good), "corrected deliveryPoint: 400 BROAD ST SEATTLE WA 98109 4607 [zip: 98100 > 98109]"},
		"other state":     {address.Entry{Street: "400 Broad St", City: "Seattle", State: "WA", Zip: "20500"}, ok(good), "corrected deliveryPoint: 400 BROAD ST SEATTLE WA 98109 4607 [zip: 20500 > 98109]"},
		"other ZIP+4":     {address.Entry{Street: "400 Broad St", City: "Seattle", State: "WA", Zip: "98109-1111"}, ok(good), "corrected deliveryPoint: 400 BROAD ST SEATTLE WA 98109 4607 [zip4: 1111 > 4607]"},
		"no ZIP+4":        {address.Entry{Street: "400 Broad St", City: "Seattle", State: "WA", Zip: "981091111"}, ok(with("400 BROAD ST", "", "SEATTLE", "WA", "98109", "null", "Y", "")), "verified deliveryPoint: 400 BROAD ST SEATTLE WA 98109 1111"},
		"spelling":        {address.Entry{Street: "400 Brod St", City: "Seattle", State: "WA", Zip: "98109"}, ok(good), "corrected deliveryPoint: 400 BROAD ST SEATTLE WA 98109 4607 [street: 400 Brod St > 400 BROAD ST]"},
		"another name":    {address.Entry{Street: "400 Broad St", City: "Ballard", State: "WA", Zip: "98109"}, ok(with("400 BROAD ST", "", "BALLARD", "WA", "98109", `"4607"`, "Y", "")), "verified deliveryPoint: 400 BROAD ST BALLARD WA 98109 4607"},
		"unit":            {address.Entry{Street: "400 Broad St #4", City: "Seattle", State: "WA", Zip: "98109"}, ok(with("400 BROAD ST", "APT 4", "SEATTLE", "WA", "98109", `"4607"`, "Y", "")), "corrected deliveryPoint: 400 BROAD ST APT 4 SEATTLE WA 98109 4607 [secondary:  > APT 4]"},
		"unit missing":    {broad, ok(with("400 BROAD ST", "", "SEATTLE", "WA", "98109", `"4600"`, "D", "32")), "incomplete street: 400 BROAD ST SEATTLE WA 98109 4600 !unit_missing"},
		"unit missing 32": {broad, ok(with("400 BROAD ST", "", "SEATTLE", "WA", "98109", `"4600"`, "", "32")), "incomplete street: 400 BROAD ST SEATTLE WA 98109 4600 !unit_missing"},
		"unit unknown":    {address.Entry{Street: "400 Broad St Apt 9", City: "Seattle", State: "WA", Zip: "98109"}, ok(with("400 BROAD ST", "APT 9", "SEATTLE", "WA", "98109", `"4600"`, "S", "")), "verified street: 400 BROAD ST APT 9 SEATTLE WA 98109 4600 ?unit_unknown"},
		"not confirmed":   {broad, ok(with("400 BROAD ST", "", "SEATTLE", "WA", "98109", `"4600"`, "N", "")), "undeliverable zip: 400 BROAD ST SEATTLE WA 98109 !address_unknown"},
		"several":         {broad, ok(with("400 BROAD ST", "", "SEATTLE", "WA", "98109", `null`, "", "22")), "incomplete zip: 400 BROAD ST SEATTLE WA 98109 !address_ambiguous"},
		"no DPV":          {broad, ok(with("400 BROAD ST", "", "SEATTLE", "WA", "98109", `null`, "", "")), "verified zip: 400 BROAD ST SEATTLE WA 98109"},
		"phantom route":   {broad, ok(strings.Replace(good, "C012", "R777", 1)), "verified deliveryPoint: 400 BROAD ST SEATTLE WA 98109 4607 ?no_delivery"},
		"small letters":   {broad, ok(with("400 Broad St", "", "Seattle", "WA", "98109", `"4607"`, "Y", "")), "verified deliveryPoint: 400 BROAD ST SEATTLE WA 98109 4607"},
		"its own form":    {address.Entry{Street: "400 Broad St", City: "Seattle", State: "WA", Zip: "98109"}, ok(with("400 BROAD STREET", "", "SEATTLE", "WA", "98109", `"4607"`, "Y", "")), "corrected deliveryPoint: 400 BROAD STREET SEATTLE WA 98109 4607 [street: 400 Broad St > 400 BROAD STREET]"},
		"404":             {broad, played.Reply{Status: 404, Body: `{"apiVersion":"v3","error":{"code":"404","message":"There is no match.","errors":[]}}`}, "undeliverable zip: 400 BROAD ST SEATTLE WA 98109 !address_unknown"},
		"404 several":     {broad, played.Reply{Status: 404, Body: `{"apiVersion":"v3","error":{"code":"404","message":"More than one address fits.","errors":[]}}`}, "incomplete zip: 400 BROAD ST SEATTLE WA 98109 !address_ambiguous"},
		"400 not found":   {broad, played.Refusal(400, "x", "010005"), "undeliverable zip: 400 BROAD ST SEATTLE WA 98109 !address_unknown"},
		"400 several":     {broad, played.Refusal(400, "x", "010006"), "incomplete zip: 400 BROAD ST SEATTLE WA 98109 !address_ambiguous"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t)
			o.Answer = func(int, *http.Request) played.Reply { return c.answer }
			client := o.client(nil)
			r := verify(t, client, c.e)
			if got := told(r); got != c.want || r.Source != address.SourceUSPS {
				t.Errorf("by %s\n got %s\nwant %s", r.Source, got, c.want)
			}
			if !r.Usable() {
				return
			}
			again := verify(t, client, r.Address.Entry())
			if again.Status != address.Verified || again.Address != r.Address {
				t.Errorf("entered again: %s", told(again))
			}
		})
	}
}

func TestUrbanizationsAreTheSameWithAndWithoutURB(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.Answer = func(_ int, r *http.Request) played.Reply {
		q := r.URL.Query()
		if q.Get("urbanization") != "URB LAS GLADIOLAS" {
			t.Errorf("asked for %v", q)
		}
		return played.Reply{Status: 200, Body: strings.Replace(with("150 CALLE A", "", "SAN JUAN", "PR", "00926", `"1234"`, "Y", ""), `"urbanization":""`, `"urbanization":"LAS GLADIOLAS"`, 1)}
	}
	r := verify(t, o.client(nil), address.Entry{Street: "Urb Las Gladiolas, 150 Calle A", City: "San Juan", State: "PR", Zip: "00926"})
	if got, want := told(r), "verified deliveryPoint: URB LAS GLADIOLAS 150 CALLE A SAN JUAN PR 00926 1234"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWhatCannotBeFoundIsNotAskedFor(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(nil)
	for _, e := range []address.Entry{
		{Street: "Broad Street", Zip: "98109"}, {Street: "400 Broad St Apt", Zip: "98109"}, {Street: "東京 1", Zip: "98109"},
		{Street: "400 Broad St"}, {Street: "400 Broad St", City: "Seattle"}, {Street: "400 Broad St", State: "WA"},
		{Street: "400 Broad St", City: "London", State: "England"}, {Street: "400 Broad St", City: "Seattle", State: "WA", Zip: "9810"},
		{Street: "123 Main St", City: "APO", State: "AE", Zip: "09001"}, {Street: "  "},
	} {
		if r := verify(t, client, e); r.Source != address.SourceEmbedded || r.Usable() {
			t.Errorf("%+v: %s", e, told(r))
		}
	}
	if tokens, asked := o.Count(); tokens+asked > 0 {
		t.Errorf("%d tokens, %d questions", tokens, asked)
	}
}
