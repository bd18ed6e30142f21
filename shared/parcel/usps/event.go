package usps

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"postkontor/shared/parcel"
)

// event is the part of an event that counts here.
type event struct {
	EventType, EventCode                          string
	EventTimestamp, GMTTimestamp, GMTOffset       string
	EventCity, EventState, EventZIP, EventCountry string
}

var (
	code    = regexp.MustCompile(`^[0-9A-Za-z-]{1,16}$`)
	zipCode = regexp.MustCompile(`^\d{5}(-?\d{4})?$`)
	country = regexp.MustCompile(`^[A-Z]{2}$`)
	offset  = regexp.MustCompile(`^([+-]?)(\d{1,2}):?(\d{2})$`)
)

// noCode stands for the code of an event that has only words.
const noCode = "-"

// home are the names of the country within which an event has a ZIP Code.
var home = []string{"", "US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"}

// scan answers the event as one of ours. Its time is the zero time when it cannot be read.
func (e event) scan() parcel.Scan {
	s := parcel.Scan{Code: e.EventCode, Description: plain(e.EventType, 200)}
	if !code.MatchString(s.Code) && s.Description != "" {
		s.Code = noCode
	}
	s.City, s.State = plain(e.EventCity, 100), plain(e.EventState, 100)
	switch abroad := strings.ToUpper(plain(e.EventCountry, 100)); {
	case slices.Contains(home, abroad):
		if abroad != "" {
			s.Country = "US"
		}
		if zip := strings.TrimSpace(e.EventZIP); zipCode.MatchString(zip) {
			s.Zip = zip
		}
	case country.MatchString(abroad):
		s.Country = abroad
	default: // a name, which stands as a part of the place
		parts := slices.DeleteFunc([]string{s.City, s.State, abroad}, func(part string) bool { return part == "" })
		s.City, s.State = plain(strings.Join(parts, ", "), 100), ""
	}
	s.At = e.at(s.Local().Location())
	return s
}

// at answers when it happened: by Greenwich, else by the clock of the place with its offset, else by that clock alone.
func (e event) at(place *time.Location) time.Time {
	const clock = "2006-01-02T15:04:05"
	for _, told := range []string{e.GMTTimestamp, e.EventTimestamp} {
		if at, err := time.Parse(time.RFC3339, told); err == nil {
			return at
		}
	}
	if at, err := time.Parse(clock, e.GMTTimestamp); err == nil {
		return at
	}
	if parts := offset.FindStringSubmatch(e.GMTOffset); parts != nil {
		hours, _ := strconv.Atoi(parts[2])
		minutes, _ := strconv.Atoi(parts[3])
		seconds := hours*3600 + minutes*60
		if parts[1] == "-" {
			seconds = -seconds
		}
		place = time.FixedZone("", seconds)
	}
	at, err := time.ParseInLocation(clock, e.EventTimestamp, place)
	if err != nil {
		return time.Time{}
	}
	return at
}

// plain makes one line of a text: no control or invisible characters, no runs of space, at most so many characters.
func plain(text string, most int) string {
	text = strings.ToValidUTF8(text, "")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	return strings.TrimSpace(string(runes[:min(len(runes), most)]))
}
