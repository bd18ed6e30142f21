package check

import (
	"net/http"
	"net/url"
	"testing"

	"postkontor/infra/journey"
)

// write writes to customer service: as nobody and as the customer of a session, twice with one key, and on the page.
func (d *deployment) write(t *testing.T, v *journey.Visitor, token, email string) {
	t.Helper()
	const body = `{"topic":"other","message":"Where is my parcel?","name":"Nora Wayfarer","email":"`
	for _, by := range []string{"", token} {
		for range 2 {
			v.Key = "one message"
			d.call(t, v, "POST", "/v1/support/requests", by, body+email+`"}`, 201)
		}
	}
	form := url.Values{"topic": {"account"}, "message": {"Help"}, "name": {"Nora"}, "email": {"nora@mail.example"}}
	if page, err := v.Send("/help", form); err != nil || page.Status != http.StatusOK {
		t.Fatalf("the form led to %s with %d: %v", page.Path, page.Status, err)
	}
}
