package web

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"postkontor/shared/locale"
	"postkontor/shared/page"
)

// missing is the key of a text in place of the text, or a placeholder that was not filled.
var missing = regexp.MustCompile(`>[^<]*\b(?:account|address|credential|desk|disavow|fault|locale|login|message|page|parcel|person|profile|recovery|signup|site|supplies|support|tracking|web)\.[a-z][^<]*<|\{[a-z]+\}`)

// CheckPages renders the answers of a function in every language and says what is wrong: a field that a view does not have,
// words that a catalogue does not have, a template that none of the answers shows. For tests.
func CheckPages(files fs.FS, answers func(*Visit) []Answer) error {
	set, shown := page.NewSet(files), map[string]bool{}
	var all []error
	for _, l := range locale.Languages() {
		for _, answer := range answers(&Visit{Lang: l.Code}) {
			shown["templates/"+answer.Template+".html"] = true
			var out bytes.Buffer
			frame := page.Frame{Lang: l.Code, Title: locale.Text(l.Code, answer.Title), Path: "/"}
			if err := errors.Join(set.Check(answer.Template, answer.View), set.Render(&out, answer.Template, frame, answer.View)); err != nil {
				all = append(all, fmt.Errorf("%s in %s: %w", answer.Template, l.Name, err))
			}
			if found := missing.FindString(out.String()); found != "" {
				all = append(all, fmt.Errorf("%s in %s shows %s", answer.Template, l.Name, found))
			}
		}
	}
	there, err := fs.Glob(files, "templates/*.html")
	for _, name := range there {
		if !shown[name] {
			all = append(all, fmt.Errorf("no answer shows %s", name))
		}
	}
	return errors.Join(append(all, err)...)
}
