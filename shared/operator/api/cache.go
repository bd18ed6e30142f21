package api

import (
	"sync"
	"time"
)

// Cache keeps the last answers, so that what is asked again costs no call. It is safe for concurrent use.
type Cache[Question comparable, Answer any] struct {
	Size int // how many are kept; the oldest give way

	mu      sync.Mutex
	entries map[Question]cached[Answer]
	order   []Question // oldest first
}

type cached[Answer any] struct {
	answer Answer
	until  time.Time
}

// Get answers what is kept, and whether it still counts.
func (c *Cache[Question, Answer]) Get(question Question, now time.Time) (Answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[question]
	return e.answer, ok && now.Before(e.until)
}

// Put keeps an answer.
func (c *Cache[Question, Answer]) Put(question Question, answer Answer, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = map[Question]cached[Answer]{}
	}
	if _, there := c.entries[question]; !there {
		c.order = append(c.order, question)
	}
	c.entries[question] = cached[Answer]{answer, until}
	if len(c.order) > c.Size {
		delete(c.entries, c.order[0])
		c.order = c.order[1:]
	}
}
