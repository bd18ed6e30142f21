// Command lambda is the function site.
package main

import (
	"os"
	"time"

	"postkontor/functions/site"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/secret"
	"postkontor/shared/support"
)

func main() {
	document, _ := os.ReadFile("openapi.json") // lies beside the binary; without it there is no reference
	f := deployed.Open("site", secret.Token, secret.Decoy, secret.SealPublic)
	edge.Serve(site.New(site.Config{Edge: edge.Of(f), OpenAPI: document, Support: support.NewStore(f.DB, f.Keys, f.Operator, time.Now)}).Handler())
}
