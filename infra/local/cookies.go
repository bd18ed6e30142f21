package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// lostFor is how long the runner's page tells of a browser that lost a login's cookie.
const lostFor = 10 * time.Minute

// lostCookies notices browsers that take no Secure cookie over plain HTTP, as Safari does: a login sets one, and the next
// page is asked for without it.
type lostCookies struct {
	terminal io.Writer

	mu      sync.Mutex
	waiting map[string]bool // browsers that were just given a session
	last    time.Time       // when one of them came back without
}

// given notes to whom a session's cookie was given.
func (l *lostCookies) given(r *http.Request, cookies []string) {
	for _, cookie := range cookies {
		if strings.HasPrefix(cookie, "__Host-session=pks_") && strings.HasPrefix(r.UserAgent(), "Mozilla/") {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.waiting == nil {
				l.waiting = map[string]bool{}
			}
			l.waiting[browser(r)] = true
			return
		}
	}
}

// watch looks whether the first page after a login is asked for with the cookie.
func (l *lostCookies) watch(r *http.Request) {
	if r.Method != http.MethodGet || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.waiting[browser(r)] {
		return
	}
	delete(l.waiting, browser(r))
	if _, err := r.Cookie("__Host-session"); err != nil {
		l.last = time.Now()
		fmt.Fprintln(l.terminal, "A login's cookie did not come back: this browser keeps none on http://localhost, as Safari does. "+
			"Please use Chrome, Edge or Firefox.")
	}
}

// lately reports whether a browser lost a cookie a short while ago.
func (l *lostCookies) lately() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.last) < lostFor
}

func browser(r *http.Request) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host + " " + r.UserAgent()
}
