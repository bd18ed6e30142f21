package usps_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"postkontor/shared/locale"
	"postkontor/shared/operator/api"
	"postkontor/shared/operator/api/played"
	"postkontor/shared/parcel"
)

// one writes an event with the members given.
func one(members string) string {
	return details(moving, `{"eventType":"Words","eventCode":"10",`+members+`}`)
}

const seattle = `"eventCity":"SEATTLE","eventState":"WA","eventZIP":"98101"`

func TestAnswersOfTheAPI(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer played.Reply
		want   string
	}{
		"on its way":     {ok(details(moving, onItsWay...)), "usps in-transit  2026-11-28 [11-22T20:00:00 10 SEATTLE, WA 98101] [11-21T20:00:00 03 SEATTLE, WA 98101] [11-20T20:00:00 MA SEATTLE, WA 98101]"},
		"delivered":      {ok(with(moving, `"expectedDeliveryTimeStamp":"2026-11-24T20:00:00",`, event("01", "2026-11-22T20:00:00Z"))), "usps delivered   [11-22T20:00:00 01 SEATTLE, WA 98101]"},
		"label only":     {ok(with(moving, `"expectedDeliveryTimeStamp":"2026-11-24T20:00:00",`, event("MA", "2026-11-22T20:00:00Z"))), "usps pre-shipment   [11-22T20:00:00 MA SEATTLE, WA 98101]"},
		"its day":        {ok(with(moving, `"expectedDeliveryTimeStamp":"2026-11-24T20:00:00","predictedDeliveryDate":"2026-11-25",`, onItsWay[0])), "usps in-transit  2026-11-24 [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"its prediction": {ok(with(moving, `"predictedDeliveryDate":"2026-11-25","guaranteedDeliveryTimeStamp":"2026-11-26T00:00:00Z",`, onItsWay[0])), "usps in-transit  2026-11-25 [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"its guarantee":  {ok(with(moving, `"guaranteedDeliveryTimeStamp":"2026-11-26T00:00:00Z",`, onItsWay[0])), "usps in-transit  2026-11-26 [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"a day that has gone by": {ok(with(moving, `"expectedDeliveryTimeStamp":"2026-11-20T20:00:00",`, onItsWay[0])),
			"usps in-transit  2026-11-30 [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"days that are none": {ok(with(moving, `"expectedDeliveryTimeStamp":"tomorrow","predictedDeliveryDate":"9999-12-31","guaranteedDeliveryTimeStamp":"2026-13-45",`, onItsWay[0])),
			"usps in-transit  2026-11-30 [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"product and place": {ok(with(moving, `"mailClass":"PRIORITY_MAIL","destinationZIP":"98109",`, onItsWay[0])),
			"usps in-transit priority-mail 2026-11-25 [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"leaves the country": {ok(with(moving, `"destinationCountryCode":"SE",`, onItsWay[0])), "usps in-transit   [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"nothing yet":        {ok(`{"trackingNumber":"` + moving + `","trackingEvents":[]}`), "nothing"},
		"its number spaced":  {ok(strings.ReplaceAll(details("9400 1000 0000 0000 0000 06", onItsWay[0]), "x", "y")), "usps in-transit  2026-11-30 [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"without its number": {ok(`{"trackingEvents":[` + onItsWay[0] + `]}`), "usps in-transit  2026-11-30 [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"one moment": {ok(details(moving, event("OF", "2026-11-22T20:00:00Z"), event("07", "2026-11-22T20:00:00Z"), event("10", "2026-11-22T20:00:00Z"))),
			"usps out-for-delivery  2026-11-22 [11-22T20:00:00.002 OF SEATTLE, WA 98101] [11-22T20:00:00.001 07 SEATTLE, WA 98101] [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"an event twice":  {ok(details(moving, onItsWay[0], onItsWay[0])), "usps in-transit  2026-11-30 [11-22T20:00:00 10 SEATTLE, WA 98101]"},
		"an unknown code": {ok(details(moving, event("ZZ", "2026-11-22T20:00:00Z"), event("03", "2026-11-21T20:00:00Z"))), "usps accepted  2026-11-28 [11-22T20:00:00 ZZ SEATTLE, WA 98101] [11-21T20:00:00 03 SEATTLE, WA 98101]"},
		"one good event of many": {ok(details(moving, `null`, `7`, `"x"`, `[]`, `{}`, `{"eventCode":7}`, event("03", "soon"), event("03", "1970-01-01T00:00:00Z"), event("03", "2027-01-01T00:00:00Z"),
			event("03", "-292277022399-01-01T00:00:00Z"), event("03", "2026-11-23T12:05:01Z"), onItsWay[0])), "usps in-transit  2026-11-30 [11-22T20:00:00 10 SEATTLE, WA 98101] [11-22T08:00:00 03 SEATTLE, WA 98101]"},
		"404":                {played.Refusal(404, "no such", ""), "nothing"},
		"400 of the number":  {played.Refusal(400, "not yet", "150001"), "nothing"},
		"404 without a word": {played.Reply{Status: 404, Body: "{}"}, "nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t)
			o.always(c.answer)
			p, there := look(t, o.client(nil), moving)
			if got := told(p); got != c.want || there != (p != nil) {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if failures := o.Told(); len(failures) > 0 {
				t.Errorf("told %q", failures)
			}
		})
	}
}

// TestTimesAndPlaces: an event is told by Greenwich, by its offset, or only by the clock of its place; abroad it has no ZIP Code
// of ours.
func TestTimesAndPlaces(t *testing.T) {
	t.Parallel()
	for members, want := range map[string]string{
		`"GMTTimestamp":"2026-11-22T14:03:12.041Z","eventTimestamp":"2026-11-22T06:03:12",` + seattle:       "11-22T14:03:12.041 10 SEATTLE, WA 98101",
		`"GMTTimestamp":"2026-11-22T14:03:12","GMTOffset":"-8:00",` + seattle:                               "11-22T14:03:12 10 SEATTLE, WA 98101",
		`"eventTimestamp":"2026-11-22T06:03:12-08:00",` + seattle:                                           "11-22T14:03:12 10 SEATTLE, WA 98101",
		`"GMTTimestamp":"","eventTimestamp":"2026-11-22T06:03:12","GMTOffset":"-7:30",` + seattle:           "11-22T13:33:12 10 SEATTLE, WA 98101",
		`"eventTimestamp":"2026-11-22T06:03:12","GMTOffset":"+0100",` + seattle:                             "11-22T05:03:12 10 SEATTLE, WA 98101",
		`"eventTimestamp":"2026-11-22T06:03:12","GMTOffset":"local",` + seattle:                             "11-22T14:03:12 10 SEATTLE, WA 98101",
		`"eventTimestamp":"2026-07-22T06:03:12",` + seattle:                                                 "07-22T13:03:12 10 SEATTLE, WA 98101",
		`"eventTimestamp":"2026-11-22T06:03:12","eventState":"HI"`:                                          "11-22T16:03:12 10 HI",
		`"eventTimestamp":"2026-11-22T06:03:12"`:                                                            "11-22T06:03:12 10 ",
		`"GMTTimestamp":"2026-11-22T14:03:12Z","eventZIP":"98101-1234"`:                                     "11-22T14:03:12 10 SEATTLE, WA 98101",
		`"GMTTimestamp":"2026-11-22T14:03:12Z","eventZIP":"981"`:                                            "11-22T14:03:12 10 ",
		`"GMTTimestamp":"2026-11-22T14:03:12Z","eventCountry":"United States","eventZIP":"98101"`:           "11-22T14:03:12 10 SEATTLE, WA 98101",
		`"GMTTimestamp":"2026-11-22T14:03:12Z","eventCity":"TORONTO","eventCountry":"ca"`:                   "11-22T14:03:12 10 TORONTO, CA",
		`"GMTTimestamp":"2026-11-22T14:03:12Z","eventCity":"BERLIN","eventZIP":"10115","eventCountry":"DE"`: "11-22T14:03:12 10 BERLIN, DE",
		`"eventTimestamp":"2026-11-22T06:03:12","eventCity":"TBILISI","eventCountry":"GEORGIA"`:             "11-22T06:03:12 10 TBILISI, GEORGIA",
	} {
		o := newOperator(t)
		o.always(ok(one(members)))
		p, _ := look(t, o.client(nil), moving)
		if got := told(p); !strings.Contains(got, "["+want+"]") {
			t.Errorf("%s\n got %s\nwant [%s]", members, got, want)
		}
	}
}

// TestHostileEvents: whatever stands in an answer, what is told is one line of bounded length and no more than text.
func TestHostileEvents(t *testing.T) {
	t.Parallel()
	const when = `"GMTTimestamp":"2026-11-22T14:03:12Z"`
	for members, want := range map[string]string{
		`"eventType":"<script>alert(1)</script>","eventCode":"Q1",` + when:            "<script>alert(1)</script>",
		`"eventType":"a\u0000b\r\n\tc\u2028d\u001b[31m","eventCode":"Q1",` + when:     "a b c d [31m",
		`"eventType":"\u202Egnp.exe\u200b\ufeff","eventCode":"Q1",` + when:            "gnp.exe",
		`"eventType":"\ud800x\uffff","eventCode":"Q1",` + when:                        "\ufffdx\uffff",
		`"eventType":"` + strings.Repeat("w", 5000) + `","eventCode":"Q1",` + when:    strings.Repeat("w", 200),
		`"eventType":"Only words","eventCode":"",` + when:                             "Only words",
		`"eventType":"Words","eventCode":"<b>\n",` + when:                             "Words",
		`"eventType":"Words","eventCode":"` + strings.Repeat("A", 5000) + `",` + when: "Words",
		`"eventType":"<b>ours</b>","eventCode":"10",` + when:                          "Processed through a regional facility",
		`"eventType":"Q","eventCode":"Q1","eventCity":"` + strings.Repeat("é", 5000) + `","eventState":"` + strings.Repeat("x", 5000) + `","eventCountry":"` + strings.Repeat("y", 5000) + `","eventZIP":"` + strings.Repeat("9", 5000) + `",` + when: "Q",
	} {
		o := newOperator(t)
		o.always(ok(details(moving, "{"+members+"}")))
		p, _ := look(t, o.client(nil), moving)
		if p == nil {
			t.Errorf("%.80s: %q", members, o.Told())
			continue
		}
		s := p.Scans[0]
		if got := s.Words(locale.English); got != want {
			t.Errorf("%.80s: %q", members, got)
		}
		for _, text := range []string{s.ID, s.Code, s.Description, s.City, s.State, s.Zip, s.Country} {
			if len([]rune(text)) > 200 || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("%.80s: %.300q", members, text)
			}
		}
	}
}

// TestWhoSignedStaysOutside: what an answer tells of people goes nowhere.
func TestWhoSignedStaysOutside(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	p, _ := look(t, o.client(nil), moving)
	if text := fmt.Sprintf("%+v", p); strings.Contains(text, "DOE") || strings.Contains(text, "Firm") {
		t.Error(text)
	}
}

// TestIdsAreStable: an event keeps its id when others come before, after and beside it, and no two share one.
func TestIdsAreStable(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	stories := [][]string{onItsWay[2:], onItsWay[1:], onItsWay,
		{event("10", "2026-11-22T21:00:00Z"), event("OF", "2026-11-22T20:00:00Z"), onItsWay[0], event("ZZ", "2026-11-22T20:00:00Z"), onItsWay[1], onItsWay[2]}}
	o.Answer = func(n int, _ *http.Request) played.Reply { return ok(details(moving, stories[n-1]...)) }
	client := o.client(nil)
	ids := map[string]string{}
	for _, story := range stories {
		p, _ := look(t, client, moving)
		if len(p.Scans) != len(story) {
			t.Errorf("%d of %d events", len(p.Scans), len(story))
		}
		for _, s := range p.Scans {
			if code, there := ids[s.ID]; there && code != s.Code {
				t.Errorf("%s and %s have one id", code, s.Code)
			}
			ids[s.ID] = s.Code
		}
		o.Pass(time.Hour)
	}
	if len(ids) != 6 {
		t.Errorf("%d ids for six events: %v", len(ids), ids)
	}
}

// TestOnlyNumbersThatHoldAreSent, and those of other posts, which travel with ours.
func TestOnlyNumbersThatHoldAreSent(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	found, err := o.client(nil).Look(t.Context(), []string{"1Z999AA10123456784", "9400100000000000000007", "../../oauth2/v3/token", "a?b#c"})
	if tokens, asked := o.Count(); err != nil || len(found) > 0 || tokens+asked > 0 {
		t.Errorf("%v %v: %d tokens, %d questions", found, err, tokens, asked)
	}
	if p, _ := look(t, o.client(nil), foreign); p == nil || p.Source != parcel.USPS || p.Carrier == "USPS" {
		t.Errorf("of another post: %+v", p)
	}
}

// TestThirtyFive: many are asked for at once, but never more than a few at the same time, and each keeps its own story.
func TestThirtyFive(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	all := numbers(t, 35)
	now := make(chan struct{}, 8)
	o.Answer = func(_ int, r *http.Request) played.Reply {
		select {
		case now <- struct{}{}:
			defer func() { <-now }()
		default:
			t.Error("more than eight at the same time")
		}
		time.Sleep(10 * time.Millisecond)
		return ok(details(r.PathValue("number"), onItsWay...))
	}
	client := o.client(nil)
	for range 2 { // once from the cache
		found, err := client.Look(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		for _, number := range all {
			if p := found[number]; p == nil || p.Number != number || p.Source != parcel.USPS || p.Scans[0].Number != number {
				t.Errorf("%s: %+v", number, p)
			}
		}
	}
	if tokens, asked := o.Count(); tokens != 1 || asked != 35 {
		t.Errorf("%d tokens, %d questions", tokens, asked)
	}
}

func TestTheCacheForgets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer played.Reply
		life   time.Duration
	}{
		"on its way": {ok(details(moving, onItsWay...)), 10 * time.Minute},
		"delivered":  {ok(details(moving, event("01", "2026-11-22T20:00:00Z"))), 6 * time.Hour},
		"unknown":    {played.Refusal(404, "no", ""), 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t)
			o.always(c.answer)
			client := o.client(func(cfg *api.Config) { cfg.Quota = 1000 })
			for i, step := range []time.Duration{0, c.life - time.Second, time.Second} {
				o.Pass(step)
				look(t, client, moving)
				if _, asked := o.Count(); asked != 1+i/2 {
					t.Errorf("step %d: asked %d times", i, asked)
				}
			}
		})
	}
}
