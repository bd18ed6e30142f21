// Command lambda is the function recovery.
package main

import (
	"time"

	"postkontor/functions/recovery"
	"postkontor/shared/account"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/secret"
)

func main() {
	f := deployed.Open("recovery", secret.Pepper, secret.Token, secret.Decoy, secret.SealPublic)
	edge.Serve(recovery.New(recovery.Config{Edge: edge.Of(f), Accounts: account.NewStore(f.DB, f.Keys, time.Now)}).Handler())
}
