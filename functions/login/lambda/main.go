// Command lambda is the function login.
package main

import (
	"time"

	"postkontor/functions/login"
	"postkontor/shared/account"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/secret"
)

func main() {
	f := deployed.Open("login", secret.Pepper, secret.Token, secret.Decoy, secret.SealPublic)
	edge.Serve(login.New(login.Config{Edge: edge.Of(f), Accounts: account.NewStore(f.DB, f.Keys, time.Now)}).Handler())
}
