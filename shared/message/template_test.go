package message

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"postkontor/shared/locale"
)

var words = Words{Operator: "United States Postal Service", Origin: "https://account.example.com"}

// each calls f with a sample of every template, channel and language.
func each(t *testing.T, f func(t *testing.T, m Message, secret string)) {
	for name, shape := range templates {
		for _, channel := range shape.channels {
			for _, language := range locale.Languages() {
				m := sample(name, channel, language.Code)
				secret := ""
				switch {
				case shape.secret:
					secret = "042197"
				case shape.sealed(channel):
					secret = "AZNnYmq3wvqZ8n1TqS8mG3k0cZ4wq9d7Xr5bJfP2uLE"
				}
				t.Run(string(name)+" "+string(channel)+" "+string(language.Code), func(t *testing.T) { f(t, m, secret) })
			}
		}
	}
}

func sample(name Template, channel Channel, language locale.Tag) Message {
	at := time.Date(2026, 11, 24, 9, 5, 0, 0, time.UTC)
	values := map[string]string{}
	for _, value := range templates[name].values {
		values[value] = "Firefox, Windows"
	}
	if values["id"] != "" {
		values["id"] = "7K3QX9M2PD"
	}
	if values["order"] != "" {
		values["order"] = "20261124-3Q7XK2M9T"
	}
	if name == ParcelNews { // as package follow fills them in
		values = map[string]string{"number": "9400100000000000000006", "where": "SEATTLE, WA 98101, " + locale.LocalMoment(language, at),
			"summary": "It waits.", "became": locale.Text(language, "message.parcel-news.available-for-pickup"), "status": "Ready"}
	}
	if values["day"] != "" {
		values["day"] = locale.Day(language, at)
	}
	return Message{Account: "01", Channel: channel, Template: name, Language: language, Values: values, At: at, Expires: at.Add(10 * time.Minute)}
}

func render(t *testing.T, w Words, m Message, secret, name string) Rendered {
	t.Helper()
	r, err := w.Render(m, secret, name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var unfilled = regexp.MustCompile(`\{[a-z]+\}|message\.[a-z]`)

func TestEveryTemplateRenders(t *testing.T) {
	t.Parallel()
	pages := []string{"/reactivate", "/duplicate", "/login", "/recover", "/not-me", "/verify", "/account", "/account/password", "/account/phone", "/help", "/recover?id=7K3QX9M2PD", "/orders/20261124-3Q7XK2M9T", "/track?numbers=9400100000000000000006"}
	each(t, func(t *testing.T, m Message, secret string) {
		r := render(t, words, m, secret, "Ana")
		if found := unfilled.FindString(r.Subject + r.Text + r.HTML); found != "" {
			t.Errorf("%s is left in %s", found, r.Text)
		}
		if alone := slices.Contains(strings.Split(r.Text, "\n"), secret); secret != "" && alone != templates[m.Template].secret {
			t.Errorf("a secret alone on a line %v: %s", alone, r.Text)
		}
		if m.Channel == SMS {
			return
		}
		if got := len(r.Headers) > 0; got != templates[m.Template].subscribed {
			t.Errorf("it can be unsubscribed: %v", got)
		}
		if m.Channel == Letter {
			r.HTML = inHTML(*r.Sheet)
		}
		_, link, _ := strings.Cut(r.HTML, `class="button" href="`)
		link, _, _ = strings.Cut(link, `"`)
		path, token, _ := strings.Cut(strings.TrimPrefix(link, words.Origin), "?t=")
		if !slices.Contains(pages, path) || templates[m.Template].link != (token != "" && token == secret) || !strings.Contains(r.Text, ": "+link+"\n") {
			t.Errorf("the button leads to %q", link)
		}
		for _, want := range []string{words.Operator, words.Origin + "/help", "Ana", secret} {
			if !strings.Contains(r.Text, want) || !strings.Contains(r.HTML, want) {
				t.Errorf("%q is not in both texts", want)
			}
		}
		if r.Subject == "" || len(r.Subject) > 78 || !strings.Contains(r.HTML, `<html lang="`+string(m.Language)+`">`) {
			t.Errorf("subject %q, language %s", r.Subject, m.Language)
		}
	})
}

func TestTextMessagesTakeOneSegment(t *testing.T) {
	t.Parallel()
	long := Words{Operator: strings.Repeat("Long Postal Op ", 3)[:44], Origin: "https://" + strings.Repeat("long.", 6) + "example"}
	each(t, func(t *testing.T, m Message, secret string) {
		if m.Channel != SMS {
			return
		}
		w, alphabet := long, true
		if m.Language == locale.Chinese { // 70 places, not 160
			w, alphabet = Words{Operator: "US Postal Service", Origin: "https://my.usps.example"}, false
		}
		text, most := render(t, w, m, secret, "").Text, 1
		if t := templates[m.Template]; t.link || t.subscribed || m.Template == SendAgentCode {
			most = 2
		}
		if segments, isGSM7 := Segments(text); segments > most || isGSM7 != alphabet {
			t.Errorf("%d segments, GSM-7 %v: %s", segments, isGSM7, text)
		}
		lines := strings.Split(text, "\n")
		if bound := "@" + strings.TrimPrefix(w.Origin, "https://") + " #" + secret; templates[m.Template].secret && lines[len(lines)-1] != bound {
			t.Errorf("the last line is %q, want %q", lines[len(lines)-1], bound)
		}
	})
}

func TestSegmentsAreCountedAsThePhoneNetworkDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		segments int
		isGSM7   bool
	}{
		{"", 1, true},
		{strings.Repeat("a", 160), 1, true},
		{strings.Repeat("a", 161), 2, true},
		{strings.Repeat("a", 306), 2, true},
		{strings.Repeat("a", 307), 3, true},
		{strings.Repeat("€", 80), 1, true},
		{strings.Repeat("€", 80) + "a", 2, true},
		{"Ññ¿¡üàåäöÅÄÖé@", 1, true},
		{"código" + strings.Repeat("a", 64), 1, false},
		{"código" + strings.Repeat("a", 65), 2, false},
		{strings.Repeat("📮", 35), 1, false},
		{strings.Repeat("📮", 36), 2, false},
	} {
		if segments, isGSM7 := Segments(c.text); segments != c.segments || isGSM7 != c.isGSM7 {
			t.Errorf("%q: %d, %v", c.text, segments, isGSM7)
		}
	}
}

// inHTML is a letter as an e-mail would show it, so that the same is asked of both.
func inHTML(s Sheet) string {
	r, _ := s.email()
	return r.HTML
}

// A template for an address that is not proved shows nothing but the code; see also the outbox, which refuses values there.
func TestValuesStayInTheirPlace(t *testing.T) {
	t.Parallel()
	typed := "<script>x</script>\r\nBcc: a@example.com\r\n\u2028123456\n{code}"
	each(t, func(t *testing.T, m Message, secret string) {
		plain := strings.Count(render(t, words, m, secret, "Ana").Text, "\n")
		for value := range m.Values {
			m.Values[value] = typed
		}
		if templates[m.Template].written {
			plain += strings.Count(typed, "\n") // what is quoted keeps its lines, each behind a mark
		}
		w := Words{Operator: "Post\r\nBcc: b@example.com", Origin: words.Origin}
		r := render(t, w, m, secret, typed)
		if strings.ContainsAny(r.Subject, "\r\n") || strings.Contains(r.HTML, "<script") {
			t.Errorf("a value got out of its place: %s\n%s", r.Subject, r.HTML)
		}
		if lines := strings.Count(r.Text, "\n"); lines != plain || strings.ContainsAny(r.Text, "\r\u2028") {
			t.Errorf("a value made lines: %s", r.Text)
		}
		if m.Channel == Email && secret != "" && strings.Count(r.HTML, secret) != 1 {
			t.Errorf("a value was filled a second time: %s", r.HTML)
		}
	})
}

func TestNoWordsForAChannel(t *testing.T) {
	t.Parallel()
	for _, m := range []Message{sample(VerifyPhone, Email, "en"), sample(PhoneChanged, Letter, "en"), sample("unknown", SMS, "en")} {
		if r, err := words.Render(m, "", ""); err == nil {
			t.Errorf("%s by %s: %v", m.Template, m.Channel, r)
		}
	}
}
