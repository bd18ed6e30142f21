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
