package follow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
)

var words = message.Words{Operator: "US Postal Service", Origin: "https://my.usps.example"}

// news are those of a parcel that has become something in Seattle, ready to be said.
func news(channel message.Channel, lang locale.Tag, status parcel.Status, code string) message.Message {
	scan := parcel.Scan{At: time.Date(2026, 11, 24, 17, 5, 0, 0, time.UTC), Code: code, Zip: "98101", City: "SEATTLE", State: "WA", Country: "US"}
	return message.Message{Account: "01", Channel: channel, Template: message.ParcelNews, Language: lang,
		Values: follow.Words(parcel.Parcel{Number: "9400100000000000000006", Status: status, Decisive: scan}, lang)}
}

func render(t *testing.T, m message.Message, secret string) message.Rendered {
	t.Helper()
	r, err := words.Render(m, secret, "Ana")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestNewsOfAParcel: in the reader's language, by the clock of the place, with the way out in two headers of the e-mail.
func TestNewsOfAParcel(t *testing.T) {
	t.Parallel()
	const token, leave = "01JDGXQ8V0ABCDEFGHJKMNPQRS.9400100000000000000006.k1.c2lnbmVk", "https://my.usps.example/unsubscribe?t="
	for language, want := range map[locale.Tag][]string{
		"en": {"Ready for pickup", "SEATTLE, WA 98101", "November 24, 2026 at 09:05 PST"}, "sv": {"Klart att hämta", "24 november 2026 kl. 09:05 PST"},
		"es": {"Listo para recoger", "24 de noviembre de 2026"}, "zh-Hans": {"可自取", "2026年11月24日 09:05"},
	} {
		r := render(t, news(message.Email, language, parcel.AvailableForPickup, "16"), token)
		for _, part := range append(want, "9400100000000000000006", leave+token) {
			if !strings.Contains(r.Subject+r.Text, part) {
				t.Errorf("%q is not in %s\n%s", part, r.Subject, r.Text)
			}
		}
		if headers := []message.Header{{Name: "List-Unsubscribe", Value: "<" + leave + token + ">"},
			{Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click"}}; !slices.Equal(r.Headers, headers) {
			t.Errorf("the headers are %v", r.Headers)
		}
	}
}

// TestNewsFitTextMessages: whatever the parcel becomes, in two segments, with its page and the word that stops all texts.
func TestNewsFitTextMessages(t *testing.T) {
	t.Parallel()
	for _, l := range locale.Languages() {
		for status, code := range map[parcel.Status]string{parcel.PreShipment: "MA", parcel.Accepted: "03", parcel.InTransit: "10", parcel.OutForDelivery: "OF",
			parcel.Delivered: "01", parcel.AvailableForPickup: "16", parcel.Alert: "02", parcel.Returned: "09"} {
			text := render(t, news(message.SMS, l.Code, status, code), "").Text
			if segments, isGSM7 := message.Segments(text); segments > 2 || isGSM7 == (l.Code == locale.Chinese) ||
				!strings.Contains(text, "/track?numbers=9400100000000000000006") || !strings.Contains(text, "STOP") {
				t.Errorf("%d segments, GSM-7 %v: %s", segments, isGSM7, text)
			}
		}
	}
}

// TestNewsWithoutAPlace: an event of no known place is told with its time alone; what is no news is an error.
func TestNewsWithoutAPlace(t *testing.T) {
	t.Parallel()
	scan := parcel.Scan{At: time.Date(2026, 11, 24, 17, 5, 0, 0, time.UTC), Code: "10"}
	if got := follow.Words(parcel.Parcel{Status: parcel.InTransit, Decisive: scan}, "en")["where"]; got != locale.LocalMoment("en", scan.Local()) {
		t.Errorf("where: %q", got)
	}
	if p, err := follow.About(message.Message{Values: map[string]string{"parcel": "none"}}); err == nil {
		t.Errorf("the news are of %+v", p)
	}
}
