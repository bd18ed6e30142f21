// Command lambda is the function supplies.
package main

import (
	"time"

	"postkontor/functions/supplies"
	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/deployed/verifier"
	"postkontor/shared/secret"
	"postkontor/shared/supply"
)

func main() {
	f := deployed.Open("supplies", secret.Token, secret.OperatorAPI)
	edge.Serve(supplies.New(supplies.Config{
		Edge:      edge.Of(f),
		Accounts:  account.NewStore(f.DB, f.Keys, time.Now),
		Supplies:  supply.NewStore(f.DB, time.Now),
		Addresses: verifier.Of(f),
		Tokens:    &address.Tokens{Key: secret.NewKey(f.Keys, secret.Token), Now: time.Now},
	}).Handler())
}
