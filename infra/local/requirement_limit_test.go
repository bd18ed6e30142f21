package main

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
)

// bounded checks that one caller may do something so many times, and then not before about that many seconds are over;
// whatever headers the caller adds, and while others may.
func (p *product) bounded(what string, times, seconds int, try func(headers ...string) answered) {
	p.t.Helper()
	const us, them = "2001:db8:7:7::1", "2001:db8:7:8::1"
	for n := range times {
		a := try("X-Local-IP", fmt.Sprintf("2001:db8:7:7::%x", n+1), "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", n)) // of one /64
		if a.StatusCode == http.StatusTooManyRequests {
			p.t.Fatalf("%s: refused after %d of %d times", what, n, times)
		}
	}
	for _, forged := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Cf-Connecting-Ip", "True-Client-Ip"} {
		a := try("X-Local-IP", us, forged, "198.51.100.200")
		a.refused(p.t, http.StatusTooManyRequests, "too_many_requests")
		if wait, _ := strconv.Atoi(a.Header.Get("Retry-After")); wait > seconds || wait < seconds-60 {
			p.t.Errorf("%s: to be tried again after %d seconds, the window is %d", what, wait, seconds)
		}
	}
	if a := try("X-Local-IP", them); a.StatusCode == http.StatusTooManyRequests {
		p.t.Errorf("%s: another caller is refused as well", what)
	}
	p.advance(fmt.Sprintf("%ds", seconds))
	if a := try("X-Local-IP", us); a.StatusCode == http.StatusTooManyRequests {
		p.t.Errorf("%s: still refused after the window: %v", what, a.Header)
	}
}

func TestBL4_UsernamesAndAddressesPerCaller(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	username := func(headers ...string) answered { return p.send("GET", "/v1/usernames?name=maria", nil, headers...) }
	p.bounded("usernames in a minute", 10, 60, username)
	for range 4 { // after 11 there are 9 left of this minute: 50 in the end
		for range 10 {
			username("X-Local-IP", "2001:db8:7:7::1")
		}
		p.advance("61s")
	}
	for n := range 10 {
		if a := username("X-Local-IP", "2001:db8:7:7::1"); a.StatusCode != http.StatusOK {
			t.Fatalf("%d of the last: %d", n, a.StatusCode)
		}
	}
	p.advance("61s")
	a := username("X-Local-IP", "2001:db8:7:7::1")
	a.refused(t, http.StatusTooManyRequests, "too_many_requests")
	if wait, _ := strconv.Atoi(a.Header.Get("Retry-After")); wait < 3000 {
		t.Errorf("the hour's limit is over in %d seconds", wait)
	}
	p.bounded("addresses", 30, 60, func(headers ...string) answered {
		return p.send("POST", "/v1/addresses/verify", object{"street": "400 Broad St", "zip": "98109"}, headers...)
	})
}

func TestBL4_AccountsPerCaller(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	bodies := make([]object, 18)
	for n := range bodies {
		bodies[n] = p.application(n)
	}
	n := -1
	p.bounded("accounts", 10, 3600, func(headers ...string) answered {
		n++
		if n == len(bodies)-1 {
			bodies[n]["addressToken"] = p.addressToken(n) // an hour later
		}
		return p.send("POST", "/v1/accounts", bodies[min(n, len(bodies)-1)], headers...)
	})
}

// TestBL4_FailedLoginsPerCaller: then right ones are refused as well, and changes of the password; on the page too.
func TestBL4_FailedLoginsPerCaller(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.create(1)
	n := 0
	p.bounded("logins", 30, 300, func(headers ...string) answered {
		n++
		password := "a wrong password"
		if n > 30 {
			password = who.password
		}
		return p.send("POST", "/v1/sessions", object{"username": fmt.Sprint("nobody", n), "password": password}, headers...)
	})
	from := []string{"X-Local-IP", "203.0.113.9"}
	for n := range 29 {
		p.send("POST", "/v1/sessions", object{"username": fmt.Sprint("nobody", n), "password": "x"}, from...).refused(t, http.StatusUnauthorized, "credentials_invalid")
	}
	login := p.must(http.StatusCreated, "POST", "/v1/sessions", object{"username": who.username, "password": who.password}, from...)
	who.token = login.json(t)["token"].(string)
	change := object{"currentPassword": "a wrong password", "newPassword": newPassword}
	p.send("PUT", "/v1/account/password", change, append(from, who.as()...)...).wrong(t, "password_wrong", "body.currentPassword", "password_wrong")
	change["currentPassword"] = who.password
	p.send("PUT", "/v1/account/password", change, append(from, who.as()...)...).refused(t, http.StatusTooManyRequests, "too_many_requests")
	v := p.visitor(t, "sv")
	v.from = append(from, "Accept-Language", "sv")
	refused := v.fill(v.get("/login"), "/login", map[string][]string{"username": {who.username}, "password": {who.password}})
	if refused.StatusCode != http.StatusTooManyRequests || refused.Header.Get("Retry-After") == "" || len(refused.Cookies()) > 0 {
		t.Errorf("the page: %d %v", refused.StatusCode, refused.Header)
	}
	contains(t, refused.body, "5 minuter", `value="`+who.username+`"`, "<title>Fel: ")
	p.must(http.StatusOK, "GET", "/v1/account", nil, append(from, who.as()...)...)
}
