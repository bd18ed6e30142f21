package courier_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"

	"postkontor/functions/courier"
	"postkontor/shared/message"
)

// deliverAll delivers a code to each number, 50 at once.
func (h *house) deliverAll(numbers []string) (ids []string) {
	h.Helper()
	for _, to := range numbers {
		ids = append(ids, h.put(h.code(to)))
	}
	var all sync.WaitGroup
	free := make(chan struct{}, 50)
	for _, id := range ids {
		free <- struct{}{}
		all.Go(func() {
			h.deliver(id)
			<-free
		})
	}
	all.Wait()
	return ids
}

func TestBL2_SMSBudgets(t *testing.T) {
	t.Parallel()
	var many, one, two []string
	for n := range 1000 {
		many = append(many, fmt.Sprintf("+1206555%04d", n))
	}
	for n := range 50 {
		one = append(one, "+12065550142")
		two = append(two, fmt.Sprintf("+4670174%04d", n), fmt.Sprintf("+1206555%04d", n))
	}
	for _, c := range []struct {
		name, budgets string
		numbers       []string
		sent          int
	}{
		{"total", "number=20 total=100 +1=500", many, 100},
		{"number", "number=3 total=500 +1=500", one, 3},
		{"prefix", "number=20 total=500 +1=500 +46=7", two, 57},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.account("A", nil)
			h.Budgets = courier.MustBudgets(c.budgets)
			over := 0
			for _, id := range h.deliverAll(c.numbers) {
				if h.state(id) == "dropped over_budget" {
					over++
				}
			}
			if got := len(h.provider.sent()); got != c.sent || over != len(c.numbers)-c.sent {
				t.Errorf("sent %d, want %d; %d over", got, c.sent, over)
			}
			if !strings.Contains(h.metrics.String(), `"SMSBudgetExceeded":1,"budget":"`+c.name) {
				t.Errorf("no alarm: %.300s", h.metrics)
			}
			h.pass(24 * time.Hour)
			h.deliver(h.put(h.code("+12065550142")))
			if got := len(h.provider.sent()); got != c.sent+1 {
				t.Errorf("on the next day %d were sent, want 1", got-c.sent)
			}
		})
	}
}

// A code would come too late on the next day; a notice does not.
func TestBL2_NoticesWaitForTheNextDay(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", nil)
	h.Budgets = courier.MustBudgets("number=1 total=500 +1=500")
	h.deliver(h.put(h.code("+12065550142")))
	id := h.put(message.Message{Account: "A", Channel: message.SMS, Template: message.PhoneChanged})
	h.deliver(id)
	if h.state(id) != "pending" {
		t.Errorf("over the budget: %s", h.state(id))
	}
	if h.pass(15 * time.Hour); h.state(id) != "sent" {
		t.Errorf("on the next day: %s", h.state(id))
	}
}

// TestNewsOfParcelsLeaveHalfOfEachBudget for codes, which may use all of it; news that wait for the next day grow old instead.
func TestNewsOfParcelsLeaveHalfOfEachBudget(t *testing.T) {
	t.Parallel()
	for _, budgets := range []string{"number=6 total=500 +1=500", "number=500 total=6 +1=500", "number=500 total=500 +1=6"} {
		t.Run(budgets, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.account("A", nil)
			h.follow("A", message.SMS)
			h.Budgets = courier.MustBudgets(budgets)
			deliver := func(n int, m message.Message) map[string]int {
				states := map[string]int{}
				for range n {
					id := h.put(m)
					h.deliver(id)
					states[h.state(id)]++
				}
				return states
			}
			if got := deliver(5, h.parcelNews("A", message.SMS)); got["sent"] != 3 || got["pending"] != 2 {
				t.Errorf("news: %v", got)
			}
			if got := deliver(4, h.code("+12065550142")); got["sent"] != 3 || got["dropped over_budget"] != 1 {
				t.Errorf("codes: %v", got)
			}
			h.pass(15 * time.Hour)
			if got := len(h.provider.sent()); got != 6 || len(h.waiting.DeadLetters()) > 0 {
				t.Errorf("on the next day %d were sent, %v are dead", got, h.waiting.DeadLetters())
			}
		})
	}
}

// An outage costs no budget: each message is counted once, however often it is tried.
func TestBL2_TriesAreCountedOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", nil)
	h.Budgets = courier.MustBudgets("number=1 total=500 +1=500")
	h.provider.set(true)
	id := h.put(h.code("+12065550142"))
	h.deliver(id)
	h.pass(time.Minute)
	h.provider.set(false)
	if h.pass(2 * time.Minute); h.state(id) != "sent" {
		t.Errorf("after two tries in vain: %s", h.state(id))
	}
}

// By default nothing goes outside the United States; area codes are those of the telephone library.
func TestBL2_OnlyTheUnitedStates(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", nil)
	h.Budgets = courier.MustBudgets("number=1 total=2000 +1=2000")
	own := map[string]bool{"US": true, "PR": true, "VI": true, "GU": true, "AS": true, "MP": true}
	var numbers []string
	for area := range 800 {
		number := fmt.Sprintf("+1%d2345678", 200+area)
		parsed, err := phonenumbers.Parse(number, "US")
		if err != nil {
			t.Fatal(err)
		}
		if phonenumbers.GetRegionCodeForNumber(parsed) != "" {
			numbers = append(numbers, number)
		}
	}
	numbers = append(numbers, "+46701740605", "+8613800138000", "+445550142", "12065550142")
	for i, id := range h.deliverAll(numbers) {
		parsed, _ := phonenumbers.Parse(numbers[i], "US")
		want := "dropped country_barred"
		if region := phonenumbers.GetRegionCodeForNumber(parsed); own[region] && !strings.HasPrefix(numbers[i], "+1900") && numbers[i] != "12065550142" {
			want = "sent"
		}
		if got := h.state(id); got != want {
			t.Errorf("%s: %s, want %s", numbers[i], got, want)
		}
	}
}

func TestBudgetsAreRead(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"number", "number=-1", "total=x", "1=5", "everything=5"} {
		if _, err := courier.ParseBudgets(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	b, err := courier.ParseBudgets("number=2 total=3 +1416=4")
	if err != nil || b.Number != 2 || b.Total != 3 || b.Prefixes["+1416"] != 4 {
		t.Errorf("%+v, %v", b, err)
	}
}
