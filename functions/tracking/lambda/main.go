// Command lambda is the function tracking.
package main

import (
	"os"
	"time"

	"postkontor/functions/tracking"
	"postkontor/shared/account/saved"
	"postkontor/shared/deployed"
	"postkontor/shared/deployed/edge"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/parcel/usps"
	"postkontor/shared/secret"
)

func main() {
	f := deployed.Open("tracking", secret.Token, secret.OperatorAPI)
	edge.Serve(tracking.New(tracking.Config{
		Edge:    edge.Of(f),
		Parcels: tracker(f),
		Saved:   &saved.Store{DB: f.DB, Now: time.Now},
		Follow:  follow.New(f.DB, f.Keys, time.Now),
	}).Handler())
}

// tracker asks the operator's API where TRACKING_API says that there is one, with the product's own store behind it.
func tracker(f *deployed.Function) tracking.Tracker {
	store := &parcel.Store{DB: f.DB, Now: time.Now}
	if origin := os.Getenv("TRACKING_API"); origin != "" {
		return usps.New(f.OperatorAPI(origin), store)
	}
	return store
}
