// Package dynamo keeps the tables in DynamoDB.
//
// An item's members are attributes beside
//
//	pk, sk  the key (S)
//	v       the version (N)
//	exp     when it ends, in Unix seconds (N), only where it does; the table's time-to-live attribute
//	w       the id of the last single write (S), by which a write whose answer was lost knows itself again
//
// A call is tried again, with jitter, after a throttle, a time-out, a lost connection, a fault of the service or a
// conflict with another transaction. How a write that was applied before its answer was lost is then recognised:
// a transaction by its client token; Create, Replace, Take and Merge by w, which the failed condition brings back; a
// Delete by finding nothing. A Put is repeated to the same end.
package dynamo

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"postkontor/shared/table"
)

// Options say where the tables are.
type Options struct {
	Endpoint    string                  // "" is the region's own
	Region      string                  // "us-east-1"
	Prefix      string                  // before the name of each table
	Credentials aws.CredentialsProvider // nil: what Lambda puts into the environment
	HTTPClient  *http.Client            // nil: one of its own
	Now         func() time.Time        // decides what has expired; nil: time.Now
	Definitions []table.Definition
}

// Database is the tables of one account, region and prefix. It is safe for concurrent use.
type Database struct {
	client   *dynamodb.Client
	http     *http.Client
	endpoint string // "" is the region's own
	region   string
	prefix   string
	now      func() time.Time
	tables   map[string]*remote
}

// New makes a client without a call and without reading any file.
func New(o Options) *Database {
	if o.Credentials == nil {
		o.Credentials = aws.CredentialsProviderFunc(environment)
	}
	if o.HTTPClient == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = transport.MaxIdleConns
		o.HTTPClient = &http.Client{Transport: transport}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	options := dynamodb.Options{Region: o.Region, Credentials: o.Credentials, HTTPClient: o.HTTPClient, Retryer: aws.NopRetryer{}}
	options.AccountIDEndpointMode = aws.AccountIDEndpointModeDisabled
	if o.Endpoint != "" {
		options.BaseEndpoint = &o.Endpoint
	}
	d := &Database{client: dynamodb.New(options), http: o.HTTPClient, endpoint: o.Endpoint, region: o.Region,
		prefix: o.Prefix, now: o.Now, tables: map[string]*remote{}}
	for _, def := range o.Definitions {
		d.tables[def.Name] = &remote{db: d, def: def, name: aws.String(o.Prefix + def.Name)}
	}
	return d
}

func environment(context.Context) (aws.Credentials, error) {
	c := aws.Credentials{Source: "environment", AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN")}
	if !c.HasKeys() {
		return c, errors.New("no AWS credentials in the environment")
	}
	return c, nil
}

// Table answers the table of that name, which must be one of Options.Definitions.
func (d *Database) Table(name string) table.Table {
	r, there := d.tables[name]
	if !there {
		panic("dynamo: no table " + name)
	}
	return r
}

// Warm opens the connection that the first call will use. It is DynamoDB's own health page, which needs no permission.
func (d *Database) Warm(ctx context.Context) error {
	address := d.endpoint
	if address == "" {
		resolved, err := dynamodb.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, dynamodb.EndpointParameters{Region: &d.region})
		if err != nil {
			return fmt.Errorf("finding DynamoDB's endpoint: %w", err)
		}
		address = resolved.URI.String()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("connecting to DynamoDB: %w", err)
	}
	response, err := d.http.Do(request)
	if err != nil {
		return fmt.Errorf("connecting to DynamoDB: %w", err)
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// remote is one table.
type remote struct {
	db   *Database
	def  table.Definition
	name *string
}

// random answers n random bytes as text.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
