package usps_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/shared/address"
	"postkontor/shared/address/usps"
)

func TestTheShippedDataAnswersWhenTheAPIDoesNot(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]reply{
		"400 of ours": refusal(400, "bad", "999999"), "401 twice": {status: 401, body: `{}`}, "403": refusal(403, "no", ""),
		"429": {status: 429, header: map[string]string{"Retry-After": "30"}}, "500": {status: 500}, "503": {status: 503, body: "<html>"},
		"redirect": {status: 302, header: map[string]string{"Location": "/elsewhere"}}, "no JSON": {status: 200, body: "<html>"}, "half": {status: 200, body: good[:90]},
		"empty": {status: 200}, "null": {status: 200, body: "null"}, "no address": {status: 200, body: `{"address":{}}`},
		"wrong types": {status: 200, body: `{"address":[]}`}, "foreign": {status: 200, body: with("1 X ST", "", "LONDON", "EN", "98109", "null", "Y", "")},
		"no ZIP Code": {status: 200, body: with("1 X ST", "", "SEATTLE", "WA", "", "null", "Y", "")},
		"two lines":   {status: 200, body: with("1 X\nST", "", "SEATTLE", "WA", "98109", "null", "Y", "")},
		"endless":     {status: 200, body: `{"x":"` + strings.Repeat("x", 1<<20) + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t)
			o.answer = func(int, url.Values) reply { return answer }
			r := verify(t, o.client(nil), broad)
			if got, want := told(r), "verified zip: 400 BROAD ST SEATTLE WA 98109"; got != want || r.Source != address.SourceEmbedded {
				t.Errorf("by %s: %s", r.Source, got)
			}
			if len(o.failures) != 1 {
				t.Fatalf("told %q", o.failures)
			}
			for _, private := range []string{"BROAD", "Broad", "98109", "token-", secret, url.QueryEscape(secret), o.URL} {
				if strings.Contains(o.failures[0], private) {
					t.Errorf("%q tells %q", o.failures[0], private)
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
	o.answer = func(int, url.Values) reply { <-slow; return reply{status: 200, body: good} }
	start := time.Now()
	r := verify(t, o.client(func(c *usps.Config) { c.Timeout = 50 * time.Millisecond }), broad)
	if r.Source != address.SourceEmbedded || time.Since(start) > time.Second {
		t.Errorf("by %s after %s", r.Source, time.Since(start))
	}
	if len(o.failures) != 1 || strings.Contains(o.failures[0], "BROAD") {
		t.Errorf("told %q", o.failures)
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(func(c *usps.Config) { c.Origin = "http://127.0.0.1:1" })
	if r := verify(t, client, broad); r.Source != address.SourceEmbedded || len(o.failures) != 1 {
		t.Errorf("by %s, told %q", r.Source, o.failures)
	}
}

func TestRevokedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.revoked["token-1"] = true
	if r := verify(t, o.client(nil), broad); r.Source != address.SourceUSPS {
		t.Errorf("by %s: %q", r.Source, o.failures)
	}
	if tokens, asked := o.count(); tokens != 2 || asked != 1 {
		t.Errorf("%d tokens, %d questions", tokens, asked)
	}
}

func TestTokenIsRenewedBeforeItExpires(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.grant = func(n int) reply {
		if n == 2 {
			return reply{status: 503}
		}
		return reply{status: 200, body: fmt.Sprintf(`{"access_token":"token-%d","expires_in":"3600"}`, n)}
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
		o.pass(step.pass)
		r := verify(t, client, house(int(step.pass/time.Minute)+step.tokens*100))
		if tokens, _ := o.count(); tokens != step.tokens || r.Source != step.source {
			t.Errorf("after %s: %d tokens, by %s", step.pass, tokens, r.Source)
		}
	}
}

func TestOneTokenForManyAtOnce(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	grant := o.grant
	o.grant = func(n int) reply { time.Sleep(100 * time.Millisecond); return grant(n) }
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
	if tokens, asked := o.count(); tokens != 1 || asked != 20 {
		t.Errorf("%d tokens, %d questions", tokens, asked)
	}
}

func TestQuota(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(func(c *usps.Config) { c.Quota = 4 }) // the token's request is the first
	var sources []address.Source
	for n := range 5 {
		sources = append(sources, verify(t, client, house(n+1)).Source)
		verify(t, client, house(n+1)) // known by now, or refused again
		o.pass(time.Minute)
	}
	want := []address.Source{address.SourceUSPS, address.SourceUSPS, address.SourceUSPS, address.SourceEmbedded, address.SourceEmbedded}
	if _, asked := o.count(); asked != 3 || !slices.Equal(sources, want) {
		t.Errorf("%d questions: %v", asked, sources)
	}
	o.pass(55 * time.Minute) // an hour after the token and the first question
	for n, want := range []address.Source{address.SourceUSPS, address.SourceUSPS, address.SourceEmbedded} {
		if r := verify(t, client, house(n+10)); r.Source != want {
			t.Errorf("question %d of the next hour: by %s, told %q", n, r.Source, o.failures)
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
	if tokens, asked := o.count(); tokens+asked != 60 {
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
			o.answer = func(n int, _ url.Values) reply {
				if n == 1 {
					return reply{status: 429, header: map[string]string{"Retry-After": c.header}, body: `{}`}
				}
				return reply{status: 200, body: good}
			}
			client := o.client(nil)
			verify(t, client, house(1))
			o.pass(c.wait - time.Millisecond)
			verify(t, client, house(2))
			if _, asked := o.count(); asked != 1 {
				t.Errorf("asked %d times within %s", asked, c.wait)
			}
			o.pass(time.Millisecond)
			if r := verify(t, client, house(3)); r.Source != address.SourceUSPS {
				t.Errorf("after %s by %s", c.wait, r.Source)
			}
		})
	}
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	down := true
	o.answer = func(int, url.Values) reply {
		o.mu.Lock()
		defer o.mu.Unlock()
		if down {
			return reply{status: http.StatusServiceUnavailable}
		}
		return reply{status: 200, body: good}
	}
	client := o.client(nil)
	ask := func(from, to, want int) {
		t.Helper()
		for n := from; n < to; n++ {
			verify(t, client, house(n+1))
		}
		if _, asked := o.count(); asked != want {
			t.Fatalf("asked %d times, want %d", asked, want)
		}
	}
	ask(0, 8, 5) // opens after five
	o.pass(29 * time.Second)
	ask(8, 10, 5)
	o.pass(time.Second)
	ask(10, 13, 6) // half open: one, and it fails
	o.pass(30 * time.Second)
	o.mu.Lock()
	down = false
	o.mu.Unlock()
	ask(13, 16, 9) // half open: one, and the others follow
	o.mu.Lock()
	down = true
	o.mu.Unlock()
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
		t.Errorf("by %s: %q", r.Source, o.failures)
	}
}

func TestHalfOpenAdmitsOneOfMany(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.answer = func(int, url.Values) reply { return reply{status: 503} }
	client := o.client(nil)
	for n := range 5 {
		verify(t, client, house(n+1))
	}
	o.pass(30 * time.Second)
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() { client.Verify(t.Context(), house(n+100)) })
	}
	all.Wait()
	if _, asked := o.count(); asked != 6 {
		t.Errorf("asked %d times", asked)
	}
}

func TestCacheForgets(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	client := o.client(func(c *usps.Config) { c.Quota = 1000 })
	ask := func(n, want int) {
		t.Helper()
		verify(t, client, house(n))
		if _, asked := o.count(); asked != want {
			t.Errorf("house %d: asked %d times, want %d", n, asked, want)
		}
	}
	ask(1, 1)
	o.pass(59 * time.Minute)
	ask(1, 1)
	o.pass(time.Minute)
	ask(1, 2)
	for n := range 256 {
		verify(t, client, house(n+2))
	}
	ask(1, 259) // crowded out
}
