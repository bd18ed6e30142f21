// Package page is how pages look: the frame around each, the components they are made of, and the built assets.
//
// A function keeps its pages in templates/NAME.html, each defining "main"; components come from this package's own
// templates and take the structs of this package:
//
//	summary       Form      what was refused, above everything else of the page
//	next          Form      inside a form: where to go afterwards
//	input         Input     a text field; with Type "password" it has a button that shows what was typed
//	area          Input     a text field of several lines
//	choice-radio  Choice    a few options; choice-select: many; choice-many: a few that can be chosen together
//	address       Address   the fields of a home address
//	secured       []Secured  security questions to choose, with their answers
//	submit        KEY       the button that sends a form
//	steps         Steps     how far a task is
//	alert         Alert     something to know before going on
//	suggestion    Suggestion  an address beside the one that is suggested
//	rows          []Row     what is known, a line each, with a way to change it
//	links         []Link    ways on
//	area          Input     a text of many lines
//	call          Call      whom to call when nothing else leads on; Frame.Call puts it under a page
//	path          []Place   the way from the top of a part of the site to this page
//	picture       string    beside the name of a product: the address of its drawing, "" for none
//	tabs          Tabs      several views side by side
//	events        []activity.Line  what happened to an account
//
// Forms say method="post" and novalidate: the server's words are in the reader's language, the browser's may not be.
// A template is parsed once per language, on first use, with
//
//	t KEY PAIRS…      the words of package locale, with placeholders filled
//	asset NAME        the address of a built asset
//
// Templates decide nothing: what they show stands ready in their view struct.
package page

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"
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
	User     string // the username of who is signed in, at the desk the agent, "" for nobody
	Full     bool   // whose session may do everything
	Desk     bool   // a page of the operator's agents
	Places   []Link // of the desk, where this agent may go
	Operator operator.Profile
	Call     *Call  // whom to call, under what the page says; nil where nobody is stuck
	Mailbox  string // where the local runner shows messages, "" when deployed
}

// PageLanguage is the page in one language.
type PageLanguage struct {
	locale.Language
	Href    string
	Current bool
}

// Languages answers where the page is found in each language.
func (f Frame) Languages() []PageLanguage {
	joint := "?"
	if strings.Contains(f.Path, "?") {
		joint = "&"
	}
	var all []PageLanguage
	for _, l := range locale.Languages() {
		all = append(all, PageLanguage{Language: l, Href: f.Path + joint + "lang=" + string(l.Code), Current: l.Code == f.Lang})
	}
	return all
}

//go:embed templates pages
var own embed.FS

// Set is the pages of one function. It is safe for concurrent use.
type Set struct {
	files  fs.FS
	folder string
	strict bool // words that are missing are an error
	mu     sync.Mutex
	ready  map[string]*template.Template // by language and name
}

// NewSet answers the pages in the folder templates of files.
func NewSet(files fs.FS) *Set {
	return &Set{files: files, folder: "templates", ready: map[string]*template.Template{}}
}

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

// Check renders a page with a view in every language, and answers what is wrong: a field that the view does not have,
// a key that a catalogue does not have, a placeholder that was not filled. For tests.
func (s *Set) Check(name string, view any) error {
	strict := &Set{files: s.files, folder: s.folder, strict: true, ready: map[string]*template.Template{}}
	var all []error
	for _, l := range locale.Languages() {
		if err := strict.Render(io.Discard, name, Frame{Lang: l.Code, Title: name, Path: "/"}, view); err != nil {
			all = append(all, fmt.Errorf("%s: %w", l.Code, err))
		}
	}
	return errors.Join(all...)
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
	t, err := template.New("base").Funcs(s.functions(lang)).ParseFS(own, "templates/*.html")
	if err == nil {
		t, err = t.ParseFS(s.files, s.folder+"/"+name+".html")
	}
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	s.ready[key] = t
	return t, nil
}

func (s *Set) functions(lang locale.Tag) template.FuncMap {
	words := func(key string, pairs ...string) (string, error) { return locale.Text(lang, key, pairs...), nil }
	if s.strict {
		words = func(key string, pairs ...string) (string, error) { return strictly(lang, key, pairs) }
	}
	return template.FuncMap{"t": words, "asset": Asset}
}

// strictly answers the words of a key, or what is missing in them.
func strictly(lang locale.Tag, key string, pairs []string) (string, error) {
	text, ok := locale.Lookup(lang, key)
	if !ok {
		return "", fmt.Errorf("no words for %s", key)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", "")
	}
	if strings.Contains(text, "{") {
		return "", fmt.Errorf("a placeholder of %s is not filled", key)
	}
	return locale.Text(lang, key, pairs...), nil
}
