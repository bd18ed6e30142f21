package dynamo_test

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"postkontor/infra/servers"
	"postkontor/shared/table"
	"postkontor/shared/table/conform"
	"postkontor/shared/table/dynamo"
)

// A call takes about a millisecond here, so the random sequences are fewer unless the command line says how many.
func TestMain(m *testing.M) {
	flag.Set("rapid.checks", "12")
	flag.Parse()
	os.Exit(m.Run())
}

var anybody = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "body"}, nil
})

func open(t testing.TB, o dynamo.Options) *dynamo.Database {
	t.Helper()
	db := dynamo.New(o)
	if err := db.CreateTables(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestCreateTables(t *testing.T) {
	t.Parallel()
	o := options(t, conform.NewClock())
	db := open(t, o)
	if err := db.CreateTables(t.Context()); err != nil {
		t.Errorf("a second time: %v", err)
	}
	client := dynamodb.New(dynamodb.Options{Region: o.Region, BaseEndpoint: &o.Endpoint, Credentials: anybody})
	for name, want := range map[string]struct {
		indexes int
		stream  bool
		ttl     types.TimeToLiveStatus
	}{"things": {0, true, "ENABLED"}, "indexed": {2, false, "ENABLED"}, "lasting": {0, false, "DISABLED"}} {
		name = o.Prefix + name
		made, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
		if err != nil {
			t.Fatal(err)
		}
		ttl, err := client.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &name})
		if err != nil {
			t.Fatal(err)
		}
		got := ttl.TimeToLiveDescription
		if len(made.Table.GlobalSecondaryIndexes) != want.indexes || (made.Table.StreamSpecification != nil) != want.stream ||
			got.TimeToLiveStatus != want.ttl || made.Table.BillingModeSummary.BillingMode != types.BillingModePayPerRequest {
			t.Errorf("%s is %+v with time to live %+v", name, made.Table, got)
		}
		if want.ttl == "ENABLED" && *got.AttributeName != "exp" {
			t.Errorf("%s ends by %s", name, *got.AttributeName)
		}
	}
}

// TestWarm: the first call needs no connection of its own.
func TestWarm(t *testing.T) {
	t.Parallel()
	o := options(t, conform.NewClock())
	open(t, o)
	var dialled atomic.Int64
	o.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled.Add(1)
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}}
	db := dynamo.New(o)
	if err := db.Warm(t.Context()); err != nil || dialled.Load() != 1 {
		t.Fatalf("warming: %v, %d connections", err, dialled.Load())
	}
	if _, _, err := db.Table("things").Get(t.Context(), thing("x", "").Key, true); err != nil || dialled.Load() != 1 {
		t.Errorf("getting after it: %v, %d connections", err, dialled.Load())
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestRegionsOwnEndpoint: without an endpoint, calls and the warming go to one and the same host.
func TestRegionsOwnEndpoint(t *testing.T) {
	t.Parallel()
	var asked []string
	o := dynamo.Options{Region: "eu-north-1", Credentials: anybody, Definitions: conform.Definitions}
	o.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.Scheme+"://"+r.URL.Host)
		return answers(400, "AccessDeniedException")(r, nil)
	})}
	db := dynamo.New(o)
	if err := db.Warm(t.Context()); err != nil {
		t.Error(err)
	}
	db.Table("things").Get(t.Context(), thing("x", "").Key, true)
	if own := "https://dynamodb.eu-north-1.amazonaws.com"; len(asked) != 2 || asked[0] != own || asked[1] != own {
		t.Errorf("asked %v", asked)
	}
}

func TestCredentialsOfTheEnvironment(t *testing.T) {
	o := options(t, conform.NewClock())
	o.Credentials = nil
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "")
	}
	db := dynamo.New(o)
	_, _, err := db.Table("things").Get(t.Context(), thing("x", "").Key, true)
	if err == nil || errors.Is(err, table.ErrUnavailable) || !strings.Contains(err.Error(), "credentials") {
		t.Errorf("without credentials: %v", err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "any")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "body")
	if err := db.CreateTables(t.Context()); err != nil {
		t.Errorf("with credentials: %v", err)
	}
}

// TestErrorsTellNothing: no error holds a key or a value of an item.
func TestErrorsTellNothing(t *testing.T) {
	t.Parallel()
	o := options(t, conform.NewClock())
	o.Endpoint = servers.DynamoDB(t)
	db := dynamo.New(o) // without tables
	secret := table.Item{Key: table.Key{PK: "EMAIL#anna@example.com", SK: "CODE#123456"}, Data: []byte(`{"password":"open sesame"}`)}
	_, merged := db.Table("things").Merge(t.Context(), secret)
	_, _, got := db.Table("things").Get(t.Context(), secret.Key, true)
	number := secret
	number.Data = []byte(`{"open":1,"password":"open sesame"}`)
	for _, err := range []error{db.Table("things").Create(t.Context(), secret), db.Transact(t.Context(), table.Op{Table: "things", Item: secret}),
		merged, got, db.Table("indexed").Create(t.Context(), number)} {
		if err == nil {
			t.Error("no error without tables")
			continue
		}
		for _, part := range []string{"anna", "123456", "sesame"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%v tells %q", err, part)
			}
		}
	}
}
