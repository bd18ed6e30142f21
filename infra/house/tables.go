package house

import (
	"context"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postkontor/infra/servers"
	"postkontor/shared/table"
	"postkontor/shared/table/dynamo"
	"postkontor/shared/table/embedded"
)

// OpenTables opens all tables, empty, to measure something on: embedded in a file of the folder, or in a DynamoDB Local that
// it starts. The function that it answers closes them.
func OpenTables(ctx context.Context, folder string, dynamoDB bool, now func() time.Time) (table.Database, func() error, error) {
	if !dynamoDB {
		db, err := embedded.Open(filepath.Join(folder, "tables.db"), now, Tables()...)
		if err != nil {
			return nil, nil, err
		}
		return db, db.Close, nil
	}
	server, err := servers.StartDynamoDB()
	if err != nil {
		return nil, nil, err
	}
	anybody := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
	})
	db := dynamo.New(dynamo.Options{Endpoint: server.Endpoint, Region: "us-east-1", Credentials: anybody, Now: now, Definitions: Tables()})
	return db, server.Stop, db.CreateTables(ctx)
}
