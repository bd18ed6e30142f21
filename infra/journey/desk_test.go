package journey_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"postkontor/infra/journey"
	"postkontor/shared/locale"
)

// pose makes the browser an agent's, of one role or of all.
func (b tab) pose(name, role string) {
	b.t.Helper()
	b.open("/desk?" + url.Values{"agent": {name}, "role": {role}}.Encode())
}

// lacks is a test of what is not on the page.
func (b tab) lacks(element string) {
	b.t.Helper()
	if get(b, "looking for "+element, chromedp.Evaluate[bool](fmt.Sprintf(`document.querySelector(%q) !== null`, element))) {
		b.t.Errorf("there is a %s", element)
	}
}

// TestDesk: agents of all roles find a customer, help, take an order at the telephone, pack and ship it, in two languages, in
// all when pictures are taken; the customer reads in the activity who did it, and why.
func TestDesk(t *testing.T) {
	t.Parallel()
	r := start(t)
	languages := []locale.Tag{locale.English, locale.Spanish}
	if os.Getenv("SCREENSHOTS") != "" {
		languages = append(languages, locale.Swedish, locale.Chinese)
	}
	for i, lang := range languages {
		t.Run(string(lang), func(t *testing.T) {
			p := r.customer(t, lang, i)
			b := browse(t, r.origin, lang)
			b.pose("ann", "desk")
			account := helpOut(b, r, p)
			sell(b, account)
			b.pose("carl", "counter")
			identify(b, r, p, account)
			b.pose("walt", "warehouse")
			b.lacks(`a[href="/desk/accounts"]`)
			b.open(account)
			b.look("desk-role-refused")
			b.press(`nav a[href="/desk/orders"]`, "/desk/orders")
			deliver(b)
			b.open("/login")
			b.logIn(p, "/account")
			b.open("/account/activity")
			b.look("activity-desk")
			for _, words := range []string{"ann", "walt", "carl", "Called, order of 2 packs", "Stands before me"} {
				b.says("main", words)
			}
		})
	}
}

// TestDeskInEveryState: what an agent sees of accounts that need help, and two people of one name in one house.
func TestDeskInEveryState(t *testing.T) {
	t.Parallel()
	r := start(t)
	locked, fresh := r.settled(t, journey.Fictional("locked")), journey.Fictional("fresh")
	namesake := journey.Fictional("namesake")
	namesake.Phone, fresh.Phone, fresh.Street = "+12025550144", "+12025550145", "1210 Harbor Ave"
	for _, p := range []journey.Person{fresh, namesake} {
		v := journey.NewVisitor(r.origin, http.DefaultTransport)
		for _, step := range p.Steps(asked) {
			if _, err := v.Send("/register", step); err != nil {
				t.Fatal(err)
			}
		}
		if p == namesake {
			code, err := r.code("email", p.Email)
			if err == nil {
				_, err = v.Send("/verify", url.Values{"channel": {"email"}, "code": {code}})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 5 {
			if _, err := v.Send("/login", url.Values{"username": {locked.Username}, "password": {"not this one, surely"}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := browse(t, r.origin, locale.English)
	b.pose("ann", "desk")
	for _, p := range []journey.Person{locked, fresh, namesake} {
		b.open("/desk/accounts?username=" + p.Username)
		b.press(`#found a`, "/desk/accounts/*")
		b.look("desk-account-" + strings.TrimPrefix(p.Username, "wayfarer."))
	}
	b.press(`main a[href$="/release"]`, "/desk/accounts/*")
	b.fill(form, url.Values{"reason": {"Father and son of one name"}}, "/desk/accounts/*")
	b.look("desk-release-confirm")
	b.press(`main button[name="confirmed"]`, "/desk/accounts/*")
	b.says(`main [role="status"]`, locale.Text(b.lang, "desk.act.release.done"))
	b.lacks(`main a[href$="/release"]`)
	b.open("/desk/accounts?username=" + locked.Username)
	b.press(`#found a`, "/desk/accounts/*")
	b.press(`main a[href$="/unlock"]`, "/desk/accounts/*")
	b.fill(form, url.Values{"reason": {"Called, knows the password again"}}, "/desk/accounts/*")
	b.lacks(`main a[href$="/unlock"]`)
}

// helpOut finds a customer, and does what can be done by telephone. It answers where the account is.
func helpOut(b tab, r runner, p journey.Person) string {
	b.t.Helper()
	b.press(`nav a[href="/desk/accounts"]`, "/desk/accounts")
	b.look("desk-search")
	b.fill(form, url.Values{"username": {p.Username}, "email": {p.Email}}, "/desk/accounts?*")
	b.look("desk-search-refused")
	b.open("/desk/accounts")
	b.fill(form, url.Values{"email": {"nobody@mail.example"}}, "/desk/accounts?*")
	b.look("desk-search-nobody")
	b.fill(form, url.Values{"email": {p.Email}}, "/desk/accounts?*")
	b.look("desk-search-found")
	b.press(`#found a`, "/desk/accounts/*")
	b.look("desk-account")
	account := strings.TrimPrefix(get(b, "reading the address", chromedp.Location()), b.origin)

	b.press(fmt.Sprintf(`main a[href=%q]`, account+"/recovery"), account+"/recovery")
	b.look("desk-recovery")
	b.fill(form, url.Values{}, account+"/recovery")
	b.look("desk-recovery-refused")
	b.do("choosing the way", chromedp.Click(chromedp.CSS(`[name="way"][value="email"] + label`)))
	b.fill(form, url.Values{"reason": {"Forgot everything, called from the number on file"}}, account+"?done=recovery")
	b.look("desk-recovery-done")
	b.find(r, "email", p.Email, `/recover\?id=\S+`)

	b.press(fmt.Sprintf(`main a[href=%q]`, account+"/reset-answers"), account+"/reset-answers")
	b.fill(form, url.Values{"reason": {"Somebody else knows the answers"}}, account+"/reset-answers")
	b.look("desk-confirm")
	b.press(`main button[name="back"]`, account+"/reset-answers")
	b.press(form+` button.usa-button`, account+"/reset-answers")
	b.press(`main button[name="confirmed"]`, account+"?done=reset-answers")
	b.press(fmt.Sprintf(`main a[href=%q]`, account+"/activity"), account+"/activity")
	b.look("desk-activity")
	b.says("main", "Somebody else knows the answers")
	return account
}

// sell takes an order at the telephone.
func sell(b tab, account string) {
	b.t.Helper()
	b.open(account)
	b.press(fmt.Sprintf(`main a[href=%q]`, account+"/order"), account+"/order")
	b.look("desk-place-empty")
	b.fill(`main form[method="get"]`, url.Values{"quantity": {"100000"}}, account+"/order?*")
	b.look("desk-place-refused")
	b.do("choosing a product", chromedp.SetValue(chromedp.CSS(`[name="product"]`), "LABEL-228*50"))
	b.fill(`main form[method="get"]`, url.Values{"quantity": {"2"}}, account+"/order?item=LABEL-228%2A50%2A2")
	b.do("choosing another", chromedp.SetValue(chromedp.CSS(`[name="product"]`), "O-FRB1*10"))
	b.fill(`main form[method="get"]`, url.Values{"quantity": {"1"}}, account+"/order?*")
	b.look("desk-place")
	b.press(`main .pk-line:last-child a`, account+"/order?item=LABEL-228%2A50%2A2")
	b.fill(`main form[method="post"]`, url.Values{"reason": {""}}, account+"/order")
	b.look("desk-place-reason")
	b.do("opening the other address", chromedp.Click(chromedp.CSS(`main summary`)))
	b.fill(`main form[method="post"]`, url.Values{"reason": {"Called, order of 2 packs"}, "street": {"1301 2nd Avenue"}}, account+"/order")
	b.look("desk-place-elsewhere")
	b.fill(`main form[method="post"]`, url.Values{"city": {"Seatle"}, "state": {"WA"}, "zip": {"98101"}}, account+"/order")
	b.look("desk-review")
	b.press(`main button[name="confirmed"]`, "/desk/orders/*")
	b.look("desk-placed")
	b.lacks(`main form[action$="/pack"]`)
}

// identify records a proof at a counter, and a new mobile number.
func identify(b tab, r runner, p journey.Person, account string) {
	b.t.Helper()
	b.open(account)
	b.lacks(fmt.Sprintf(`main a[href=%q]`, account+"/reset-answers"))
	b.press(fmt.Sprintf(`main a[href=%q]`, account+"/proof"), account+"/proof")
	b.look("desk-proof")
	b.do("choosing the document", chromedp.Click(chromedp.CSS(`[name="document"][value="passport"] + label`)))
	b.fill(form, url.Values{"reason": {"Stands before me"}}, account+"?done=proof")
	b.press(fmt.Sprintf(`main a[href=%q]`, account+"/contact"), account+"/contact")
	b.look("desk-contact")
	b.fill(form, url.Values{"phone": {"not a number"}, "reason": {"Stands before me"}}, account+"/contact")
	b.look("desk-contact-refused")
	b.fill(form, url.Values{"phone": {"(202) 555-0177"}}, account+"/contact")
	b.look("desk-contact-confirm")
	b.press(`main button[name="confirmed"]`, account+"?done=contact")
	b.look("desk-contact-done")
}

// deliver brings the newest order from the shelf to the door.
func deliver(b tab) {
	b.t.Helper()
	b.look("desk-orders")
	b.fill(form, url.Values{"number": {"20200101-ABCDEFGHJ"}}, "/desk/orders?number=20200101-ABCDEFGHJ")
	b.look("desk-orders-unknown")
	b.open("/desk/orders")
	b.press(`main .pk-card a`, "/desk/orders/*")
	b.look("desk-order")
	order := strings.TrimPrefix(get(b, "reading the address", chromedp.Location()), b.origin)
	b.lacks(`main a[href^="/desk/accounts/"]`)
	b.press(`main form[action$="/pack"] button`, order+"?done=pack")
	b.fill(`main form[action$="/ship"]`, url.Values{"tracking": {"9205 5000 0000 0000 0000 04"}}, order+"/ship")
	b.look("desk-ship-refused")
	b.fill(`main form[action$="/ship"]`, url.Values{"tracking": {"9205 5000 0000 0000 0000 01"}}, order+"?done=ship")
	b.look("desk-shipped")
	b.press(`main form[action$="/deliver"] button`, order+"?done=deliver")
	b.press(`main a[href="/desk/orders"]`, "/desk/orders")
	b.press(`main a[href="/desk/orders?status=delivered"]`, "/desk/orders?status=delivered")
	b.look("desk-orders-delivered")
}
