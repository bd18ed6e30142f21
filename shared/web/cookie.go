package web

import (
	"context"
	"net/http"
	"time"

	"postkontor/shared/session"
)

const (
	sessionCookie  = "__Host-session"
	languageCookie = "__Host-language"
	deviceCookie   = "__Host-device"

	mostDevices = 5
	deviceOwner = len("pkd_") + 26 // a device token begins with the id of its account
)

// SetCookie sets a cookie of this host: Secure, HttpOnly, SameSite=Lax, Path=/. The name begins with "__Host-"; age 0
// lasts as long as the browser is open, a negative age removes it.
func SetCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	seconds := int(age / time.Second)
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, Secure: true, HttpOnly: true,
		SameSite: http.SameSiteLaxMode})
}

// SignIn hands a session's token to the browser.
func SignIn(w http.ResponseWriter, token string) { SetCookie(w, sessionCookie, token, 0) }

// SignOut takes the token from the browser; ending the session itself is the caller's.
func SignOut(w http.ResponseWriter) { SetCookie(w, sessionCookie, "", -time.Second) }

// CallerOf begins a session's description with what the request tells about the caller.
func CallerOf(ctx context.Context) session.Opening {
	q := requestOf(ctx)
	return session.Opening{IP: q.ip, UserAgent: q.agent, Language: q.lang}
}
