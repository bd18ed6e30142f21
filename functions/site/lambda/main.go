// Command lambda is the function site.
package main

import (
	"os"

	"postkontor/functions/site"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
)

func main() {
	document, _ := os.ReadFile("openapi.json") // lies beside the binary; without it there is no reference
	edge.Serve(site.New(site.Config{Edge: edge.Of(deployed.Open("site")), OpenAPI: document}).Handler())
}
