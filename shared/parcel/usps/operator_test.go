package usps_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"postkontor/shared/barcode"
	"postkontor/shared/operator/api"
	"postkontor/shared/operator/api/played"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/usps"
	"postkontor/shared/table/embedded"
)

// Numbers that hold: one of ours, and one of another post.
const (
	moving  = "9400100000000000000006"
	foreign = "RB123456785GB"
)

// operator plays the operator's API, which tells of every number the same story unless a test wants another, and has the
// product's own store behind it.
type operator struct {
	*played.Operator
	store *parcel.Store
	db    *embedded.Database
}

func newOperator(t *testing.T) operator {
	t.Helper()
	o := operator{Operator: played.New(t, "tracking", "GET /tracking/v3/tracking/{number}", described)}
	o.Answer = func(_ int, r *http.Request) played.Reply { return ok(details(r.PathValue("number"), onItsWay...)) }
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), o.Now, parcel.Definition)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	o.db, o.store = db, &parcel.Store{DB: db, Now: o.Now}
	return o
}

func (o operator) client(change func(*api.Config)) *usps.Client {
	cfg := o.Config()
	if change != nil {
		change(&cfg)
	}
	return usps.New(cfg, o.store)
}

// always answers every question alike.
func (o operator) always(r played.Reply) {
	o.Answer = func(int, *http.Request) played.Reply { return r }
}

var canonical = regexp.MustCompile(`^[A-Z0-9]{13,30}$`)

// described holds a request to the description, and to what of a caller is nobody's business.
func described(t *testing.T, r *http.Request) {
	if r.URL.RawQuery != "expand=DETAIL" || !canonical.MatchString(r.PathValue("number")) || r.Header.Get("X-Forwarded-For") != "" {
		t.Errorf("asked %s with %v", r.URL, r.Header)
	}
}

func ok(body string) played.Reply { return played.Reply{Status: http.StatusOK, Body: body} }

// details writes an answer of the API with events, newest first, and further members.
func details(number string, events ...string) string { return with(number, "", events...) }

func with(number, further string, events ...string) string {
	return fmt.Sprintf(`{"trackingNumber":%q,"additionalInfo":"","carrierRelease":false,"mailType":"DOMESTIC_MAIL","services":["USPS Tracking"],"statusCategory":"x",%s"trackingEvents":[%s]}`,
		number, further, strings.Join(events, ","))
}

// event writes an event in Seattle, as the API does, at a moment by Greenwich.
func event(code, gmt string) string {
	return fmt.Sprintf(`{"eventType":"Words of %[1]s","eventTimestamp":"2026-11-22T00:00:00","GMTTimestamp":%[2]q,"GMTOffset":"-08:00","eventCountry":null,"eventCity":"SEATTLE","eventState":"WA","eventZIP":"98101","firm":"A Firm Inc","name":"J DOE","authorizedAgent":false,"eventCode":%[1]q,"veriPoint":null}`, code, gmt)
}

var onItsWay = []string{event("10", "2026-11-22T20:00:00Z"), event("03", "2026-11-21T20:00:00Z"), event("MA", "2026-11-20T20:00:00Z")}

// numbers answers so many that hold.
func numbers(t *testing.T, n int) (all []string) {
	t.Helper()
	for i := range 10 * n {
		if number, problem := barcode.Parse(fmt.Sprintf("94001000000000001%05d", i)); problem == nil {
			all = append(all, number.Canonical)
		}
	}
	if len(all) != n {
		t.Fatalf("%d numbers", len(all))
	}
	return all
}

// record keeps a parcel in the store: accepted, and no more.
func (o operator) record(t *testing.T, number string) {
	t.Helper()
	scan := parcel.Scan{ID: "1", Number: number, At: o.Now().Add(-time.Hour), Code: "03", Zip: "10001"}
	if n, refused, err := o.store.Record(t.Context(), []parcel.Scan{scan}); n != 1 || err != nil {
		t.Fatalf("%v %v", refused, err)
	}
}

// look answers one parcel, nil when it is not known, and whether the answer has the number.
func look(t *testing.T, c *usps.Client, number string) (*parcel.Parcel, bool) {
	t.Helper()
	found, err := c.Look(t.Context(), []string{number})
	if err != nil {
		t.Fatal(err)
	}
	p, there := found[number]
	return p, there
}

// told writes a parcel in a few words.
func told(p *parcel.Parcel) string {
	if p == nil {
		return "nothing"
	}
	text := p.Source + " " + string(p.Status) + " " + p.Product + " " + p.ExpectedDelivery
	for _, s := range p.Scans {
		text += " [" + s.At.UTC().Format("01-02T15:04:05.999") + " " + s.Code + " " + s.Place() + "]"
	}
	return text
}
