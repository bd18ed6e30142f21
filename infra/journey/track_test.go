package journey_test

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"postkontor/infra/house"
	"postkontor/infra/journey"
	"postkontor/shared/locale"
	"postkontor/shared/parcel"
	"postkontor/shared/table/embedded"
)

// Parcels, by what has become of them.
const (
	moving    = "9400100000000000000006"
	arrived   = "9400100000000000000013"
	missed    = "9400100000000000000020"
	nobodys   = "9400100000000000000037"
	announced = "9400100000000000000044"
	ready     = "9400100000000000000051"
	returning = "9405510000000000000008"
)

// stories are the scans of each parcel, four hours after another: a code and a ZIP Code.
var stories = map[string]string{
	moving:    "GX 60601, 03 60601, 10 60638, T1 60638, A1 98168, TL 98168",
	arrived:   "GX 10001, 03 10001, 10 11201, A1 33101, OF 33130, 01 33130",
	missed:    "03 37201, 10 37201, OF 98101, 02 98101",
	announced: "GX 98101",
	ready:     "03 98101, 10 98101, 16 85001",
	returning: "03 98101, 10 98101, 05 85001, 09 85001, ZZ 85001",
}

// scanned answers a folder in which these parcels are known.
func scanned(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	db, err := embedded.Open(filepath.Join(folder, "tables.db"), time.Now, house.Tables()...)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	store := parcel.Store{DB: db, Now: time.Now}
	for number, story := range stories {
		var scans []parcel.Scan
		for i, event := range strings.Split(story, ", ") {
			code, zip, _ := strings.Cut(event, " ")
			scans = append(scans, parcel.Scan{ID: fmt.Sprint(i), Number: number, At: time.Now().Add(time.Duration(i-12) * 4 * time.Hour), Code: code, Zip: zip,
				Description: "Weighed again at the counter"})
		}
		if n, _, err := store.Record(t.Context(), scans); n != len(scans) || err != nil {
			t.Fatalf("%d scans of %s are taken: %v", n, number, err)
		}
	}
	return folder
}

// TestTracking: parcels are looked up from the home page, one and several, and kept in the account, in four languages.
func TestTracking(t *testing.T) {
	t.Parallel()
	r := startAt(t, freeAddress(t), scanned(t))
	for i, lang := range locale.Languages() {
		t.Run(string(lang.Code), func(t *testing.T) {
			p := journey.Fictional(strings.ToLower(string(lang.Code)))
			p.Language, p.Phone, p.Street = string(lang.Code), fmt.Sprintf("+1202555014%d", i), fmt.Sprintf("%d Harbor Ave", 1200+2*i)
			follow(browse(t, r.origin, lang.Code), r.settled(t, p))
		})
	}
}

func follow(b tab, p journey.Person) {
	b.t.Helper()
	b.open("/track")
	b.look("track")
	b.open("/")
	b.fill("main form.pk-quick", url.Values{"numbers": {"9400 1000 0000 0000 0000 06"}}, "/track?numbers=9400+1000+0000+0000+0000+06")
	b.says("main .usa-alert", locale.Text(b.lang, "tracking.status.in-transit"))
	b.look("track-moving")
	all := []string{moving, arrived, missed, nobodys, announced, ready, returning, "9400100000000000000016", "1Z999AA10123456784"}
	b.fill(form, url.Values{"numbers": {strings.Join(all, "\n")}}, "/track?numbers=*")
	b.look("track-several")
	b.press(fmt.Sprintf(`main a[href="/track?numbers=%s"]`, missed), "/track?numbers="+missed)
	b.look("track-missed")
	if b.lang == locale.English {
		for name, number := range map[string]string{"arrived": arrived, "announced": announced, "ready": ready, "returning": returning, "unknown": nobodys} {
			b.open("/track?numbers=" + number)
			b.look("track-" + name)
		}
	}
	b.open("/track?numbers=94OO100000000000000006")
	b.look("track-mistyped")
	b.press(fmt.Sprintf(`main a[href="/track?numbers=%s"]`, moving), "/track?numbers="+moving)
	b.press(`main .pk-keep a`, "/login?next=*")
	b.logIn(p, "/track?numbers="+moving)
	b.press(`main .pk-keep button`, "/track?numbers="+moving)
	b.says("main .pk-keep", locale.Text(b.lang, "tracking.kept"))
	b.press(`main .pk-keep a`, "/account/packages")
	for _, number := range []string{arrived, missed, nobodys} {
		b.fill(form, url.Values{"number": {number}, "label": {"№ " + number[18:]}}, "/account/packages")
	}
	b.do("opening what changes one", chromedp.Click(chromedp.CSS(`main details summary`)))
	b.look("packages")
	b.fill(form, url.Values{"number": {"12345"}, "label": {"?"}}, "/account/packages")
	b.do("opening what changes one", chromedp.Click(chromedp.CSS(`main details summary`)))
	b.press(`main details[open] button[name="remove"]`, "/account/packages")
}
