package parcel_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"postkontor/shared/barcode"
	"postkontor/shared/parcel"
	"postkontor/shared/table"
)

// TestStory: a parcel is known from its first scan on, under each form of its number, and scans may come in any order and
// again.
func TestStory(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		if h.look(t, impb) != nil {
			t.Error("known before its first scan")
		}
		scans := story(impb, "MA", "03", "10", "QQ")
		scans[0].Number, scans[1].Number, scans[2].Number = "9400 1118 9956 0000 0001 20", "42098101-"+impb, "９４００１１１８９９５６０００００００１２０"
		scans[1].Zip, scans[2].City, scans[2].State, scans[3].Description = "98101-1234", "Seattle", "Washington", "Weighed"
		scans[3].Zip, scans[3].City, scans[3].Country = "", "Toronto", "ca"
		h.record(t, scans[2], scans[0])
		h.record(t, scans[3])
		again := scans[1]
		again.Code, again.Number = "01", impb // an id's first content stays
		h.record(t, scans[2], scans[1], again)
		h.record(t, again)

		want := &parcel.Parcel{Number: impb, Carrier: "USPS", Status: parcel.InTransit, Source: "embedded"}
		for i, code := range []string{"MA", "03", "10", "QQ"} {
			scan := parcel.Scan{ID: scans[i].ID, Number: impb, At: scans[i].At, Code: code, Zip: "98101", City: "SEATTLE", State: "WA", Country: "US"}
			if code == "QQ" {
				scan.Description, scan.Zip, scan.City, scan.State, scan.Country = "Weighed", "", "Toronto", "", "CA"
			}
			want.Scans = append([]parcel.Scan{scan}, want.Scans...)
		}
		want.Decisive = want.Scans[1]
		routed, _ := barcode.Parse("42098101" + impb)
		want.ExpectedDelivery = parcel.Of(routed, want.Scans).ExpectedDelivery
		same(t, h.look(t, impb), want)

		h.clock.Advance(parcel.Kept - time.Second)
		same(t, h.look(t, impb), want)
		h.clock.Advance(2 * time.Second)
		if p := h.look(t, impb); p != nil {
			t.Errorf("120 days after the last scan: %+v", p)
		}
	})
}

// TestRefusals: of 500 scans only those are refused that are wrong, each with its reason.
func TestRefusals(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		now := h.clock.Now()
		var scans []parcel.Scan
		for i := range 500 {
			scans = append(scans, parcel.Scan{ID: fmt.Sprint(i), Number: []string{impb, another, s10}[i%3], At: now, Code: "10"})
		}
		var want []parcel.Refusal
		for i, wrong := range []struct {
			change func(s *parcel.Scan)
			code   string
		}{
			{func(s *parcel.Scan) { s.Number = impb[:21] + "1" }, "number_invalid"},
			{func(s *parcel.Scan) { s.Number = "" }, "number_invalid"},
			{func(s *parcel.Scan) { s.Number = "1Z999AA10123456784" }, "number_invalid"},
			{func(s *parcel.Scan) { s.At = time.Time{} }, "at_invalid"},
			{func(s *parcel.Scan) { s.At = time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC) }, "at_invalid"},
			{func(s *parcel.Scan) { s.At = now.Add(5*time.Minute + time.Second) }, "at_future"},
			{func(s *parcel.Scan) { s.At = now.AddDate(1, 0, 0) }, "at_future"},
			{func(s *parcel.Scan) { s.At = now.Add(5 * time.Minute) }, ""},
			{func(s *parcel.Scan) { s.At = now.AddDate(-1, 0, 0) }, ""},
			{func(s *parcel.Scan) { s.ID = "" }, "validation"},
			{func(s *parcel.Scan) { s.ID = "a b" }, "validation"},
			{func(s *parcel.Scan) { s.ID = strings.Repeat("x", 65) }, "validation"},
			{func(s *parcel.Scan) { s.Code = "" }, "validation"},
			{func(s *parcel.Scan) { s.Code = "0\t1" }, "validation"},
			{func(s *parcel.Scan) { s.Code = "of" }, ""},
			{func(s *parcel.Scan) { s.Zip = "9810" }, "validation"},
			{func(s *parcel.Scan) { s.Zip = "981011234" }, ""},
			{func(s *parcel.Scan) { s.Country = "USA" }, "validation"},
			{func(s *parcel.Scan) { s.City = strings.Repeat("å", 101) }, "validation"},
			{func(s *parcel.Scan) { s.City = strings.Repeat("å", 100) }, ""},
			{func(s *parcel.Scan) { s.State = "W\nA" }, "validation"},
			{func(s *parcel.Scan) { s.Code, s.Description = "QQ", strings.Repeat("x", 201) }, "validation"},
			{func(s *parcel.Scan) { s.Code, s.Description = "QQ", "\xff" }, "validation"},
		} {
			at := i * 7
			wrong.change(&scans[at])
			if wrong.code != "" {
				want = append(want, parcel.Refusal{Index: at, Code: wrong.code})
			}
		}
		accepted, refused, err := h.Record(t.Context(), scans)
		if accepted != 500-len(want) || !reflect.DeepEqual(refused, want) || err != nil {
			t.Errorf("%d accepted, refused %v, %v; want %v", accepted, refused, err, want)
		}
		found, err := h.Look(t.Context(), []string{impb, another, s10})
		if n := len(found[impb].Scans) + len(found[another].Scans) + len(found[s10].Scans); n != accepted || err != nil {
			t.Errorf("%d scans are kept, %v", n, err)
		}
	})
	if _, refused, err := onEmbedded(t).Record(t.Context(), nil); refused != nil || err != nil {
		t.Errorf("nothing: %v, %v", refused, err)
	}
}

// TestCalls: a scan is one write and nothing else, a look at 35 parcels one read; see Record.
func TestCalls(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		calls := func(want int64, what string, run func(ctx context.Context) error) {
			ctx, n := table.WithCalls(t.Context())
			if err := run(ctx); err != nil || n.Load() != want {
				t.Errorf("%s: %d calls, want %d, %v", what, n.Load(), want, err)
			}
		}
		record := func(scans ...parcel.Scan) func(context.Context) error {
			return func(ctx context.Context) error { _, _, err := h.Record(ctx, scans); return err }
		}
		calls(1, "a first scan", record(story(impb, "MA")...))
		calls(1, "a further one", record(story(impb, "MA", "03")[1:]...))
		calls(1, "one that comes again", record(story(impb, "03")...))
		calls(0, "one that is refused", record(parcel.Scan{}))
		calls(2, "scans of two parcels", record(append(story(impb, "10", "07", "OF"), story(another, "MA", "03")...)...))
		calls(2, "100 scans of one", record(story(s10, strings.Fields(strings.Repeat("10 ", 100))...)...))
		var numbers []string
		for serial := 0; len(numbers) < 35; serial++ {
			numbers = append(numbers, serialNumber(serial))
			h.record(t, story(serialNumber(serial), "MA", "03")...)
		}
		calls(1, "a look at 35", func(ctx context.Context) error {
			found, err := h.Look(ctx, numbers)
			if len(found) != 35 {
				t.Errorf("%d found", len(found))
			}
			return err
		})
	})
}

// serialNumber makes an IMpb.
func serialNumber(serial int) string { return checked(fmt.Sprintf("92612999%013d", serial)) }

// checked puts the check digit behind digits.
func checked(digits string) string {
	sum := 0
	for i := range digits {
		sum += int(digits[i]-'0') * (1 + 2*((len(digits)-i)%2))
	}
	return fmt.Sprint(digits, (1000-sum)%10)
}

// TestSmall: a parcel of 15 events is one write unit, with ids as long as ULIDs.
func TestSmall(t *testing.T) {
	t.Parallel()
	h := onEmbedded(t)
	scans := story(impb, strings.Fields("MA 03 OA A1 10 T1 TL 10 T1 A1 10 07 PC OF 01")...)
	for i := range scans {
		scans[i].ID = ulid.Make().String()
		scans[i].Zip, scans[i].City, scans[i].State, scans[i].Country = "98101", "Seattle", "WA", "US"
		scans[i].Description = "Arrived at the regional facility of the operator"
	}
	h.record(t, scans...)
	item, _, err := h.DB.Table(parcel.Definition.Name).Get(t.Context(), parcel.Key(impb), true)
	if size := len(item.Key.PK) + len(item.Key.SK) + len(item.Data); size > 1024 || err != nil {
		t.Errorf("%d bytes, %v: %s", size, err, item.Data)
	}
}

// TestThrottled: what cannot be written is said to be so, all else is, and the same batch again makes it whole.
func TestThrottled(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "after"} {
		h, reference := onEmbedded(t), onEmbedded(t)
		healthy := h.DB
		h.DB = failing{healthy, func(_ string, key table.Key) (bool, bool) {
			hit := key == parcel.Key(another)
			return hit && when == "before", hit && when == "after"
		}}
		scans := append(append(story(impb, "MA", "03"), story(another, "03", "10")...), parcel.Scan{}, story(s10, "01")[0])
		accepted, refused, err := h.Record(t.Context(), scans)
		var unapplied *parcel.Unapplied
		if accepted != 3 || len(refused) != 1 || !errors.As(err, &unapplied) || !reflect.DeepEqual(unapplied.Indexes, []int{2, 3}) || !errors.Is(err, table.ErrUnavailable) {
			t.Errorf("failing %s: %d accepted, refused %v, %v", when, accepted, refused, err)
		}
		if strings.Contains(err.Error(), another) {
			t.Errorf("the error tells the number: %v", err)
		}
		if p := h.look(t, another); (p != nil) != (when == "after") || h.look(t, impb) == nil || h.look(t, s10) == nil {
			t.Errorf("failing %s: the parcel is %+v, or the others are not there", when, p)
		}
		h.DB = healthy
		if _, _, err := h.Record(t.Context(), scans); err != nil {
			t.Error(err)
		}
		_, _, _ = reference.Record(t.Context(), scans)
		for _, n := range []string{impb, another, s10} {
			same(t, h.look(t, n), reference.look(t, n))
		}
	}
}

// follow puts a follower into a parcel's item.
func (h *house) follow(t testing.TB, number string) {
	t.Helper()
	_, err := h.DB.Table(parcel.Definition.Name).Merge(t.Context(), table.Item{Key: parcel.Key(number),
		Expires: h.Now().Add(parcel.Kept), Data: []byte(`{"` + parcel.FollowPrefix + `somebody":{"told":[]}}`)})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNews: of a followed parcel it is told what it newly becomes, before the scans are answered; of others nothing.
func TestNews(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		var told []string
		var fail error
		h.Tell = func(_ context.Context, n parcel.News) error {
			told = append(told, fmt.Sprintf("%s>%s", n.Before, n.Parcel.Status))
			if !strings.Contains(string(n.Item.Data), parcel.FollowPrefix) || n.Item.Version == 0 {
				t.Errorf("an item without followers: %s", n.Item.Data)
			}
			return fail
		}
		want := func(what string, news ...string) {
			t.Helper()
			if strings.Join(told, " ") != strings.Join(news, " ") {
				t.Errorf("%s: told %v, want %v", what, told, news)
			}
			told = nil
		}
		scans := story(impb, "MA", "03", "TL", "10", "OF", "01", "09")
		h.record(t, scans[0])
		want("nobody follows")
		h.follow(t, impb)
		if p := h.look(t, impb); p.Status != parcel.PreShipment || len(p.Scans) != 1 {
			t.Errorf("followed: %+v", p)
		}
		h.record(t, scans[3])
		want("on its way", "pre-shipment>in-transit")
		h.record(t, scans[1], scans[2])
		want("late scans that change nothing")
		fail = errFailing
		var unapplied *parcel.Unapplied
		if _, _, err := h.Record(t.Context(), scans[4:6]); !errors.As(err, &unapplied) || len(unapplied.Indexes) != 2 {
			t.Errorf("a message that cannot be written: %v", err)
		}
		want("it is tried", "in-transit>delivered")
		fail = nil
		h.record(t, scans[4:6]...)
		want("the scans come again", "in-transit>delivered")
		h.record(t, scans[6])
		want("returned", "delivered>returned")

		h.follow(t, another)
		if h.look(t, another) != nil {
			t.Error("a parcel is known that was only followed")
		}
		h.record(t, story(another, "MA")...)
		want("followed before its first scan", ">pre-shipment")
	})
}

// TestFiftyWriters: fifty at once on one parcel, and nothing is lost, also where they move old events in between.
func TestFiftyWriters(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		const writers, each = 50, 20
		var group sync.WaitGroup
		for w := range writers {
			group.Go(func() {
				for i := range each {
					at := begun.Add(time.Duration(i*writers+w) * time.Minute)
					if _, _, err := h.Record(t.Context(), []parcel.Scan{{ID: fmt.Sprint(w, "-", i), Number: impb, At: at, Code: "10", Zip: "98101"}}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		p := h.look(t, impb)
		if len(p.Scans) != writers*each {
			t.Errorf("%d scans of %d are left", len(p.Scans), writers*each)
		}
		if n := h.olds(t, impb); n == 0 {
			t.Error("no old events were moved")
		}
	})
}

// olds answers how many OLD items a parcel has.
func (h *house) olds(t testing.TB, number string) int {
	t.Helper()
	page, err := h.DB.Table(parcel.Definition.Name).Query(t.Context(), table.Query{Partition: parcel.Key(number).PK, Prefix: "OLD#"})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Items)
}
