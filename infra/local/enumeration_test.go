package main

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"testing"
	"time"
)

// pairs is how many times a known and an unknown name are asked about, by turns.
const pairs = 200

// BenchmarkEnumeration prints, for login and both recoveries, how well the time of an answer tells a known name from an
// unknown one: the two-sample Kolmogorov–Smirnov D of pairs each (TH-7 and RC-7 allow 0.15), and the medians. Medians alone
// would hide a leak.
//
//	go test -run '^$' -bench Enumeration -benchtime 1x ./infra/local
func BenchmarkEnumeration(b *testing.B) {
	for name, measured := range map[string]func(p *product, username, email string) func(){
		"login": func(p *product, username, _ string) func() {
			return func() {
				p.must(http.StatusUnauthorized, "POST", "/v1/sessions", object{"username": username, "password": "not the password"}, "X-Local-IP", p.caller())
			}
		},
		"start": func(p *product, username, _ string) func() { return func() { p.recover(username) } },
		"answers": func(p *product, username, _ string) func() {
			r := p.recover(username)
			return func() { r.must(http.StatusUnprocessableEntity, "POST", r.path+"/answers", r.answers(wrongly)) }
		},
		"sms": func(p *product, username, _ string) func() {
			r := p.recover(username)
			return func() { r.must(http.StatusAccepted, "POST", r.path+"/sms", nil) }
		},
		"code": func(p *product, username, _ string) func() {
			r := p.recover(username)
			r.must(http.StatusAccepted, "POST", r.path+"/sms", nil)
			return func() { r.must(http.StatusUnprocessableEntity, "POST", r.path+"/code", object{"code": "no"}) }
		},
		"username": func(p *product, _, email string) func() {
			return func() {
				p.must(http.StatusAccepted, "POST", "/v1/recovery/username", object{"email": email}, "X-Local-IP", p.caller())
			}
		},
		"support": func(p *product, username, email string) func() {
			return func() {
				p.write(question().with("username", username).with("email", email))
			}
		},
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				compare(b, measured)
			}
		})
	}
}

// compare measures one step for pairs of accounts and of names that look like them, strictly by turns, each name once.
func compare(b *testing.B, measured func(p *product, username, email string) func()) {
	p := startProduct(b)
	var ask []func()
	for i := range pairs {
		who := p.proved(i)
		ask = append(ask, measured(p, who.username, who.email), measured(p, p.withMobile(i), fmt.Sprintf("nobody%d@example.com", i)))
	}
	var took [2][]time.Duration // known, unknown
	for i, ask := range ask {
		begun := time.Now()
		ask()
		took[i%2] = append(took[i%2], time.Since(begun))
	}
	slices.Sort(took[0])
	slices.Sort(took[1])
	b.ReportMetric(distance(took[0], took[1]), "KS-D")
	b.ReportMetric(float64(took[0][pairs/2].Microseconds()), "known-µs")
	b.ReportMetric(float64(took[1][pairs/2].Microseconds()), "unknown-µs")
	b.ReportMetric(0, "ns/op")
}

// withMobile answers an unknown username whose decoy has a mobile number, as the accounts have.
func (p *product) withMobile(n int) string {
	for i := 0; ; i++ {
		name := fmt.Sprintf("nobody%d.%d", n, i)
		if p.recover(name).hint != "" {
			return name
		}
	}
}

// distance is the two-sample Kolmogorov–Smirnov D of two sorted samples.
func distance(a, b []time.Duration) (d float64) {
	for _, at := range slices.Concat(a, b) {
		below := func(s []time.Duration) float64 {
			n, _ := slices.BinarySearch(s, at+1)
			return float64(n) / float64(len(s))
		}
		d = max(d, math.Abs(below(a)-below(b)))
	}
	return d
}
