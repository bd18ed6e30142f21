// Package openapi holds the OpenAPI 3.1 document of the whole API, as `make openapi` makes it from the code. A test
// compares the two, so that a change of the API is seen as one.
package openapi

import _ "embed"

//go:embed openapi.json
var document []byte

// Document answers the document, which nobody may change.
func Document() []byte { return document }
