package tracking

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/parcel"
)

// parcelView is a parcel with its story.
type parcelView struct {
	Number, Carrier, Product string
	Source                   *page.Alert // where readers have to know who told it
	Status                   page.Alert
	Expected                 string
	Steps                    []step
	Next                     []string
	Events                   []event
	All, Count               string // where all events are shown, and how many, when these are only the newest
	Share                    string
	Keep                     keepView
}

// step is a status on the way, in words; State is "complete", "current" or "later", Said says so.
type step struct{ Label, State, Said string }

// event is a scan event in words.
type event struct{ When, ISO, What, Place string }

// shown is how many of a parcel's events the page shows unless it is asked for all.
const shown = 100

func parcelOf(lang locale.Tag, p *parcel.Parcel, all bool) *parcelView {
	view := &parcelView{Number: pretty(p.Number), Carrier: p.Carrier, Product: p.ProductWords(lang), Steps: steps(lang, p.Status),
		Status: page.Alert{Kind: kinds[p.Status], Title: statusName(lang, p.Status), Text: p.Summary(lang)},
		Next:   strings.Split(locale.Text(lang, "tracking.next."+situation(p)), "\n\n")}
	if name := sourceName(lang, p); name != "" {
		view.Source = &page.Alert{Kind: "warning", Title: name, Text: locale.Text(lang, "tracking.source."+p.Source+".text")}
	}
	if day, err := time.Parse(time.DateOnly, p.ExpectedDelivery); err == nil {
		view.Expected = locale.Day(lang, day)
	}
	scans := p.Scans
	if !all && len(scans) > shown {
		view.All, view.Count = here(p.Number)+"&all=1", locale.Text(lang, "tracking.all", "n", strconv.Itoa(len(scans)))
		scans = scans[:shown]
	}
	for _, s := range scans {
		at := s.Local()
		view.Events = append(view.Events, event{When: locale.LocalMoment(lang, at), ISO: at.Format(time.RFC3339), What: s.Words(lang), Place: s.Place()})
	}
	return view
}

// sourceName says who told of a parcel, "" where nobody needs to know.
func sourceName(lang locale.Tag, p *parcel.Parcel) string {
	name, _ := locale.Lookup(lang, "tracking.source."+p.Source)
	return name
}

func statusName(lang locale.Tag, s parcel.Status) string {
	return locale.Text(lang, "tracking.status."+string(s))
}

// kinds is how a status is shown: as something good, to know, or to act upon.
var kinds = map[parcel.Status]string{parcel.PreShipment: "info", parcel.Accepted: "info", parcel.InTransit: "info", parcel.OutForDelivery: "info",
	parcel.Delivered: "success", parcel.AvailableForPickup: "warning", parcel.Alert: "warning", parcel.Returned: "warning"}

// ways are the statuses on a parcel's way as it usually goes, and as it goes to each other status.
var (
	usual = []parcel.Status{parcel.PreShipment, parcel.Accepted, parcel.InTransit, parcel.OutForDelivery, parcel.Delivered}
	ways  = map[parcel.Status][]parcel.Status{
		parcel.AvailableForPickup: {parcel.PreShipment, parcel.Accepted, parcel.InTransit, parcel.AvailableForPickup, parcel.Delivered},
		parcel.Alert:              {parcel.PreShipment, parcel.Accepted, parcel.InTransit, parcel.Alert, parcel.Delivered},
		parcel.Returned:           {parcel.PreShipment, parcel.Accepted, parcel.InTransit, parcel.Returned},
	}
)

// steps is how far a parcel is on its way; once it is delivered nothing is left to come.
func steps(lang locale.Tag, s parcel.Status) []step {
	way, ok := ways[s]
	if !ok {
		way = usual
	}
	at := slices.Index(way, s)
	all := make([]step, len(way))
	for i, status := range way {
		state := "later"
		switch {
		case i < at, s == parcel.Delivered:
			state = "complete"
		case i == at:
			state = "current"
		}
		all[i] = step{Label: statusName(lang, status), State: state, Said: locale.Text(lang, "tracking.step."+state)}
	}
	return all
}

// attempts are the events after which the parcel waits for its receiver, who was not there.
var attempts = []string{"02", "30", "51", "52", "53", "54", "55", "56"}

// situation is what there is to do, as the catalogue names it: that of the status, but for an alert after a try to deliver.
func situation(p *parcel.Parcel) string {
	if p.Status == parcel.Alert && slices.Contains(attempts, p.Decisive.Code) {
		return "attempt"
	}
	return string(p.Status)
}
