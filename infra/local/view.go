package main

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"time"

	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// probeCookie finds out whether a browser keeps cookies like those of the product.
const probeCookie = "__Host-probe"

// languageCookie is the product's own.
const languageCookie = "__Host-language"

// shown is how many messages the page shows.
const shown = 100

// view is what the page shows.
type view struct {
	Phones, Boxes, Letters []device
	Newest                 string // the id of the newest message; the script looks for a newer one
	Now                    string
	Steps                  []clockStep
	Faults                 []faultSwitch
	Lost                   bool // a browser lost a login's cookie
	Demo                   []demoLine
}

// demoLine is a parcel of the demonstration.
type demoLine struct{ Number, From, To string }

// device is a phone, a mailbox or a letter box.
type device struct {
	To    string
	Mails []mailView // newest first
}

type mailView struct {
	Mail
	When string
	Code string // to be copied
}

// clockStep is a way to move the clock, with the key of its name.
type clockStep struct{ By, Label string }

var clockSteps = []clockStep{{"1m", "local.clock.minute"}, {"10m", "local.clock.minutes"}, {"30m", "local.clock.half"},
	{"12h", "local.clock.hours"}, {"24h", "local.clock.day"}, {"168h", "local.clock.week"}, {"26280h", "local.clock.years"}}

// faultSwitch is one fault, with the key of its name.
type faultSwitch struct {
	Name, Value, Label string
	On                 bool
}

// show is the page.
func (p *panel) show(w http.ResponseWriter, r *http.Request) {
	mails, _, err := p.mailbox.list(r.Context(), "", shown, "")
	if err != nil {
		problem(w, http.StatusInternalServerError, "internal", err.Error())
		return
	}
	lang := language(r)
	frame := page.Frame{Lang: lang, Title: locale.Text(lang, "local.title"), Path: "/_local/", Operator: p.operator}
	var body bytes.Buffer
	if err := p.pages.Render(&body, "panel", frame, p.view(mails)); err != nil {
		problem(w, http.StatusInternalServerError, "internal", err.Error())
		return
	}
	web.SetCookie(w, probeCookie, "1", 0)
	if r.URL.Query().Has("lang") {
		web.SetCookie(w, languageCookie, string(lang), 365*24*time.Hour)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = body.WriteTo(w)
}

func (p *panel) view(mails []Mail) view {
	faults := p.faults.get()
	v := view{Now: minute(p.clock.Now()), Steps: clockSteps, Lost: p.lost.lately(), Faults: []faultSwitch{
		{"sns", "down", "local.faults.sns", faults.SNS != ""},
		{"ses", "down", "local.faults.ses", faults.SES != ""},
		{"table", "throttle", "local.faults.table", faults.Table != ""},
	}}
	if p.demo != nil {
		for _, m := range p.demo.list() {
			v.Demo = append(v.Demo, demoLine{m.Number, m.From.City, m.To.City})
		}
	}
	if len(mails) > 0 {
		v.Newest = mails[0].ID
	}
	for _, m := range mails {
		devices := &v.Boxes
		switch m.Channel {
		case message.SMS:
			devices = &v.Phones
		case message.Letter:
			devices = &v.Letters
		}
		i := slices.IndexFunc(*devices, func(d device) bool { return folded(d.To) == folded(m.To) })
		if i < 0 {
			i = len(*devices)
			*devices = append(*devices, device{To: m.To})
		}
		d := &(*devices)[i]
		d.Mails = append(d.Mails, mailView{m, minute(m.At), code(m.Text)})
	}
	return v
}

func minute(t time.Time) string { return t.Format("2006-01-02 15:04") + " UTC" }

// alone finds a code, of a letter too, or the five words of a temporary password, alone on a line.
var alone = regexp.MustCompile(`(?m)^(\d{6}|[0-9A-HJKMNP-TV-Z]{10}|[a-z]+(?:[ -][a-z]+){4})$`)

func code(text string) string { return alone.FindString(text) }

// language is what the person picked for this page or the product's, or what the browser asks for.
func language(r *http.Request) locale.Tag {
	if tag, ok := locale.Parse(r.URL.Query().Get("lang")); ok {
		return tag
	}
	if cookie, err := r.Cookie(languageCookie); err == nil {
		if tag, ok := locale.Parse(cookie.Value); ok {
			return tag
		}
	}
	return locale.Match(r.Header.Get("Accept-Language"))
}
