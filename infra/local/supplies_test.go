package main

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"postkontor/infra/servers"
	"postkontor/shared/table"
)

// customer is the n-th person with both addresses proved.
func (p *product) customer(n int) person {
	p.t.Helper()
	who := p.signUp(n)
	p.prove(who)
	return who
}

// put puts packs of a product into a cart.
func (p *product) put(who person, sku string, pack, quantity any) answered {
	p.t.Helper()
	return p.send("PUT", "/v1/cart/items/"+sku, object{"packQuantity": pack, "quantity": quantity}, who.as()...)
}

// order puts packs of a product into the cart, orders, and answers the order.
func (p *product) order(who person, sku string, pack, quantity int) object {
	p.t.Helper()
	if a := p.put(who, sku, pack, quantity); a.StatusCode != http.StatusOK {
		p.t.Fatalf("the cart answers %d %s", a.StatusCode, a.body)
	}
	return p.must(http.StatusCreated, "POST", "/v1/orders", nil, who.as()...).json(p.t)
}

// items are the items of a list.
func (a answered) items(t testing.TB) (all []object) {
	t.Helper()
	for _, item := range a.json(t)["items"].([]any) {
		all = append(all, item.(map[string]any))
	}
	return all
}

// TestStore_FromTheShelfToTheDoor: a label is found as people are told to find it, ordered, confirmed, packed, shipped and
// delivered, on both backends.
func TestStore_FromTheShelfToTheDoor(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) *product{
		"embedded": func(t *testing.T) *product { return startProduct(t) },
		"dynamodb": func(t *testing.T) *product {
			return startWith(t, options{data: t.TempDir(), dynamo: servers.DynamoDB(t), prefix: rand.Text() + "-"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t)
			who := p.customer(1)
			found := p.must(http.StatusOK, "GET", "/v1/supplies?category=shipping-supplies&type=free-shipping-supplies&kind=labels", nil)
			label := found.items(t)[0]
			if price := label["price"].(map[string]any); label["sku"] != "LABEL-228" || price["amount"] != "0.00" || price["currency"] != "USD" || label["maxPerOrder"] != 200.0 {
				t.Errorf("the label is %v", label)
			}
			picture, _, _ := strings.Cut(label["image"].(string), "#")
			if a := p.must(http.StatusOK, "GET", picture, nil); a.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("its picture is %s, %s", a.Header.Get("Content-Type"), a.Header.Get("Cache-Control"))
			}
			o := p.order(who, "LABEL-228", 50, 2)
			line, to := o["items"].([]any)[0].(map[string]any), o["shipTo"].(map[string]any)
			if o["status"] != "placed" || o["source"] != "web" || line["pieces"] != 100.0 || to["street"] != "101 MAIN ST" || o["name"] != "Maria Garcia" {
				t.Errorf("the order is %v", o)
			}
			number := o["number"].(string)
			mail := p.messages(who.email)[0]
			contains(t, mail.Subject, number)
			contains(t, mail.Text, "100 × Priority Mail Address Label", "101 MAIN ST", "SEATTLE WA 98101", "$0.00", "7–10 business days", "/orders/"+number)
			p.send("POST", "/v1/orders", nil, who.as()...).refused(t, http.StatusConflict, "cart_empty")
			work := func(status int, act string, body any) object {
				return p.must(status, "POST", "/v1/desk/orders/"+number+"/"+act, body, packer...).json(t)
			}
			work(http.StatusConflict, "deliver", nil)
			work(http.StatusOK, "back-order", object{"reason": "no labels left"})
			work(http.StatusOK, "pack", nil)
			p.send("POST", "/v1/orders/"+number+"/cancel", nil, who.as()...).refused(t, http.StatusConflict, "order_packed")
			work(http.StatusOK, "ship", object{"tracking": "9205500000000000000001"})
			contains(t, p.messages(who.email)[0].Text, "9205500000000000000001")
			work(http.StatusOK, "deliver", nil)
			if o := work(http.StatusOK, "deliver", nil); o["status"] != "delivered" || o["account"] == "" {
				t.Errorf("delivered again: %v", o)
			}
			var told []string
			for _, m := range p.messages(who.email)[:3] {
				told = append(told, m.Subject)
			}
			contains(t, strings.Join(told, "\n"), "is on its way", "takes a little longer", "Your order "+number)
			done := p.must(http.StatusOK, "GET", "/v1/account/activity", nil, who.as()...).items(t)
			if done[0]["kind"] != "order-delivered" || done[0]["agent"] != "pia" || done[3]["reason"] != "no labels left" {
				t.Errorf("the activity is %v", done[:4])
			}
			page := p.must(http.StatusOK, "GET", "/account/activity", nil, "Cookie", "__Host-session="+who.token)
			contains(t, page.body, number, "An order of supplies was packed", "no labels left", "pia")
			if mine := p.must(http.StatusOK, "GET", "/v1/orders", nil, who.as()...).items(t); len(mine) != 1 || mine[0]["tracking"] != "9205500000000000000001" || len(mine[0]["history"].([]any)) != 5 {
				t.Errorf("the orders are %v", mine)
			}
		})
	}
}

// TestStore_WhatDoesNotFit is refused where it stands, and the cart stays as it was.
func TestStore_WhatDoesNotFit(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.customer(1)
	p.put(who, "LABEL-228", 10, 1)
	for _, bad := range []struct {
		sku             string
		pack, quantity  any
		code, at, field string
	}{
		{"EP14", 25, 1, "pack_not_offered", "body.packQuantity", "pack_not_offered"},
		{"EP14", 0, 1, "pack_not_offered", "body.packQuantity", "pack_not_offered"},
		{"EP14", 10, -1, "validation", "body.quantity", "validation.quantity"},
		{"EP14", 10, 0.5, "validation", "body.quantity", "validation.type"},
		{"EP14", 10, "1", "validation", "body.quantity", "validation.type"},
		{"EP14", 10, 11, "quantity_over_limit", "body.quantity", "quantity_over_limit"},
		{"EP14", 10, 9_007_199_254_740_992, "quantity_over_limit", "body.quantity", "quantity_over_limit"},
	} {
		p.put(who, bad.sku, bad.pack, bad.quantity).wrong(t, bad.code, bad.at, bad.field)
	}
	for _, huge := range []any{1e30, -1e30} {
		p.put(who, "EP14", 10, huge).refused(t, http.StatusUnprocessableEntity, "validation")
	}
	for _, sku := range []string{"NO-SUCH", "ep14", "EP14%00", "%FF", strings.Repeat("E", 64)} {
		p.put(who, sku, 10, 1).refused(t, http.StatusNotFound, "not_found")
		p.send("GET", "/v1/supplies/"+sku, nil).refused(t, http.StatusNotFound, "not_found")
	}
	p.send("PUT", "/v1/cart/items/EP14", object{"packQuantity": 10, "quantity": 1, "price": "0.00"}, who.as()...).wrong(t, "validation", "body.price", "validation.unknown")
	p.send("PUT", "/v1/cart/items/EP14", object{"packQuantity": 10}, who.as()...).wrong(t, "validation", "body.quantity", "validation.required")
	p.send("POST", "/v1/orders", object{"shipTo": "abc"}, who.as()...).wrong(t, "address_unverified", "body.shipTo", "address_unverified")
	p.send("GET", "/v1/orders?cursor=abc", nil, who.as()...).refused(t, http.StatusUnprocessableEntity, "validation")
	if none := p.must(http.StatusOK, "GET", "/v1/supplies?kind=crates&q=%F0%9F%93%AE", nil); len(none.items(t)) != 0 {
		t.Errorf("an unknown kind has %s", none.body)
	}
	cart := p.must(http.StatusOK, "DELETE", "/v1/cart/items/EP14", nil, who.as()...)
	if items := cart.items(t); len(items) != 1 || cart.json(t)["pieces"] != 10.0 {
		t.Errorf("the cart is %s", cart.body)
	}
	if items := p.put(who, "LABEL-228", 10, 0).items(t); len(items) != 0 {
		t.Errorf("no packs leave %v", items)
	}
}

// TestStore_WhoMayOrder: nobody without a login; whose e-mail is not proved keeps the cart until it is; nobody sees or
// cancels the order of another.
func TestStore_WhoMayOrder(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	for _, path := range []string{"/v1/cart", "/v1/orders", "/v1/orders/20261124-000000000"} {
		p.send("GET", path, nil).refused(t, http.StatusUnauthorized, "login_required")
	}
	who := p.signUp(1)
	p.put(who, "LABEL-228", 10, 1)
	p.send("POST", "/v1/orders", nil, who.as()...).refused(t, http.StatusForbidden, "email_unproved")
	p.prove(who)
	number := p.must(http.StatusCreated, "POST", "/v1/orders", nil, who.as()...).json(t)["number"].(string)
	other := p.customer(2)
	var refusals []string
	for _, path := range []string{"/v1/orders/" + number, "/v1/orders/20261124-000000000", "/v1/orders/%FF"} {
		for _, method := range []string{"GET", "POST"} {
			at := path
			if method == "POST" {
				at += "/cancel"
			}
			o := p.send(method, at, nil, other.as()...).refused(t, http.StatusNotFound, "not_found")
			delete(o, "requestId")
			refusals = append(refusals, fmt.Sprint(o))
		}
	}
	if slices.Sort(refusals); len(slices.Compact(refusals)) != 1 {
		t.Errorf("another's order is answered apart: %v", refusals)
	}
	p.must(http.StatusNotFound, "GET", "/orders/"+number, nil, "Cookie", "__Host-session="+other.token)
	if mine := p.must(http.StatusOK, "GET", "/v1/orders", nil, other.as()...).items(t); len(mine) != 0 {
		t.Errorf("another sees %v", mine)
	}
	double := p.createIn(1, 3)
	double.token = p.logIn(double)
	p.put(double, "LABEL-228", 10, 1)
	p.prove(double) // and is flagged
	p.send("POST", "/v1/orders", nil, double.as()...).refused(t, http.StatusForbidden, "scope_insufficient")
	p.must(http.StatusAccepted, "DELETE", "/v1/account", nil, who.as()...)
	who.token = p.logIn(who) // closed
	p.send("GET", "/v1/orders", nil, who.as()...).refused(t, http.StatusForbidden, "scope_insufficient")
	p.send("POST", "/v1/orders", nil, who.as()...).refused(t, http.StatusForbidden, "scope_insufficient")
}

// TestStore_LimitOfThirtyDays is told with what is left; cancelling gives pieces back.
func TestStore_LimitOfThirtyDays(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.customer(1)
	first := p.order(who, "BOX-CRE-KIT2-SM", 1, 2)
	p.order(who, "BOX-CRE-KIT2-SM", 1, 1)
	p.put(who, "BOX-CRE-KIT2-SM", 1, 2)
	o := p.send("POST", "/v1/orders", nil, who.as()...).refused(t, http.StatusUnprocessableEntity, "limit_reached")
	if o["sku"] != "BOX-CRE-KIT2-SM" || o["left"] != 1.0 {
		t.Errorf("%v", o)
	}
	contains(t, o["detail"].(string), "Small Cremated Remains Kit 2", " 1 ")
	for range 2 {
		if o := p.must(http.StatusOK, "POST", fmt.Sprintf("/v1/orders/%s/cancel", first["number"]), nil, who.as()...).json(t); o["status"] != "cancelled" {
			t.Errorf("%v", o)
		}
	}
	contains(t, p.messages(who.email)[0].Subject, "is cancelled")
	p.must(http.StatusCreated, "POST", "/v1/orders", nil, who.as()...)
}

// TestStore_AtOnce: fifty requests with one key and one cart are one order; fifty without a key too; a form sent twice too.
func TestStore_AtOnce(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.customer(1)
	send := func(key ...string) map[string]int {
		var mu sync.Mutex
		var all sync.WaitGroup
		answers := map[string]int{}
		for range 50 {
			all.Go(func() {
				o := p.send("POST", "/v1/orders", object{}, append(who.as(), key...)...).json(t)
				mu.Lock()
				defer mu.Unlock()
				answers[fmt.Sprint(o["number"], o["code"])]++
			})
		}
		all.Wait()
		return answers
	}
	p.put(who, "LABEL-228", 10, 1)
	if answers := send("Idempotency-Key", "k"); len(answers) != 1 {
		t.Errorf("one key: %v", answers)
	}
	p.put(who, "LABEL-228", 10, 2)
	if again := send("Idempotency-Key", "k"); len(again) != 1 {
		t.Errorf("the key once more, with another cart: %v", again)
	}
	p.send("POST", "/v1/orders", object{"shipTo": p.addressToken(7)}, append(who.as(), "Idempotency-Key", "k")...).refused(t, http.StatusUnprocessableEntity, "idempotency_mismatch")
	if answers := send(); answers["<nil>cart_empty"] != 49 {
		t.Errorf("no key: %v", answers)
	}
	p.put(who, "LABEL-228", 10, 3)
	form := url.Values{"key": {"from the page"}}
	first := p.must(http.StatusSeeOther, "POST", "/orders", form, "Cookie", "__Host-session="+who.token).Header.Get("Location")
	if second := p.must(http.StatusSeeOther, "POST", "/orders", form, "Cookie", "__Host-session="+who.token).Header.Get("Location"); second != first || !strings.HasPrefix(first, "/orders/20") {
		t.Errorf("a double click leads to %s and to %s", first, second)
	}
	if orders := p.must(http.StatusOK, "GET", "/v1/orders", nil, who.as()...).items(t); len(orders) != 3 {
		t.Errorf("%d orders", len(orders))
	}
	confirmed := 0
	for _, m := range p.messages(who.email) {
		if strings.HasPrefix(m.Subject, "Your order ") {
			confirmed++
		}
	}
	if confirmed != 3 {
		t.Errorf("%d confirmations", confirmed)
	}
}

// TestStore_OnceForADay: the same key is answered the same order also when its address token is no longer good, and after the
// next login.
func TestStore_OnceForADay(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.customer(1)
	p.put(who, "LABEL-228", 10, 1)
	body := object{"shipTo": p.addressToken(7)}
	send := func(status int) object {
		return p.must(status, "POST", "/v1/orders", body, append(who.as(), "Idempotency-Key", "k")...).json(t)
	}
	first := send(http.StatusCreated)
	if to := first["shipTo"].(map[string]any); to["street"] != "107 MAIN ST" {
		t.Errorf("it goes to %v", to)
	}
	p.advance("2h")
	who.token = p.logIn(who)
	if again := send(http.StatusCreated); again["number"] != first["number"] {
		t.Errorf("two hours later it is %v", again)
	}
	p.advance("22h1m")
	who.token = p.logIn(who)
	send(http.StatusUnprocessableEntity)
}

// TestStore_Faults: an order that failed is made once when it is tried again, and its confirmation waits for the provider.
func TestStore_Faults(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.customer(1)
	p.put(who, "LABEL-228", 10, 1)
	send := func() answered {
		return p.send("POST", "/v1/orders", nil, append(who.as(), "Idempotency-Key", "k")...)
	}
	p.must(http.StatusOK, "POST", "/_local/faults", object{"table": "throttle"})
	send().refused(t, http.StatusServiceUnavailable, "unavailable")
	p.must(http.StatusOK, "POST", "/_local/faults", object{"ses": "down"})
	o := send().json(t)
	number := fmt.Sprint(o["number"])
	if again := send().json(t); again["number"] != o["number"] {
		t.Errorf("again: %v", again)
	}
	before := len(p.messages(who.email))
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	p.advance("5m")
	if all := p.messages(who.email); len(all) != before+1 || !strings.Contains(all[0].Subject, number) {
		t.Errorf("%d messages, before %d: %+v", len(all), before, all[0])
	}
}

// TestStore_AConfirmationOutlivesTheProcess that placed the order, though it is killed before it could send.
func TestStore_AConfirmationOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	address, data := freeAddress(t), t.TempDir()
	first := started(t, address, data)
	p := &product{t: t, url: "http://" + address, client: &http.Client{}}
	who := p.customer(1)
	p.must(http.StatusOK, "POST", "/_local/faults", object{"ses": "down"})
	number := p.order(who, "LABEL-228", 10, 1)["number"].(string)
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	first.Wait()
	started(t, address, data)
	p.advance("5m")
	if m := p.messages(who.email)[0]; !strings.Contains(m.Subject, number) {
		t.Errorf("the newest message is %q", m.Subject)
	}
	if mine := p.must(http.StatusOK, "GET", "/v1/orders", nil, who.as()...).items(t); len(mine) != 1 || mine[0]["number"] != number {
		t.Errorf("the orders are %v", mine)
	}
}

// TestStore_InTheCustomersLanguage: names, refusals and the confirmation.
func TestStore_InTheCustomersLanguage(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.customer(1)
	p.must(http.StatusOK, "PATCH", "/v1/account", object{"language": "sv"}, who.as()...)
	o := p.order(who, "LABEL-228", 10, 1)
	if line := o["items"].([]any)[0].(map[string]any); line["name"] != "Adressetikett Priority Mail" {
		t.Errorf("the line is %v", line)
	}
	contains(t, p.messages(who.email)[0].Text, "Tack för din beställning", "10 × Adressetikett Priority Mail", "7–10 arbetsdagar")
	contains(t, p.put(who, "LABEL-228", 10, 99).body, "200")
	found := p.must(http.StatusOK, "GET", "/v1/supplies?q=etiqueta", nil, "Accept-Language", "es")
	contains(t, found.body, "Etiqueta de dirección Priority Mail", `"name":"Etiquetas"`)
	mine := p.must(http.StatusOK, "GET", "/v1/orders?lang=zh-Hans", nil, who.as()...)
	contains(t, mine.body, "Priority Mail 地址标签")
	contains(t, p.must(http.StatusOK, "GET", fmt.Sprint("/v1/orders/", o["number"], "?lang=zh-Hans"), nil, who.as()...).body, "Priority Mail 地址标签")
}

// TestStore_ExportedAndErased: an account's orders are in its export, and go with it.
func TestStore_ExportedAndErased(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.customer(1)
	number := p.order(who, "LABEL-228", 10, 1)["number"].(string)
	p.put(who, "EP14", 10, 1)
	export := p.must(http.StatusOK, "GET", "/v1/account/export", nil, who.as()...).json(t)["supplies"].(map[string]any)
	if len(export["cart"].([]any)) != 1 || !strings.Contains(fmt.Sprint(export["orders"]), number) {
		t.Errorf("the export has %v", export)
	}
	contains(t, p.must(http.StatusOK, "GET", "/account/export", nil, "Cookie", "__Host-session="+who.token).body, number, "10 × Priority Mail Address Label")
	p.must(http.StatusAccepted, "DELETE", "/v1/account", nil, who.as()...)
	p.advance("745h")
	p.must(http.StatusOK, "POST", "/_local/sweep", nil)
	p.must(http.StatusNotFound, "POST", "/v1/desk/orders/"+number+"/pack", nil, packer...)
	p.stop()
	left := 0
	if err := p.tables().Each("supplies", func(table.Item) error { left++; return nil }); err != nil || left != 0 {
		t.Errorf("%d items are left, %v", left, err)
	}
}
