package message

import (
	"encoding/json"
	"fmt"
	"strings"

	"postkontor/shared/locale"
	"postkontor/shared/parcel"
)

// Parcel answers what a message of ParcelNews tells of: a parcel.Parcel without its scans.
func (m Message) Parcel() (p parcel.Parcel, err error) {
	if err := json.Unmarshal([]byte(m.Values["parcel"]), &p); err != nil {
		return p, fmt.Errorf("reading the news of a parcel: %w", err)
	}
	return p, nil
}

// news answers the placeholders of ParcelNews: the number, what the parcel has become (became: in a few plain letters that a
// text message has), where and when, and all of it as a sentence. These words are in the language in which the message is
// read.
func news(m Message) ([]string, error) {
	p, err := m.Parcel()
	if err != nil {
		return nil, err
	}
	where := []string{line(p.Decisive.Place()), locale.LocalMoment(m.Language, p.Decisive.Local())}
	if where[0] == "" {
		where = where[1:]
	}
	return []string{"number", line(p.Number), "where", strings.Join(where, ", "), "summary", line(p.Summary(m.Language)),
		"became", locale.Text(m.Language, "message.parcel-news."+string(p.Status)), "status", locale.Text(m.Language, "tracking.status."+string(p.Status))}, nil
}
