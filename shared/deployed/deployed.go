// Package deployed builds what a deployed function works with from its environment, as template.yaml sets it:
//
//	ORIGIN                    where the pages are; edge reads ALLOWED_ORIGINS beside it
//	OPERATOR                  the operator's profile as JSON, "" for the default
//	TABLE_PREFIX              stands before the names of the tables
//	KEYS_PREFIX               the path of the SSM parameters
//	DYNAMODB_ENDPOINT, SSM_ENDPOINT, SNS_ENDPOINT, SES_ENDPOINT, SQS_ENDPOINT   "" for AWS's own
//
// It is for the functions' main packages only. Nothing here waits: the connection to the table and the keys are begun and
// joined at their first use.
package deployed

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"postkontor/shared/awsjson"
	"postkontor/shared/message"
	"postkontor/shared/metric"
	"postkontor/shared/operator"
	"postkontor/shared/operator/api"
	"postkontor/shared/secret"
	"postkontor/shared/secret/ssm"
	"postkontor/shared/table"
	"postkontor/shared/table/dynamo"
)

// Function is one deployed function.
type Function struct {
	DB       table.Database
	Keys     secret.Source // nil when Open names no ring
	Origin   *url.URL
	Operator operator.Profile
	Events   *metric.Sink
	Log      *slog.Logger
}

// Open reads the environment of the function of that name, which uses these rings of keys. What is wrong with the
// environment ends the process: nothing can be served.
func Open(name string, keys ...secret.Name) *Function {
	log := lambdacontext.NewLogger()
	origin, err := url.Parse(Must("ORIGIN"))
	if err != nil || origin.Host == "" {
		fail("ORIGIN is not the address of a site")
	}
	profile := operator.Default()
	if text := os.Getenv("OPERATOR"); text != "" {
		if profile, err = operator.Parse([]byte(text)); err != nil {
			fail("OPERATOR: " + err.Error())
		}
	}
	db := dynamo.New(dynamo.Options{Endpoint: os.Getenv("DYNAMODB_ENDPOINT"), Region: os.Getenv("AWS_REGION"),
		Prefix: os.Getenv("TABLE_PREFIX"), Now: time.Now, Definitions: Tables()})
	go db.Warm(context.Background())
	f := &Function{DB: db, Origin: origin, Operator: profile, Events: metric.New(os.Stdout, name), Log: log}
	if len(keys) > 0 {
		f.Keys = ssm.Start(ssm.Config{Prefix: Must("KEYS_PREFIX"), Names: keys,
			Client: awsjson.Client{Endpoint: os.Getenv("SSM_ENDPOINT")}})
	}
	return f
}

// Tables are all tables of the product. They are defined by the packages that own them, and told again here so that no
// function links a package for the name of its table; a test of infra/check compares.
func Tables() []table.Definition {
	return []table.Definition{{Name: "accounts", TTL: true, Indexes: []table.Index{{Name: "due", Partition: "due"}}},
		{Name: "sessions", TTL: true}, {Name: "limits", TTL: true}, message.Definition,
		{Name: "supplies", Indexes: []table.Index{{Name: "open", Partition: "status", Sort: "number"}}}, {Name: "parcels", TTL: true}}
}

// Words are how courier's messages speak.
func (f *Function) Words() message.Words {
	return message.Words{Operator: f.Operator.Name, Origin: f.Origin.Scheme + "://" + f.Origin.Host}
}

// OperatorAPI is how the operator's own API at an origin is called. The function opens secret.OperatorAPI.
func (f *Function) OperatorAPI(origin string) api.Config {
	return api.Config{Origin: origin, Failed: func(err error) { f.Log.Warn("operator's API", "error", err) },
		Credentials: func(ctx context.Context) (string, error) { return f.Keys.Parameter(ctx, secret.OperatorAPI) }}
}

// Must answers a variable of the environment that has to be there.
func Must(name string) string {
	value := os.Getenv(name)
	if value == "" {
		fail(name + " is not set")
	}
	return value
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, "the environment:", why)
	os.Exit(1)
}
