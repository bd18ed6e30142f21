package main

import (
	"fmt"
	"strings"

	"postkontor/shared/account"
	"postkontor/shared/message"
	"postkontor/shared/session"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

// books are the tables as they stand, as far as the laws look at them.
type books struct {
	logins   map[string]loginBook // by folded username
	profiles map[string]*profileBook
	claims   map[table.Key]string // the account that holds it
	sessions []session.Session
	messages map[string]message.Stored
}

type loginBook struct {
	Account    string
	Status     account.Status
	Credential int64
	Doubtful   bool
	Left       bool
}

type profileBook struct {
	account.Account
	Claim       *struct{ Address, Person string }
	ReleasedFor *struct{ Address, Person string }
}

// books reads the tables.
func (w *world) books() *books {
	b := &books{map[string]loginBook{}, map[string]*profileBook{}, map[table.Key]string{}, nil, map[string]message.Stored{}}
	w.each(account.Definition.Name, func(item table.Item) error {
		kind, rest, _ := strings.Cut(item.Key.PK, "#")
		switch {
		case kind == "USERNAME":
			var l loginBook
			err := item.Decode(&l)
			b.logins[rest] = l
			return err
		case item.Key.SK == "PROFILE":
			b.profiles[rest] = &profileBook{}
			return item.Decode(b.profiles[rest])
		case kind == "ADDRESS":
			var held struct{ Account string }
			err := item.Decode(&held)
			b.claims[item.Key] = held.Account
			return err
		}
		return nil
	})
	w.each(session.Definition.Name, func(item table.Item) error {
		var s session.Session
		err := item.Decode(&s)
		b.sessions = append(b.sessions, s)
		return err
	})
	w.each(message.Definition.Name, func(item table.Item) error {
		var m message.Stored
		err := item.Decode(&m)
		b.messages[item.Key.PK] = m
		return err
	})
	return b
}

func (w *world) each(name string, f func(table.Item) error) {
	if err := w.runner.tables.(*embedded.Database).Each(name, f); err != nil {
		w.rt.Fatal(err)
	}
}

// reasons are the ways that each request may be; no other moves an account.
var reasons = map[string][]string{
	"POST /v1/accounts":             {"signing up"},
	"POST /v1/account/email/verify": {"proving the e-mail"},
	"POST /v1/sessions":             {"logging in", "another account"},
	"POST /v1/duplicate/code":       {"entering the letter's code", "another account"},
	"POST /v1/reactivation":         {"answering the questions"},
	"DELETE /v1/account":            {"closing"},
	"POST /v1/account/reopen":       {"opening it again"},
	"POST /v1/disavow":              {"saying"},
	"POST /_local/sweep":            {"the sweep", "another account"},
	"release":                       {"an agent's release"},
}

// holds checks all laws after a request.
func (w *world) holds(request string) {
	b := w.books()
	w.movedLawfully(request, b)
	w.namesAreUnique(b)
	w.claimsAreUnique(b)
	w.sessionsAreProved(b)
	w.nothingIsSaidTwice(request, b)
	if w.rt.Failed() {
		w.rt.Fatalf("after %s", request)
	}
}

// movedLawfully: accounts move only as the model says, by what the model names.
func (w *world) movedLawfully(request string, b *books) {
	now := map[string]account.Status{}
	for id, p := range b.profiles {
		now[id] = p.Status
	}
	for _, stands := range []map[string]account.Status{w.stands, now} {
		for id := range stands {
			from, to := w.stands[id], now[id]
			if from == "" {
				from = nowhere
			}
			if to == "" {
				to = nowhere
			}
			lawful := from == to || w.ripens(id) && may(from, to, "an agent's new e-mail address")
			for _, by := range reasons[request] {
				lawful = lawful || may(from, to, by)
			}
			if !lawful {
				w.rt.Errorf("%s moves an account from %s to %s", request, from, to)
			}
		}
	}
	for _, o := range w.owners {
		if before, after := w.stands[o.id], now[o.id]; o.id != "" && before != after && (after == account.Inactive || after == "") {
			o.lose("")
		}
	}
	w.stands = now
	w.await(b)
}

// namesAreUnique: an account has one name that logs in, and a name one account.
func (w *world) namesAreUnique(b *books) {
	has := map[string]int{}
	for name, l := range b.logins {
		if l.Left {
			continue
		}
		has[l.Account]++
		p := b.profiles[l.Account]
		if p == nil || strings.ToLower(p.Username) != name || p.Status != l.Status {
			w.rt.Errorf("the login %s (%s) and its profile disagree: %+v", name, l.Status, p)
		}
	}
	for id := range b.profiles {
		if has[id] != 1 {
			w.rt.Errorf("account %s has %d usernames", id, has[id])
		}
	}
}

// claimsAreUnique: one account of a person at an address holds the claim, and who is active holds it or was released.
func (w *world) claimsAreUnique(b *books) {
	active := map[string]string{}
	for key, holder := range b.claims {
		p := b.profiles[holder]
		if p == nil || p.Claim == nil || "ADDRESS#"+p.Claim.Address != key.PK || "PERSON#"+p.Claim.Person != key.SK {
			w.rt.Errorf("the holder of a claim does not know it: %+v", p)
		}
	}
	for id, p := range b.profiles {
		if p.Claim != nil && b.claims[table.Key{PK: "ADDRESS#" + p.Claim.Address, SK: "PERSON#" + p.Claim.Person}] != id {
			w.rt.Errorf("account %s (%s) thinks that it holds a claim of another's", id, p.Status)
		}
		if p.Status != account.Active || p.Claim == nil && p.ReleasedFor != nil {
			continue
		}
		who := fmt.Sprint(p.Name.First, p.Name.Last, p.Address)
		if p.Claim == nil || active[who] != "" {
			w.rt.Errorf("account %s is active without a claim, or with %s", id, active[who])
		}
		active[who] = id
	}
}

// sessionsAreProved: what a session may do is what the account as it stands would let a login do.
func (w *world) sessionsAreProved(b *books) {
	logins := map[string]loginBook{}
	for _, l := range b.logins {
		if !l.Left {
			logins[l.Account] = l
		}
	}
	for _, s := range b.sessions {
		l, there := logins[s.Account]
		full := l.Status == account.New || l.Status == account.Active && !l.Doubtful
		wrong := map[session.Scope]bool{session.Full: !full, session.Flagged: l.Status != account.Flagged, session.Closed: l.Status != account.Closed}
		if !there || wrong[s.Scope] || s.Credential > l.Credential {
			w.rt.Errorf("a session of scope %s for an account that is %s (doubtful: %v)", s.Scope, l.Status, l.Doubtful)
		}
	}
	for _, o := range w.owners {
		for _, token := range o.dead {
			if _, err := w.runner.accounts.Sessions.Check(w.rt.Context(), token); err == nil {
				w.rt.Errorf("a session that was ended lives, of an account that is %s", w.stands[o.id])
			}
		}
	}
}

// nothingIsSaidTwice: a request causes each message once.
func (w *world) nothingIsSaidTwice(request string, b *books) {
	said := map[string]int{}
	for id, m := range b.messages {
		if !w.seen[id] {
			w.seen[id] = true
			said[fmt.Sprint(m.Account, " ", m.Channel, " ", m.Template, " ", m.To)]++
		}
	}
	for what, n := range said {
		if n > 1 {
			w.rt.Errorf("%s says %d times: %s", request, n, what)
		}
	}
}

// miss holds the answer to a wrong code to the law that tries only become fewer, whatever is sent meanwhile, until a
// success or a day is over.
func (w *world) miss(r reply, subject, way string) {
	key := subject + " " + way
	left, told := r.object["triesLeft"].(float64)
	before, counting := w.tries[key]
	now := w.runner.clock.Now()
	switch {
	case r.status < 300:
		w.rt.Fatalf("a wrong %s is taken: %s", way, r.text)
	case !told:
		return
	case counting && now.Sub(before.since) < account.CodeRest && left >= before.left:
		w.rt.Fatalf("after %v tries left of %s there are %v", before.left, way, left)
	case !counting || now.Sub(before.since) >= account.CodeRest:
		before.since = now
	}
	w.tries[key] = counted{left, before.since}
}

// hit forgets the tries of a way that led to a success.
func (w *world) hit(subject string, ways ...string) {
	for _, way := range ways {
		delete(w.tries, subject+" "+way)
	}
}
