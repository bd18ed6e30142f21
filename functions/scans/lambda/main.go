// Command lambda is the function scans.
package main

import (
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"postkontor/functions/scans"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/parcel"
)

func main() {
	f := deployed.Open("scans")
	lambda.Start(scans.New(scans.Config{Edge: edge.Of(f), Parcels: &parcel.Store{DB: f.DB, Now: time.Now}, Log: f.Log}))
}
