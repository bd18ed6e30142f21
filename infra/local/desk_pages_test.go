package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// lacks is contains for what must not be there.
func lacks(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("there is %q", part)
		}
	}
}

// TestTheDeskShowsWhatARoleMay: no page offers an agent what would be refused, and none shows a secret.
func TestTheDeskShowsWhatARoleMay(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	number := p.order(k.person, "LABEL-228", 10, 1)["number"].(string)
	account, order := "/desk/accounts/"+k.id, "/desk/orders/"+number
	get := func(path string, agent []string) string {
		return p.must(http.StatusOK, "GET", path, nil, agent...).body
	}

	desk := get(account, helper)
	contains(t, desk, k.username, k.email, "(206) 555-0101", "101 MAIN ST", account+`/recovery"`, account+`/reset-answers"`, account+`/order"`,
		"/desk/orders?account="+k.id, account+`/activity"`)
	lacks(t, desk, account+`/unlock"`, account+`/release"`, account+`/proof"`, account+`/contact"`, "Bergensgatan", "Whiskers", "argon2") // nothing to unlock, to release, or shown at a counter
	atCounter := get(account, counter)
	contains(t, atCounter, account+`/proof"`)
	lacks(t, atCounter, account+`/recovery"`, account+`/reset-answers"`, account+`/order"`, "/desk/orders")

	contains(t, get(order, helper), account+`"`, "101 MAIN ST", "Priority Mail Address Label")
	lacks(t, get(order, helper), order+`/pack"`)
	packing := get(order, packer)
	contains(t, packing, order+`/pack"`, order+`/back-order"`)
	lacks(t, packing, order+`/ship"`, order+`/deliver"`, "/desk/accounts")

	for path, of := range map[string][]string{"/desk/start": counter, "/desk/accounts": counter, "/desk/orders": packer} {
		want, hidden := `href="/desk/accounts"`, `href="/desk/orders"`
		if of[1] == packer[1] {
			want, hidden = hidden, want
		}
		contains(t, get(path, of), want)
		lacks(t, get(path, of), hidden)
	}
	p.fail(k.person, 5)
	contains(t, get(account, helper), account+`/unlock"`, "Logging in is locked until")
	r := p.recover(k.username)
	for range 5 {
		r.must(http.StatusUnprocessableEntity, "POST", r.path+"/answers", r.answers(wrongly))
	}
	contains(t, get(account, helper), account+`/reset-answers"`, "Closed for a day")
}

// TestFormsOfTheDesk keep what was typed, say what is wrong, and do nothing before it is confirmed.
func TestFormsOfTheDesk(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	account := "/desk/accounts/" + k.id
	post := func(status int, path string, agent []string, pairs ...string) answered {
		t.Helper()
		form := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			form.Add(pairs[i], pairs[i+1])
		}
		return p.must(status, "POST", path, form, agent...)
	}
	p.must(http.StatusForbidden, "GET", account+"/proof", nil, helper...)
	post(http.StatusForbidden, account+"/proof", helper, "reason", "says so", "document", "passport")
	for one, agent := range map[string][]string{"unlock": helper, "recovery": helper, "reset-answers": helper, "proof": counter} {
		contains(t, post(http.StatusUnprocessableEntity, account+"/"+one, agent, "way", "email", "document", "passport").body, "<title>Error: Maria Garcia · ", `href="#reason"`, "Fill this in.")
	}
	contains(t, post(http.StatusUnprocessableEntity, account+"/recovery", helper, "reason", "no way chosen").body, `href="#way"`, `value="no way chosen"`)
	contains(t, post(http.StatusUnprocessableEntity, account+"/proof", counter, "reason", "shown", "document", "library-card").body, `href="#document"`, `value="shown"`)

	asked := post(http.StatusOK, account+"/reset-answers", helper, "reason", "known to others").body
	contains(t, asked, "Are you sure?", `name="reason" value="known to others"`)
	if p.seen(k)["questions"] != "open" {
		t.Error("the questions are gone before it was confirmed")
	}
	contains(t, post(http.StatusOK, account+"/reset-answers", helper, "reason", "known to others", "back", "1").body, `value="known to others"`)
	post(http.StatusUnprocessableEntity, account+"/reset-answers", helper, "confirmed", "1") // confirmed, without a reason
	if at := post(http.StatusSeeOther, account+"/reset-answers", helper, "reason", "known to others", "confirmed", "1").Header.Get("Location"); at != account+"?done=reset-answers" {
		t.Errorf("it leads to %s", at)
	}
	if p.seen(k)["questions"] != "unset" {
		t.Error("the questions are still there")
	}

	contains(t, post(http.StatusUnprocessableEntity, account+"/contact", counter, "reason", "at the counter").body, `href="#email"`)
	contains(t, post(http.StatusUnprocessableEntity, account+"/contact", counter, "reason", "at the counter", "phone", "123").body, `href="#phone"`, `value="123"`)
	contains(t, post(http.StatusConflict, account+"/contact", counter, "reason", "at the counter", "email", "new@example.com", "confirmed", "1").body, `value="new@example.com"`)

	place := account + "/order"
	contains(t, p.must(http.StatusUnprocessableEntity, "GET", place+"?item=EP14*10*1&product=LABEL-228*10&quantity=many", nil, helper...).body, `href="#quantity"`, `value="many"`, `value="EP14*10*1"`)
	contains(t, p.must(http.StatusUnprocessableEntity, "GET", place+"?product=LABEL-228*7&quantity=1", nil, helper...).body, `href="#product"`)
	contains(t, p.must(http.StatusUnprocessableEntity, "GET", place+"?product=LABEL-228*10&quantity=21", nil, helper...).body, `href="#quantity"`)
	if at := p.must(http.StatusSeeOther, "GET", place+"?item=EP14*10*1&product=EP14*10&quantity=3", nil, helper...).Header.Get("Location"); at != place+"?item=EP14%2A10%2A3" {
		t.Errorf("the same product once more leads to %s", at)
	}
	contains(t, post(http.StatusUnprocessableEntity, place, helper, "item", "EP14*10*1").body, `href="#reason"`, `value="EP14*10*1"`)
	contains(t, post(http.StatusUnprocessableEntity, place, helper, "reason", "called").body, `href="#product"`)
	contains(t, post(http.StatusOK, place, helper, "item", "EP14*10*1", "reason", "called", "back", "1").body, `value="EP14*10*1"`, `value="called"`)
	elsewhere := []string{"item", "EP14*10*1", "reason", "called", "street", "400 broad street", "city", "Seatle", "state", "WA", "zip", "98109"}
	contains(t, post(http.StatusUnprocessableEntity, place, helper, append(elsewhere[:8:8], "zip", "00000")...).body, `href="#zip"`, `value="00000"`, "<details open>")
	lacks(t, post(http.StatusUnprocessableEntity, place, helper, append(elsewhere[:8:8], "zip", "00000")...).body, "tel:") // whom customers call
	review := post(http.StatusOK, place, helper, elsewhere...).body
	contains(t, review, "400 BROAD ST", "SEATTLE WA 98109", `name="street" value="400 broad street"`)
	lacks(t, review, "101 MAIN ST")
	if mine, _ := p.numbers("account=" + k.id); len(mine) != 0 {
		t.Errorf("orders before anything was confirmed: %v", mine)
	}

	placed := post(http.StatusSeeOther, place, helper, append(elsewhere, "confirmed", "1", "shipTo", between(t, review, `name="shipTo" value="`, `"`))...).Header.Get("Location")
	contains(t, p.must(http.StatusOK, "GET", placed, nil, helper...).body, "400 BROAD ST", "The order is placed")

	order := "/desk/orders/" + p.order(k.person, "LABEL-228", 10, 1)["number"].(string)
	contains(t, post(http.StatusConflict, order+"/deliver", packer, "reason", "out of order").body, "The order is not at this step")
	post(http.StatusSeeOther, order+"/pack", packer)
	contains(t, post(http.StatusUnprocessableEntity, order+"/ship", packer, "reason", "by van").body, `href="#ship-tracking"`, `value="by van"`)
	contains(t, post(http.StatusUnprocessableEntity, order+"/ship", packer, "tracking", "9205500000000000000004").body, `href="#ship-tracking"`, `value="9205500000000000000004"`)
	post(http.StatusSeeOther, order+"/ship", packer, "tracking", trackingNumber)
	post(http.StatusNotFound, "/desk/orders/20200101-000000000/pack", packer)
	p.must(http.StatusNotFound, "GET", "/desk/accounts/01ARZ3NDEKTSV4RRFFQ69G5FAV", nil, helper...)
}

// TestSearchingAtTheDesk answers what was found, or what is wrong with what was asked.
func TestSearchingAtTheDesk(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	k := p.known(1)
	number := p.order(k.person, "LABEL-228", 10, 1)["number"].(string)
	for _, found := range []string{"username=MARIA1", "email=" + url.QueryEscape(k.email), "phone=206-555-0101", "order=" + number,
		"zip=98101&street=101+Main+Street&last=garcia"} {
		contains(t, p.must(http.StatusOK, "GET", "/desk/accounts?"+found, nil, helper...).body, `href="/desk/accounts/`+k.id+`"`, "1 account found")
	}
	for _, nothing := range []string{"username=nobody", "order=20200101-000000000", "zip=98101&street=999+Main+Street&last=garcia"} {
		a := p.must(http.StatusOK, "GET", "/desk/accounts?"+nothing, nil, helper...).body
		contains(t, a, "No account found")
		lacks(t, a, "/desk/accounts/")
	}
	for query, field := range map[string]string{"username=a&email=b": "#username", "phone=12": "#phone", "zip=98101": "#street"} {
		contains(t, p.must(http.StatusUnprocessableEntity, "GET", "/desk/accounts?"+query, nil, helper...).body, `href="`+field+`"`, "<title>Error:")
	}
	contains(t, p.must(http.StatusUnprocessableEntity, "GET", "/desk/orders?number=20200101-000000000", nil, packer...).body, `href="#number"`)
	if at := p.must(http.StatusSeeOther, "GET", "/desk/orders?number=+"+strings.ToLower(number), nil, packer...).Header.Get("Location"); at != "/desk/orders/"+number {
		t.Errorf("the number leads to %s", at)
	}
	for range 21 {
		p.order(k.person, "BOX-CRE-KIT2-SM", 1, 1)
		p.advance("721h")
		k.token = p.logIn(k.person)
	}
	list := p.must(http.StatusOK, "GET", "/desk/orders?account="+k.id, nil, helper...).body
	next := strings.ReplaceAll(between(t, list, `<p><a class="usa-link" href="`, `"`), "&amp;", "&")
	contains(t, p.must(http.StatusOK, "GET", next, nil, helper...).body, number)
	lacks(t, list, number)
}
