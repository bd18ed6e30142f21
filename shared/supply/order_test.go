package supply_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/supply"
	"postkontor/shared/table"
)

func TestCartAndOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, func(s *store) {
		t := s.t
		ctx, id := t.Context(), maria.Account
		s.put("LABEL-228", 10, 2)
		s.put("O-FRB1", 25, 1)
		if c := s.put("LABEL-228", 50, 3); len(c.Items) != 2 || c.Pieces != 175 || c.Total != supply.Free || c.Items[0].Pieces != 150 {
			t.Errorf("another pack of a product beside the first: %+v", c)
		}
		if c, err := s.Remove(ctx, id, "O-FRB1"); err != nil || len(c.Items) != 1 {
			t.Errorf("%+v, %v", c, err)
		}
		o, err := s.Place(ctx, maria, none)
		if err != nil {
			t.Fatal(err)
		}
		if o.Status != supply.Placed || o.Source != supply.Web || o.Pieces() != 150 || o.ShipTo != maria.Address || o.Items[0].Name != "Etiqueta de dirección Priority Mail" {
			t.Errorf("%+v", o)
		}
		if !regexp.MustCompile(`^20261124-[0-9A-HJKMNP-TV-Z]{9}$`).MatchString(o.Number) {
			t.Errorf("the number is %s", o.Number)
		}
		if c, err := s.Cart(ctx, id); err != nil || len(c.Items) != 0 {
			t.Errorf("the cart after the order: %+v, %v", c, err)
		}
		if _, err := s.Place(ctx, maria, none); fault.Code(err) != "cart_empty" {
			t.Errorf("once more: %v", err)
		}
		s.advance(time.Second)
		second := s.order("EP14F", 1, 1)
		if found, err := s.Find(ctx, " "+o.Number+"\n"); err != nil || found.Account != id || found.Number != o.Number {
			t.Errorf("%+v, %v", found, err)
		}
		if _, err := s.Order(ctx, "01JDFWAC4N8QTM0000000000BB", o.Number); fault.Code(err) != "not_found" {
			t.Errorf("another's: %v", err)
		}
		for _, number := range []string{"", "20261124-000000000", "20261124-00000000\xff", "ACCOUNT#" + id} {
			if _, err := s.Find(ctx, number); fault.Code(err) != "not_found" {
				t.Errorf("%q: %v", number, err)
			}
		}
		first, next, err := s.Orders(ctx, id, "", 1)
		if err != nil || len(first) != 1 || first[0].Number != second.Number || next == "" {
			t.Fatalf("%v, %q, %v", first, next, err)
		}
		if rest, _, err := s.Orders(ctx, id, next, 1); err != nil || len(rest) != 1 || rest[0].Number != o.Number {
			t.Errorf("%v, %v", rest, err)
		}
		if waiting, _, err := s.ByStatus(ctx, supply.Placed, "", 10); err != nil || len(waiting) != 2 || waiting[0].Number != o.Number || waiting[0].Account != id {
			t.Errorf("%v, %v", waiting, err)
		}
	})
}

func TestBadLines(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, bad := range []struct {
		sku            string
		pack, quantity int
		code, location string
	}{
		{"NO-SUCH", 10, 1, "not_found", ""},
		{"ep14", 10, 1, "not_found", ""},
		{"EP14", 25, 1, "pack_not_offered", "packQuantity"},
		{"EP14", 0, 1, "pack_not_offered", "packQuantity"},
		{"EP14", -10, -1, "pack_not_offered", "packQuantity"},
		{"EP14", 10, -1, "validation", "quantity"},
		{"EP14", 10, 11, "quantity_over_limit", "quantity"},
		{"EP14", 10, 1 << 62, "quantity_over_limit", "quantity"},
		{"BOX-CRE-KIT2-SM", 1, 3, "quantity_over_limit", "quantity"},
	} {
		_, err := s.Put(t.Context(), maria.Account, bad.sku, bad.pack, bad.quantity)
		if fault.Code(err) != bad.code || bad.location != "" && !field(err, "body."+bad.location) {
			t.Errorf("%+v: %v", bad, err)
		}
		lines := []supply.Line{{SKU: "O-FRB1", PackQuantity: 1, Quantity: 1}, {SKU: bad.sku, PackQuantity: bad.pack, Quantity: bad.quantity}}
		location := "body.items[1]." + bad.location
		if bad.location == "" {
			location += "sku"
		}
		if _, err := s.call(lines...); !field(err, location) {
			t.Errorf("by telephone, %+v: %v", bad, err)
		}
	}
	for location, lines := range map[string][]supply.Line{"body.items": nil,
		"body.items[1].sku": {{SKU: "O-FRB1", PackQuantity: 1, Quantity: 1}, {SKU: "O-FRB1", PackQuantity: 10, Quantity: 1}}} {
		if _, err := s.call(lines...); !field(err, location) {
			t.Errorf("%s: %v", location, err)
		}
	}
	if c := s.put("EP14", 10, 10); c.Pieces != 100 {
		t.Errorf("as much as an order may have: %+v", c)
	}
	if c := s.put("EP14", 99, 0); len(c.Items) != 0 {
		t.Errorf("none: %+v", c)
	}
}

// field reports whether the error is of a field there.
func field(err error, location string) bool {
	var f *fault.Error
	return errors.As(err, &f) && slices.ContainsFunc(f.Fields, func(one fault.Field) bool { return one.Location == location })
}

// TestLimitOfThirtyDays: pieces count for thirty days, whoever took the order, and a cancelled order gives them back.
func TestLimitOfThirtyDays(t *testing.T) {
	t.Parallel()
	s := open(t)
	full := func(left int) {
		t.Helper()
		s.put("EP14F", 1, left+1)
		_, err := s.Place(t.Context(), maria, none)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != "limit_reached" || f.Members["left"] != left || f.Members["sku"] != "EP14F" {
			t.Errorf("with %d left, %d more: %v %+v", left, left+1, err, f)
		}
	}
	s.order("EP14F", 10, 10)
	s.advance(24 * time.Hour)
	second := s.order("EP14F", 10, 10)
	if _, err := s.call(supply.Line{SKU: "EP14F", PackQuantity: 10, Quantity: 9}); err != nil {
		t.Fatal(err)
	}
	full(10)
	if c, _ := s.Cart(t.Context(), maria.Account); len(c.Items) != 1 {
		t.Errorf("the refused cart is %+v", c)
	}
	for range 2 {
		if o, err := s.Cancel(t.Context(), maria.Account, second.Number); err != nil || o.Status != supply.Cancelled || len(o.History) != 2 {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	s.order("EP14F", 10, 10)
	full(10)
	s.advance(28 * 24 * time.Hour)
	full(10)
	s.advance(24 * time.Hour) // the first order is thirty days ago
	s.order("EP14F", 10, 10)
	full(10)
	s.advance(24 * time.Hour)
	if o, err := s.Cancel(t.Context(), maria.Account, s.order("EP14F", 1, 10).Number); err != nil || o.Status != supply.Cancelled {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestRaceForTheLastPack: of fifty orders at once that would each take what is left, exactly one is placed.
func TestRaceForTheLastPack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(s *store) {
		s.order("O-FRB1", 10, 5)
		s.order("O-FRB1", 10, 5)
		s.order("O-FRB1", 10, 4) // of 150 pieces, 10 are left
		last := supply.Line{SKU: "O-FRB1", PackQuantity: 10, Quantity: 1}
		placed, refused := atOnce(50, func() error {
			_, err := s.call(last)
			return err
		}, "limit_reached")
		if orders, _, err := s.Orders(s.t.Context(), maria.Account, "", 100); placed > 1 || placed+refused != 50 || len(orders) != 4 || err != nil {
			s.t.Errorf("%d placed, %d refused, %d orders, %v", placed, refused, len(orders), err)
		}
	})
}

// TestRaceForOneCart: a cart is ordered once.
func TestRaceForOneCart(t *testing.T) {
	t.Parallel()
	onBoth(t, func(s *store) {
		s.put("O-FRB1", 10, 5)
		placed, refused := atOnce(50, func() error {
			_, err := s.Place(s.t.Context(), maria, none)
			return err
		}, "cart_empty")
		if orders, _, err := s.Orders(s.t.Context(), maria.Account, "", 100); placed > 1 || placed+refused != 50 || len(orders) != 1 || err != nil {
			s.t.Errorf("%d placed, %d refused, %d orders, %v", placed, refused, len(orders), err)
		}
	})
}

// TestCancellingRacesPacking: one of them comes first, and the allowance follows.
func TestCancellingRacesPacking(t *testing.T) {
	t.Parallel()
	s := open(t)
	for range 20 {
		o := s.order("BOX-CRE-KIT2-SM", 1, 2)
		cancelled, packed := error(nil), error(nil)
		var both sync.WaitGroup
		both.Go(func() { _, cancelled = s.Cancel(t.Context(), maria.Account, o.Number) })
		both.Go(func() { _, packed = s.Act(t.Context(), o.Number, supply.Pack, "", agent) })
		both.Wait()
		if (cancelled == nil) == (packed == nil) || cancelled != nil && fault.Code(cancelled) != "order_packed" || packed != nil && fault.Code(packed) != "order_state" {
			t.Fatalf("cancelled: %v, packed: %v", cancelled, packed)
		}
		s.put("BOX-CRE-KIT2-SM", 1, 2)
		again, err := s.Place(t.Context(), maria, none) // 4 in 30 days
		if err != nil {
			t.Fatalf("the rest of the allowance: %v", err)
		}
		if _, err := s.Cancel(t.Context(), maria.Account, again.Number); err != nil {
			t.Fatal(err)
		}
		s.advance(31 * 24 * time.Hour)
	}
}

// atOnce runs a thing n times at once, and counts how often it was done and how often refused with that code. Who gets no
// answer from a busy machine asks again, as a client does.
func atOnce(n int, run func() error, code string) (done, refused int64) {
	var d, r atomic.Int64
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			err := run()
			for errors.Is(err, table.ErrUnavailable) {
				err = run()
			}
			switch {
			case err == nil:
				d.Add(1)
			case fault.Code(err) == code:
				r.Add(1)
			}
		})
	}
	all.Wait()
	return d.Load(), r.Load()
}

// TestWithdrawnMeanwhile: what the catalogue no longer has is shown in the cart, and not ordered.
func TestWithdrawnMeanwhile(t *testing.T) {
	t.Parallel()
	s := open(t)
	with := func(files fstest.MapFS) *supply.Catalogue {
		c, err := supply.Parse(files)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	other := files(t, "free_shipping_supplies.csv", ",EP14F,", ",EP14X,")
	other["limits.csv"] = files(t, "limits.csv", "EP14F,", "EP14X,")["limits.csv"]
	for name, next := range map[string]*supply.Catalogue{
		"item_unavailable sku":  with(other),
		"item_unavailable pack": with(files(t, "free_shipping_supplies.csv", "1|10,12.5", "1,12.5")),
		"quantity_over_limit":   with(files(t, "limits.csv", "EP14F,shipping-supplies,free-shipping-supplies,envelopes,100", "EP14F,shipping-supplies,free-shipping-supplies,envelopes,90")),
	} {
		s.Catalogue = supply.Default()
		s.put("EP14F", 10, 10)
		s.put("LABEL-228", 10, 1)
		s.Catalogue = next
		c, err := s.Cart(t.Context(), maria.Account)
		if err != nil || c.Items[0].Withdrawn != (name != "quantity_over_limit") || c.Items[0].Name != "Priority Mail Flat Rate Envelope" {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		_, err = s.Place(t.Context(), maria, none)
		if code := fault.Code(err); code == "" || len(code) > len(name) || name[:len(code)] != code {
			t.Errorf("%s: %v", name, err)
		}
		if f := new(fault.Error); !errors.As(err, &f) || f.Args["item"] != "Priority Mail Flat Rate Envelope" || f.Code == "quantity_over_limit" && f.Args["n"] != "90" {
			t.Errorf("%s: it names %v", name, err)
		}
		if _, err := s.Remove(t.Context(), maria.Account, "EP14F"); err != nil {
			t.Error(err)
		}
		if o, err := s.Place(t.Context(), maria, none); err != nil || o.Pieces() != 10 {
			t.Errorf("%s: the rest of the cart: %+v, %v", name, o, err)
		}
	}
}

// dying is a database whose process dies at its transactions: before them, or right after, when nobody hears the answer.
type dying struct {
	table.Database
	when string
}

func (d dying) Transact(ctx context.Context, ops ...table.Op) error {
	if d.when == "after" {
		if err := d.Database.Transact(ctx, ops...); err != nil {
			return err
		}
	}
	return table.ErrUnavailable
}

// TestCrashes: an order is there with its confirmation, its owner, its pieces and what further was to be written, or nothing
// is; and so with what becomes of it.
func TestCrashes(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "after"} {
		s := open(t)
		s.put("BOX-CRE-KIT2-SM", 1, 2)
		mended, made := s.DB, ""
		further := func(number string) ([]table.Op, error) {
			made = number
			item, err := table.New(table.Key{PK: "ONCE#1", SK: "RECORD"}, struct{}{})
			return []table.Op{{Verb: table.OpCreate, Table: "limits", Item: item}}, err
		}
		s.DB = dying{mended, when}
		if _, err := s.Place(t.Context(), maria, further); !errors.Is(err, table.ErrUnavailable) {
			t.Fatalf("the crash is answered with %v", err)
		}
		s.DB = mended
		there := 0
		if when == "after" {
			there = 1
		}
		orders, _, err := s.Orders(t.Context(), maria.Account, "", 10)
		cart, errCart := s.Cart(t.Context(), maria.Account)
		_, errOwner := s.Find(t.Context(), made)
		_, once, errOnce := s.DB.Table("limits").Get(t.Context(), table.Key{PK: "ONCE#1", SK: "RECORD"}, true)
		if errors.Join(err, errCart, errOnce) != nil || len(orders) != there || len(cart.Items) != 1-there || (errOwner == nil) != (there == 1) ||
			once != (there == 1) || len(s.messages(message.OrderPlaced)) != there {
			t.Errorf("a crash %s: %d orders, cart %v, owner %v, record %v, %d messages", when, len(orders), cart.Items, errOwner, once, len(s.messages(message.OrderPlaced)))
		}
		if when == "before" {
			continue
		}
		s.DB = dying{mended, when}
		if _, err := s.Cancel(t.Context(), maria.Account, made); !errors.Is(err, table.ErrUnavailable) {
			t.Errorf("cancelling: %v", err)
		}
		s.DB = mended
		if o, err := s.Cancel(t.Context(), maria.Account, made); err != nil || o.Status != supply.Cancelled || len(s.messages(message.OrderCancelled)) != 1 {
			t.Errorf("%+v, %v", o, err)
		}
		s.order("BOX-CRE-KIT2-SM", 1, 2)
		s.order("BOX-CRE-KIT2-SM", 1, 2)
	}
}

// TestNumbers: numbers of one customer are in the order of time, and those of one moment differ.
func TestNumbers(t *testing.T) {
	t.Parallel()
	s := open(t)
	var numbers []string
	for i := range 20 {
		numbers = append(numbers, s.order("O-FRB1", 1, 1).Number)
		s.advance(time.Duration(1+i) * 97 * time.Minute)
	}
	if !slices.IsSorted(numbers) || len(slices.Compact(slices.Clone(numbers))) != 20 {
		t.Errorf("%v", numbers)
	}
	s.at.Store(time.Date(2026, 12, 24, 9, 0, 0, 0, time.UTC).UnixNano())
	seen := map[string]bool{}
	for range 20 {
		seen[s.order("EP14F", 1, 1).Number] = true
	}
	if len(seen) != 20 {
		t.Error(fmt.Sprint(len(seen), " numbers of 20 orders of one moment"))
	}
}
