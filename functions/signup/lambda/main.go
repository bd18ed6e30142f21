// Command lambda is the function signup.
package main

import (
	"time"

	"postkontor/functions/signup"
	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/deployed/verifier"
	"postkontor/shared/secret"
)

func main() {
	f := deployed.Open("signup", secret.Pepper, secret.Token, secret.Decoy, secret.SealPublic, secret.Draft, secret.OperatorAPI)
	edge.Serve(signup.New(signup.Config{
		Edge:      edge.Of(f),
		Accounts:  account.NewStore(f.DB, f.Keys, time.Now),
		Addresses: verifier.Of(f),
		Tokens:    &address.Tokens{Key: secret.NewKey(f.Keys, secret.Token), Now: time.Now},
		Drafts:    secret.NewKey(f.Keys, secret.Draft),
	}).Handler())
}
