package tracking_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"postkontor/shared/session"
)

func TestTrackPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, c := range map[string]struct {
		query  string
		status int
		has    []string
		hasNot []string
	}{
		"empty": {"", 200, []string{`name="numbers"`, `id="letters"`, "Informed Delivery", "Treasury"}, []string{`role="alert"`}},
		"one": {"numbers=" + moving, 200, []string{"9400 1000 0000 0000 0000 06", "USPS", "In transit", `aria-current="step"`, "Expected on", "SEATTLE, WA 98101",
			"What you can do", "https://account.example.com/track?numbers=" + moving, "/login?next=%2Ftrack%3Fnumbers%3D" + moving, `<time datetime="`, "Track other packages"}, nil},
		"local time": {"numbers=" + moving, 200, []string{noon.In(seattle).Format("15:04 MST"), noon.In(seattle).Format(time.RFC3339)}, nil},
		"delivered":  {"numbers=" + arrived, 200, []string{"usa-alert--success", "Delivered", "You cannot find it?"}, []string{"Expected on"}},
		"attempt":    {"numbers=" + waiting, 200, []string{"usa-alert--warning", "Needs attention", "The notice that we left"}, nil},
		"unknown":    {"numbers=" + unknown, 200, []string{"Nothing is known about this number yet", "last 120 days", "Ask the sender", `href="/help#telephone"`}, nil},
		"mistyped":   {"numbers=9400100000000000000016", 422, []string{"<title>Error: Track", `href="#numbers"`, "digits do not go together", `aria-invalid="true"`, "\n9400100000000000000016</textarea>"}, []string{"Track other packages"}},
		"meant":      {"numbers=94OO100000000000000006", 422, []string{"Did you mean this number?", `href="/track?numbers=` + moving + `"`}, nil},
		"stranger":   {"numbers=1Z999AA10123456784", 422, []string{"This looks like a number of UPS."}, nil},
		"several": {"numbers=" + url.QueryEscape(moving+"\n"+arrived+", "+unknown+" 123"), 200, []string{"4 numbers", `href="/track?numbers=` + moving + `"`, `href="/track?numbers=` + arrived + `"`,
			"In transit", "Delivered", "Nothing is known about this number yet", "Something is missing or too much"}, []string{"What you can do"}},
		"too many":   {"numbers=" + strings.Repeat(moving+"+", 36), 422, []string{"Ask for at most 35 numbers at once."}, nil},
		"only marks": {"numbers=%2C%2C+%0A", 422, []string{"Fill this in."}, nil},
		"hostile":    {"numbers=%3Cscript%3Ealert(1)%3C/script%3E%00%FF", 422, []string{"&lt;script&gt;"}, []string{"<script>alert"}},
		"Swedish":    {"numbers=" + moving + "&lang=sv", 200, []string{`<html lang="sv">`, "På väg", "Väntas den"}, nil},
	} {
		page := h.page("/track?"+c.query, "", nil)
		if page.Code != c.status {
			t.Errorf("%s: %d", name, page.Code)
		}
		h.contains(name, page.Body.String(), c.has...)
		for _, not := range c.hasNot {
			if strings.Contains(page.Body.String(), not) {
				t.Errorf("%s: %q is there", name, not)
			}
		}
	}
}

var seattle, _ = time.LoadLocation("America/Los_Angeles")

// TestLongStories: of a long story the page shows the newest part until it is asked for all.
func TestLongStories(t *testing.T) {
	t.Parallel()
	h := open(t)
	codes := make([]string, 150)
	for i := range codes {
		codes[i] = "10"
	}
	h.record(strange, codes...)
	short, whole := h.page("/track?numbers="+strange, "", nil).Body.String(), h.page("/track?numbers="+strange+"&all=1", "", nil).Body.String()
	if n, all := strings.Count(short, "<time "), strings.Count(whole, "<time "); n != 100 || all != 150 {
		t.Errorf("%d and %d events", n, all)
	}
	h.contains("the short one", short, "Show all 150 events", "/track?numbers="+strange+"&amp;all=1")
}

func TestKeepingOnThePages(t *testing.T) {
	t.Parallel()
	h := open(t)
	token := h.signIn(ada, session.Full)
	here := "/track?numbers=" + moving
	h.contains("before", h.page(here, token, nil).Body.String(), `name="number" value="`+moving+`"`, `name="next" value="`+here+`"`)
	if w := h.page("/account/packages", token, url.Values{"number": {moving}, "next": {here}}); w.Code != 303 || w.Header().Get("Location") != here {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	h.contains("after", h.page(here, token, nil).Body.String(), "You keep this package", `href="/account/packages"`)
	if w := h.page("/account/packages", token, url.Values{"number": {arrived}, "label": {"<b>Boots</b>"}}); w.Code != 303 || w.Header().Get("Location") != "/account/packages" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	h.contains("the list", h.page("/account/packages", token, nil).Body.String(), "&lt;b&gt;Boots&lt;/b&gt;", "Delivered", "In transit", `href="`+here+`"`)
	for _, form := range []url.Values{{"number": {""}}, {"number": {"123"}, "label": {"Boots"}}, {"number": {moving}, "label": {strings.Repeat("x", 61)}}} {
		w := h.page("/account/packages", token, form)
		if w.Code != 422 {
			t.Errorf("%v: %d", form, w.Code)
		}
		h.contains("refused", w.Body.String(), "<title>Error: My packages", `value="`+form.Get("label"))
	}
	for range 2 { // gone already is as good
		if w := h.page("/account/packages", token, url.Values{"remove": {arrived}}); w.Code != 303 {
			t.Errorf("removing: %d", w.Code)
		}
	}
	if html := h.page("/account/packages", token, nil).Body.String(); strings.Contains(html, "Boots") {
		t.Error("it is still there")
	}
	if w := h.page("/account/packages", "", nil); w.Code != 303 || w.Header().Get("Location") != "/login?next=%2Faccount%2Fpackages" {
		t.Errorf("a stranger: %d %v", w.Code, w.Header())
	}
}
