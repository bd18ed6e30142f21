package dynamo_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postkontor/shared/table/dynamo"
)

var anybody = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "body"}, nil
})

func open(t testing.TB, o dynamo.Options) *dynamo.Database {
	t.Helper()
	db := dynamo.New(o)
	if err := dynamo.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}
