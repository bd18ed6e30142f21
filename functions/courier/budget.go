package courier

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postkontor/shared/message"
	"postkontor/shared/metric"
	"postkontor/shared/table"
)

// Budgets bound the text messages of a day (UTC), because each costs money and a sign-up page can be made to send them. What
// customers subscribe to takes at most half of each, so that the other half is left for codes and notices.
type Budgets struct {
	Number   int64            // to one number
	Prefixes map[string]int64 // to the numbers of a prefix: the longest that fits counts; 0, or none: never
	Total    int64            // to all
}

// notUS are the area codes of +1 outside the United States and its territories, and 900 (premium rates). Many of the
// Caribbean ones are dear and a favourite of those who earn by messages they cause.
const notUS = "900 " +
	"204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506 514 519 548 " +
	"579 581 584 587 600 604 613 622 633 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942 " + // Canada
	"242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876"

// UsualBudgets are those of a small deployment in the United States.
const UsualBudgets = "number=20 total=500 +1=500"

// ParseBudgets reads "number=20 total=500 +1=400 +46=100": a number, all, and prefixes. Under +1 only the United States are
// meant, but for area codes that are named themselves ("+1416=50").
func ParseBudgets(text string) (Budgets, error) {
	b := Budgets{Prefixes: map[string]int64{}}
	for area := range strings.FieldsSeq(notUS) {
		b.Prefixes["+1"+area] = 0
	}
	for part := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(part, "=")
		n, err := strconv.ParseInt(value, 10, 64)
		switch {
		case err != nil || n < 0:
			return b, fmt.Errorf("budget %q: NAME=NUMBER", part)
		case name == "number":
			b.Number = n
		case name == "total":
			b.Total = n
		case strings.HasPrefix(name, "+"):
			b.Prefixes[name] = n
		default:
			return b, fmt.Errorf("budget %q: number, total, or a prefix like +1", part)
		}
	}
	return b, nil
}

// MustBudgets is ParseBudgets for the environment and for constants: a mistake ends the process.
func MustBudgets(text string) Budgets {
	b, err := ParseBudgets(text)
	if err != nil {
		panic(err)
	}
	return b
}

// of answers the prefix that counts for a number, "" when none does.
func (b Budgets) of(number string) string {
	for n := len(number); n > 1; n-- {
		if _, ok := b.Prefixes[number[:n]]; ok {
			return number[:n]
		}
	}
	return ""
}

// errWaits is the error of a notice that waits for the next day.
var errWaits = errors.New("over the budget of text messages")

// count takes one text message from every budget it falls under; when one is used up an alarm is raised. A code is then
// dropped, because it would come too late; a notice can wait.
func (c *Courier) count(ctx context.Context, number string, t message.Template) error {
	prefix := c.Budgets.of(number)
	if c.Budgets.Prefixes[prefix] == 0 {
		return &message.Refusal{Reason: message.CountryBarred}
	}
	mac, err := c.Counters.MAC(ctx, []byte("sms\x00"+number))
	if err != nil {
		return err
	}
	for _, budget := range []struct {
		name, key string
		most      int64
	}{{"number", mac, c.Budgets.Number}, {"prefix", prefix, c.Budgets.Prefixes[prefix]}, {"total", "ALL", c.Budgets.Total}} {
		key := table.Key{PK: "SMS#" + budget.key, SK: "DAY"}
		if t.Subscribed() {
			budget.most /= 2
		}
		limit := table.Limit{Max: budget.most, Expires: c.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)}
		_, taken, err := c.DB.Table(message.LimitsTable).Take(ctx, key, limit)
		switch {
		case err != nil:
			return fmt.Errorf("counting a text message: %w", err)
		case taken:
			continue
		}
		c.emit("SMSBudgetExceeded", metric.Field{Name: "budget", Value: budget.name})
		if t.Notice() {
			return errWaits
		}
		return &message.Refusal{Reason: message.OverBudget}
	}
	return nil
}
