package main

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/shared/parcel"
	"postkontor/shared/table"
)

const subscription = "/v1/tracking/" + movingParcel + "/subscription"

// followed answers a product with two who follow a parcel that has been accepted: the first by both channels, the second,
// who reads Spanish by now, by e-mail.
func followed(t *testing.T) (p *product, ada, bo person) {
	t.Helper()
	p = startProduct(t)
	ada, bo = p.proved(1), p.proved(2)
	p.scanned("03", "a", 0)
	every := []string{"in-transit", "out-for-delivery", "delivered", "alert"}
	p.must(http.StatusOK, "PUT", subscription, object{"channels": []string{"sms", "email", "sms"}, "events": every}, ada.as()...)
	p.must(http.StatusOK, "PUT", "/v1/tracking/9400-1000%200000%200000%200000%2006/subscription", object{"channels": []string{"email"}, "events": []string{"delivered"}}, bo.as()...)
	p.must(http.StatusOK, "PATCH", "/v1/account", object{"language": "es"}, bo.as()...)
	return p, ada, bo
}

// scanned has a machine scan the parcel, so many hours after it was accepted.
func (p *product) scanned(code, id string, hours int) {
	p.t.Helper()
	at := time.Now().Add(time.Duration(hours-48) * time.Hour).UTC().Format(time.RFC3339)
	p.must(http.StatusAccepted, "POST", "/v1/scans", object{"scans": []object{{"id": id, "number": movingParcel, "at": at, "code": code, "zip": "98101"}}}, scanner...)
}

// news answers the messages about the parcel to somebody, newest first.
func (p *product) news(to string) (all []Mail) {
	p.t.Helper()
	for _, m := range p.messages(to) {
		if strings.Contains(m.Text, "/track?numbers="+movingParcel) {
			all = append(all, m)
		}
	}
	return all
}

// counted checks how many messages about the parcel have come to somebody.
func (p *product) counted(what string, want map[string]int) {
	p.t.Helper()
	for to, n := range want {
		if got := len(p.news(to)); got != n {
			p.t.Errorf("%s: %d messages to %s, not %d", what, got, to, n)
		}
	}
}

// leaving answers the link by which the newest e-mail to somebody can be unsubscribed, without its origin.
func (p *product) leaving(to string) string {
	p.t.Helper()
	all := p.news(to)
	if len(all) == 0 {
		p.t.Fatalf("no news came to %s", to)
	}
	link := all[0].Headers["List-Unsubscribe"]
	if all[0].Headers["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click" || !strings.HasPrefix(link, "<"+p.url+"/unsubscribe?t=") || !strings.Contains(all[0].Text, strings.Trim(link, "<>")) {
		p.t.Fatalf("the headers are %v, the text %s", all[0].Headers, all[0].Text)
	}
	return strings.TrimPrefix(strings.Trim(link, "<>"), p.url)
}

// TestFollowersAreToldOnce, by each channel they chose, in their language, of what they want to know; late scans and
// repeats tell nothing.
func TestFollowersAreToldOnce(t *testing.T) {
	t.Parallel()
	p, ada, bo := followed(t)
	p.counted("what it was before", map[string]int{ada.email: 0, ada.phone: 0, bo.email: 0})
	for range 2 {
		p.scanned("10", "b", 2)
		p.scanned("TL", "c", 1)
	}
	p.counted("on its way", map[string]int{ada.email: 1, ada.phone: 1, bo.email: 0, bo.phone: 0})
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { p.scanned("01", "d", 5) })
	}
	all.Wait()
	p.scanned("OF", "e", 4)
	p.counted("delivered, by fifty at once, and then a late scan", map[string]int{ada.email: 2, ada.phone: 2, bo.email: 1, bo.phone: 0})
	inEnglish, inSpanish, text := p.news(ada.email)[0], p.news(bo.email)[0], p.news(ada.phone)[0]
	contains(t, inEnglish.Subject+inEnglish.Text, "Package "+movingParcel+": Delivered", "The item was delivered on", "SEATTLE, WA 98101", "Hello Maria,", p.url+"/track?numbers="+movingParcel)
	contains(t, inSpanish.Subject+inSpanish.Text, "Paquete "+movingParcel+": Entregado", "Hola, Maria", "Ver el paquete: "+p.url)
	contains(t, text.Text, "delivered, SEATTLE, WA 98101", p.url+"/track?numbers="+movingParcel, "STOP")
	p.must(http.StatusOK, "PUT", subscription, object{"channels": []string{"email"}, "events": []string{"returned"}}, ada.as()...)
	p.must(http.StatusNoContent, "DELETE", subscription, nil, bo.as()...)
	p.send("DELETE", subscription, nil, bo.as()...).refused(t, http.StatusNotFound, "not_found")
	p.scanned("09", "f", 6)
	p.counted("returned, changed, ended", map[string]int{ada.email: 3, ada.phone: 2, bo.email: 1})
}

func TestWhatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	right := func(channel string) object {
		return object{"channels": []string{channel}, "events": []string{"delivered"}}
	}
	for _, channel := range []string{"email", "sms"} {
		p.send("PUT", subscription, right(channel), who.as()...).refused(t, http.StatusUnprocessableEntity, "channel_unproved")
	}
	p.prove(who)
	for name, body := range map[string]object{
		"no channel": {"channels": []string{}, "events": []string{"delivered"}}, "no event": {"channels": []string{"email"}, "events": []string{}}, "nothing": {},
		"a letter": right("letter"), "a status of none": {"channels": []string{"sms"}, "events": []string{"lost"}}, "a text": {"channels": "email", "events": "delivered"},
		"more": {"channels": []string{"email"}, "events": []string{"delivered"}, "account": "x"},
	} {
		if a := p.send("PUT", subscription, body, who.as()...); a.StatusCode != http.StatusUnprocessableEntity || a.json(t)["code"] != "validation" {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	p.send("PUT", "/v1/tracking/12345/subscription", right("email"), who.as()...).refused(t, http.StatusUnprocessableEntity, "number_invalid")
	p.send("DELETE", "/v1/tracking/12345/subscription", nil, who.as()...).refused(t, http.StatusNotFound, "not_found")
	for _, method := range []string{"PUT", "DELETE"} {
		p.send(method, subscription, right("email")).refused(t, http.StatusUnauthorized, "login_required")
	}
	a := p.must(http.StatusOK, "PUT", subscription, right("email"), who.as()...)
	if got := strings.TrimSpace(a.body); !strings.Contains(got, `"number":"`+movingParcel+`","channels":["email"],"events":["delivered"]`) {
		t.Error(got)
	}
	p.send("GET", "/v1/tracking/"+movingParcel, nil).refused(t, http.StatusNotFound, "number_unknown")
	contains(t, p.must(http.StatusOK, "GET", "/v1/account/export", nil, who.as()...).body, `"follows":[{"number":"`+movingParcel+`"`)
}

// oneClick is a mail program's request: a form in either encoding, no cookie, no origin (RFC 8058 §3.2).
func (p *product) oneClick(link string, parts bool) answered {
	p.t.Helper()
	if !parts {
		return p.apart(p.t).send("POST", link, url.Values{"List-Unsubscribe": {"One-Click"}})
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("List-Unsubscribe", "One-Click"); err != nil {
		p.t.Fatal(err)
	}
	_ = form.Close() // to memory
	r, err := http.NewRequest("POST", p.url+link, &body)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	return p.apart(p.t).do(r)
}

// follows reports whether somebody follows the parcel.
func (p *product) follows(who person) bool {
	p.t.Helper()
	return strings.Contains(p.must(http.StatusOK, "GET", "/v1/account/export", nil, who.as()...).body, `"follows":[{"number":"`+movingParcel+`"`)
}

// TestUnsubscribing: by the mail program, the page's button and the API, once and again; then nothing comes any more.
func TestUnsubscribing(t *testing.T) {
	t.Parallel()
	p, ada, bo := followed(t)
	p.scanned("01", "b", 1)
	link := p.leaving(ada.email)
	token, stranger, stop := strings.TrimPrefix(link, "/unsubscribe?t="), p.apart(t), url.Values{"stop": {"1"}}
	for name, way := range map[string]struct {
		leave  func() answered
		status int
	}{
		"one click":           {func() answered { return p.oneClick(link, false) }, http.StatusOK},
		"one click, in parts": {func() answered { return p.oneClick(link, true) }, http.StatusOK},
		"the button":          {func() answered { return stranger.send("POST", link, stop) }, http.StatusSeeOther},
		"the button, signed in": {func() answered {
			return p.send("POST", link, stop, "Cookie", "__Host-session="+bo.token, "Origin", p.url)
		}, http.StatusSeeOther},
		"the API": {func() answered { return stranger.send("POST", "/v1/tracking/unsubscribe", object{"token": token}) }, http.StatusNoContent},
	} {
		p.must(http.StatusOK, "PUT", subscription, object{"channels": []string{"email", "sms"}, "events": []string{"returned"}}, ada.as()...)
		for range 2 {
			if a := way.leave(); a.StatusCode != way.status {
				t.Errorf("%s answers %d %s", name, a.StatusCode, a.body)
			}
			if p.follows(ada) || !p.follows(bo) {
				t.Errorf("after %s: %v and %v follow", name, p.follows(ada), p.follows(bo))
			}
		}
	}
	done := stranger.must(http.StatusSeeOther, "POST", link, stop).Header.Get("Location")
	contains(t, stranger.must(http.StatusOK, "GET", done, nil).body, "You get no more messages", "9400 1000 0000 0000 0000 06")
	p.scanned("09", "c", 2)
	p.counted("returned", map[string]int{ada.email: 1, ada.phone: 1, bo.email: 1})
}

// TestLinksThatDoNotUnsubscribe: one that is only followed does nothing, and neither does a wrong one.
func TestLinksThatDoNotUnsubscribe(t *testing.T) {
	t.Parallel()
	p, ada, _ := followed(t)
	p.scanned("01", "b", 1)
	link := p.leaving(ada.email)
	token, stranger, stop := strings.TrimPrefix(link, "/unsubscribe?t="), p.apart(t), url.Values{"stop": {"1"}}
	page := stranger.must(http.StatusOK, "GET", link, nil)
	contains(t, page.body, `<form method="post" action="/unsubscribe?t=`+token, "9400 1000 0000 0000 0000 06")
	for _, a := range []answered{stranger.send("POST", link, nil), stranger.send("POST", link, url.Values{"List-Unsubscribe": {"maybe"}})} {
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != link {
			t.Errorf("a form that asks for nothing: %d %v", a.StatusCode, a.Header)
		}
	}
	for name, wrong := range map[string]string{"none": "", "cut": token[:len(token)-1], "longer": token + "A",
		"another parcel's": strings.Replace(token, movingParcel, arrivedParcel, 1), "another account's": "7" + token[1:]} {
		stranger.send("POST", "/v1/tracking/unsubscribe", object{"token": wrong}).refused(t, http.StatusUnprocessableEntity, "token_invalid")
		at := "/unsubscribe?t=" + wrong
		for _, a := range []answered{stranger.send("GET", at, nil), p.oneClick(at, false), stranger.send("POST", at, stop)} {
			if a.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%s: %s answers %d", name, a.Request.Method, a.StatusCode)
			}
		}
	}
	if a := p.send("POST", link, stop, "Cookie", "__Host-session="+ada.token, "Origin", "https://elsewhere.example"); a.StatusCode != http.StatusForbidden {
		t.Errorf("another site's page: %d", a.StatusCode)
	}
	if !p.follows(ada) {
		t.Error("what does nothing has ended it")
	}
}

// TestFollowersWhoAreGone: nothing is sent to who has closed the account, and it goes on when it is opened again; nothing is
// left of who is erased.
func TestFollowersWhoAreGone(t *testing.T) {
	t.Parallel()
	p, ada, bo := followed(t)
	p.must(http.StatusAccepted, "DELETE", "/v1/account", nil, ada.as()...)
	p.scanned("10", "b", 1)
	p.must(http.StatusOK, "POST", "/v1/account/reopen", nil, ada.as()...)
	p.scanned("02", "c", 2)
	p.counted("closed, and opened again", map[string]int{ada.email: 1, ada.phone: 1})
	p.must(http.StatusAccepted, "DELETE", "/v1/account", nil, ada.as()...)
	p.advance(days(31))
	p.sweep(1, 0, 0, 0, 1)
	p.scanned("01", "d", 3)
	p.counted("erased", map[string]int{ada.email: 1, ada.phone: 1, bo.email: 1})
	id, _, _ := strings.Cut(strings.TrimPrefix(p.leaving(ada.email), "/unsubscribe?t="), ".")
	p.stop()
	tables := p.tables()
	item, _, err := tables.Table(parcel.Definition.Name).Get(t.Context(), parcel.Key(movingParcel), true)
	if err != nil || strings.Contains(string(item.Data), id) || !strings.Contains(string(item.Data), parcel.FollowPrefix) {
		t.Errorf("the parcel: %s, %v", item.Data, err)
	}
	err = tables.Each("accounts", func(item table.Item) error {
		if strings.Contains(item.Key.PK, id) && strings.HasPrefix(item.Key.SK, "FOLLOW#") {
			t.Errorf("left of an erased account: %v", item.Key)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFollowingOnThePage: who is signed in follows, changes and stops there, others log in first; what was ticked stays.
func TestFollowingOnThePage(t *testing.T) {
	t.Parallel()
	p, ada, bo := followed(t)
	here, cookie := "/track?numbers="+movingParcel, []string{"Cookie", "__Host-session=" + ada.token}
	contains(t, p.apart(t).must(http.StatusOK, "GET", here, nil).body, `<a class="usa-link" href="/login?next=%2Ftrack%3Fnumbers%3D`+movingParcel+`">Log in to follow`)
	ticked := func(body, value string) bool { return strings.Contains(body, `value="`+value+`" checked`) }
	page := p.must(http.StatusOK, "GET", here, nil, cookie...).body
	contains(t, page, "You follow this package.", "Stop following")
	if !ticked(page, "sms") || !ticked(page, "alert") || ticked(page, "returned") {
		t.Errorf("not what is followed: %s", page)
	}
	post := func(status int, form url.Values) answered {
		t.Helper()
		form.Set("number", movingParcel)
		a := p.send("POST", "/track", form, cookie...)
		if a.StatusCode != status || status == http.StatusSeeOther && a.Header.Get("Location") != here {
			t.Errorf("%v answers %d %v", form, a.StatusCode, a.Header)
		}
		return a
	}
	post(http.StatusSeeOther, url.Values{"channels": {"email"}, "events": {"returned", "alert"}})
	page = p.must(http.StatusOK, "GET", here, nil, cookie...).body
	if ticked(page, "sms") || !ticked(page, "alert") || !ticked(page, "returned") {
		t.Errorf("not what was changed: %s", page)
	}
	refused := post(http.StatusUnprocessableEntity, url.Values{"channels": {"email", "letter"}})
	contains(t, refused.body, "<title>Error: ", `href="#events"`, "<details open>", `value="email" checked`)
	for range 2 {
		post(http.StatusSeeOther, url.Values{"stop": {"1"}})
	}
	contains(t, p.must(http.StatusOK, "GET", here, nil, cookie...).body, "<summary>Follow this package</summary>")
	if p.follows(ada) || !p.follows(bo) {
		t.Error("the wrong one was stopped")
	}
	if a := p.send("POST", "/track", url.Values{"number": {movingParcel}}); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/login?next=") {
		t.Errorf("a stranger: %d %v", a.StatusCode, a.Header)
	}
	if a := p.send("POST", "/track", url.Values{"number": {"12345"}, "channels": {"email"}, "events": {"alert"}}, cookie...); a.StatusCode != http.StatusNotFound {
		t.Errorf("no number: %d", a.StatusCode)
	}
}

// TestFollowingIsBoundedPerCaller, since numbers that nobody knows can be followed.
func TestFollowingIsBoundedPerCaller(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.proved(1)
	p.bounded("follow", 300, 24*60*60, func(headers ...string) answered {
		return p.send("PUT", subscription, object{"channels": []string{"email"}, "events": []string{"alert"}}, append(headers, who.as()...)...)
	})
}
