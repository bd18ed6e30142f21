package parcel

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postkontor/shared/zip"
)

// Scan is an event of a parcel's story.
type Scan struct {
	ID          string    // unique within a parcel; its first content stays; up to 64 printable ASCII characters
	Number      string    // of the parcel, in any form that barcode reads; canonical in what is answered
	At          time.Time // kept to the millisecond
	Code        string    // of the event table, or another: up to 16 letters, digits and hyphens
	Description string    // up to 200 characters; of codes that the event table has only a delivery's place is kept; see Words
	Zip         string    // five digits, with the four more or without; five are kept
	City        string    // up to 100 characters; in capitals, as an address has it, where the ZIP Code tells it
	State       string    // up to 100 characters
	Country     string    // ISO 3166-1 alpha-2; "US" where the ZIP Code tells it
}

// Why a scan is refused, as the HTTP contract names it.
const (
	numberInvalid = "number_invalid"
	atInvalid     = "at_invalid"
	atFuture      = "at_future"
	invalid       = "validation"
)

// ahead is how far a scanner's clock may be.
const ahead = 5 * time.Minute

// earliest is before any scan: what is said to be older has no time that counts.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

var (
	idShape      = regexp.MustCompile(`^[!-~]{1,64}$`)
	codeShape    = regexp.MustCompile(`^[0-9A-Za-z-]{1,16}$`)
	zipShape     = regexp.MustCompile(`^([0-9]{5}(-?[0-9]{4})?)?$`)
	countryShape = regexp.MustCompile(`^([A-Za-z]{2})?$`)
)

// refusal answers why the scan cannot be taken, its number aside; "" when it can.
func (s Scan) refusal(now time.Time) string {
	switch {
	case s.At.Before(earliest):
		return atInvalid
	case s.At.After(now.Add(ahead)):
		return atFuture
	case !idShape.MatchString(s.ID), !codeShape.MatchString(s.Code), !zipShape.MatchString(s.Zip), !countryShape.MatchString(s.Country),
		!line(s.Description, 200), !line(s.City, 100), !line(s.State, 100):
		return invalid
	}
	return ""
}

// line reports whether a text is one line of at most so many characters.
func line(text string, most int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && !strings.ContainsFunc(text, unicode.IsControl)
}

// Heard answers a scan that somebody tells without an id as it would be told here had it been recorded, and whether it would
// have been: it keeps the rules of Record. Its id is made of its content, so it is the same whenever it is told.
func Heard(s Scan, now time.Time) (Scan, bool) {
	sum := sha256.Sum256([]byte(s.compact()))
	s.ID = hex.EncodeToString(sum[:10])
	if s.refusal(now) != "" {
		return Scan{}, false
	}
	heard, err := expand(s.ID, s.compact())
	return heard, err == nil
}

// compact answers the scan as the table keeps it; see the package's documentation.
func (s Scan) compact() string {
	s.Code = strings.ToUpper(s.Code)
	s.Country = strings.ToUpper(s.Country)
	s.Zip = s.Zip[:min(len(s.Zip), 5)]
	if _, known := events[s.Code]; known {
		s.Description = s.detail()
	}
	if s.State != "" && (s.Country == "" || s.Country == "US") {
		if code, known := zip.ParseState(s.State); known {
			s.State = code
		}
	}
	if place, known := zip.Lookup(s.Zip); known {
		if (s.City == "" || zip.Fold(s.City) == zip.Fold(place.City)) && (s.State == "" || s.State == place.State) {
			s.City, s.State = "", ""
		}
		if s.Country == "US" {
			s.Country = ""
		}
	}
	fields := []string{strconv.FormatInt(s.At.UnixMilli(), 36), s.Code, s.Zip, s.Description, s.City, s.State, s.Country}
	return strings.TrimRight(strings.Join(fields, "\t"), "\t")
}

// expand reads a scan that the table keeps.
func expand(id, kept string) (Scan, error) {
	var fields [7]string
	copy(fields[:], strings.Split(kept, "\t"))
	at, err := strconv.ParseInt(fields[0], 36, 64)
	s := Scan{ID: id, At: time.UnixMilli(at).UTC(), Code: fields[1], Zip: fields[2], Description: fields[3], City: fields[4], State: fields[5], Country: fields[6]}
	if place, known := zip.Lookup(s.Zip); known {
		if s.City == "" && s.State == "" {
			s.City, s.State = place.City, place.State
		}
		if s.Country == "" {
			s.Country = "US"
		}
	}
	return s, err
}
