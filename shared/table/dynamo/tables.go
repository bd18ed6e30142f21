package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// CreateTables makes the tables that are not there yet, for endpoints that no template deploys to.
func (d *Database) CreateTables(ctx context.Context) error {
	for _, r := range d.tables {
		if err := r.create(ctx); err != nil {
			return fmt.Errorf("creating the table %s: %w", *r.name, err)
		}
	}
	return nil
}

func (r *remote) create(ctx context.Context) error {
	attributes := map[string]bool{"pk": true, "sk": true}
	input := &dynamodb.CreateTableInput{TableName: r.name, BillingMode: types.BillingModePayPerRequest, KeySchema: schema("pk", "sk")}
	for _, x := range r.def.Indexes {
		attributes[x.Partition] = true
		if x.Sort != "" {
			attributes[x.Sort] = true
		}
		input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{IndexName: aws.String(x.Name),
			KeySchema: schema(x.Partition, x.Sort), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}})
	}
	for name := range attributes {
		input.AttributeDefinitions = append(input.AttributeDefinitions,
			types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS})
	}
	if r.def.Stream {
		input.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeKeysOnly}
	}
	_, err := r.db.client.CreateTable(ctx, input)
	var there *types.ResourceInUseException
	if errors.As(err, &there) {
		return nil
	}
	if err != nil || !r.def.TTL {
		return err
	}
	_, err = r.db.client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: r.name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("exp"), Enabled: aws.Bool(true)}})
	return err
}

func schema(partition, sort string) []types.KeySchemaElement {
	keys := []types.KeySchemaElement{{AttributeName: aws.String(partition), KeyType: types.KeyTypeHash}}
	if sort != "" {
		keys = append(keys, types.KeySchemaElement{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange})
	}
	return keys
}
