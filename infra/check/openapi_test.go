package check

import (
	"encoding/json"
	"strings"
	"testing"

	"postkontor/infra/house"
	"postkontor/infra/openapi"
)

// TestDocumentIsOfTheCode: the committed OpenAPI document is the one that the code makes.
func TestDocumentIsOfTheCode(t *testing.T) {
	t.Parallel()
	made, err := house.Plain().Document()
	if err != nil {
		t.Fatal(err)
	}
	if string(made) != string(openapi.Document()) {
		t.Error("infra/openapi/openapi.json is not of this code; `make openapi` makes it again, and its difference is the change of the API")
	}
}

// TestDocumentHasEveryRoute: the paths under /v1 that the code serves are those that the document describes.
func TestDocumentHasEveryRoute(t *testing.T) {
	t.Parallel()
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(openapi.Document(), &document); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, methods := range document.Paths {
		for method := range methods {
			described[strings.ToUpper(method)+" "+path] = true
		}
	}
	for name, app := range house.Plain().Functions() {
		for _, route := range app.Routes() {
			_, path, _ := strings.Cut(route, " ")
			if strings.HasPrefix(path, "/v1/") && !described[route] {
				t.Errorf("%s serves %s, the document does not tell", name, route)
			}
			delete(described, route)
		}
	}
	for route := range described {
		t.Errorf("the document tells of %s, nobody serves it", route)
	}
}
