package sweep_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"postkontor/functions/sweep"
	"postkontor/shared/account"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/session"
)

// stages are the warnings ahead of a deactivation, and the day itself.
var stages = []int{60, 30, 7, 1, 0}

// citizen is one account of the simulation, and what happened to it, by day.
type citizen struct {
	id, username string
	proved       bool
	habit        int // days between logins on the average; 0: never
	lastLogin    int // the day
	warned       []int
	inactive     bool
	gone         bool
}

// years is the simulation: a clock of days, people with habits, and a sweep that comes when it likes.
type years struct {
	*house
	random *rand.Rand
	people []*citizen
	byID   map[string]*citizen
	sum    sweep.Report
	read   int // messages of the outbox that were looked at

	warnings, deactivations, erasures, wakings int
}

// TestThreeYears lets three years pass over accounts whose last login lies anywhere in the three years before, with logins
// and sweeps at random, and holds each warning, deactivation and erasing against what had gone before: no account is
// deactivated without its four warnings at their distances, none warned twice for one stage, and the sums reconcile.
func TestThreeYears(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	y := &years{house: open(t), random: rand.New(rand.NewPCG(seed, 0)), byID: map[string]*citizen{}}
	y.at.Store(time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC).UnixNano())
	const before, people = 1095, 240
	for day := range before {
		for len(y.people) < people*(day+1)/before {
			y.settle()
		}
		y.days(1)
	}
	for next := 0; y.today() < 2*before+10; y.days(1) {
		y.logins()
		if next--; next < 0 {
			y.sweeps()
			next = y.gap()
		}
	}
	y.sweeps()
	y.reconcile()
}

func (y *years) today() int {
	return int(y.now().Sub(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
}

// gap is how many days the sweep stays away: usually none, at times weeks.
func (y *years) gap() int {
	if y.random.IntN(30) == 0 {
		return y.random.IntN(45)
	}
	return y.random.IntN(2)
}

// settle makes one more account, of which every twelfth is never proved.
func (y *years) settle() {
	y.Helper()
	n := len(y.people)
	c := &citizen{username: fmt.Sprintf("heron%d", n), proved: n%12 != 5, habit: []int{0, 0, 20, 400, 900, 1300}[y.random.IntN(6)], lastLogin: y.today()}
	language := locale.Languages()[n%4].Code
	if c.proved {
		c.id = y.active(n, language, n%3 == 0).ID
	} else {
		c.id, c.habit = y.create(n, language).ID, 0
	}
	y.people, y.byID[c.id] = append(y.people, c), c
}

// logins lets people log in by their habits; who finds an inactive account at times wakes it.
func (y *years) logins() {
	y.Helper()
	for _, c := range y.people {
		if c.gone || c.habit == 0 || y.random.IntN(c.habit) != 0 {
			continue
		}
		e := y.enter(c.username)
		if inactive := e.Session.Scope == session.Reactivate; inactive != c.inactive {
			y.Fatalf("%s logs in with %s", c.username, e.Session.Scope)
		}
		if c.inactive && y.random.IntN(2) == 0 {
			continue
		}
		if c.inactive {
			if _, err := y.Reactivate(y.Context(), e.Session, account.Proof{Answers: answers}, "", session.Opening{}); err != nil {
				y.Fatal(err)
			}
			c.inactive = false
			y.wakings++
		}
		c.lastLogin, c.warned = y.today(), nil
	}
}

// sweeps runs the sweep once, or twice at once, and judges what it wrote.
func (y *years) sweeps() {
	y.Helper()
	second := make(chan sweep.Report, 1)
	second <- sweep.Report{}
	if y.random.IntN(10) == 0 {
		<-second
		go func() {
			report, err := y.sweep.Run(y.Context(), sweep.Order{})
			if err != nil {
				y.Error(err)
			}
			second <- report
		}()
	}
	first, err := y.sweep.Run(y.Context(), sweep.Order{})
	if err != nil {
		y.Fatal(err)
	}
	for _, report := range []sweep.Report{first, <-second} {
		y.sum.Visited += report.Visited
		y.sum.Rebucketed += report.Rebucketed
		y.sum.Warned += report.Warned
		y.sum.Deactivated += report.Deactivated
		y.sum.Erased += report.Erased
	}
	for ; y.read < len(y.outbox.all); y.read++ {
		y.judge(y.outbox.all[y.read])
	}
	for _, c := range y.people {
		if !c.proved && !c.gone && y.today() >= c.lastLogin+7 {
			c.gone = true
			y.erasures++
		}
	}
}

// judge holds one message against all that happened to its account before.
func (y *years) judge(m message.Message) {
	y.Helper()
	c, today := y.byID[m.Account], y.today()
	if m.Channel != message.Email || c == nil { // of each warning the e-mail is looked at; text messages go beside it
		return
	}
	switch m.Template {
	case message.DormantWarning:
		stage := len(c.warned)
		if stage > 3 || c.inactive || !c.proved {
			y.Fatalf("%s is warned again: %+v", c.username, c)
		}
		if today < c.lastLogin+1095-stages[stage] {
			y.Fatalf("%s is warned early, on day %d: %+v", c.username, today, c)
		}
		y.apart(c, stage, today)
		if named := locale.Day(m.Language, y.now().AddDate(0, 0, stages[stage])); !strings.Contains(y.text(m), named) {
			y.Fatalf("%s is not told %s: %s", c.username, named, y.text(m))
		}
		c.warned = append(c.warned, today)
		y.warnings++
	case message.Deactivated:
		if len(c.warned) != 4 || today < c.lastLogin+1095 || c.inactive {
			y.Fatalf("%s is deactivated on day %d: %+v", c.username, today, c)
		}
		y.apart(c, 4, today)
		c.inactive = true
		y.deactivations++
	}
}

// apart holds a stage to its distance from the one before.
func (y *years) apart(c *citizen, stage, today int) {
	y.Helper()
	if stage > 0 && today-c.warned[stage-1] < stages[stage-1]-stages[stage] {
		y.Fatalf("%s: stage %d on day %d comes too close: %+v", c.username, stage, today, c)
	}
}

// reconcile compares the sums of all reports with what was seen, and every account with where it must stand.
func (y *years) reconcile() {
	y.Helper()
	want := sweep.Report{Visited: y.sum.Visited, Rebucketed: y.sum.Rebucketed, Warned: y.warnings, Deactivated: y.deactivations, Erased: y.erasures}
	if y.sum != want || y.sum.Visited < y.sum.Rebucketed+y.sum.Warned+y.sum.Deactivated+y.sum.Erased {
		y.Errorf("the reports sum up to %+v, seen was %+v", y.sum, want)
	}
	_, entries := y.house.warnings()
	count := map[account.Status]int{}
	for _, c := range y.people {
		if c.gone {
			count["gone"]++
			continue
		}
		got := y.status(c.id)
		count[got]++
		if c.inactive != (got == account.Inactive) {
			y.Errorf("%s is %s: %+v", c.username, got, c)
		}
		if len(c.warned) == 0 && y.today() > c.lastLogin+1095-60 {
			y.Errorf("%s was left out: %+v", c.username, c)
		}
	}
	y.Logf("%+v; %d entries in the ledger, %d woken, now %v", y.sum, entries, y.wakings, count)
	if y.deactivations == 0 || y.wakings == 0 || y.erasures == 0 || slices.ContainsFunc(y.people, func(c *citizen) bool { return !c.proved && !c.gone }) {
		y.Error("the years were too quiet to tell anything")
	}
}
