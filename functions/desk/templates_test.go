package desk

import (
	"testing"

	"postkontor/shared/web"
)

// TestTemplates renders every page in every language.
func TestTemplates(t *testing.T) {
	t.Parallel()
	if err := web.CheckPages(templates, answers); err != nil {
		t.Error(err)
	}
}

// answers are the pages that there are.
func answers(*web.Visit) []web.Answer {
	return []web.Answer{
		{Template: "shell", Title: "desk.title", View: shellView{}},
		{Template: "start", Title: "desk.title", View: startView{cards}},
	}
}
