// Command lambda is the function tracking.
package main

import (
	"time"

	"postkontor/functions/tracking"
	"postkontor/shared/account/saved"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/parcel"
)

func main() {
	f := deployed.Open("tracking")
	edge.Serve(tracking.New(tracking.Config{
		Edge:    edge.Of(f),
		Parcels: &parcel.Store{DB: f.DB, Now: time.Now},
		Saved:   &saved.Store{DB: f.DB, Now: time.Now},
	}).Handler())
}
