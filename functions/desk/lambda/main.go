// Command lambda is the function desk.
package main

import (
	"os"
	"time"

	"postkontor/functions/desk"
	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/deployed/verifier"
	"postkontor/shared/secret"
	"postkontor/shared/supply"
)

func main() {
	f := deployed.Open("desk", secret.Pepper, secret.Token, secret.Decoy, secret.SealPublic, secret.OperatorAPI)
	edge.Serve(desk.New(desk.Config{
		Edge:      edge.Of(f),
		Accounts:  account.NewStore(f.DB, f.Keys, time.Now),
		Supplies:  supply.NewStore(f.DB, time.Now),
		Addresses: verifier.Of(f),
		Tokens:    &address.Tokens{Key: secret.NewKey(f.Keys, secret.Token), Now: time.Now},
		Provider: desk.Provider{Issuer: deployed.Must("AGENT_ISSUER"), Client: deployed.Must("AGENT_CLIENT"),
			Request: deployed.Must("AGENT_REQUEST"), Endpoints: os.Getenv("AGENT_ENDPOINTS"), Roles: os.Getenv("AGENT_ROLES")},
	}).Handler())
}
