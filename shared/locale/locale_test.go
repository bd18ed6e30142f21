package locale_test

import (
	"strings"
	"testing"
	"time"

	"postkontor/shared/locale"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]locale.Tag{"": "en", "es-MX,es;q=0.9,en;q=0.8": "es", "zh-CN": "zh-Hans", "sv-FI": "sv",
		"fr": "en", "*": "en", ";;;": "en", strings.Repeat("es,", 1000): "en"} {
		if got := locale.Match(accept); got != want {
			t.Errorf("%.20q: %s, want %s", accept, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 4, 23, 5, 0, 0, time.FixedZone("", 3600))
	for tag, want := range map[locale.Tag]string{locale.English: "November 4, 2026 at 22:05 UTC", locale.Spanish: "4 de noviembre de 2026, 22:05 UTC"} {
		if got := locale.Moment(tag, at); got != want {
			t.Errorf("%s: %s", tag, got)
		}
	}
	if got := locale.LocalMoment(locale.Chinese, at.In(time.FixedZone("PST", -8*3600))); got != "2026年11月4日 14:05（PST）" {
		t.Error(got)
	}
	if got := locale.Count(locale.Swedish, "web.minutes", 1) + ", " + locale.Count(locale.Swedish, "web.minutes", 2); got != "1 minut, 2 minuter" {
		t.Error(got)
	}
	if got := locale.Fill("{a} {b}", "a", "{b}", "b", "x"); got != "{b} x" { // a value is never filled again
		t.Error(got)
	}
	if got := locale.Text(locale.Chinese, "no.such.key"); got != "no.such.key" {
		t.Error(got)
	}
}
