package parcel

import (
	"strings"

	"postkontor/shared/locale"
)

// Words says what happened: the event table's words, of a delivery with where the parcel was left; else the event's own
// description, else its code.
func (s Scan) Words(tag locale.Tag) string {
	if _, known := events[s.Code]; known {
		key := "parcel.event." + s.Code
		if detail := s.detail(); detail != "" {
			key += "." + detail
		}
		return locale.Text(tag, key)
	}
	if s.Description != "" {
		return s.Description
	}
	return s.Code
}

// Place is where it happened, as a line: "SEATTLE, WA 98101", "TORONTO, CA"; "" where it is not known.
func (s Scan) Place() string {
	parts := []string{s.City, strings.TrimSpace(s.State + " " + s.Zip)}
	if s.Country != "US" {
		parts = append(parts, s.Country)
	}
	var line []string
	for _, part := range parts {
		if part != "" {
			line = append(line, part)
		}
	}
	return strings.Join(line, ", ")
}

// Summary says the status in a sentence: what happened, when by the clock of the place, and where, if that is known.
func (p *Parcel) Summary(tag locale.Tag) string {
	key, place := "parcel.summary."+string(p.Status), p.Decisive.Place()
	if place != "" {
		key += ".at"
	}
	return locale.Text(tag, key, "time", locale.LocalMoment(tag, p.Decisive.Local()), "place", place, "event", p.Decisive.Words(tag))
}

// ProductWords names the parcel's product; "" when it is not known.
func (p *Parcel) ProductWords(tag locale.Tag) string {
	if p.Product == "" {
		return ""
	}
	return locale.Text(tag, "parcel.product."+p.Product)
}
