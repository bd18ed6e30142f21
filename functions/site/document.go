package site

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// document is what the reference reads of an OpenAPI 3.1 document.
type document struct {
	Info struct {
		Version string `json:"version"`
	} `json:"info"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	ID          string      `json:"operationId"`
	Tags        []string    `json:"tags"`
	Summary     string      `json:"summary"`
	Description string      `json:"description"`
	Parameters  []parameter `json:"parameters"`
	RequestBody struct {
		Content map[string]media `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]media `json:"content"`
	} `json:"responses"`
	Security []map[string][]string `json:"security"`
}

type parameter struct {
	Name        string `json:"name"`
	In          string `json:"in"`
	Description string `json:"description"`
	Required    bool   `json:"required"`
	Schema      schema `json:"schema"`
}

type media struct {
	Schema *schema `json:"schema"`
}

type schema struct {
	Ref         string            `json:"$ref"`
	Type        kinds             `json:"type"`
	Format      string            `json:"format"`
	Description string            `json:"description"`
	Enum        []any             `json:"enum"`
	Examples    []any             `json:"examples"`
	Properties  map[string]schema `json:"properties"`
	Required    []string          `json:"required"`
	Items       *schema           `json:"items"`
}

// kinds is a type, which a document gives as one name or as several.
type kinds []string

func (k *kinds) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*k = kinds{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(k))
}

func (k kinds) is(name string) bool { return slices.Contains(k, name) }

const schemas = "#/components/schemas/"

// resolve follows a reference; what the reference itself says wins.
func (d *document) resolve(s schema) schema {
	if s.Ref == "" {
		return s
	}
	target := d.Components.Schemas[strings.TrimPrefix(s.Ref, schemas)]
	if s.Description != "" {
		target.Description = s.Description
	}
	return target
}

// names answers the properties of an object, those that are required first.
func (s schema) names() []string {
	names := slices.Sorted(maps.Keys(s.Properties))
	slices.SortStableFunc(names, func(a, b string) int {
		switch needed, other := slices.Contains(s.Required, a), slices.Contains(s.Required, b); {
		case needed == other:
			return 0
		case needed:
			return -1
		}
		return 1
	})
	return names
}

// depth is how far objects in objects are followed; a schema may contain itself.
const depth = 5

// fields lays an object out flat: "name.first", "items[].id".
func (d *document) fields(prefix string, s schema, level int) []field {
	s = d.resolve(s)
	for s.Items != nil {
		prefix, s = prefix+"[]", d.resolve(*s.Items)
	}
	if level > depth {
		return nil
	}
	var all []field
	for _, name := range s.names() {
		property := d.resolve(s.Properties[name])
		path := strings.TrimPrefix(prefix+"."+name, ".")
		all = append(all, field{Name: path, Type: d.typeOf(property), Required: slices.Contains(s.Required, name), Text: spans(property.Description)})
		all = append(all, d.fields(path, property, level+1)...)
	}
	return all
}

// typeOf says what a value is: "string (date-time)", "string[]", or the values it can have.
func (d *document) typeOf(s schema) string {
	switch {
	case len(s.Enum) > 0:
		var values []string
		for _, v := range s.Enum {
			values = append(values, fmt.Sprint(v))
		}
		return strings.Join(values, " | ")
	case s.Items != nil:
		return d.typeOf(d.resolve(*s.Items)) + "[]"
	case s.Format != "":
		return strings.Join(s.Type, " | ") + " (" + s.Format + ")"
	}
	return strings.Join(s.Type, " | ")
}

// example answers a value that fits the schema; of an object, what is required.
func (d *document) example(s schema, level int) any {
	s = d.resolve(s)
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Items != nil && level < depth:
		return []any{d.example(*s.Items, level+1)}
	case s.Type.is("object") && level < depth:
		object := map[string]any{}
		for _, name := range s.Required {
			object[name] = d.example(s.Properties[name], level+1)
		}
		return object
	case s.Type.is("integer"), s.Type.is("number"):
		return 1
	case s.Type.is("boolean"):
		return true
	}
	return "…"
}
