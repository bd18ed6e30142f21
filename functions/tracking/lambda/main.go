// Command lambda is the function tracking.
package main

import (
	"time"

	"postkontor/functions/tracking"
	"postkontor/shared/account/saved"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/secret"
)

func main() {
	f := deployed.Open("tracking", secret.Token)
	edge.Serve(tracking.New(tracking.Config{
		Edge:    edge.Of(f),
		Parcels: &parcel.Store{DB: f.DB, Now: time.Now},
		Saved:   &saved.Store{DB: f.DB, Now: time.Now},
		Follow:  follow.New(f.DB, f.Keys, time.Now),
	}).Handler())
}
