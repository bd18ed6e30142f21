package check

import (
	"fmt"
	"testing"
	"time"

	"postkontor/infra/journey"
)

// awaited has new contact details entered for two customers of one name and address, and waits until they are in force: those
// of the first, which is active, from a login on; those of the second, new and to be flagged, from the sweep on.
func (d *deployment) awaited(t *testing.T, v *journey.Visitor) {
	t.Helper()
	d.ahead += 25 * time.Hour // another request of that key
	first, second := journey.Fictional("seven"), journey.Fictional("eight")
	for i, p := range []*journey.Person{&first, &second} {
		p.First, p.Last, p.Phone = "Greta", "Ferrywoman", fmt.Sprintf("+1202555016%d", i)
	}
	d.signUp(t, v, first)
	d.ahead += 25 * time.Hour
	d.register(t, v, second)
	for i, p := range []journey.Person{first, second} {
		token := d.logIn(t, v, p)
		account := fmt.Sprint("/v1/desk/accounts/", d.call(t, v, "GET", "/v1/account", token, "", 200)["id"])
		d.call(t, v, "POST", account+"/proof", agent, `{"document":"passport","reason":"At the counter"}`, 200)
		for _, word := range []string{"fery", "ferry"} { // misspelt first
			d.call(t, v, "POST", account+"/contact", agent, fmt.Sprintf(`{"email":"%s%d@mail.example","phone":"+1202555017%d","reason":"At the counter"}`, word, i, i), 200)
		}
	}
	d.ahead += 73 * time.Hour
	d.logIn(t, v, first)
	d.sweep(t)
	if got := d.call(t, v, "GET", "/v1/account", d.logIn(t, v, second), "", 200)["status"]; got != "flagged" {
		t.Errorf("after the sweep the second is %v", got)
	}
}
