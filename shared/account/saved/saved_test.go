package saved_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/account/saved"
	"postkontor/shared/fault"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

// open answers a store in which the accounts "ada" and "bo" are.
func open(t *testing.T) *saved.Store {
	t.Helper()
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), time.Now, account.Definition)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for _, id := range []string{"ada", "bo"} {
		if err := db.Table(account.Definition.Name).Put(t.Context(), table.Item{Key: table.Key{PK: "ACCOUNT#" + id, SK: "PROFILE"}, Data: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
	}
	return &saved.Store{DB: db, Now: time.Now}
}

func number(n int) string { return fmt.Sprintf("94001000000000000%05d", n) }

// crowd does a thing n times at once, and counts what came of it by the codes of the refusals.
func crowd(n int, do func(i int) error) map[string]int {
	var mu sync.Mutex
	var all sync.WaitGroup
	came := map[string]int{}
	for i := range n {
		all.Go(func() {
			err := do(i)
			mu.Lock()
			defer mu.Unlock()
			if code := fault.Code(err); err == nil || code != "" {
				came[code]++
			} else {
				came[err.Error()]++
			}
		})
	}
	all.Wait()
	return came
}

func count(t *testing.T, s *saved.Store, account string, want int) {
	t.Helper()
	all, err := s.List(t.Context(), account)
	if err != nil || len(all) != want {
		t.Errorf("%s keeps %d packages, not %d: %v", account, len(all), want, err)
	}
}

func TestSaveAndRemove(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	for _, label := range []string{"", "Boots", "Winter boots"} {
		if err := s.Save(ctx, "ada", number(1), label); err != nil {
			t.Fatal(err)
		}
		if p, err := s.Get(ctx, "ada", number(1)); err != nil || p.Label != label {
			t.Errorf("%+v, %v", p, err)
		}
	}
	count(t, s, "ada", 1)
	if p, err := s.Get(ctx, "bo", number(1)); p != nil || err != nil {
		t.Errorf("another account's: %+v, %v", p, err)
	}
	if err := s.Remove(ctx, "bo", number(1)); fault.Code(err) != "not_found" {
		t.Errorf("removing another account's: %v", err)
	}
	if err := s.Remove(ctx, "ada", number(1)); err != nil {
		t.Error(err)
	}
	if err := s.Remove(ctx, "ada", number(1)); fault.Code(err) != "not_found" {
		t.Errorf("removing it again: %v", err)
	}
	count(t, s, "ada", 0)
}

// TestFiftyRaceForTheLastPlaces: as many get through as there is room for; each learns the truth.
func TestFiftyRaceForTheLastPlaces(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i := range 90 {
		if err := s.Save(t.Context(), "ada", number(i), ""); err != nil {
			t.Fatal(err)
		}
	}
	came := crowd(50, func(i int) error { return s.Save(t.Context(), "ada", number(100+i), "") })
	if came[""] != 10 || came["too_many_packages"] != 40 {
		t.Errorf("%v", came)
	}
	count(t, s, "ada", saved.Most)
	if err := s.Save(t.Context(), "ada", number(0), "still mine to name"); err != nil {
		t.Errorf("naming one in a full account: %v", err)
	}
	if err := s.Save(t.Context(), "bo", number(0), ""); err != nil {
		t.Errorf("another account: %v", err)
	}
	came = crowd(50, func(i int) error { return s.Remove(t.Context(), "ada", number(i)) })
	if came[""] != 50 {
		t.Errorf("removing: %v", came)
	}
	came = crowd(51, func(i int) error { return s.Save(t.Context(), "ada", number(200+i), "") })
	if came[""] != 50 || came["too_many_packages"] != 1 {
		t.Errorf("into the places left: %v", came)
	}
}

// TestFiftySaveOne: it is kept and counted once.
func TestFiftySaveOne(t *testing.T) {
	t.Parallel()
	s := open(t)
	if came := crowd(50, func(int) error { return s.Save(t.Context(), "ada", number(1), "Boots") }); came[""] != 50 {
		t.Errorf("saving: %v", came)
	}
	count(t, s, "ada", 1)
	if came := crowd(50, func(int) error { return s.Remove(t.Context(), "ada", number(1)) }); came[""] != 1 || came["not_found"] != 49 {
		t.Errorf("removing: %v", came)
	}
	for i := range saved.Most { // the count is right when exactly so many fit
		if err := s.Save(t.Context(), "ada", number(i), ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Save(t.Context(), "ada", number(999), ""); fault.Code(err) != "too_many_packages" {
		t.Errorf("the 101st: %v", err)
	}
}

// TestNothingIsKeptOfAnErasedAccount, though a request of it is still under way.
func TestNothingIsKeptOfAnErasedAccount(t *testing.T) {
	t.Parallel()
	s := open(t)
	if err := s.Save(t.Context(), "nobody", number(1), ""); fault.Code(err) != "login_required" {
		t.Error(err)
	}
	count(t, s, "nobody", 0)
}
