package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"postkontor/functions/scans"
	"postkontor/functions/tracking"
	"postkontor/shared/barcode"
	"postkontor/shared/parcel"
	"postkontor/shared/zip"
)

// usualPace is what an hour of a parcel's way takes in the demonstration: most arrive within ten minutes.
const usualPace = 5 * time.Second

// trip is the way of a parcel; see trips.
type trip struct{ service, to, events string }

// demo moves made-up parcels along the trips, so that a newcomer sees tracking live. Each event is told by POST /v1/scans,
// as a machine does. Their times are those of a real parcel: a way that takes days has begun days ago, and is told at a
// quicker pace until it ends today.
type demo struct {
	*runner
	mu      sync.Mutex
	parcels []*madeUp // one a trip; when it has arrived, another follows it
}

// madeUp is a parcel of the demonstration.
type madeUp struct {
	Number   string
	From, To zip.Place
	left     []told // in order
	over     time.Time
}

// told is an event, and when it is to be told.
type told struct {
	scans.ScanEvent
	when time.Time
}

func newDemo(r *runner) *demo {
	d := &demo{runner: r}
	for i := range trips {
		d.parcels = append(d.parcels, d.begin(i, float64(i)/float64(len(trips))))
	}
	return d
}

// run moves the parcels until ctx ends.
func (d *demo) run(ctx context.Context) {
	for tick := time.Tick(time.Second); ; {
		d.move(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
	}
}

// list answers the parcels, as they are under way.
func (d *demo) list() []*madeUp {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.parcels)
}

// move tells what is to be told by now. What the product does not take is told at the next move.
func (d *demo) move(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now, batch := d.clock.Now(), scanBatch{}
	for i, p := range d.parcels {
		if len(p.left) == 0 && now.After(p.over) {
			d.parcels[i] = d.begin(i, 0)
		}
		for _, t := range p.left {
			if !t.when.After(now) {
				batch.Scans = append(batch.Scans, t.ScanEvent)
			}
		}
	}
	if len(batch.Scans) == 0 || !d.tell(ctx, batch) {
		return
	}
	for _, p := range d.parcels {
		p.left = slices.DeleteFunc(p.left, func(t told) bool { return !t.when.After(now) })
	}
}

type scanBatch struct {
	Scans []scans.ScanEvent `json:"scans"`
}

// tell sends a batch through the front, and reports whether it was taken.
func (d *demo) tell(ctx context.Context, batch scanBatch) bool {
	body, err := json.Marshal(batch)
	if err != nil {
		d.post.log.ErrorContext(ctx, "the demonstration", "error", err)
		return false
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, d.origin.String()+"/v1/scans", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(localAgent, "demonstration;role=machine")
	w := httptest.NewRecorder()
	d.front.ServeHTTP(w, r)
	return w.Code == http.StatusAccepted
}

// begin makes a parcel that has done a part of its trip already. It arrives, by the clocks of the places, on the last day
// but Sundays that lets it be told to the end before anything in it is ahead of the clock.
func (d *demo) begin(i int, done float64) *madeUp {
	now, events := d.clock.Now(), strings.Split(strings.TrimSpace(trips[i].events), "\n")
	first, last := strings.Fields(events[0]), strings.Fields(events[len(events)-1])
	whole := happens(last, now).Sub(happens(first, now))
	behind := time.Duration(done * float64(whole))
	end := now.Add(d.quick(whole - behind))
	day := now.AddDate(0, 0, 1)
	for arrives := happens(last, day); arrives.After(end) || arrives.Weekday() == time.Sunday; arrives = happens(last, day) {
		day = day.AddDate(0, 0, -1)
	}
	number := demoNumber(trips[i].service, now.Unix()%1e8*int64(len(trips))+int64(i))
	p := &madeUp{Number: number, over: end.Add(d.quick(24 * time.Hour))}
	p.From, _ = zip.Lookup(first[3])
	p.To, _ = zip.Lookup(trips[i].to)
	for n, line := range events {
		event := strings.Fields(line)
		at := happens(event, day)
		when := now.Add(d.quick(max(0, at.Sub(happens(first, day))-behind)))
		if when.Before(at) { // in the night in which clocks are put back
			when = at
		}
		p.left = append(p.left, told{when: when,
			ScanEvent: scans.ScanEvent{ID: fmt.Sprint("demonstration-", n+1), Number: "420" + trips[i].to + number, At: at.Format(time.RFC3339),
				Code: event[2], Zip: event[3], Description: strings.Join(event[4:], " ")}})
	}
	return p
}

// quick is how long something takes in the demonstration.
func (d *demo) quick(way time.Duration) time.Duration {
	return time.Duration(float64(way) * float64(d.pace) / float64(time.Hour))
}

// happens answers when an event of a trip happens whose first day is that of a moment.
func happens(event []string, first time.Time) time.Time {
	var days, hour, minute int
	if _, err := fmt.Sscanf(event[0]+" "+event[1], "%d %d:%d", &days, &hour, &minute); err != nil {
		panic("trips: " + err.Error())
	}
	y, m, day := first.Date()
	return time.Date(y, m, day+days, hour, minute, 0, 0, parcel.Scan{Zip: event[3], At: first}.Local().Location())
}

// demoNumber answers a number that holds, with nothing but zeros where numbers name their mailer.
func demoNumber(service string, serial int64) string {
	for digit := range 10 {
		if number, problem := barcode.Parse(fmt.Sprintf("92%s000000%010d%d", service, serial, digit)); problem == nil {
			return number.Canonical
		}
	}
	panic("trips: no number of the service " + service)
}

// demoSource is who tells of made-up parcels; its words are tracking.source.demonstration.
const demoSource = "demonstration"

var demoNumbers = regexp.MustCompile(`^92\d{3}000000\d{11}$`)

// marked is a Tracker that says of made-up parcels that they are.
type marked struct{ tracking.Tracker }

// Look is Tracker's.
func (m marked) Look(ctx context.Context, numbers []string) (map[string]*parcel.Parcel, error) {
	found, err := m.Tracker.Look(ctx, numbers)
	for number, p := range found {
		if p != nil && demoNumbers.MatchString(number) {
			p.Source = demoSource
		}
	}
	return found, err
}
