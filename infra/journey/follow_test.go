package journey_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"postkontor/infra/journey"
	"postkontor/shared/locale"
)

// TestFollowing: a parcel is followed on its page, changed and refused there, and let go by the link in its message, in four
// languages.
func TestFollowing(t *testing.T) {
	t.Parallel()
	r := startAt(t, freeAddress(t), scanned(t))
	for i, lang := range locale.Languages() {
		t.Run(string(lang.Code), func(t *testing.T) {
			p := journey.Fictional("f" + strings.ToLower(string(lang.Code)))
			p.Language, p.Phone, p.Street = string(lang.Code), fmt.Sprintf("+1202555015%d", i), fmt.Sprintf("%d Harbor Ave", 1300+2*i)
			followOn(browse(t, r.origin, lang.Code), r, r.settled(t, p))
		})
	}
}

func followOn(b tab, r runner, p journey.Person) {
	b.t.Helper()
	const page, send, opener = "/track?numbers=" + moving, `main .pk-follow button[type="submit"]`, "main .pk-follow summary"
	tick := func(value string) chromedp.Action[chromedp.Void] {
		return chromedp.Click(chromedp.CSS(fmt.Sprintf(`main .pk-follow [value=%q] + label`, value)))
	}
	b.open("/login")
	b.logIn(p, "/account")
	b.open(page)
	b.do("opening what can be told", chromedp.Click(chromedp.CSS(opener)), chromedp.WaitVisible(chromedp.CSS(send)))
	b.look("follow")
	b.do("ticking nothing", tick("email"))
	b.press(send, "/track")
	b.look("follow-refused")
	b.do("ticking both", tick("email"), tick("sms"))
	b.press(send, page)
	b.says("main .pk-follow", locale.Text(b.lang, "tracking.follow.now"))
	b.do("opening what is told", chromedp.Click(chromedp.CSS(opener)), chromedp.WaitVisible(chromedp.CSS(send)))
	b.look("followed")
	r.scan(b.t, "OF", fmt.Sprint(b.lang))
	if b.lang != locale.English { // the others are told what it becomes next
		r.scan(b.t, "02", fmt.Sprint(b.lang, "-alert"))
	}
	link := strings.TrimPrefix(b.find(r, "email", p.Email, `http\S+/unsubscribe\?t=\S+`), b.origin)
	b.open(link)
	b.look("unsubscribe")
	b.press("main form button", link+"&done=1")
	b.says("main .usa-alert", locale.Text(b.lang, "tracking.unsubscribe.done"))
	b.look("unsubscribed")
	b.open(link[:len(link)-1])
	b.look("unsubscribe-refused")
}

// scan has a machine scan the parcel that moves.
func (r runner) scan(t *testing.T, code, id string) {
	t.Helper()
	body := fmt.Sprintf(`{"scans":[{"id":%q,"number":%q,"at":%q,"code":%q,"zip":"98101"}]}`, id, moving, time.Now().UTC().Format(time.RFC3339), code)
	request, err := http.NewRequest("POST", r.origin+"/v1/scans", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Local-Agent", "scanner;role=machine")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		t.Fatalf("a scan answered %d", response.StatusCode)
	}
}
