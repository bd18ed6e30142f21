package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

const trackingNumber = "9205500000000000000001"

// work is an act of the warehouse.
func (p *product) work(number any, act string, body any) answered {
	p.t.Helper()
	if act == "ship" && body == nil {
		body = object{"tracking": trackingNumber}
	}
	return p.send("POST", fmt.Sprintf("/v1/desk/orders/%v/%s", number, act), body, packer...)
}

// numbers are those of the orders that a search finds.
func (p *product) numbers(query string) (all []string, next any) {
	p.t.Helper()
	a := p.must(http.StatusOK, "GET", "/v1/desk/orders?"+query, nil, packer...)
	for _, o := range a.items(p.t) {
		all = append(all, o["number"].(string))
	}
	return all, a.json(p.t)["next"]
}

// call is an order at the telephone.
func (p *product) call(k known, body object, headers ...string) answered {
	p.t.Helper()
	all := object{"reason": callersWish, "items": []object{{"sku": "LABEL-228", "packQuantity": 10, "quantity": 1}}}
	for name, value := range body {
		all[name] = value
	}
	return p.send("POST", k.path+"/orders", all, append(slices.Clone(helper), headers...)...)
}

func TestTheDeskFindsOrders(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	var placed []string
	for range 5 {
		placed = append(placed, p.order(k.person, "LABEL-228", 10, 1)["number"].(string))
		p.advance("1s")
	}
	other := p.order(p.customer(2), "EP14", 10, 1)["number"].(string)
	var paged []string
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		found, next := p.numbers("status=placed&limit=2&cursor=" + url.QueryEscape(cursor))
		if paged = append(paged, found...); pages > 3 || next == nil {
			break
		}
		cursor = next.(string)
	}
	if all := append(slices.Clone(placed), other); len(paged) != 6 || !slices.Equal(slices.Sorted(slices.Values(paged)), slices.Sorted(slices.Values(all))) {
		t.Errorf("by pages %v, not %v", paged, all)
	}
	if mine, _ := p.numbers("account=" + k.id); len(mine) != 5 || slices.Contains(mine, other) {
		t.Errorf("of the account: %v", mine)
	}
	for _, typed := range []string{placed[2], "%20" + strings.ToLower(placed[2]) + "%20"} {
		if one, _ := p.numbers("number=" + typed); len(one) != 1 || one[0] != placed[2] {
			t.Errorf("%q finds %v", typed, one)
		}
	}
	p.work(placed[0], "pack", nil)
	if packed, _ := p.numbers("status=packed"); len(packed) != 1 || packed[0] != placed[0] {
		t.Errorf("packed are %v", packed)
	}
	for _, nothing := range []string{"number=20200101-000000000", "account=01ARZ3NDEKTSV4RRFFQ69G5FAV", "status=cancelled"} {
		if found, _ := p.numbers(nothing); len(found) != 0 {
			t.Errorf("%s finds %v", nothing, found)
		}
	}
	for _, none := range []string{"", "status=", "status=placed&number=" + other, "account=" + k.id + "&status=placed"} {
		p.send("GET", "/v1/desk/orders?"+none, nil, helper...).refused(t, http.StatusUnprocessableEntity, "validation")
	}
	for _, bad := range []string{"status=lost", "status=placed&cursor=abc", "status=placed&limit=0", "status=placed&limit=101"} {
		p.send("GET", "/v1/desk/orders?"+bad, nil, packer...).refused(t, http.StatusUnprocessableEntity, "validation")
	}
}

func TestOnlyTheRightAgentsTouchOrders(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	number := p.order(k.person, "LABEL-228", 10, 1)["number"].(string)
	type way struct{ method, path string }
	allowed := map[way][][]string{
		{"GET", "/v1/desk/orders?status=placed"}:              {helper, packer},
		{"POST", "/v1/desk/orders/" + number + "/pack"}:       {packer},
		{"POST", "/v1/desk/orders/" + number + "/ship"}:       {packer},
		{"POST", "/v1/desk/orders/" + number + "/deliver"}:    {packer},
		{"POST", "/v1/desk/orders/" + number + "/back-order"}: {packer},
		{"POST", k.path + "/orders"}:                          {helper},
		{"GET", "/desk/accounts"}:                             {helper, counter},
		{"GET", "/desk/accounts/" + k.id}:                     {helper, counter},
		{"GET", "/desk/accounts/" + k.id + "/activity"}:       {helper, counter},
		{"GET", "/desk/accounts/" + k.id + "/unlock"}:         {helper},
		{"POST", "/desk/accounts/" + k.id + "/recovery"}:      {helper},
		{"POST", "/desk/accounts/" + k.id + "/contact"}:       {helper, counter},
		{"GET", "/desk/accounts/" + k.id + "/order"}:          {helper},
		{"POST", "/desk/accounts/" + k.id + "/order"}:         {helper},
		{"GET", "/desk/orders"}:                               {helper, packer},
		{"GET", "/desk/orders/" + number}:                     {helper, packer},
		{"POST", "/desk/orders/" + number + "/deliver"}:       {packer},
	}
	for w, roles := range allowed {
		for _, nobody := range [][]string{nil, k.as(), {"X-Local-Agent", "robot;role=machine"}} {
			p.must(http.StatusUnauthorized, w.method, w.path, nil, nobody...)
		}
		for _, agent := range [][]string{helper, packer, counter} {
			a := p.send(w.method, w.path, nil, agent...)
			may := slices.ContainsFunc(roles, func(r []string) bool { return slices.Equal(r, agent) })
			if may == (a.StatusCode == http.StatusForbidden) || a.StatusCode == http.StatusUnauthorized {
				t.Errorf("%s %s answers %s %d", w.method, w.path, agent[1], a.StatusCode)
			}
		}
	}
}

// TestOrdersGoOneWay: each act from each status, and each once more.
func TestOrdersGoOneWay(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.customer(1)
	acts := []string{"pack", "ship", "deliver", "back-order"}
	for _, c := range []struct {
		before []string
		status string
		may    []string // the acts that are not out of order
	}{
		{nil, "placed", []string{"pack", "back-order"}},
		{[]string{"back-order"}, "back-ordered", []string{"pack", "back-order"}},
		{[]string{"pack"}, "packed", []string{"pack", "ship"}},
		{[]string{"pack", "ship"}, "shipped", []string{"ship", "deliver"}},
		{[]string{"pack", "ship", "deliver"}, "delivered", []string{"deliver"}},
	} {
		for _, act := range acts {
			number := p.order(who, "LABEL-107R", 1, 1)["number"]
			for _, before := range c.before {
				p.work(number, before, nil)
			}
			a := p.work(number, act, nil)
			if !slices.Contains(c.may, act) {
				if o := a.refused(t, http.StatusConflict, "order_state"); o["orderStatus"] != c.status {
					t.Errorf("%s of a %s order: %v", act, c.status, o)
				}
				continue
			}
			if again := p.work(number, act, nil); a.StatusCode != http.StatusOK || again.StatusCode != http.StatusOK || again.body != a.body {
				t.Errorf("%s of a %s order answers %d %s, then %d %s", act, c.status, a.StatusCode, a.body, again.StatusCode, again.body)
			}
		}
	}
	number := p.order(who, "LABEL-107R", 1, 1)["number"]
	p.work(number, "pack", object{})
	for _, typed := range []string{"9205500000000000000004", "abc", "1"} {
		if o := p.work(number, "ship", object{"tracking": typed}).refused(t, http.StatusUnprocessableEntity, "number_invalid"); o["reason"] == nil {
			t.Errorf("%s: %v", typed, o)
		}
	}
	p.work(number, "ship", object{"tracking": " "}).wrong(t, "validation", "body.tracking", "validation.required")
	p.work(number, "ship", object{}).wrong(t, "validation", "body.tracking", "validation.required")
	p.work(number, "pack", object{"reason": strings.Repeat("x", 201)}).wrong(t, "validation", "body.reason", "validation.too_long")
	if o := p.work(number, "ship", object{"tracking": "9205 5000 0000 0000 0000 01"}).json(t); o["tracking"] != trackingNumber {
		t.Errorf("shipped as %v", o["tracking"])
	}
	p.work(number, "ship", object{"tracking": "9205500000000000000018"}).refused(t, http.StatusConflict, "order_state")
	p.work("20200101-000000000", "pack", nil).refused(t, http.StatusNotFound, "not_found")
	cancelled := p.order(who, "LABEL-107R", 1, 1)["number"]
	p.must(http.StatusOK, "POST", fmt.Sprintf("/v1/orders/%v/cancel", cancelled), nil, who.as()...)
	p.work(cancelled, "pack", nil).refused(t, http.StatusConflict, "order_state")
}

// TestTwoAgentsPackAtOnce: each is answered the one order, which is packed once; of packing and cancelling one comes first.
func TestTwoAgentsPackAtOnce(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.customer(1)
	number := p.order(who, "LABEL-228", 10, 1)["number"].(string)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if a := p.send("POST", "/v1/desk/orders/"+number+"/pack", nil, "X-Local-Agent", fmt.Sprintf("agent%d;role=warehouse", i)); a.StatusCode != http.StatusOK {
				t.Errorf("agent %d is answered %d %s", i, a.StatusCode, a.body)
			}
		})
	}
	all.Wait()
	if packed := p.did(who, "order-packed"); len(packed) != 1 {
		t.Errorf("packed %d times: %v", len(packed), packed)
	}
	for range 10 {
		number := p.order(who, "LABEL-228", 10, 1)["number"].(string)
		answers := make([]int, 2)
		all.Go(func() { answers[0] = p.work(number, "pack", nil).StatusCode })
		all.Go(func() { answers[1] = p.send("POST", "/v1/orders/"+number+"/cancel", nil, who.as()...).StatusCode })
		all.Wait()
		slices.Sort(answers)
		if !slices.Equal(answers, []int{http.StatusOK, http.StatusConflict}) {
			t.Errorf("packing and cancelling at once: %v", answers)
		}
	}
}

// did are the lines of a customer's activity of a kind.
func (p *product) did(who person, kind string) (lines []object) {
	p.t.Helper()
	for _, line := range p.must(http.StatusOK, "GET", "/v1/account/activity?limit=100", nil, who.as()...).items(p.t) {
		if line["kind"] == kind {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestOrdersAtTheTelephone(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	p.put(k.person, "EP14", 10, 1)
	o := p.call(k, object{"shipTo": p.addressToken(7)})
	if made := o.json(t); o.StatusCode != http.StatusCreated || made["source"] != "telephone" || made["account"] != k.id || made["status"] != "placed" ||
		made["shipTo"].(map[string]any)["street"] != "107 MAIN ST" {
		t.Fatalf("%d %s", o.StatusCode, o.body)
	}
	contains(t, p.messages(k.email)[0].Text, "10 × Priority Mail Address Label", "107 MAIN ST")
	if line := p.did(k.person, "order-placed")[0]; line["agent"] != "vera" || line["reason"] != callersWish {
		t.Errorf("the activity says %v", line)
	}
	if cart := p.must(http.StatusOK, "GET", "/v1/cart", nil, k.as()...).items(t); len(cart) != 1 {
		t.Errorf("the cart has %v", cart)
	}
	item := func(sku string, pack, quantity any) object {
		return object{"items": []object{{"sku": sku, "packQuantity": pack, "quantity": quantity}}}
	}
	for _, bad := range []struct {
		body            object
		code, at, field string
	}{
		{object{"reason": " "}, "validation", "body.reason", "validation.required"},
		{object{"items": []object{}}, "validation", "body.items", "validation.too_few"},
		{item("NO-SUCH", 10, 1), "validation", "body.items[0].sku", "validation.one_of"},
		{item("EP14", 7, 1), "pack_not_offered", "body.items[0].packQuantity", "pack_not_offered"},
		{item("EP14", 10, 0), "validation", "body.items[0].quantity", "validation.quantity"},
		{item("EP14", 10, 1.5), "validation", "body.items[0].quantity", "validation.type"},
		{item("EP14", 10, 11), "quantity_over_limit", "body.items[0].quantity", "quantity_over_limit"},
		{object{"shipTo": "abc"}, "address_unverified", "body.shipTo", "address_unverified"},
		{object{"price": "1"}, "validation", "body.price", "validation.unknown"},
	} {
		p.call(k, bad.body).wrong(t, bad.code, bad.at, bad.field)
	}
	for _, most := range []int{20, 20} {
		p.call(k, item("LABEL-228", 10, most))
	}
	if o := p.call(k, item("LABEL-228", 10, 10)).refused(t, http.StatusUnprocessableEntity, "limit_reached"); o["sku"] != "LABEL-228" || o["left"] != 90.0 {
		t.Errorf("%v", o)
	}
	fresh := p.atDesk(p.signUp(2))
	p.call(fresh, nil).refused(t, http.StatusUnprocessableEntity, "account_state")
	p.must(http.StatusAccepted, "DELETE", "/v1/account", nil, k.as()...)
	p.call(k, nil).refused(t, http.StatusUnprocessableEntity, "account_state")
	for _, id := range []string{"01ARZ3NDEKTSV4RRFFQ69G5FAV", "nobody"} {
		p.call(known{path: "/v1/desk/accounts/" + id}, nil).refused(t, http.StatusNotFound, "not_found")
	}
}

// TestOneCallIsOneOrder: the same call sent twenty times at once, and the page's form sent twice.
func TestOneCallIsOneOrder(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	var all sync.WaitGroup
	answers := make([]any, 20)
	for i := range answers {
		all.Go(func() { answers[i] = p.call(k, nil, "Idempotency-Key", "call 7").json(t)["number"] })
	}
	all.Wait()
	if slices.ContainsFunc(answers, func(n any) bool { return n == nil || n != answers[0] }) {
		t.Errorf("one call is %v", answers)
	}
	p.call(k, object{"reason": "another one"}, "Idempotency-Key", "call 7").refused(t, http.StatusUnprocessableEntity, "idempotency_mismatch")
	page := "/desk/accounts/" + k.id + "/order"
	form := url.Values{"item": {"EP14*10*1"}, "reason": {callersWish}}
	review := p.must(http.StatusOK, "POST", page, form, helper...)
	contains(t, review.body, "Priority Mail Poly Envelopes", callersWish, `name="confirmed"`)
	form.Set("key", between(t, review.body, `name="key" value="`, `"`))
	form.Set("confirmed", "1")
	first := p.must(http.StatusSeeOther, "POST", page, form, helper...).Header.Get("Location")
	if again := p.must(http.StatusSeeOther, "POST", page, form, helper...).Header.Get("Location"); again != first || !strings.HasPrefix(first, "/desk/orders/20") {
		t.Errorf("a double click leads to %s and to %s", first, again)
	}
	if mine, _ := p.numbers("account=" + k.id); len(mine) != 2 {
		t.Errorf("two calls are %v", mine)
	}
}

// between is what stands between two texts.
func between(t testing.TB, text, before, after string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, before)
	value, _, ended := strings.Cut(rest, after)
	if !found || !ended {
		t.Fatalf("nothing between %s and %s in %s", before, after, text)
	}
	return value
}

// TestEveryWorkIsKept: the customer reads of each act who did it, why and when, by the API and on the page; and is told of
// what they wait for.
func TestEveryWorkIsKept(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	number := p.order(k.person, "LABEL-228", 10, 1)["number"]
	for i, c := range []struct{ act, kind, told string }{{"back-order", "order-back-ordered", "takes a little longer"}, {"pack", "order-packed", ""},
		{"ship", "order-shipped", "is on its way"}, {"deliver", "order-delivered", ""}} {
		reason, before := fmt.Sprintf("reason number %d", i), len(p.messages(k.email))
		body := object{"reason": reason}
		if c.act == "ship" {
			body["tracking"] = trackingNumber
		}
		if a := p.work(number, c.act, body); a.StatusCode != http.StatusOK {
			t.Fatalf("%s answers %d %s", c.act, a.StatusCode, a.body)
		}
		p.work(number, c.act, body) // again: nothing more is kept or told
		lines := p.did(k.person, c.kind)
		if len(lines) != 1 || lines[0]["agent"] != "pia" || lines[0]["reason"] != reason || lines[0]["at"] == nil || lines[0]["ip"] != nil {
			t.Errorf("%s is kept as %v", c.act, lines)
		}
		told := p.messages(k.email)[:len(p.messages(k.email))-before]
		if (c.told != "") != (len(told) == 1) || c.told != "" && !strings.Contains(told[0].Subject, c.told) {
			t.Errorf("%s is told by %d messages", c.act, len(told))
		}
		contains(t, p.must(http.StatusOK, "GET", "/account/activity", nil, "Cookie", "__Host-session="+k.token).body, "By customer service: pia", "Reason: "+reason)
		contains(t, p.must(http.StatusOK, "GET", "/desk/accounts/"+k.id+"/activity", nil, helper...).body, "By customer service: pia", "Reason: "+reason)
	}
}
