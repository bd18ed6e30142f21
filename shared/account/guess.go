package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/person"
	"postkontor/shared/table"
)

// The lockout (product constants; SP 800-63B-4 §3.2.2): guessesFree wrong passwords within guessWindow lock for the first of
// lockTimes, each further wrong one for the next; guessMemory without a failure, a success or a recovery return to the
// start. guessesMost failures without a success between switch the password off until a recovery.
const (
	guessesFree = 5
	guessWindow = 15 * time.Minute
	guessMemory = 12 * time.Hour
	guessesMost = 50
	guessesKept = 365 * 24 * time.Hour
)

var lockTimes = []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute}

// Ways are what stays open to somebody whose password is locked or switched off.
var Ways = []string{"recovery", "support"}

// guesses is the counter of one username, known or not, or of one device: the table limits holds it under
// GUESSES#hmac / COUNT, so that it tells nobody's name.
type guesses struct {
	InWindow int       `json:"inWindow"` // since Since, while nothing has locked
	Since    time.Time `json:"since"`
	Locks    int       `json:"locks"`
	Until    time.Time `json:"until"`
	Total    int       `json:"total"`
	Last     time.Time `json:"last"`

	version int64
}

// verdict is what a counter says to one more try.
type verdict struct {
	free     bool // the password is looked at
	until    time.Time
	disabled bool
}

// refusal is how the try is answered when it has not succeeded. A free one is answered like an unknown username.
func (v verdict) refusal(now time.Time) error {
	switch {
	case v.free:
		return ErrCredentials
	case v.disabled:
		return &fault.Error{Kind: fault.Forbidden, Code: "password_disabled", Members: map[string]any{"ways": Ways}}
	}
	return &fault.Error{Kind: fault.Limited, Code: "login_locked", RetryAfter: v.until.Sub(now),
		Members: map[string]any{"until": v.until.UTC(), "ways": Ways}}
}

// next answers the counter after one more try, which is taken to fail: what would lock, locks before it is looked at, so
// that of many tries at once exactly the free ones are. A try that is not free does not count.
func (g guesses) next(now time.Time) (guesses, verdict) {
	switch {
	case g.Total >= guessesMost:
		return g, verdict{disabled: true}
	case now.Before(g.Until):
		return g, verdict{until: g.Until}
	}
	if now.Sub(g.Last) >= guessMemory {
		g.InWindow, g.Locks = 0, 0
	}
	if g.InWindow == 0 || g.Locks == 0 && now.Sub(g.Since) >= guessWindow {
		g.InWindow, g.Since = 0, now
	}
	g.InWindow++
	g.Total++
	g.Last = now
	if g.InWindow >= guessesFree {
		g.Until = now.Add(lockTimes[min(g.Locks, len(lockTimes)-1)])
		g.Locks++
	}
	return g, verdict{free: true}
}

// guessKey is the counter of a username, or of a device that logged in to its account before.
func (s *Store) guessKey(ctx context.Context, username string, d *device) (table.Key, error) {
	who := "username\x00" + person.FoldUsername(username)
	if d != nil {
		who = "device\x00" + d.ID
	}
	mac, err := s.Decoy.MAC(ctx, []byte("guesses\x00"+who))
	return table.Key{PK: "GUESSES#" + mac, SK: "COUNT"}, err
}

// guessesOf answers the counter of an account's username.
func (s *Store) guessesOf(ctx context.Context, l *login) (table.Key, guesses, error) {
	key, err := s.guessKey(ctx, l.Username, nil)
	if err != nil {
		return key, guesses{}, err
	}
	g, err := readGuesses(ctx, s.DB.Table(limits), key)
	return key, g, err
}

// unlocked is the counter without its lock. What fails in a row still counts: only a success or a recovery ends that
// (SP 800-63B-4 §3.2.2).
func (g guesses) unlocked() guesses { return guesses{Total: g.Total, Last: g.Last} }

// takeGuess takes one try of a counter. The usual case, a counter that is not there, is one write.
func (s *Store) takeGuess(ctx context.Context, key table.Key) (verdict, error) {
	counters := s.DB.Table(limits)
	waits := 0
	for g := (guesses{}); ; {
		next, verdict := g.next(s.Now())
		if !verdict.free && !verdict.disabled && waits < underwayWaits && s.Now().Sub(g.Last) < underwayWaits*underwayWait {
			waits++
			if err := wait(ctx, underwayWait); err != nil {
				return verdict, err
			}
			var err error
			if g, err = readGuesses(ctx, counters, key); err != nil {
				return verdict, err
			}
			continue
		}
		if !verdict.free {
			return verdict, nil
		}
		item, err := table.New(key, next)
		if err != nil {
			return verdict, err
		}
		item.Version, item.Expires = g.version, s.Now().Add(guessesKept)
		write := counters.Create
		if g.version > 0 {
			write = counters.Replace
		}
		if err = write(ctx, item); !errors.Is(err, table.ErrCondition) {
			return verdict, err
		}
		if g, err = readGuesses(ctx, counters, key); err != nil {
			return verdict, err
		}
	}
}

// A lock younger than this may be that of tries which are still being looked at and turn out right: somebody who logs in
// many times at once waits for them instead of being refused.
const (
	underwayWait  = 50 * time.Millisecond
	underwayWaits = 6
)

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func readGuesses(ctx context.Context, counters table.Table, key table.Key) (g guesses, err error) {
	item, found, err := counters.Get(ctx, key, true)
	if err != nil {
		return g, fmt.Errorf("reading a counter of wrong passwords: %w", err)
	}
	if found {
		err = item.Decode(&g)
	}
	g.version = item.Version
	return g, err
}
