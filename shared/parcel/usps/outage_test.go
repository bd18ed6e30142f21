package usps_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/operator/api"
	"postkontor/shared/operator/api/played"
	"postkontor/shared/parcel"
)

// TestTheStoreTellsWhatTheAPIDoesNot: one number that the store knows, and one that nobody knows, which is not unknown as
// long as the API could not be asked.
func TestTheStoreTellsWhatTheAPIDoesNot(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]played.Reply{
		"401 twice": {Status: 401, Body: `{}`}, "403": played.Refusal(403, "no", ""), "429": {Status: 429, Header: map[string]string{"Retry-After": "30"}},
		"500": {Status: 500}, "503": {Status: 503, Header: map[string]string{"Retry-After": "30"}, Body: "<html>"}, "202": {Status: 202},
		"redirect": {Status: 302, Header: map[string]string{"Location": "/elsewhere"}}, "no JSON": ok("<html>"), "half": ok(details(moving, onItsWay...)[:300]),
		"404 without JSON": {Status: 404, Body: "<html>"}, "empty": ok(""), "null": ok("null"), "nothing in it": ok("{}"), "a list": ok("[]"),
		"wrong types": ok(`{"trackingNumber":{},"trackingEvents":"x"}`), "no list": ok(`{"trackingEvents":{}}`),
		"another number": ok(details(foreign, onItsWay...)), "no event that can be read": ok(details(moving, `{}`, `7`, event("03", "1970-01-01T00:00:00Z"))),
		"a summary": ok(`{"trackingNumber":"` + moving + `","eventSummaries":["Out for Delivery, 11/22/2026, 6:10 am, SEATTLE, WA 98101"]}`),
		"endless":   ok(`{"x":"` + strings.Repeat("x", 1<<20) + `"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t)
			o.always(answer)
			o.record(t, moving)
			client := o.client(nil)
			if p, _ := look(t, client, moving); p == nil || p.Source != parcel.Embedded || p.Status != parcel.Accepted {
				t.Errorf("%s", told(p))
			}
			if len(o.Told()) != 1 {
				t.Errorf("told %q", o.Told())
			}
			if p, there := look(t, client, foreign); name != "another number" && (p != nil || !there) {
				t.Errorf("nobody knows it: %s, %v", told(p), there)
			}
			for _, private := range []string{moving, foreign, "token-", played.Secret, url.QueryEscape(played.Secret), o.URL} {
				if all := strings.Join(o.Told(), "\n"); strings.Contains(all, private) {
					t.Errorf("%q tells %q", all, private)
				}
			}
		})
	}
}

// TestUnknownThere: what the API does not know, the store may; what neither knows is unknown.
func TestUnknownThere(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]struct {
		played.Reply
		told int
	}{"404": {played.Refusal(404, "no", ""), 0}, "not yet": {played.Refusal(400, "no", "150002"), 0}, "of ours": {played.Refusal(400, "bad", "999999"), 10}} {
		o := newOperator(t)
		o.always(refusal.Reply)
		all := numbers(t, 10)
		o.record(t, all[0])
		found, err := o.client(nil).Look(t.Context(), all)
		if _, asked := o.Count(); err != nil || len(found) != 1 || found[all[0]].Source != parcel.Embedded || asked != 10 {
			t.Errorf("%s: %v, %v after %d questions", name, found, err, asked) // none of them opened the breaker
		}
		if failures := o.Told(); len(failures) != refusal.told || strings.Contains(strings.Join(failures, ""), "9400") {
			t.Errorf("%s: told %q", name, failures)
		}
	}
}

// TestOutageAndRecovery: it is asked no more after a few failures, half a minute later once, and then by all again. Each
// parcel says who told it.
func TestOutageAndRecovery(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	all := numbers(t, 35)
	for _, number := range all {
		o.record(t, number)
	}
	var down atomic.Bool
	o.Answer = func(_ int, r *http.Request) played.Reply {
		if down.Load() {
			return played.Reply{Status: http.StatusServiceUnavailable}
		}
		return ok(details(r.PathValue("number"), onItsWay...))
	}
	client := o.client(func(c *api.Config) { c.Quota = 1000 })
	for _, step := range []struct {
		pass        time.Duration
		down        bool
		least, most int // questions
		live        int // parcels that the API told
	}{
		{0, false, 35, 35, 35},
		{11 * time.Minute, true, 5, 12, 0}, // opens after five, with others on their way
		{29 * time.Second, true, 0, 0, 0},
		{time.Second, true, 1, 1, 0}, // half open
		{time.Second, false, 0, 0, 0},
		{29 * time.Second, false, 1, 35, -1}, // half open: one, and others follow once it is back
		{0, false, 0, 34, 35},
	} {
		o.Pass(step.pass)
		down.Store(step.down)
		_, before := o.Count()
		found, err := client.Look(t.Context(), all)
		_, after := o.Count()
		live := 0
		for _, number := range all {
			if p := found[number]; p == nil {
				t.Errorf("%+v: %s is not told", step, number)
			} else if p.Source == parcel.USPS {
				live++
			}
		}
		if asked := after - before; err != nil || asked < step.least || asked > step.most || step.live >= 0 && live != step.live {
			t.Errorf("%+v: %d questions, %d told by the API, %v", step, asked, live, err)
		}
	}
}

// TestNobodyWaitsLongerThanTheTimeout, however many parcels are asked for; and the next one does not wait at all.
func TestNobodyWaitsLongerThanTheTimeout(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	slow := make(chan struct{})
	t.Cleanup(func() { close(slow) }) // before the server is closed
	o.Answer = func(int, *http.Request) played.Reply { <-slow; return ok("{}") }
	all := numbers(t, 35)
	o.record(t, all[34])
	client := o.client(func(c *api.Config) { c.Timeout = 200 * time.Millisecond })
	for i, most := range []time.Duration{time.Second, 150 * time.Millisecond} {
		start := time.Now()
		found, err := client.Look(t.Context(), all)
		if took := time.Since(start); err != nil || took > most || len(found) != 35 || found[all[34]] == nil {
			t.Errorf("look %d: %d parcels after %s, %v", i, len(found), took, err)
		}
	}
	if tokens, asked := o.Count(); tokens != 1 || asked > 8 {
		t.Errorf("%d tokens, %d questions", tokens, asked)
	}
	if failures := o.Told(); len(failures) != 2 || !strings.Contains(failures[0], "35 of 35") {
		t.Errorf("told %q", failures)
	}
}

// TestTheQuota: of more parcels than the hour has calls left, some are told by the API and the others by the store.
func TestTheQuota(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	all := numbers(t, 35)
	for _, number := range all {
		o.record(t, number)
	}
	client := o.client(func(c *api.Config) { c.Quota = 21 })
	for range 3 {
		found, err := client.Look(t.Context(), all)
		sources := map[string]int{}
		for _, p := range found {
			sources[p.Source]++
		}
		if tokens, asked := o.Count(); err != nil || tokens+asked != 21 || sources[parcel.USPS] != 20 || sources[parcel.Embedded] != 15 {
			t.Errorf("%d tokens, %d questions: %v, %v", tokens, asked, sources, err)
		}
	}
}

// TestCallersWhoLeaveCostNothing: neither a call of the hour nor the API its good name.
func TestCallersWhoLeaveCostNothing(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(func(c *api.Config) { c.Quota = 3 }) // the token, and two questions
	look(t, client, moving)
	left, leave := context.WithCancel(t.Context())
	leave()
	for range 8 {
		if _, err := client.Look(left, []string{foreign}); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if p, _ := look(t, client, foreign); p == nil || p.Source != parcel.USPS {
		t.Errorf("%s: %q", told(p), o.Told())
	}
}

// TestTheStoreIsAskedOnlyForTheRest, and when it fails nothing is made up.
func TestTheStoreIsAskedOnlyForTheRest(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(nil)
	if err := o.db.Close(); err != nil {
		t.Fatal(err)
	}
	if p, _ := look(t, client, moving); p == nil || p.Source != parcel.USPS {
		t.Errorf("%s: %q", told(p), o.Told())
	}
	o.always(played.Refusal(404, "no", ""))
	if found, err := client.Look(t.Context(), []string{moving, foreign}); err == nil {
		t.Errorf("%v without a store", found)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(func(c *api.Config) { c.Quota = 10_000 })
	all := numbers(t, 35)
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			found, err := client.Look(t.Context(), all)
			for _, number := range all {
				if p := found[number]; err != nil || p == nil || p.Source != parcel.USPS || p.Number != number {
					t.Errorf("%s: %s, %v", number, told(p), err)
				}
			}
		})
	}
	callers.Wait()
	if tokens, _ := o.Count(); tokens != 1 {
		t.Errorf("%d tokens", tokens)
	}
}
