package page

import "html/template"

// Problem is the view of the page "error" of ErrorSet; its words are shown as they are.
type Problem struct{ Title, Detail, RequestID string }

// ErrorSet answers the set with the page "error", which package web shows when no page of a function can be.
func ErrorSet() *Set {
	return &Set{files: own, folder: "pages", ready: map[string]*template.Template{}}
}
