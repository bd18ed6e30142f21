package check

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"postkontor/infra/journey"
	"postkontor/shared/parcel"
)

const (
	longStory = "9400100000000000000013"
	noStory   = "9400100000000000000020"
)

// track looks for parcels, one of them with a story that has outgrown its item, and keeps them in an account.
func (d *deployment) track(t *testing.T, v *journey.Visitor, p journey.Person) {
	t.Helper()
	var scans []parcel.Scan
	for i := range 320 {
		scans = append(scans, parcel.Scan{ID: fmt.Sprint(i), Number: longStory, At: d.house.Now().Add(-time.Duration(i) * time.Minute), Code: "10", Zip: "98101"})
	}
	store := parcel.Store{DB: d.db, Now: d.house.Now}
	for _, s := range scans {
		if _, _, err := store.Record(t.Context(), []parcel.Scan{s}); err != nil {
			t.Fatal(err)
		}
	}
	token := d.logIn(t, v, p)
	d.call(t, v, "GET", "/v1/tracking/"+longStory, "", "", 200)
	d.call(t, v, "GET", "/v1/tracking?numbers="+longStory+","+noStory, token, "", 200)
	for _, number := range []string{longStory, noStory} {
		d.call(t, v, "PUT", "/v1/account/packages/"+number, token, `{"label":"Boots"}`, 200)
	}
	d.call(t, v, "GET", "/v1/account/packages", token, "", 200)
	d.call(t, v, "DELETE", "/v1/account/packages/"+noStory, token, "", 204)
	if _, err := v.Send("/login", url.Values{"username": {p.Username}, "password": {p.Password}}); err != nil {
		t.Fatal(err)
	}
	d.ahead += 6 * time.Minute // a session that is seen again
	for _, path := range []string{"/track?numbers=" + longStory, "/account/packages"} {
		if page, err := v.Get(path); err != nil || page.Status != 200 {
			t.Fatalf("%s answered %d: %v", path, page.Status, err)
		}
	}
}
