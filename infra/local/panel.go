package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postkontor/shared/operator"
	"postkontor/shared/page"
)

//go:embed templates
var templates embed.FS

//go:embed static
var static embed.FS

// panel is what only the runner has, under /_local/: everybody's phone and mailbox, the clock, the faults.
type panel struct {
	*runner
	pages    *page.Set
	operator operator.Profile
	crossing *http.CrossOriginProtection
}

// handler answers the panel's routes. All of them are refused to the pages of other sites.
func (p *panel) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_local/{$}", p.show)
	mux.Handle("GET /_local", http.RedirectHandler("/_local/", http.StatusSeeOther))
	mux.HandleFunc("GET /_local/messages", p.messages)
	mux.HandleFunc("GET /_local/messages/{id}", p.email)
	mux.HandleFunc("GET /_local/messages/{id}/pdf", p.letter)
	mux.HandleFunc("GET /_local/cookie", p.cookie)
	mux.HandleFunc("GET /_local/clock", p.time)
	mux.HandleFunc("POST /_local/clock", p.advance)
	mux.HandleFunc("POST /_local/sweep", p.sweep)
	mux.HandleFunc("POST /_local/faults", p.breakOrMend)
	mux.Handle("GET /_local/static/", http.StripPrefix("/_local/", http.FileServerFS(static)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r) || p.crossing.Check(r) != nil {
			problem(w, http.StatusForbidden, "cross_origin", "Open this from the runner's own address.")
			return
		}
		secure(w.Header())
		mux.ServeHTTP(w, r)
	})
}

func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "+
		"frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// messages answers what was sent, as JSON.
func (p *panel) messages(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	switch {
	case q.Get("limit") == "":
		limit = 20
	case err != nil || limit < 1 || limit > 100:
		problem(w, http.StatusUnprocessableEntity, "validation", "limit is a number from 1 to 100.")
		return
	}
	mails, next, err := p.mailbox.list(r.Context(), q.Get("to"), limit, q.Get("cursor"))
	if err != nil {
		problem(w, http.StatusInternalServerError, "internal", err.Error())
		return
	}
	answer(w, struct {
		Items []Mail `json:"items"`
		Next  string `json:"next,omitempty"`
	}{mails, next})
}

// email answers an e-mail as a reader shows it: it may look as it likes, and do nothing but open links in a new tab.
func (p *panel) email(w http.ResponseWriter, r *http.Request) {
	mail, there, err := p.mailbox.find(r.Context(), r.PathValue("id"))
	if err != nil || !there || mail.HTML == "" {
		problem(w, http.StatusNotFound, "not_found", "There is no such e-mail.")
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "+
		"sandbox allow-popups allow-popups-to-escape-sandbox allow-same-origin")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, strings.Replace(mail.HTML, "<head>", `<head><base target="_blank">`, 1))
}

// letter answers a letter as it is printed.
func (p *panel) letter(w http.ResponseWriter, r *http.Request) {
	pdf, err := p.mailbox.printed(r.Context(), r.PathValue("id"))
	if err != nil || pdf == nil {
		problem(w, http.StatusNotFound, "not_found", "There is no such letter.")
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	_, _ = w.Write(pdf)
}

// cookie tells whether the browser kept the cookie that the panel's page set.
func (p *panel) cookie(w http.ResponseWriter, r *http.Request) {
	_, err := r.Cookie(probeCookie)
	answer(w, map[string]bool{"kept": err == nil})
}

func (p *panel) time(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]time.Time{"now": p.clock.Now()})
}

// advance moves the clock, and sends what is due by it before it answers.
func (p *panel) advance(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Advance string `json:"advance"`
	}
	form, err := read(r, &in)
	if err != nil {
		unreadable(w, err)
		return
	}
	if form != nil {
		in.Advance = form.Get("advance")
	}
	by, err := time.ParseDuration(in.Advance)
	if err != nil {
		problem(w, http.StatusUnprocessableEntity, "validation", `advance is a time such as "90s", "20m" or "26280h".`)
		return
	}
	if err := p.clock.advance(r.Context(), by); err != nil {
		status, code := http.StatusInternalServerError, "internal"
		if errors.Is(err, errBackward) {
			status, code = http.StatusUnprocessableEntity, "validation"
		}
		problem(w, status, code, err.Error())
		return
	}
	p.post.again(context.WithoutCancel(r.Context()))
	if form != nil {
		http.Redirect(w, r, "/_local/", http.StatusSeeOther)
		return
	}
	p.time(w, r)
}

// breakOrMend sets all faults at once.
func (p *panel) breakOrMend(w http.ResponseWriter, r *http.Request) {
	var faults Faults
	form, err := read(r, &faults)
	if err != nil {
		unreadable(w, err)
		return
	}
	if form != nil {
		faults = Faults{SES: form.Get("ses"), SNS: form.Get("sns"), Table: form.Get("table")}
	}
	if !faults.valid() {
		problem(w, http.StatusUnprocessableEntity, "validation", `Faults are {"ses":"down","sns":"down","table":"throttle"}, each or none.`)
		return
	}
	p.faults.set(faults)
	if form != nil {
		http.Redirect(w, r, "/_local/", http.StatusSeeOther)
		return
	}
	answer(w, faults)
}

// read decodes a body into v when it is JSON, whatever its type says; else it answers it as a form.
func read(r *http.Request, v any) (url.Values, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		return nil, err
	}
	if body = bytes.TrimSpace(body); !bytes.HasPrefix(body, []byte("{")) {
		return url.ParseQuery(string(body))
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	return nil, decoder.Decode(v)
}

// unreadable tells what is no JSON from JSON of another shape.
func unreadable(w http.ResponseWriter, err error) {
	if syntax := new(json.SyntaxError); errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		problem(w, http.StatusBadRequest, "body_invalid", err.Error())
		return
	}
	problem(w, http.StatusUnprocessableEntity, "validation", err.Error())
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	encode(w, v)
}

// problem answers a refusal as the product's API does, in English: its readers write tests.
func problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	encode(w, map[string]any{"type": "urn:postkontor:" + code, "title": http.StatusText(status), "status": status, "code": code, "detail": detail})
}

func encode(w io.Writer, v any) {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v) // a client that is gone misses nothing
}
