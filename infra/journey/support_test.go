package journey_test

import (
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"

	"postkontor/shared/locale"
)

// TestSupport: somebody writes to customer service, forgets a field, and is given a number; in three languages.
func TestSupport(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, lang := range []locale.Tag{locale.English, locale.Spanish, locale.Chinese} {
		t.Run(string(lang), func(t *testing.T) {
			const contact = `main form[action="/help"]`
			b := browse(t, r.origin, lang)
			b.open("/help#contact")
			b.look("help")
			b.do("choosing a topic", chromedp.SetValue(chromedp.CSS(contact+` [name="topic"]`), "tracking"))
			b.fill(contact, url.Values{"message": {"Where is my parcel?\nIt left on Monday. 📮"}, "name": {"Åsa Lind"}, "email": {"asa@"}}, "/help")
			b.look("help-refused")
			b.says(`[role="alert"]`, locale.Text(lang, "support.email"))
			email := string(lang) + "@example.org"
			b.fill(contact, url.Values{"email": {email}}, "/help?sent=*")
			b.look("help-sent")
			number := b.find(r, "email", email, `(?m)^[A-Z2-7]{4}-[A-Z2-7]{4}$`)
			b.says("main", number)
			b.find(r, "email", "service@example.com", `(?m)^> Where is my parcel\?\n> It left on Monday\. 📮$`)
			b.open("/nowhere")
			b.look("not-found")
			b.says("#call", locale.Text(lang, "site.help.telephone"))
		})
	}
}
