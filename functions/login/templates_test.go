package login

import (
	"testing"

	"postkontor/shared/page"
)

// TestTemplates renders every page in every language: empty, and with each field refused.
func TestTemplates(t *testing.T) {
	t.Parallel()
	set := page.NewSet(templates)
	refused := page.Form{Problem: "Not like this.", Next: "/account", Errors: []page.Error{{Name: "username", Message: "Wrong."}, {Name: "password", Message: "Wrong."}}}
	notice := page.Alert{Kind: "info", Title: "Again", Text: "It was long ago."}
	views := map[string][]any{
		"login": {loginPage(page.Form{}, 0).View, loginPage(refused, 0, notice).View},
		"sessions": {sessionsView{}, sessionsView{Others: true, Items: []sessionLine{{ID: "a", Since: "1", Seen: "2", IP: "203.0.113.7", Device: "Firefox", Current: true},
			{ID: "b", Since: "1", Seen: "2", IP: "203.0.113.8"}}}},
	}
	files, err := templates.ReadDir("templates")
	if err != nil || len(files) != len(views) {
		t.Errorf("%d templates, %d are rendered here: %v", len(files), len(views), err)
	}
	for name, all := range views {
		for _, view := range all {
			if err := set.Check(name, view); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestDevice(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                      "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                             "Chrome, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":               "Edge, Windows",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                             "Chrome, Android",
		"Mozilla/5.0 (Linux; Android 15; SAMSUNG SM-S931U) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/537.36": "Samsung Internet, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1":     "Safari, iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15":                       "Safari, macOS",
		"curl/8.14.1": "curl", "something else": "something else", "": "",
	} {
		if got := device(agent); got != want {
			t.Errorf("%q is named %q, not %q", agent, got, want)
		}
	}
}
