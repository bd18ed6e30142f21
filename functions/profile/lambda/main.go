// Command lambda is the function profile.
package main

import (
	"time"

	"postkontor/functions/profile"
	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/deployed/verifier"
	"postkontor/shared/secret"
)

func main() {
	f := deployed.Open("profile", secret.Pepper, secret.Token, secret.Decoy, secret.SealPublic, secret.OperatorAPI)
	edge.Serve(profile.New(profile.Config{
		Edge:      edge.Of(f),
		Accounts:  account.NewStore(f.DB, f.Keys, time.Now),
		Addresses: verifier.Of(f),
		Tokens:    &address.Tokens{Key: secret.NewKey(f.Keys, secret.Token), Now: time.Now},
	}).Handler())
}
