package check

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"postkontor/infra/journey"
)

// shop lets a customer order twice, once by a page to another address, and cancel.
func (d *deployment) shop(t *testing.T, v *journey.Visitor, p journey.Person) {
	t.Helper()
	token := d.logIn(t, v, p)
	d.call(t, v, "GET", "/v1/supplies?kind=labels", "", "", 200)
	put := func() {
		t.Helper()
		d.call(t, v, "PUT", "/v1/cart/items/LABEL-228", token, `{"packQuantity":10,"quantity":1}`, 200)
	}
	put()
	var number any
	for range 2 {
		v.Key = "the same order"
		number = d.call(t, v, "POST", "/v1/orders", token, `{}`, 201)["number"]
	}
	d.call(t, v, "GET", "/v1/orders", token, "", 200)
	d.call(t, v, "GET", fmt.Sprint("/v1/orders/", number), token, "", 200)
	d.call(t, v, "POST", fmt.Sprint("/v1/orders/", number, "/cancel"), token, "", 200)
	put()
	if _, err := v.Send("/login", url.Values{"username": {p.Username}, "password": {p.Password}}); err != nil {
		t.Fatal(err)
	}
	d.ahead += 6 * time.Minute // a session that is seen again
	if page, err := v.Send("/cart/address", url.Values{"street": {"1301 2nd Ave"}, "zip": {"98101"}}); err != nil || page.Status != http.StatusOK {
		t.Fatalf("/cart/address led to %s with %d: %v", page.Path, page.Status, err)
	}
	d.call(t, v, "POST", "/v1/orders", token, "", 201)
}
