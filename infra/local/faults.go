package main

import "sync/atomic"

// Faults is what is broken on purpose; the zero value is nothing.
type Faults struct {
	SES   string `json:"ses,omitempty"`   // "down": no e-mail can be sent
	SNS   string `json:"sns,omitempty"`   // "down": no text message can be sent
	Table string `json:"table,omitempty"` // "throttle": no table takes any call
}

// valid reports whether every fault is one that there is.
func (f Faults) valid() bool {
	return (f.SES == "" || f.SES == "down") && (f.SNS == "" || f.SNS == "down") && (f.Table == "" || f.Table == "throttle")
}

// switches holds the faults that are on.
type switches struct{ now atomic.Pointer[Faults] }

func (s *switches) set(f Faults) { s.now.Store(&f) }

func (s *switches) get() Faults {
	if f := s.now.Load(); f != nil {
		return *f
	}
	return Faults{}
}
