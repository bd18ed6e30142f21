package journey_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"golang.org/x/sync/errgroup"

	"postkontor/infra/journey"
	"postkontor/shared/locale"
)

// customer answers a settled person who reads a language; no two of one test live together.
func (r runner) customer(t *testing.T, lang locale.Tag, n int) journey.Person {
	p := journey.Fictional(strings.ToLower(string(lang)))
	p.Language, p.Phone, p.Street = string(lang), fmt.Sprintf("+1202555014%d", n), fmt.Sprintf("%d Harbor Ave", 1200+2*n)
	return r.settled(t, p)
}

// TestStore: a customer logs in, finds a label as the guide says, orders it and reads the confirmation; then another order
// goes to another address. In two languages, in all when pictures are taken.
func TestStore(t *testing.T) {
	t.Parallel()
	r := start(t)
	languages := []locale.Tag{locale.English, locale.Spanish}
	if os.Getenv("SCREENSHOTS") != "" {
		languages = append(languages, locale.Swedish, locale.Chinese)
	}
	for i, lang := range languages {
		t.Run(string(lang), func(t *testing.T) {
			p, b := r.customer(t, lang, i), browse(t, r.origin, lang)
			b.open("/login")
			b.logIn(p, "/account")
			shop(b, r, p, b.look)
		})
	}
	t.Run("plain", func(t *testing.T) {
		p, b := r.customer(t, "plain", 9), browse(t, r.origin, locale.English)
		if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			t.Fatal(err)
		}
		b.open("/login")
		b.logIn(p, "/account")
		shop(b, r, p, func(string) {})
	})
}

func shop(b tab, r runner, p journey.Person, look func(string)) {
	b.t.Helper()
	const label = "LABEL-228"
	b.press(`nav a[href="/supplies"]`, "/supplies")
	look("store")
	b.press(`main nav a[href*="category=shipping-supplies"]`, "/supplies?category=shipping-supplies")
	b.press(`main nav a[href*="type=free-shipping-supplies"]`, "/supplies?category=shipping-supplies&type=free-shipping-supplies")
	b.press(`main nav a[href*="kind=labels"]`, "/supplies?category=shipping-supplies&kind=labels&type=free-shipping-supplies")
	look("store-labels")
	b.fill(`main form[role="search"]`, url.Values{"q": {"zebra"}}, "/supplies?category=*")
	look("store-nothing")
	b.open("/supplies?kind=labels")
	b.press(fmt.Sprintf(`main li a[href="/supplies/%s"]`, label), "/supplies/"+label)
	look("product")
	b.fill(form, url.Values{"quantity": {"some"}}, "/supplies/"+label)
	look("product-refused")
	b.fill(form, url.Values{"packQuantity": {"10"}, "quantity": {"2"}}, "/cart?added="+label)
	look("cart")
	line := fmt.Sprintf(`main form:has([value=%q])`, label)
	b.fill(line, url.Values{"quantity": {"100000"}}, "/cart")
	look("cart-refused")
	b.fill(line, url.Values{"quantity": {"1"}}, "/cart")
	b.press(`main form[action="/orders"] button`, "/orders/*")
	look("order-placed")
	number := strings.TrimSuffix(strings.TrimPrefix(get(b, "reading the address", chromedp.Location()), b.origin+"/orders/"), "?placed=1")
	b.find(r, "email", p.Email, number)
	b.press(`main a[href="/orders"]`, "/orders")
	look("orders")
	b.press(fmt.Sprintf(`main a[href="/orders/%s"]`, number), "/orders/"+number)
	b.press(fmt.Sprintf(`main form[action="/orders/%s"] button`, number), "/orders/"+number)
	look("order-cancelled")

	b.open("/cart")
	look("cart-empty")
	b.open("/supplies/EP14F")
	b.fill(form, url.Values{"packQuantity": {"10"}, "quantity": {"1"}}, "/cart?added=EP14F")
	b.press(`main a[href="/cart/address"]`, "/cart/address")
	look("ship-to")
	b.fill(form, url.Values{"street": {""}}, "/cart/address")
	look("ship-to-refused")
	b.fill(form, url.Values{"street": {"1301 2nd Avenue"}, "city": {"Seatle"}, "state": {"WA"}, "zip": {"98101"}}, "/cart/address")
	look("review")
	b.press(`main form[action="/orders"] button`, "/orders/*")
	b.says("main", "1301 2ND AVE")
}

// TestStoreIsOpen: who is not logged in looks at everything, and comes back from the login to what was chosen. Who has not
// proved the e-mail address keeps the cart until that is done.
func TestStoreIsOpen(t *testing.T) {
	t.Parallel()
	r := start(t)
	p, b := journey.Fictional("stranger"), browse(t, r.origin, locale.English)
	v := journey.NewVisitor(r.origin, http.DefaultTransport)
	for _, step := range p.Steps(asked) {
		if _, err := v.Send("/register", step); err != nil {
			t.Fatal(err)
		}
	}
	b.open("/supplies?q=roll")
	b.press(`main li a[href="/supplies/LABEL-107R"]`, "/supplies/LABEL-107R")
	b.look("product-stranger")
	b.fill(form, url.Values{"quantity": {"2"}}, "/login?next=*")
	b.logIn(p, "/supplies/LABEL-107R?packQuantity=1&quantity=2")
	b.press(form+" button", "/cart?added=LABEL-107R")
	b.look("cart-unproved")
	if page, err := v.Send("/orders", url.Values{"key": {"too early"}}); err != nil || page.Path != "/cart" || !strings.Contains(page.Body, `href="/verify?next=/cart"`) {
		t.Errorf("an order before the proof led to %s (%v)", page.Path, err)
	}
	b.press(`main a[href="/verify?next=/cart"]`, "/verify?next=/cart")
	b.prove(r, "email", "email", p.Email, "/cart")
	b.press(`main form[action="/orders"] button`, "/orders/*")
}

// TestStoreForms: what forms say wrong is told where it was typed, a form that is sent twice is one order, and what belongs to
// somebody else is not there.
func TestStoreForms(t *testing.T) {
	t.Parallel()
	r := start(t)
	v := journey.NewVisitor(r.origin, http.DefaultTransport)
	if err := journey.Walk(v, journey.Fictional("buyer"), asked, r.code, func(string) {}); err != nil {
		t.Fatal(err)
	}
	send := func(path string, form url.Values, want string, status int, says ...string) journey.Page {
		t.Helper()
		page, err := v.Send(path, form)
		if err != nil || page.Path != want || page.Status != status {
			t.Errorf("%s with %v: came to %s with %d (%v), not to %s with %d", path, form, page.Path, page.Status, err, want, status)
		}
		for _, words := range says {
			if !strings.Contains(page.Body, words) {
				t.Errorf("%s with %v does not say %q", path, form, words)
			}
		}
		return page
	}
	wanted := func(pack, quantity string) url.Values {
		return url.Values{"packQuantity": {pack}, "quantity": {quantity}}
	}
	send("/supplies/O-FRB1", wanted("10", ""), "/supplies/O-FRB1", 422, `href="#quantity"`)
	for _, quantity := range []string{"0", "-1", "1.5", "two", "9999999999999999999999", "2000000"} {
		send("/supplies/O-FRB1", wanted("10", quantity), "/supplies/O-FRB1", 422, "<title>Error:", fmt.Sprintf(`value="%s"`, quantity), `href="#quantity"`)
	}
	send("/supplies/O-FRB1", wanted("7", "1"), "/supplies/O-FRB1", 422, `href="#packQuantity"`)
	send("/supplies/NONE", wanted("1", "1"), "/supplies/NONE", 404)
	send("/orders", url.Values{"key": {"empty"}}, "/orders", 409, "Your cart is empty")
	send("/supplies/O-FRB1", wanted("10", "1"), "/cart?added=O-FRB1", 200, "Pack of 10 × 1 (10 pieces)")
	send("/supplies/O-FRB1", wanted("25", "1"), "/cart?added=O-FRB1", 200, "Pack of 25 × 1 (25 pieces)")
	send("/cart", url.Values{"sku": {"O-FRB1"}, "packQuantity": {"25"}, "quantity": {"-2"}}, "/cart", 422, `value="-2"`, `href="#O-FRB1-quantity"`)
	send("/cart", url.Values{"sku": {"O-FRB1"}, "packQuantity": {"25"}, "quantity": {"0"}}, "/cart", 200, "Your cart is empty")
	send("/supplies/O-FRB1", wanted("1", "1"), "/cart?added=O-FRB1", 200, `name="key"`)
	send("/orders", url.Values{"key": {"twice"}, "shipTo": {"no token"}}, "/orders", 422, `action="/cart/address"`)

	var orders [2]journey.Page
	var group errgroup.Group
	for i := range orders {
		group.Go(func() (err error) {
			orders[i], err = v.Send("/orders", url.Values{"key": {"a double click"}})
			return err
		})
	}
	if err := group.Wait(); err != nil || orders[0].Path != orders[1].Path || !strings.HasPrefix(orders[0].Path, "/orders/") {
		t.Fatalf("a double click led to %s and %s (%v)", orders[0].Path, orders[1].Path, err)
	}
	if list, err := v.Get("/orders"); err != nil || strings.Count(list.Body, `<h2><a href="/orders/`) != 1 {
		t.Errorf("there is not one order (%v):\n%s", err, list.Body)
	}
	order, _, _ := strings.Cut(orders[0].Path, "?")
	send(order, nil, order, 200, "Cancelled")
	send(order, nil, order, 200, "Cancelled")

	for i := range 3 { // 200 an order, 500 in 30 days
		send("/supplies/LABEL-228", wanted("50", "4"), "/cart?added=LABEL-228", 200)
		page, err := v.Send("/orders", url.Values{"key": {fmt.Sprint("order ", i)}})
		if over := i == 2; err != nil || over != (page.Status == 422) || over != strings.Contains(page.Body, "For now 100 more pieces of Priority Mail Address Label can be ordered") {
			t.Errorf("order %d of 200 of 500: %d (%v)", i+1, page.Status, err)
		}
	}

	other := journey.NewVisitor(r.origin, http.DefaultTransport)
	p := journey.Fictional("other")
	p.Phone, p.Street = "+12025550144", "1210 Harbor Ave"
	if err := journey.Walk(other, p, asked, r.code, func(string) {}); err != nil {
		t.Fatal(err)
	}
	v = other
	unknown := send("/orders/20261124-AAAAAAAAA", nil, "/orders/20261124-AAAAAAAAA", 404)
	if page := send(order, nil, order, 404); len(page.Body) != len(unknown.Body) {
		t.Error("another customer's order is told from one that does not exist")
	}
}
