package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postkontor/shared/account"
)

// nowhere is where an account stands that nobody has made yet, or that was erased.
const nowhere account.Status = "none"

// way is one that leads an account from where it stands to one of other places.
type way struct {
	from account.Status
	by   string
	to   []account.Status
}

// ways are all that may ever move an account. ADR 15 shows them to people; TestTheModelIsWritten holds it to them, and
// TestLife the product.
var ways = []way{
	{nowhere, "signing up", []account.Status{account.New}},
	{account.New, "proving the e-mail address", []account.Status{account.Active, account.Flagged}},
	{account.New, "an agent's new e-mail address, after 72 hours", []account.Status{account.Active, account.Flagged}},
	{account.New, "closing", []account.Status{account.Closed}},
	{account.New, "the sweep, after 7 days", []account.Status{nowhere}},
	{account.Active, "closing", []account.Status{account.Closed}},
	{account.Active, "the sweep, after 3 years and 4 warnings", []account.Status{account.Inactive}},
	{account.Active, "another account taking its claim", []account.Status{account.Flagged}},
	{account.Active, "saying \"this was not me\"", []account.Status{account.New, account.Inactive, account.Closed, account.Flagged}},
	{account.Flagged, "logging in when the claim is free or was not objected to", []account.Status{account.Active}},
	{account.Flagged, "entering the letter's code when nobody uses the other account", []account.Status{account.Active}},
	{account.Flagged, "the sweep, 14 days after the letter's code", []account.Status{account.Active}},
	{account.Flagged, "the sweep, after 3 years and 4 warnings", []account.Status{account.Inactive}},
	{account.Flagged, "an agent's release", []account.Status{account.Active}},
	{account.Flagged, "saying \"this was not me\"", []account.Status{account.Active, account.Inactive, account.Closed}},
	{account.Inactive, "answering the questions or entering a code", []account.Status{account.Active, account.Flagged}},
	{account.Closed, "opening it again within 30 days", []account.Status{account.New, account.Active, account.Flagged}},
	{account.Closed, "the sweep, after 30 days", []account.Status{nowhere}},
	{account.Closed, "saying \"this was not me\"", []account.Status{account.New, account.Active, account.Inactive, account.Flagged}},
}

// may reports whether a way whose name begins like this leads from one place to another.
func may(from, to account.Status, by string) bool {
	return slices.ContainsFunc(ways, func(w way) bool {
		return w.from == from && strings.HasPrefix(w.by, by) && slices.Contains(w.to, to)
	})
}

const modelADR = "../adr/0015-no-account-is-ever-at-a-dead-end.md"

func TestTheModelIsWritten(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for _, w := range ways {
		to := make([]string, len(w.to))
		for i, s := range w.to {
			to[i] = string(s)
		}
		fmt.Fprintf(&rows, "| %s | %s | %s |\n", w.from, w.by, strings.Join(to, ", "))
	}
	text, err := os.ReadFile(modelADR)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), rows.String()) {
		t.Errorf("%s does not have these rows:\n%s", modelADR, rows.String())
	}
}

// Every account, wherever it stands, has a way on.
func TestNoPlaceIsAnEnd(t *testing.T) {
	t.Parallel()
	reaches := map[account.Status]bool{account.Active: true}
	for range ways {
		for _, w := range ways {
			if slices.ContainsFunc(w.to, func(s account.Status) bool { return reaches[s] }) {
				reaches[w.from] = true
			}
		}
	}
	for _, s := range []account.Status{nowhere, account.New, account.Flagged, account.Inactive, account.Closed} {
		if !reaches[s] {
			t.Errorf("%s leads nowhere", s)
		}
	}
}

// init says how many random lives TestLife leads unless -rapid.checks does: what takes less than a minute.
func init() {
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
}

// TestLife leads random lives: customers, a stranger, the clock, the sweep and broken channels do what they can by the
// product's own routes, in any order. After each request the laws hold; at the end every customer comes home. A failing
// life is kept in testdata/rapid and led again first.
func TestLife(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, rt)
		defer w.close()
		for range rapid.IntRange(5, 60).Draw(rt, "steps") {
			w.step(rt)
		}
		w.ends(rt)
	})
}
