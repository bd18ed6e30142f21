package follow

import (
	"encoding/json"
	"fmt"
	"strings"

	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/parcel"
)

// told is the value of a message that holds what it says of a parcel, in no language: that is the reader's when it is sent.
const told = "parcel"

// value answers that value: a parcel's number, its status and the event that this follows from.
func value(p *parcel.Parcel) (string, error) {
	text, err := json.Marshal(parcel.Parcel{Number: p.Number, Status: p.Status, Decisive: p.Decisive})
	return string(text), err
}

// About answers the parcel that a message of message.ParcelNews tells of, without its scans.
func About(m message.Message) (p parcel.Parcel, err error) {
	if err := json.Unmarshal([]byte(m.Values[told]), &p); err != nil {
		return p, fmt.Errorf("reading the news of a parcel: %w", err)
	}
	return p, nil
}

// Words answers the placeholders of such a message in a language: the number, what the parcel has become (became: in a few
// plain letters that a text message has), where and when, and all of it as a sentence.
func Words(p parcel.Parcel, lang locale.Tag) map[string]string {
	where := []string{p.Decisive.Place(), locale.LocalMoment(lang, p.Decisive.Local())}
	if where[0] == "" {
		where = where[1:]
	}
	return map[string]string{"number": p.Number, "where": strings.Join(where, ", "), "summary": p.Summary(lang),
		"became": locale.Text(lang, "message.parcel-news."+string(p.Status)), "status": locale.Text(lang, "tracking.status."+string(p.Status))}
}
