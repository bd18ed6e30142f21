// Package verifier chooses who verifies addresses for a deployed function. It stands apart from package deployed so that
// only the functions which verify link it.
package verifier

import (
	"context"
	"os"

	"postkontor/shared/address"
	"postkontor/shared/address/usps"
	"postkontor/shared/deployed"
	"postkontor/shared/operator/api"
	"postkontor/shared/secret"
)

// Of asks the operator's API where ADDRESS_API says that there is one, and the shipped data else. The function opens
// secret.OperatorAPI.
func Of(f *deployed.Function) address.Verifier {
	origin := os.Getenv("ADDRESS_API")
	if origin == "" {
		return address.Embedded{}
	}
	return usps.New(api.Config{Origin: origin, Failed: func(err error) { f.Log.Warn("operator's address API", "error", err) },
		Credentials: func(ctx context.Context) (string, error) { return f.Keys.Parameter(ctx, secret.OperatorAPI) }})
}
