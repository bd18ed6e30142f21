package check

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"postkontor/functions/scans"
	"postkontor/infra/journey"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	bridge "postkontor/shared/web/gateway"
)

const (
	longStory = "9400100000000000000013"
	noStory   = "9400100000000000000020"
)

// scan has a machine tell so many scans of a parcel, of one code.
func (d *deployment) scan(t *testing.T, number, code string, n int) {
	t.Helper()
	var told []scans.ScanEvent
	for i := range n {
		at := d.house.Now().Add(-time.Duration(i) * time.Minute)
		told = append(told, scans.ScanEvent{ID: fmt.Sprint(code, "-", i), Number: number, At: at.Format(time.RFC3339), Code: code, Zip: "98101"})
	}
	body, err := json.Marshal(map[string]any{"scans": told})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/v1/scans", nil)
	r.Header.Set("Content-Type", "application/json")
	event, err := bridge.EncodeRequest(r, body, bridge.Request{IAM: "arn:aws:iam::000000000000:role/scanner"})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := bridge.NewHandler(d.door.functions["scans"]).Invoke(t.Context(), event)
	if err != nil || !strings.Contains(string(answer), fmt.Sprintf(`{\"accepted\":%d,\"refused\":[]}`, n)) {
		t.Fatalf("%s, %v", answer, err)
	}
}

// track looks for parcels, one of them with a story that has outgrown its item, and keeps them in an account.
func (d *deployment) track(t *testing.T, v *journey.Visitor, p journey.Person) {
	t.Helper()
	d.scan(t, longStory, "10", 320)
	token := d.logIn(t, v, p)
	d.call(t, v, "GET", "/v1/tracking/"+longStory, "", "", 200)
	d.call(t, v, "GET", "/v1/tracking?numbers="+longStory+","+noStory, token, "", 200)
	for _, number := range []string{longStory, noStory} {
		d.call(t, v, "PUT", "/v1/account/packages/"+number, token, `{"label":"Boots"}`, 200)
	}
	d.call(t, v, "GET", "/v1/account/packages", token, "", 200)
	d.call(t, v, "DELETE", "/v1/account/packages/"+noStory, token, "", 204)
	d.follow(t, v, token, p.Email)
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

// follow follows a parcel, has its news told, and stops it by the link in the message.
func (d *deployment) follow(t *testing.T, v *journey.Visitor, token, email string) {
	t.Helper()
	const path, wanted = "/v1/tracking/" + longStory + "/subscription", `{"channels":["email","sms"],"events":["out-for-delivery","delivered"]}`
	d.call(t, v, "PUT", path, token, wanted, 200)
	stale, _, err := d.db.Table(parcel.Definition.Name).Get(t.Context(), parcel.Key(longStory), true)
	if err != nil {
		t.Fatal(err)
	}
	d.scan(t, longStory, "OF", 1)
	late := parcel.News{Parcel: &parcel.Parcel{Number: longStory, Status: parcel.Delivered}, Item: stale} // another scan came between
	if err := follow.New(d.house.DB("scans"), d.house.Keys("scans"), d.house.Now).Tell(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	d.door.after() // nobody is told who stopped it meanwhile
	d.call(t, v, "DELETE", path, token, "", 204)
	d.call(t, v, "PUT", path, token, wanted, 200)
	d.call(t, v, "POST", "/v1/tracking/unsubscribe", "", fmt.Sprintf(`{"token":%q}`, d.newest(t, "leave", email)), 204)
}
