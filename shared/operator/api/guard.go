package api

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// The circuit breaker: after failuresToOpen failures without a success between, nobody asks for restTime; then one does,
// and by its fate the others.
const (
	failuresToOpen = 5
	restTime       = 30 * time.Second
	longestPause   = time.Hour
)

var (
	errOpen   = errors.New("usps: not asked, it failed too often just now")
	errPaused = errors.New("usps: not asked, it wants to be left alone")
	errQuota  = errors.New("usps: not asked, the hour's calls are spent")
)

// pausedError is a 429: how long the API wants to be left alone.
type pausedError struct{ wait time.Duration }

func (e *pausedError) Error() string {
	return fmt.Sprintf("usps: too many requests, wait %s", e.wait)
}

// guard keeps to the quota and away from an API that fails.
type guard struct {
	quota int

	mu       sync.Mutex
	calls    []time.Time // of the last hour, oldest first; at most quota
	failures int         // without a success between
	open     time.Time   // nobody asks until then: it fails
	paused   time.Time   // nobody asks until then: it said so
}

// enter admits a question, or answers why not. While the breaker is half open it admits one.
func (g *guard) enter(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case now.Before(g.paused):
		return errPaused
	case now.Before(g.open):
		return errOpen
	case g.failures >= failuresToOpen:
		g.open = now.Add(restTime)
	}
	return nil
}

// spend takes one call of the hour.
func (g *guard) spend(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.calls) > 0 && now.Sub(g.calls[0]) >= time.Hour {
		g.calls = g.calls[1:]
	}
	if len(g.calls) >= g.quota {
		return errQuota
	}
	g.calls = append(g.calls, now)
	return nil
}

func (g *guard) succeeded() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures, g.open = 0, time.Time{}
}

func (g *guard) failed(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failures++; g.failures >= failuresToOpen {
		g.open = now.Add(restTime)
	}
}

func (g *guard) pause(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.paused = until
}
