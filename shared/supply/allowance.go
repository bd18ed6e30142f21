package supply

import (
	"strconv"
	"time"

	"postkontor/shared/fault"
)

// window is how many days, today among them, the pieces of a limit are added up over.
const window = 30

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// use takes the order's pieces from the allowance. Of a product that has not as much left it is limit_reached (sku, left).
func (s *Store) use(h *holding, o *Order) error {
	h.forget(o.PlacedAt)
	if h.Used == nil {
		h.Used = map[string]map[string]int{}
	}
	for _, line := range o.Items {
		p, _ := s.Catalogue.Product(line.SKU)
		left := p.MaxPer30Days
		for _, pieces := range h.Used[line.SKU] {
			left -= pieces
		}
		if left = max(left, 0); line.Pieces > left {
			return &fault.Error{Kind: fault.Invalid, Code: "limit_reached", Args: map[string]string{"item": line.Name, "n": strconv.Itoa(left)},
				Members: map[string]any{"sku": line.SKU, "left": left}}
		}
		if h.Used[line.SKU] == nil {
			h.Used[line.SKU] = map[string]int{}
		}
		h.Used[line.SKU][day(o.PlacedAt)] += line.Pieces
	}
	return nil
}

// giveBack returns a cancelled order's pieces to the allowance, as far as they still count.
func (h *holding) giveBack(o *Order) {
	for _, line := range o.Items {
		days := h.Used[line.SKU]
		if pieces := days[day(o.PlacedAt)] - line.Pieces; pieces > 0 {
			days[day(o.PlacedAt)] = pieces
		} else {
			delete(days, day(o.PlacedAt))
		}
	}
}

// forget drops the days that do not count any more.
func (h *holding) forget(now time.Time) {
	first := day(now.AddDate(0, 0, 1-window))
	for sku, days := range h.Used {
		for d := range days {
			if d < first {
				delete(days, d)
			}
		}
		if len(days) == 0 {
			delete(h.Used, sku)
		}
	}
}
