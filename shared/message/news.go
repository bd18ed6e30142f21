package message

import (
	"encoding/json"
	"fmt"
	"strings"

	"postkontor/shared/locale"
	"postkontor/shared/parcel"
)

// news answers the placeholders of ParcelNews: the number, what the parcel has become (became: in a few plain letters that a
// text message has), where and when, and all of it as a sentence. The value "parcel" is a parcel.Parcel without its scans,
// so that these words are in the language in which the message is read.
func news(m Message) ([]string, error) {
	var p parcel.Parcel
	if err := json.Unmarshal([]byte(m.Values["parcel"]), &p); err != nil {
		return nil, fmt.Errorf("reading the news of a parcel: %w", err)
	}
	where := []string{line(p.Decisive.Place()), locale.LocalMoment(m.Language, p.Decisive.Local())}
	if where[0] == "" {
		where = where[1:]
	}
	return []string{"number", line(p.Number), "where", strings.Join(where, ", "), "summary", line(p.Summary(m.Language)),
		"became", locale.Text(m.Language, "message.parcel-news."+string(p.Status)), "status", locale.Text(m.Language, "tracking.status."+string(p.Status))}, nil
}
