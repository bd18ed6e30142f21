package usps_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/address"
	"postkontor/shared/operator/api"
	"postkontor/shared/operator/api/played"
)

func TestTheShippedDataAnswersWhenTheAPIDoesNot(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]played.Reply{
		"400 of ours": played.Refusal(400, "bad", "999999"), "401 twice": {Status: 401, Body: `{}`}, "403": played.Refusal(403, "no", ""),
		"429": {Status: 429, Header: map[string]string{"Retry-After": "30"}}, "500": {Status: 500}, "503": {Status: 503, Body: "<html>"},
		"redirect": {Status: 302, Header: map[string]string{"Location": "/elsewhere"}}, "no JSON": {Status: 200, Body: "<html>"}, "half": {Status: 200, Body: good[:90]},
		"empty": {Status: 200}, "null": {Status: 200, Body: "null"}, "no address": {Status: 200, Body: `{"address":{}}`},
		"wrong types": {Status: 200, Body: `{"address":[]}`}, "foreign": {Status: 200, Body: with("1 X ST", "", "LONDON", "EN", "98109", "null", "Y", "")},
		"no ZIP Code": {Status: 200, Body: with("1 X ST", "", "SEATTLE", "WA", "", "null", "Y", "")},
		"two lines":   {Status: 200, Body: with("1 X\nST", "", "SEATTLE", "WA", "98109", "null", "Y", "")},
		"endless":     {Status: 200, Body: `{"x":"` + strings.Repeat("x", 1<<20) + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t)
			o.Answer = func(int, *http.Request) played.Reply { return answer }
			r := verify(t, o.client(nil), broad)
			if got, want := told(r), "verified zip: 400 BROAD ST SEATTLE WA 98109"; got != want || r.Source != address.SourceEmbedded {
				t.Errorf("by %s: %s", r.Source, got)
			}
			if len(o.Told()) != 1 {
				t.Fatalf("told %q", o.Told())
			}
			for _, private := range []string{"BROAD", "Broad", "98109", "token-", played.Secret, url.QueryEscape(played.Secret), o.URL} {
				if strings.Contains(o.Told()[0], private) {
					t.Errorf("%q tells %q", o.Told()[0], private)
				}
			}
		})
	}
}

func TestNobodyWaitsLongerThanTheTimeout(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	slow := make(chan struct{})
	t.Cleanup(func() { close(slow) }) // before the server is closed
	o.Answer = func(int, *http.Request) played.Reply { <-slow; return played.Reply{Status: 200, Body: good} }
	start := time.Now()
	r := verify(t, o.client(func(c *api.Config) { c.Timeout = 50 * time.Millisecond }), broad)
	if r.Source != address.SourceEmbedded || time.Since(start) > time.Second {
		t.Errorf("by %s after %s", r.Source, time.Since(start))
	}
	if len(o.Told()) != 1 || strings.Contains(o.Told()[0], "BROAD") {
		t.Errorf("told %q", o.Told())
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(func(c *api.Config) { c.Origin = "http://127.0.0.1:1" })
	if r := verify(t, client, broad); r.Source != address.SourceEmbedded || len(o.Told()) != 1 {
		t.Errorf("by %s, told %q", r.Source, o.Told())
	}
}

func TestRevokedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.Revoked["token-1"] = true
	if r := verify(t, o.client(nil), broad); r.Source != address.SourceUSPS {
		t.Errorf("by %s: %q", r.Source, o.Told())
	}
	if tokens, asked := o.Count(); tokens != 2 || asked != 1 {
		t.Errorf("%d tokens, %d questions", tokens, asked)
	}
}

func TestTokenIsRenewedBeforeItExpires(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.Grant = func(n int) played.Reply {
		if n == 2 {
			return played.Reply{Status: 503}
		}
		return played.Reply{Status: 200, Body: fmt.Sprintf(`{"access_token":"token-%d","expires_in":"3600"}`, n)}
	}
	client := o.client(nil)
	for _, step := range []struct {
		pass   time.Duration
		tokens int
		source address.Source
	}{
		{0, 1, address.SourceUSPS},
		{54 * time.Minute, 1, address.SourceUSPS},
		{2 * time.Minute, 2, address.SourceUSPS}, // cannot be renewed, and serves on
		{2 * time.Minute, 3, address.SourceUSPS},
		{50 * time.Minute, 3, address.SourceUSPS},
	} {
		o.Pass(step.pass)
		r := verify(t, client, house(int(step.pass/time.Minute)+step.tokens*100))
		if tokens, _ := o.Count(); tokens != step.tokens || r.Source != step.source {
			t.Errorf("after %s: %d tokens, by %s", step.pass, tokens, r.Source)
		}
	}
}

func TestOneTokenForManyAtOnce(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	grant := o.Grant
	o.Grant = func(n int) played.Reply { time.Sleep(100 * time.Millisecond); return grant(n) }
	client := o.client(nil)
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			if r, err := client.Verify(t.Context(), house(n+1)); err != nil || r.Source != address.SourceUSPS {
				t.Errorf("by %s, %v", r.Source, err)
			}
		})
	}
	all.Wait()
	if tokens, asked := o.Count(); tokens != 1 || asked != 20 {
		t.Errorf("%d tokens, %d questions", tokens, asked)
	}
}

func TestQuota(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(func(c *api.Config) { c.Quota = 4 }) // the token's request is the first
	var sources []address.Source
	for n := range 5 {
		sources = append(sources, verify(t, client, house(n+1)).Source)
		verify(t, client, house(n+1)) // known by now, or refused again
		o.Pass(time.Minute)
	}
	want := []address.Source{address.SourceUSPS, address.SourceUSPS, address.SourceUSPS, address.SourceEmbedded, address.SourceEmbedded}
	if _, asked := o.Count(); asked != 3 || !slices.Equal(sources, want) {
		t.Errorf("%d questions: %v", asked, sources)
	}
	o.Pass(55 * time.Minute) // an hour after the token and the first question
	for n, want := range []address.Source{address.SourceUSPS, address.SourceUSPS, address.SourceEmbedded} {
		if r := verify(t, client, house(n+10)); r.Source != want {
			t.Errorf("question %d of the next hour: by %s, told %q", n, r.Source, o.Told())
		}
	}
}

func TestDefaultQuotaIsWhatANewApplicationHas(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(nil)
	for n := range 70 {
		verify(t, client, house(n+1))
	}
	if tokens, asked := o.Count(); tokens+asked != 60 {
		t.Errorf("%d calls in an hour", tokens+asked)
	}
}

func TestTooManyRequestsIsObeyed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header string
		wait   time.Duration
	}{
		"seconds": {"120", 2 * time.Minute}, "nothing": {"", time.Minute}, "date": {"Mon, 23 Nov 2026 12:10:00 GMT", 10 * time.Minute},
		"nonsense": {"soon", time.Minute}, "too long": {"999999", time.Hour}, "past": {"-5", time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t)
			o.Answer = func(n int, _ *http.Request) played.Reply {
				if n == 1 {
					return played.Reply{Status: 429, Header: map[string]string{"Retry-After": c.header}, Body: `{}`}
				}
				return played.Reply{Status: 200, Body: good}
			}
			client := o.client(nil)
			verify(t, client, house(1))
			o.Pass(c.wait - time.Millisecond)
			verify(t, client, house(2))
			if _, asked := o.Count(); asked != 1 {
				t.Errorf("asked %d times within %s", asked, c.wait)
			}
			o.Pass(time.Millisecond)
			if r := verify(t, client, house(3)); r.Source != address.SourceUSPS {
				t.Errorf("after %s by %s", c.wait, r.Source)
			}
		})
	}
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	var down atomic.Bool
	down.Store(true)
	o.Answer = func(int, *http.Request) played.Reply {
		if down.Load() {
			return played.Reply{Status: http.StatusServiceUnavailable}
		}
		return played.Reply{Status: 200, Body: good}
	}
	client := o.client(nil)
	ask := func(from, to, want int) {
		t.Helper()
		for n := from; n < to; n++ {
			verify(t, client, house(n+1))
		}
		if _, asked := o.Count(); asked != want {
			t.Fatalf("asked %d times, want %d", asked, want)
		}
	}
	ask(0, 8, 5) // opens after five
	o.Pass(29 * time.Second)
	ask(8, 10, 5)
	o.Pass(time.Second)
	ask(10, 13, 6) // half open: one, and it fails
	o.Pass(30 * time.Second)
	down.Store(false)
	ask(13, 16, 9) // half open: one, and the others follow
	down.Store(true)
	ask(16, 24, 14) // it counts from the start again
}

func TestCallersWhoLeaveAreNotTheAPIsFault(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(nil)
	for n := range 8 {
		left, leave := context.WithCancel(t.Context())
		leave()
		if r, err := client.Verify(left, house(n+1)); err != nil || r.Source != address.SourceEmbedded {
			t.Errorf("by %s, %v", r.Source, err)
		}
	}
	if r := verify(t, client, broad); r.Source != address.SourceUSPS {
		t.Errorf("by %s: %q", r.Source, o.Told())
	}
}

func TestHalfOpenAdmitsOneOfMany(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.Answer = func(int, *http.Request) played.Reply { return played.Reply{Status: 503} }
	client := o.client(nil)
	for n := range 5 {
		verify(t, client, house(n+1))
	}
	o.Pass(30 * time.Second)
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() { client.Verify(t.Context(), house(n+100)) })
	}
	all.Wait()
	if _, asked := o.Count(); asked != 6 {
		t.Errorf("asked %d times", asked)
	}
}

func TestCacheForgets(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(func(c *api.Config) { c.Quota = 1000 })
	ask := func(n, want int) {
		t.Helper()
		verify(t, client, house(n))
		if _, asked := o.Count(); asked != want {
			t.Errorf("house %d: asked %d times, want %d", n, asked, want)
		}
	}
	ask(1, 1)
	o.Pass(59 * time.Minute)
	ask(1, 1)
	o.Pass(time.Minute)
	ask(1, 2)
	for n := range 256 {
		verify(t, client, house(n+2))
	}
	ask(1, 259) // crowded out
}
