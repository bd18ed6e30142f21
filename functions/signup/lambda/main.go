// Command lambda is the function signup.
package main

import (
	"context"
	"os"
	"time"

	"postkontor/functions/signup"
	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/address/usps"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/secret"
)

// operatorAPI is the parameter that holds "ID:SECRET" of the operator's application.
const operatorAPI secret.Name = "operator-api"

func main() {
	f := deployed.Open("signup", secret.Pepper, secret.Token, secret.Decoy, secret.SealPublic, secret.Draft, operatorAPI)
	edge.Serve(signup.New(signup.Config{
		Edge:      edge.Of(f),
		Accounts:  account.NewStore(f.DB, f.Keys, time.Now),
		Addresses: verifier(f, os.Getenv("ADDRESS_API")),
		Tokens:    &address.Tokens{Key: secret.NewKey(f.Keys, secret.Token), Now: time.Now},
		Drafts:    secret.NewKey(f.Keys, secret.Draft),
	}).Handler())
}

// verifier asks the operator's API where there is one, and the shipped data else.
func verifier(f *deployed.Function, api string) address.Verifier {
	if api == "" {
		return address.Embedded{}
	}
	return usps.New(usps.Config{Origin: api, Failed: func(err error) { f.Log.Warn("operator's address API", "error", err) },
		Credentials: func(ctx context.Context) (string, error) { return f.Keys.Parameter(ctx, operatorAPI) }})
}
