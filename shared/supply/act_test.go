package supply_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/supply"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

// TestActs: what the warehouse can do with an order, after what it was done; each step once, however often it is asked for.
func TestActs(t *testing.T) {
	t.Parallel()
	const tracking = "9205500000000000000001"
	for path, want := range map[string]string{
		"pack ship deliver":                          "packed shipped delivered",
		"back-order pack":                            "back-ordered packed",
		"pack pack ship ship deliver deliver":        "packed packed shipped shipped delivered delivered",
		"back-order back-order pack":                 "back-ordered back-ordered packed",
		"ship":                                       "order_state",
		"deliver":                                    "order_state",
		"back-order ship":                            "back-ordered order_state",
		"pack back-order deliver":                    "packed order_state order_state",
		"pack ship pack back-order":                  "packed shipped order_state order_state",
		"pack ship deliver ship pack":                "packed shipped delivered order_state order_state",
		"cancel pack ship deliver back-order cancel": "cancelled order_state order_state order_state order_state cancelled",
		"back-order cancel":                          "back-ordered cancelled",
		"pack cancel":                                "packed order_packed",
		"pack ship cancel deliver cancel":            "packed shipped order_packed delivered order_packed",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			o := s.order("LABEL-228", 10, 1)
			var got []string
			for _, act := range strings.Fields(path) {
				var now *supply.Order
				var err error
				if act == "cancel" {
					now, err = s.Cancel(t.Context(), maria.Account, o.Number)
				} else {
					number := ""
					if act == "ship" {
						number = tracking
					}
					now, err = s.Act(t.Context(), o.Number, supply.Act(act), number, agent)
				}
				if err != nil {
					got = append(got, fault.Code(err))
					continue
				}
				got = append(got, string(now.Status))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%v", got)
			}
			s.noted(want)
		})
	}
}

// noted holds messages and activity to what was done: each status once.
func (s *store) noted(done string) {
	s.t.Helper()
	var kinds, wanted []string
	err := s.DB.(*embedded.Database).Each(activity.Table, func(item table.Item) error {
		var e activity.Event
		err := item.Decode(&e)
		kinds = append(kinds, strings.TrimPrefix(e.Kind, "order-"))
		if e.Agent != agent.Agent || e.Reason != agent.Reason || !strings.HasPrefix(e.Detail, "20261124-") || item.Key.PK != "ACCOUNT#"+maria.Account {
			s.t.Errorf("noted is %+v", e)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, status := range []string{"packed", "shipped", "delivered", "back-ordered"} {
		if strings.Contains(" "+done+" ", " "+status+" ") {
			wanted = append(wanted, status)
		}
	}
	if slices.Sort(kinds); !slices.Equal(kinds, slices.Sorted(slices.Values(wanted))) {
		s.t.Errorf("the activity has %v", kinds)
	}
	for status, template := range map[string]message.Template{"shipped": message.OrderShipped, "back-ordered": message.OrderDelayed, "cancelled": message.OrderCancelled} {
		want := 0
		if strings.Contains(done, status) {
			want = 1
		}
		if n := len(s.messages(template)); n != want {
			s.t.Errorf("%d messages say %s", n, template)
		}
	}
}

// TestShippingUnderAnotherNumber is not the same again.
func TestShippingUnderAnotherNumber(t *testing.T) {
	t.Parallel()
	s := open(t)
	o := s.order("LABEL-228", 10, 1)
	ship := func(tracking string) (*supply.Order, error) {
		return s.Act(t.Context(), o.Number, supply.Ship, tracking, agent)
	}
	if _, err := s.Act(t.Context(), o.Number, supply.Pack, "", agent); err != nil {
		t.Fatal(err)
	}
	if shipped, err := ship("one"); err != nil || shipped.Tracking != "one" {
		t.Errorf("%+v, %v", shipped, err)
	}
	if _, err := ship("another"); fault.Code(err) != "order_state" {
		t.Errorf("%v", err)
	}
	if m := s.messages(message.OrderShipped); len(m) != 1 || m[0].Values["tracking"] != "one" {
		t.Errorf("%+v", m)
	}
	waiting, _, err := s.ByStatus(t.Context(), supply.Shipped, "", 10)
	if err != nil || len(waiting) != 1 {
		t.Errorf("%v, %v", waiting, err)
	}
}

// TestKeptAndErased: what is exported is all there is, and nothing of it is left after erasing.
func TestKeptAndErased(t *testing.T) {
	t.Parallel()
	s := open(t)
	first := s.order("LABEL-228", 10, 1)
	s.put("O-FRB1", 1, 1)
	k, err := s.Export(t.Context(), maria.Account)
	if err != nil || len(k.Cart) != 1 || len(k.Orders) != 1 || k.Orders[0].Number != first.Number || k.Ordered["LABEL-228"]["2026-11-24"] != 10 {
		t.Errorf("%+v, %v", k, err)
	}
	s.advance(31 * 24 * time.Hour)
	if k, err := s.Export(t.Context(), maria.Account); err != nil || len(k.Ordered) != 0 || len(k.Orders) != 1 {
		t.Errorf("a month later: %+v, %v", k, err)
	}
	ops, err := supply.EraseOps(t.Context(), s.DB, maria.Account)
	if err == nil {
		err = s.DB.Transact(t.Context(), ops...)
	}
	left := 0
	err2 := s.DB.(*embedded.Database).Each(supply.Definition.Name, func(table.Item) error { left++; return nil })
	if err != nil || err2 != nil || left != 0 {
		t.Errorf("%d items are left, %v, %v", left, err, err2)
	}
}
