package parcel_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postkontor/shared/parcel"
	"postkontor/shared/table"
)

// long answers a story of n events, a minute apart, that ends with a delivery.
func long(number string, n int) []parcel.Scan {
	scans := story(number, append(slices.Repeat([]string{"10", "T1"}, n)[:n-1], "01")...)
	scans[0].Code = "03"
	for i := range scans {
		scans[i].At = begun.Add(time.Duration(i) * time.Minute)
	}
	return scans
}

// TestLongStory: a parcel of 5,000 events is told whole, however many of them come twice.
func TestLongStory(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		scans := long(impb, 5000)
		for some := range slices.Chunk(scans, 500) {
			h.record(t, some...)
		}
		h.record(t, scans[:90]...)
		p := h.look(t, impb)
		same(t, p, parcel.Of(number(t, impb), placed(scans)))
		if n := h.olds(t, impb); n < 17 || n > 25 || p.Status != parcel.Delivered {
			t.Errorf("%d OLD items, %s", n, p.Status)
		}
		scans[100].Code = "09" // an id's first content stays, though it has moved
		h.record(t, scans[100])
		same(t, h.look(t, impb), p)
	})
}

// TestHeavyStory: events with long descriptions are moved before the item is full, and followers stay.
func TestHeavyStory(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.follow(t, impb)
		scans := long(impb, 500)
		for i := range scans {
			scans[i].ID = fmt.Sprintf("%064d", i)
			scans[i].Code, scans[i].Description, scans[i].City = "QQ", strings.Repeat("𠮷", 200), strings.Repeat("𠮷", 100)
			scans[i].State = scans[i].City
		}
		for some := range slices.Chunk(scans, 99) {
			h.record(t, some...)
		}
		if p := h.look(t, impb); len(p.Scans) != len(scans) {
			t.Errorf("%d scans", len(p.Scans))
		}
		item, _, err := h.DB.Table(parcel.Definition.Name).Get(t.Context(), parcel.Key(impb), true)
		if err != nil || !strings.Contains(string(item.Data), parcel.FollowPrefix) {
			t.Errorf("the followers are gone, %v", err)
		}
	})
}

// TestRollFails: a process that dies before or after it moves old events loses none, and the next scan goes on.
func TestRollFails(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "after"} {
		h := onEmbedded(t)
		healthy := h.DB
		h.DB = failing{healthy, func(verb string, _ table.Key) (bool, bool) {
			return verb == "Transact" && when == "before", verb == "Transact" && when == "after"
		}}
		scans := long(impb, 320)
		for i, scan := range scans[:310] {
			if _, _, err := h.Record(t.Context(), []parcel.Scan{scan}); (err != nil) != (when == "before" && i >= parcel.Most || when == "after" && i == parcel.Most) {
				t.Fatalf("%s, scan %d: %v", when, i, err)
			}
		}
		same(t, h.look(t, impb), parcel.Of(number(t, impb), placed(scans[:310])))
		h.DB = healthy
		h.record(t, scans...)
		same(t, h.look(t, impb), parcel.Of(number(t, impb), placed(scans)))
		if n := h.olds(t, impb); n == 0 {
			t.Errorf("failing %s: nothing was moved", when)
		}
	}
}

// TestNumberUsedAgain: old events of an earlier parcel do not come back.
func TestNumberUsedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		for scans := range slices.Chunk(long(impb, 900), 300) {
			h.record(t, scans...)
		}
		h.clock.Advance(parcel.Kept + time.Second)
		again := long(impb, 340)
		for i := range again {
			again[i].ID = "again-" + again[i].ID
		}
		for scans := range slices.Chunk(again, 170) {
			h.record(t, scans...)
			p := h.look(t, impb)
			if slices.ContainsFunc(p.Scans, func(s parcel.Scan) bool { return !strings.HasPrefix(s.ID, "again-") }) {
				t.Error("events of the earlier parcel are back")
			}
		}
		if p := h.look(t, impb); len(p.Scans) != len(again) {
			t.Errorf("%d scans", len(p.Scans))
		}
	})
}

// TestAnyOrderAcrossRolls: whatever the order and the parts in which a parcel's events come, and however many come twice,
// the parcel is the same, also when it has outgrown its item.
func TestAnyOrderAcrossRolls(t *testing.T) {
	t.Parallel()
	h := onEmbedded(t)
	serial := 0
	rapid.Check(t, func(t *rapid.T) {
		serial++
		name := serialNumber(serial)
		scans := someScans(t, 30)
		for i := range rapid.IntRange(0, 900).Draw(t, "more") {
			scans = append(scans, parcel.Scan{ID: fmt.Sprint("more-", i), Code: "10", Zip: "60601", At: begun.Add(time.Duration(i%450) * time.Minute)})
		}
		for i := range scans {
			scans[i].Number = name
		}
		coming := rapid.Permutation(append(slices.Clone(scans), rapid.SliceOfN(rapid.SampledFrom(scans), 0, 200).Draw(t, "twice")...)).Draw(t, "order")
		for len(coming) > 0 {
			n := rapid.IntRange(1, min(200, len(coming))).Draw(t, "at once")
			if _, refused, err := h.Record(t.Context(), coming[:n]); len(refused) > 0 || err != nil {
				t.Fatal(refused, err)
			}
			coming = coming[n:]
		}
		found, err := h.Look(t.Context(), []string{name})
		if err != nil {
			t.Fatal(err)
		}
		same(t, found[name], parcel.Of(number(t, name), placed(scans)))
	})
}
