package site

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"postkontor/shared/web"
)

// reference is the API as the page /docs shows it. It is made here, from the same document that clients are made from,
// and needs no script: the well-known viewers weigh hundreds of kilobytes, and a screen reader cannot use them.
type reference struct {
	Version string
	Groups  []group
}

type group struct {
	ID, Name  string
	Endpoints []endpoint
}

type endpoint struct {
	ID, Method, Path string
	Summary          string
	Text             []span
	SignedIn         bool
	Parameters       []field
	Send             []field
	Status           string // of success
	Answer           []field
	Refusals         string // the statuses of refusals
	Example          string // a call with curl
}

type field struct {
	Name, Type string
	Where      string // of a parameter: "query", "path", "header"
	Required   bool
	Text       []span
}

// span is a piece of a text; code stood between backticks.
type span struct {
	Text string
	Code bool
}

func spans(text string) []span {
	var all []span
	for i, part := range strings.Split(text, "`") {
		if part != "" {
			all = append(all, span{Text: part, Code: i%2 == 1})
		}
	}
	return all
}

func (s *Site) docs(context.Context, *web.Visit) (web.Answer, error) {
	r, err := s.reference()
	return web.Answer{Template: "docs", Title: "site.docs.title", View: r}, err
}

var methods = []string{"get", "post", "put", "patch", "delete"}

func readReference(data []byte, origin string) (reference, error) {
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return reference{}, fmt.Errorf("reading the OpenAPI document: %w", err)
	}
	r := reference{Version: d.Info.Version}
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range methods {
			if op, ok := d.Paths[path][method]; ok {
				r.add(op, d.endpoint(method, path, origin, op))
			}
		}
	}
	slices.SortFunc(r.Groups, func(a, b group) int { return strings.Compare(a.Name, b.Name) })
	return r, nil
}

// add puts an endpoint into the group of its first tag.
func (r *reference) add(op operation, e endpoint) {
	name := "API"
	if len(op.Tags) > 0 {
		name = op.Tags[0]
	}
	i := slices.IndexFunc(r.Groups, func(g group) bool { return g.Name == name })
	if i < 0 {
		i = len(r.Groups)
		r.Groups = append(r.Groups, group{ID: "tag-" + strings.ReplaceAll(strings.ToLower(name), " ", "-"), Name: name})
	}
	r.Groups[i].Endpoints = append(r.Groups[i].Endpoints, e)
}

func (d *document) endpoint(method, path, origin string, op operation) endpoint {
	e := endpoint{ID: op.ID, Method: strings.ToUpper(method), Path: path, Summary: op.Summary, Text: spans(op.Description), SignedIn: len(op.Security) > 0}
	for _, p := range op.Parameters {
		e.Parameters = append(e.Parameters, field{Name: p.Name, Where: p.In, Type: d.typeOf(d.resolve(p.Schema)), Required: p.Required, Text: spans(p.Description)})
	}
	body := op.RequestBody.Content["application/json"].Schema
	if body != nil {
		e.Send = d.fields("", *body, 0)
	}
	var refusals []string
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		switch response := op.Responses[status].Content["application/json"]; {
		case status >= "400":
			refusals = append(refusals, status)
		default:
			e.Status = status
			if response.Schema != nil {
				e.Answer = d.fields("", *response.Schema, 0)
			}
		}
	}
	e.Refusals = strings.Join(refusals, ", ")
	e.Example = d.curl(e, origin, op, body)
	return e
}

// curl answers a call that can be tried once the values in it are one's own.
func (d *document) curl(e endpoint, origin string, op operation, body *schema) string {
	lines := []string{"curl '" + origin + e.Path + d.query(op) + "'"}
	if e.Method != "GET" && (e.Method != "POST" || body == nil) {
		lines[0] = strings.Replace(lines[0], "curl ", "curl -X "+e.Method+" ", 1)
	}
	if e.SignedIn {
		lines = append(lines, "-H 'Authorization: Bearer pks_…'")
	}
	if body != nil {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if encoder.Encode(d.example(*body, 0)) == nil {
			lines = append(lines, "-H 'Content-Type: application/json'", "-d '"+strings.TrimSpace(strings.ReplaceAll(text.String(), "'", "’"))+"'")
		}
	}
	return strings.Join(lines, " \\\n  ")
}

// query names the parameters that the query must have.
func (d *document) query(op operation) string {
	var pairs []string
	for _, p := range op.Parameters {
		if p.In == "query" && p.Required {
			pairs = append(pairs, fmt.Sprintf("%s=%v", p.Name, d.example(p.Schema, 0)))
		}
	}
	if len(pairs) == 0 {
		return ""
	}
	return "?" + strings.Join(pairs, "&")
}
