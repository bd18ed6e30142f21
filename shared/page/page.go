// Package page is how pages look: the frame around each, the components they are made of, and the built assets.
//
// A function keeps its pages in templates/NAME.html, each defining "main"; components come from this package's own
// templates and take the structs of this package. A template is parsed once per language, on first use, with
//
//	t KEY PAIRS…      the words of package locale, with placeholders filled
//	asset NAME        the address of a built asset
//
// Templates decide nothing: what they show stands ready in their view struct.
package page

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"sync"

	"postkontor/shared/locale"
	"postkontor/shared/operator"
)

// Frame is what stands around every page; package web fills it.
type Frame struct {
	Lang     locale.Tag
	Title    string // as text
	Failed   bool   // something typed was refused: the title begins with "Error:"
	Path     string // of this page, with its query but without lang, for the picker
	User     string // the username of who is signed in, "" for nobody
	Full     bool   // whose session may do everything
	Operator operator.Profile
	Mailbox  string // where the local runner shows messages, "" when deployed
}

// Set is the pages of one function. It is safe for concurrent use.
type Set struct {
	files fs.FS
	mu    sync.Mutex
	ready map[string]*template.Template // by language and name
}

// NewSet answers the pages in the folder templates of files.
func NewSet(files fs.FS) *Set { return &Set{files: files, ready: map[string]*template.Template{}} }

// Render writes a whole page; nothing is written when it does not execute.
func (s *Set) Render(w io.Writer, name string, frame Frame, view any) error {
	t, err := s.parsed(frame.Lang, name)
	if err != nil {
		return err
	}
	var whole bytes.Buffer
	if err := t.ExecuteTemplate(&whole, "base", framed{frame, view}); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	_, err = whole.WriteTo(w)
	return err
}

// framed is what the template "base" takes; it hands View to "main".
type framed struct {
	Frame
	View any
}

func (s *Set) parsed(lang locale.Tag, name string) (*template.Template, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := string(lang) + "/" + name
	if t := s.ready[key]; t != nil {
		return t, nil
	}
	t, err := template.New("base").Funcs(functions(lang)).ParseFS(own, "templates/*.html")
	if err == nil {
		t, err = t.ParseFS(s.files, "templates/"+name+".html")
	}
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	s.ready[key] = t
	return t, nil
}
