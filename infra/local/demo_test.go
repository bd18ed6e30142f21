package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"postkontor/shared/zip"
)

// startDemo opens a runner with a demonstration that moves only when the test says so.
func startDemo(t *testing.T) *runner {
	t.Helper()
	r, err := open(t.Context(), options{data: t.TempDir(), origin: &url.URL{Scheme: "http", Host: "localhost:3000"}, terminal: io.Discard, pace: usualPace})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// get answers what a browser on this machine reads.
func (r *runner) get(path string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodGet, r.origin.String()+path, nil)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, request)
	return w
}

// stories answers what is known of parcels, by their numbers.
func (r *runner) stories(t *testing.T, parcels []*madeUp) map[string]parcelTold {
	t.Helper()
	all := map[string]parcelTold{}
	for _, p := range parcels {
		w := r.get("/v1/tracking/" + p.Number)
		if w.Code == http.StatusNotFound {
			continue
		}
		var told parcelTold
		if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil {
			t.Fatal(err)
		}
		all[p.Number] = told
	}
	return all
}

type parcelTold struct {
	Status, Source string
	Scans          []struct{ At time.Time }
}

func scanned(all map[string]parcelTold) (n int) {
	for _, p := range all {
		n += len(p.Scans)
	}
	return n
}

// TestDemonstration: a dozen parcels of which the newcomer finds most on their way, with news within a minute; they arrive,
// and others follow them.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	r := startDemo(t)
	first := r.demo.list()
	begun := r.stories(t, first)
	if len(first) != 12 || len(begun) < 10 {
		t.Errorf("%d parcels, %d of them known", len(first), len(begun))
	}
	move := func(by time.Duration) map[string]parcelTold {
		if err := r.clock.advance(t.Context(), by); err != nil {
			t.Fatal(err)
		}
		r.demo.move(t.Context())
		return r.stories(t, first)
	}
	if later := move(time.Minute); scanned(later) < scanned(begun)+5 {
		t.Errorf("after a minute %d scans, at first %d", scanned(later), scanned(begun))
	}
	arrived := move(15 * time.Minute)
	for i, p := range first {
		told := arrived[p.Number]
		if want := strings.Count(strings.TrimSpace(trips[i].events), "\n") + 1; len(told.Scans) != want || told.Status != "delivered" && told.Status != "returned" || told.Source != "demonstration" {
			t.Errorf("%s to %s: %d of %d scans, %s by %s", p.From.City, p.To.City, len(told.Scans), want, told.Status, told.Source)
			continue
		}
		if newest := told.Scans[0].At; r.clock.Now().Sub(newest) > 72*time.Hour || newest.After(r.clock.Now()) {
			t.Errorf("%s to %s ends at %s, and it is %s", p.From.City, p.To.City, newest, r.clock.Now())
		}
	}
	r.demo.move(t.Context())
	for i, p := range r.demo.list() {
		if p.Number == first[i].Number {
			t.Errorf("nothing follows the parcel from %s", p.From.City)
		}
	}
}

// TestDemonstrationIsMarked: wherever its parcels are shown it is said that they are made up; without it nobody hears of one.
func TestDemonstrationIsMarked(t *testing.T) {
	t.Parallel()
	r := startDemo(t)
	var greeting bytes.Buffer
	r.greet(&greeting)
	panel := r.get("/_local/").Body.String()
	contains(t, greeting.String(), "A demonstration: these parcels are made up")
	contains(t, panel, ">Demonstration</h2>", "These parcels are made up.")
	for _, p := range r.demo.list() {
		contains(t, greeting.String(), r.origin.String()+"/track?numbers="+p.Number)
		contains(t, panel, `href="/track?numbers=`+p.Number+`"`)
		if !demoNumbers.MatchString(p.Number) {
			t.Errorf("%s could be a mailer's", p.Number)
		}
	}
	known, other := r.demo.list()[11].Number, r.demo.list()[10].Number
	contains(t, r.get("/track?numbers="+known).Body.String(), "This parcel is made up.")
	contains(t, r.get("/track?lang=sv&numbers="+known).Body.String(), "Det här paketet är påhittat.")
	if several := r.get("/track?numbers=" + known + "," + other).Body.String(); strings.Count(several, ">Demonstration</span>") != 2 {
		t.Errorf("the list does not tell: %s", several)
	}
	p := startWith(t, options{data: t.TempDir(), pace: usualPace})
	who := p.signUp(1)
	numbers := regexp.MustCompile(`\?numbers=(\d+)`).FindAllStringSubmatch(p.must(http.StatusOK, "GET", "/_local/", nil).body, -1)
	p.must(http.StatusOK, "PUT", "/v1/account/packages/"+numbers[11][1], nil, who.as()...)
	contains(t, p.must(http.StatusOK, "GET", "/account/packages", nil, "Cookie", "__Host-session="+who.token).body, ">Demonstration</span>")
	p = startTracking(t)
	for _, path := range []string{"/_local/", "/track?numbers=" + movingParcel, "/track?numbers=" + movingParcel + "," + arrivedParcel} {
		if a := p.must(http.StatusOK, "GET", path, nil); strings.Contains(a.body, "Demonstration") {
			t.Errorf("%s tells of a demonstration", path)
		}
	}
}

// TestDemonstrationWhileTheTableIsThrottled: its events are told later.
func TestDemonstrationWhileTheTableIsThrottled(t *testing.T) {
	t.Parallel()
	r := startDemo(t)
	if err := r.clock.advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	first := r.demo.list()
	before := scanned(r.stories(t, first))
	r.faults.set(Faults{Table: "throttle"})
	r.demo.move(t.Context())
	r.faults.set(Faults{})
	if after := scanned(r.stories(t, first)); after != before {
		t.Errorf("%d scans, then %d", before, after)
	}
	r.demo.move(t.Context())
	if after := scanned(r.stories(t, first)); after <= before {
		t.Errorf("mended: %d scans, then %d", before, after)
	}
}

// TestTrips: they go forward in time, through ZIP Codes that there are, and end.
func TestTrips(t *testing.T) {
	t.Parallel()
	for _, trip := range trips {
		var before time.Time
		for line := range strings.Lines(strings.TrimSpace(trip.events)) {
			event := strings.Fields(line)
			at := happens(event, time.Now())
			if _, known := zip.Lookup(event[3]); !known || !at.After(before) {
				t.Errorf("to %s: %v after %s", trip.to, event, before)
			}
			before = at
		}
		if _, known := zip.Lookup(trip.to); !known {
			t.Errorf("nowhere: %s", trip.to)
		}
	}
}
