package session_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postkontor/shared/session"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

const holder = "01JDFWAC4N8QTM0000000000AA"

func open(t *testing.T) (*session.Store, *embedded.Database, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), clock, session.Definition)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &session.Store{Table: db.Table(session.Definition.Name), Now: clock}, db, &now
}

func begin(t *testing.T, s *session.Store) (*session.Session, string) {
	t.Helper()
	live, token, err := s.Open(t.Context(), session.Opening{Account: holder, Scope: session.Full})
	if err != nil {
		t.Fatal(err)
	}
	return live, token
}

func TestSE1_TokensAreLongNewAndKeptAsHashesOnly(t *testing.T) {
	t.Parallel()
	s, db, _ := open(t)
	seen := map[string]bool{}
	for range 100 {
		_, token := begin(t, s)
		secret := strings.TrimPrefix(token, "pks_"+holder)
		if len(secret) != 43 || seen[secret] { // 43 characters of base64 hold 256 bits
			t.Fatalf("a secret of %d characters, seen before: %v", len(secret), seen[secret])
		}
		seen[secret] = true
	}
	_ = db.Each(session.Definition.Name, func(item table.Item) error {
		for secret := range seen {
			if strings.Contains(string(item.Data)+item.Key.SK, secret) {
				t.Error("the table holds a token")
			}
		}
		return nil
	})
}

func TestSE3_IdleAndAbsoluteEnd(t *testing.T) {
	t.Parallel()
	s, _, now := open(t)
	_, token := begin(t, s)
	*now = now.Add(session.Idle + time.Second)
	if _, err := s.Check(t.Context(), token); !errors.Is(err, session.ErrNone) {
		t.Errorf("idle for over 30 minutes: %v", err)
	}
	_, token = begin(t, s)
	for start := *now; ; *now = now.Add(20 * time.Minute) {
		_, err := s.Check(t.Context(), token)
		if lived := now.Sub(start); err != nil {
			if lived < session.Absolute || lived > session.Absolute+20*time.Minute || !errors.Is(err, session.ErrNone) {
				t.Errorf("a session in use ended after %v: %v", lived, err)
			}
			return
		}
	}
}

func TestSE4_AnEndedSessionIsNotRevived(t *testing.T) {
	t.Parallel()
	s, _, now := open(t)
	live, token := begin(t, s)
	if err := s.End(t.Context(), holder, live.ID); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(session.SeenEvery)
	if err := s.Save(t.Context(), live); !errors.Is(err, table.ErrCondition) {
		t.Errorf("saving an ended session: %v", err)
	}
	if _, err := s.Check(t.Context(), token); !errors.Is(err, session.ErrNone) {
		t.Errorf("an ended session: %v", err)
	}
	if err := s.End(t.Context(), holder, live.ID); err != nil {
		t.Errorf("ending it again: %v", err)
	}
}

func TestTokensThatAreNone(t *testing.T) {
	t.Parallel()
	s, _, _ := open(t)
	_, token := begin(t, s)
	last := token[:len(token)-1]
	for _, bad := range []string{"", "pks_", token + "a", last, last + "!", strings.ToLower(token), "pka_" + token[4:], "pks_" + strings.Repeat("0", 26) + token[30:],
		"pks_" + strings.Repeat("#", 26) + token[30:]} {
		if _, err := s.Check(t.Context(), bad); !errors.Is(err, session.ErrNone) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestListingAllOfAnAccount(t *testing.T) {
	t.Parallel()
	s, _, _ := open(t)
	for range 30 {
		begin(t, s)
	}
	if _, _, err := s.Open(t.Context(), session.Opening{Account: holder[:25] + "B"}); err != nil {
		t.Fatal(err)
	}
	if all, err := s.List(t.Context(), holder); len(all) != 30 || err != nil {
		t.Errorf("%d sessions, %v", len(all), err)
	}
}
