// Command lambda is the function scans.
package main

import (
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"postkontor/functions/scans"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/secret"
)

func main() {
	f := deployed.Open("scans", secret.Token, secret.SealPublic)
	lambda.Start(scans.New(scans.Config{Edge: edge.Of(f), Parcels: &parcel.Store{DB: f.DB, Now: time.Now, Tell: follow.New(f.DB, f.Keys, time.Now).Tell}, Log: f.Log}))
}
