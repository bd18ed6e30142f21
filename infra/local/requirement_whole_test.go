package main

import (
	"net/http"
	"strings"
	"testing"

	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

// whole checks what a stopped product left in its tables: each account is there with its login, its profile and its
// addresses, which belong together, or not at all. It answers how many there are.
func whole(t *testing.T, db *embedded.Database) int {
	t.Helper()
	items := map[table.Key]object{}
	for _, name := range []string{"accounts", "sessions"} {
		err := db.Each(name, func(item table.Item) error {
			var o object
			err := item.Decode(&o)
			items[item.Key] = o
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	accounts := 0
	for key, item := range items {
		kind, name, _ := strings.Cut(key.PK, "#")
		profile := func(id string) object { return items[table.Key{PK: "ACCOUNT#" + id, SK: "PROFILE"}] }
		switch {
		case kind == "USERNAME":
			p := profile(item["account"].(string))
			if p == nil || !strings.EqualFold(p["username"].(string), name) || p["status"] != item["status"] || p["language"] != item["language"] {
				t.Errorf("%s is the login of %v", name, p)
			}
		case key.SK == "PROFILE":
			accounts++
			for _, need := range []table.Key{
				{PK: "USERNAME#" + strings.ToLower(item["username"].(string)), SK: "LOGIN"},
				{PK: "EMAIL#" + strings.ToLower(item["email"].(string)), SK: key.PK},
				{PK: "PHONE#" + item["phone"].(string), SK: key.PK},
			} {
				if items[need] == nil {
					t.Errorf("account %s has no %s", name, need.PK)
				}
			}
			claim, holds := item["claim"].(map[string]any)
			if holds != (item["status"] == "active") || holds && items[table.Key{PK: "ADDRESS#" + claim["address"].(string), SK: "PERSON#" + claim["person"].(string)}]["account"] != name {
				t.Errorf("account %s is %v with the claim %v", name, item["status"], claim)
			}
		case kind == "EMAIL" || kind == "PHONE":
			id, _ := strings.CutPrefix(key.SK, "ACCOUNT#")
			if value, _ := profile(id)[strings.ToLower(kind)].(string); !strings.EqualFold(value, name) {
				t.Errorf("%s of account %s, which has %q", key.PK, id, value)
			}
		case kind == "ADDRESS":
			if profile(item["account"].(string)) == nil {
				t.Errorf("a claim of nobody: %v", item)
			}
		case kind == "RECOVERY": // of an unknown username too
		case kind == "RECOVERY": // of a decoy there is no account
			if item["decoy"] == nil && profile(item["account"].(string)) == nil {
				t.Errorf("a recovery of nobody: %v", item)
			}
		case profile(name) == nil && kind == "ACCOUNT" && strings.HasPrefix(key.SK, "CODE#recovery"): // a decoy's
		case profile(name) == nil:
			t.Errorf("%s / %s of nobody", key.PK, key.SK)
		}
	}
	return accounts
}

// TestBL1_AllOrNothing: of sign-ups between which the tables fail again and again, those that were answered 201 are whole
// and got both codes; of the others nothing is there.
func TestBL1_AllOrNothing(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	const many = 14
	bodies := make([]object, many)
	for n := range bodies {
		bodies[n] = p.application(n)
	}
	stop, toggled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(toggled)
		for fault := "throttle"; ; {
			p.send("POST", "/_local/faults", object{"table": fault})
			if fault = map[string]string{"throttle": "", "": "throttle"}[fault]; fault == "throttle" {
				select {
				case <-stop:
					return
				default:
				}
			}
		}
	}()
	made := 0
	for n, body := range bodies {
		a := p.apply(n, body)
		for tries := 0; a.StatusCode == http.StatusServiceUnavailable && tries < n; tries++ { // the later ones try more often
			a = p.apply(n, body)
		}
		switch a.StatusCode {
		case http.StatusCreated:
			made++
		case http.StatusServiceUnavailable:
			a.refused(t, http.StatusServiceUnavailable, "unavailable")
			bodies[n] = nil
		default:
			t.Errorf("sign-up %d: %d %s", n, a.StatusCode, a.body)
		}
	}
	close(stop)
	<-toggled
	p.advance("1m") // when what courier could not read either is tried again
	for n := range many {
		who, _ := p.form(n)
		status, messages := p.login(n, who.username, who.password).StatusCode, len(p.messages(who.email))+len(p.messages(who.phone))
		if there := bodies[n] != nil; there && (status != http.StatusCreated || messages != 2) || !there && (status != http.StatusUnauthorized || messages != 0) {
			t.Errorf("%s, answered %v: the login %d, %d messages", who.username, there, status, messages)
		}
	}
	p.stop()
	if n := whole(t, p.tables()); n != made || made == 0 || made == many {
		t.Errorf("%d accounts of %d that were answered, in %d sign-ups", n, made, many)
	}
}
