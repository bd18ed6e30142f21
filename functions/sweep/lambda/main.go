// Command lambda is the function sweep.
package main

import (
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"postkontor/functions/sweep"
	"postkontor/shared/account"
	"postkontor/shared/deployed"
	"postkontor/shared/secret"
)

func main() {
	f := deployed.Open("sweep", secret.Decoy, secret.SealPublic)
	most, err := strconv.Atoi(os.Getenv("SWEEP_MOST"))
	if err != nil {
		panic("SWEEP_MOST is no number")
	}
	lambda.Start(sweep.New(sweep.Config{Accounts: account.NewStore(f.DB, f.Keys, time.Now), Most: most, Metrics: f.Events, Log: f.Log}).Run)
}
