package usps_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postkontor/shared/address"
	"postkontor/shared/address/usps"
	"postkontor/shared/operator/api"
	"postkontor/shared/operator/api/played"
)

const good = `{"firm":"","address":{"streetAddress":"400 BROAD ST","streetAddressAbbreviation":"","secondaryAddress":"","cityAbbreviation":"","city":"SEATTLE","state":"WA","ZIPCode":"98109","ZIPPlus4":"4607","urbanization":""},` +
	`"additionalInfo":{"deliveryPoint":"99","carrierRoute":"C012","DPVConfirmation":"Y","DPVCMRA":"N","business":"Y","centralDeliveryPoint":"N","vacant":"N"},"corrections":[{"code":"","text":""}],"matches":[{"code":"31","text":"x"}],"warnings":[]}`

var broad = address.Entry{Street: "400 Broad Street", City: "Seattle", State: "WA", Zip: "98109"}

// operator plays the operator's API, with an answer that confirms the address.
type operator struct{ *played.Operator }

func newOperator(t *testing.T) operator {
	t.Helper()
	o := operator{played.New(t, "addresses", "GET /addresses/v3/address", described)}
	o.Answer = func(int, *http.Request) played.Reply { return played.Reply{Status: 200, Body: good} }
	return o
}

func (o operator) client(change func(*api.Config)) *usps.Client {
	cfg := o.Config()
	if change != nil {
		change(&cfg)
	}
	return usps.New(cfg)
}

// states and digits are the patterns of the description.
var (
	states   = strings.Fields("AA AE AL AK AP AS AZ AR CA CO CT DE DC FM FL GA GU HI ID IL IN IA KS KY LA ME MH MD MA MI MN MS MO MP MT NE NV NH NJ NM NY NC ND OH OK OR PW PA PR RI SC SD TN TX UT VT VI VA WA WV WI WY")
	patterns = map[string]*regexp.Regexp{"streetAddress": regexp.MustCompile(`.`), "secondaryAddress": regexp.MustCompile(`.`), "city": regexp.MustCompile(`.`),
		"urbanization": regexp.MustCompile(`.`), "state": regexp.MustCompile(`^..$`), "ZIPCode": regexp.MustCompile(`^\d{5}$`), "ZIPPlus4": regexp.MustCompile(`^\d{4}$`)}
)

// described holds a request to the description.
func described(t *testing.T, r *http.Request) {
	q := r.URL.Query()
	for name, values := range q {
		if pattern := patterns[name]; pattern == nil || len(values) != 1 || !pattern.MatchString(values[0]) {
			t.Errorf("the query has %s=%q", name, values)
		}
	}
	if !q.Has("streetAddress") || !slices.Contains(states, q.Get("state")) || !q.Has("city") && !q.Has("ZIPCode") {
		t.Errorf("the query lacks something: %v", q)
	}
}

// house is a different house in Broad Street for each n, so that no cache knows it.
func house(n int) address.Entry {
	e := broad
	e.Street = fmt.Sprintf("%d Broad Street", n)
	return e
}

func verify(t *testing.T, c *usps.Client, e address.Entry) address.Result {
	t.Helper()
	r, err := c.Verify(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
