package check

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"postkontor/infra/journey"
)

// change walks through what a customer changes of an account, and takes it back by the links in its notices; it
// answers whose password that has switched off.
func (d *deployment) change(t *testing.T, v *journey.Visitor, taken string) journey.Person {
	t.Helper()
	p := journey.Fictional("olga")
	p.First, p.Last, p.Phone = "Olga", "Ferrywoman", "+12025550147"
	d.signUp(t, v, p)
	token := d.logIn(t, v, p)
	d.prove(t, v, token, "phone", p.Phone)
	d.call(t, v, "PUT", "/v1/account/username", token, fmt.Sprintf(`{"username":%q}`, taken), 409)
	d.call(t, v, "PUT", "/v1/account/username", token, `{"username":"ferrywoman"}`, 200)
	first := d.newest(t, "link", p.Email)
	home := d.call(t, v, "POST", "/v1/addresses/verify", "", `{"street":"1301 2nd Ave","zip":"98101"}`, 200)["token"]
	d.call(t, v, "PUT", "/v1/account/address", token, fmt.Sprintf(`{"addressToken":%q}`, home), 200)
	if _, err := v.Send("/login", url.Values{"username": {"ferrywoman"}, "password": {p.Password}}); err != nil {
		t.Fatal(err)
	}
	if page, err := v.Send("/account/address", url.Values{"street": {"1303 2nd Ave"}, "zip": {"98101"}}); err != nil || page.Status != 200 {
		t.Fatalf("/account/address answered %d: %v", page.Status, err)
	}
	d.call(t, v, "PUT", "/v1/account/security-answers", token, `{"securityAnswers":[{"question":"first-car","answer":"Volvo Amazon"},{"question":"first-concert","answer":"Monteverdi"}]}`, 204)
	d.ahead += 61 * time.Second
	d.contact(t, v, token, "email", "ferrywoman.new@mail.example")
	d.contact(t, v, token, "phone", "+12025550148")
	for _, path := range []string{"activity", "security-answers", "export"} {
		d.call(t, v, "GET", "/v1/account/"+path, token, "", 200)
	}
	d.call(t, v, "DELETE", "/v1/account", token, "", 202)
	d.call(t, v, "POST", "/v1/account/reopen", token, "", 200)
	for _, undo := range []string{d.newest(t, "link", "ferrywoman.new@mail.example"), first} {
		d.call(t, v, "POST", "/v1/disavow", "", fmt.Sprintf(`{"token":%q}`, undo), 200)
	}
	return p
}
