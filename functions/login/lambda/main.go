// Command lambda is the function login.
package main

import (
	"time"

	"postkontor/functions/login"
	"postkontor/shared/account"
	"postkontor/shared/deployed"
	"postkontor/shared/secret"
)

func main() {
	f := deployed.Open("login", secret.Pepper)
	deployed.Serve(login.New(login.Config{Edge: f.Edge(), Accounts: account.NewStore(f.DB, f.Keys, time.Now)}).Handler())
}
