package tracking_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/shared/session"
)

// nth answers the canonical number of n that holds.
func nth(n int) string {
	body := fmt.Sprintf("940551000000000%06d", n)
	sum := 0
	for i := range body {
		sum += int(body[len(body)-1-i]-'0') * (3 - 2*(i%2))
	}
	return fmt.Sprint(body, (10-sum%10)%10)
}

func TestPackages(t *testing.T) {
	t.Parallel()
	h := open(t)
	token, other := h.signIn(ada, session.Full), h.signIn(bo, session.Full)
	if got := items(h.json(h.ask("GET", "/v1/account/packages", token, ""), 200)); len(got) != 0 {
		t.Errorf("at first: %v", got)
	}
	for number, body := range map[string]string{unknown: "", arrived: `{"label":"  Winter   boots "}`, "420 98101 9400 1000 0000 0000 0000 06": `{}`} {
		p := h.json(h.ask("PUT", "/v1/account/packages/"+number, token, body), 200)
		if number == arrived && (p["number"] != arrived || p["label"] != "Winter boots" || p["status"] != "delivered" || p["newestAt"] == nil) {
			t.Errorf("%v", p)
		}
		if number == unknown && (len(p) != 1 || p["number"] != unknown) {
			t.Errorf("one that is not known: %v", p)
		}
	}
	list := func(token string) string {
		var all []string
		for _, p := range items(h.json(h.ask("GET", "/v1/account/packages", token, ""), 200)) {
			all = append(all, fmt.Sprint(p["number"], " ", p["status"]))
		}
		return strings.Join(all, ", ")
	}
	for minute, number := range []string{arrived, moving} {
		h.recordUntil(noon.Add(time.Duration(minute+1)*time.Minute), number, "GX", "03", "10", "07")
		want := map[string]string{arrived: arrived + " delivered, " + moving + " in-transit, ", moving: moving + " in-transit, " + arrived + " delivered, "}[number]
		if got := list(token); got != want+unknown+" <nil>" {
			t.Errorf("after news of %s: %s", number, got)
		}
	}
	if got := list(other); got != "" {
		t.Errorf("another customer sees %s", got)
	}
	for _, number := range []string{arrived, "no number", "..%2F" + ada} {
		foreign, none := h.ask("DELETE", "/v1/account/packages/"+number, other, ""), h.ask("DELETE", "/v1/account/packages/"+strange, other, "")
		if foreign.Code != 404 || h.json(foreign, 404)["code"] != h.json(none, 404)["code"] {
			t.Errorf("removing %s of another: %d", number, foreign.Code)
		}
	}
	h.json(h.ask("PUT", "/v1/account/packages/"+arrived, other, `{"label":"mine"}`), 200)
	if got := h.json(h.ask("GET", "/v1/account/packages", token, ""), 200); !strings.Contains(fmt.Sprint(got), "Winter boots") || strings.Contains(fmt.Sprint(got), "mine") {
		t.Errorf("another customer's label: %v", got)
	}
	h.json(h.ask("DELETE", "/v1/account/packages/"+arrived, token, ""), 204)
	h.json(h.ask("DELETE", "/v1/account/packages/"+arrived, token, ""), 404)
	if got := list(other); got != arrived+" delivered" {
		t.Errorf("another customer's is gone too: %s", got)
	}
}

func TestPackagesRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	token := h.signIn(ada, session.Full)
	for _, c := range []struct {
		method, path, token, body string
		status                    int
		code                      string
	}{
		{"GET", "", "", "", 401, "login_required"},
		{"PUT", "/" + moving, "", `{}`, 401, "login_required"},
		{"DELETE", "/" + moving, "", "", 401, "login_required"},
		{"GET", "", h.signIn(bo, session.Flagged), "", 403, "scope_insufficient"},
		{"PUT", "/12345", token, `{}`, 422, "number_invalid"},
		{"PUT", "/" + moving, token, `{"label":1}`, 422, "validation"},
		{"PUT", "/" + moving, token, `{"owner":"x"}`, 422, "validation"},
		{"PUT", "/" + moving, token, `{"label":"` + strings.Repeat("x", 61) + `"}`, 422, "validation"},
		{"PUT", "/" + moving, token, `{"label":"a\u0000b"}`, 422, "validation"},
		{"PUT", "/" + moving, token, `{`, 400, "body_invalid"},
		{"POST", "/" + moving, token, `{}`, 405, "method_not_allowed"},
	} {
		if p := h.json(h.ask(c.method, "/v1/account/packages"+c.path, c.token, c.body), c.status); p["code"] != c.code {
			t.Errorf("%s %s %s: %v", c.method, c.path, c.body, p)
		}
	}
	if got := items(h.json(h.ask("GET", "/v1/account/packages", token, ""), 200)); len(got) != 0 {
		t.Errorf("kept all the same: %v", got)
	}
}

// TestFiftyRaceForTenPlaces: an account keeps a hundred packages, and never one more.
func TestFiftyRaceForTenPlaces(t *testing.T) {
	t.Parallel()
	h := open(t)
	token := h.signIn(ada, session.Full)
	put := func(n int) int { return h.ask("PUT", "/v1/account/packages/"+nth(n), token, `{}`).Code }
	for n := range 90 {
		if status := put(n); status != 200 {
			t.Fatalf("the %dth: %d", n, status)
		}
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	statuses := map[int]int{}
	for n := range 50 {
		all.Go(func() {
			status := put(100 + n)
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	all.Wait()
	if statuses[200] != 10 || statuses[409] != 40 {
		t.Errorf("%v", statuses)
	}
	if got := items(h.json(h.ask("GET", "/v1/account/packages", token, ""), 200)); len(got) != 100 {
		t.Errorf("%d are kept", len(got))
	}
	if p := h.json(h.ask("PUT", "/v1/account/packages/"+nth(999), token, `{}`), 409); p["code"] != "too_many_packages" {
		t.Errorf("%v", p)
	}
	page := h.page("/account/packages", token, url.Values{"number": {nth(999)}, "label": {"Boots"}})
	if page.Code != 409 {
		t.Errorf("the page: %d", page.Code)
	}
	h.contains("the page", page.Body.String(), "<title>Error:", "keeps 100 packages already", `value="`+nth(999)+`"`, `value="Boots"`)
}
