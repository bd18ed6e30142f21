package house

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"postkontor/shared/operator"
	"postkontor/shared/secret"
	"postkontor/shared/table"
)

// Plain answers a house to look at, without tables and keys.
func Plain() *House {
	return &House{DB: func(string) table.Database { return nothing{} }, Keys: func(string) secret.Source { return nothing{} },
		Now: time.Now, Origin: &url.URL{Scheme: "https", Host: "localhost"}, Operator: operator.Default(), Events: io.Discard}
}

type nothing struct{}

var errNothing = errors.New("house: nothing is kept here")

func (nothing) Table(string) table.Table                               { return nil }
func (nothing) Transact(context.Context, ...table.Op) error            { return errNothing }
func (nothing) Parameter(context.Context, secret.Name) (string, error) { return "", errNothing }

// Document answers the OpenAPI document of the whole API: those of the functions, laid together.
func (h *House) Document() ([]byte, error) {
	var whole *huma.OpenAPI
	functions := h.Functions()
	for _, name := range slices.Sorted(maps.Keys(functions)) {
		part := functions[name].API.OpenAPI()
		if whole == nil {
			whole = part
			continue
		}
		if err := add(whole, part); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	compact, err := json.Marshal(whole)
	if err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	err = json.Indent(&indented, compact, "", "  ")
	indented.WriteByte('\n')
	return indented.Bytes(), err
}

// add lays part into whole. Two functions may share a schema, but not a path, and not a name for different schemas.
func add(whole, part *huma.OpenAPI) error {
	for path, item := range part.Paths {
		if whole.Paths[path] != nil {
			return fmt.Errorf("another function has %s", path)
		}
		whole.Paths[path] = item
	}
	all := whole.Components.Schemas.Map()
	for name, schema := range part.Components.Schemas.Map() {
		if there := all[name]; there != nil && !same(there, schema) {
			return fmt.Errorf("another function has a different schema %s", name)
		}
		all[name] = schema
	}
	return nil
}

func same(a, b any) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(x, y)
}
