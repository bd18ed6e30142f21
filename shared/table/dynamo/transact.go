package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"postkontor/shared/table"
)

// Transact is table.Database's. DynamoDB knows a transaction by its token for ten minutes.
func (d *Database) Transact(ctx context.Context, ops ...table.Op) error {
	if err := table.CheckOps(ops); err != nil {
		return err
	}
	input := &dynamodb.TransactWriteItemsInput{ClientRequestToken: aws.String(random(24))}
	for i, op := range ops {
		r, there := d.tables[op.Table]
		if !there {
			return fmt.Errorf("dynamo: no table %s", op.Table)
		}
		item, err := r.operation(op)
		if err != nil {
			return fmt.Errorf("operation %d of a transaction: %w", i, err)
		}
		input.TransactItems = append(input.TransactItems, item)
	}
	err := d.call(ctx, func(ctx context.Context) error {
		_, err := d.client.TransactWriteItems(ctx, input)
		return err
	})
	if i, ok := conflicted(err); ok {
		return &table.Conflict{Op: i}
	}
	if err != nil {
		return fmt.Errorf("transaction of %d operations: %w", len(ops), err)
	}
	return nil
}

// conflicted answers the first operation whose condition failed.
func conflicted(err error) (op int, ok bool) {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return 0, false
	}
	for i, reason := range cancelled.CancellationReasons {
		if codeOf(reason) == "ConditionalCheckFailed" {
			return i, true
		}
	}
	return 0, false
}

func (r *remote) operation(op table.Op) (item types.TransactWriteItem, err error) {
	e := newExpression()
	var condition *string
	if c := e.condition(op, r.db.now()); c != "" {
		condition = &c
	}
	names, values := e.names, e.bound()
	switch op.Verb {
	case table.OpDelete:
		item.Delete = &types.Delete{TableName: r.name, Key: keyOf(op.Item.Key), ConditionExpression: condition,
			ExpressionAttributeNames: names, ExpressionAttributeValues: values}
		return item, op.Item.Key.Check()
	case table.OpCheck:
		item.ConditionCheck = &types.ConditionCheck{TableName: r.name, Key: keyOf(op.Item.Key), ConditionExpression: condition,
			ExpressionAttributeNames: names, ExpressionAttributeValues: values}
		return item, op.Item.Key.Check()
	}
	members, err := r.def.Members(op.Item)
	if err != nil {
		return item, err
	}
	op.Item.Version = storedVersion(op)
	stored, err := attributesOf(op.Item, members)
	if condition == nil {
		names = nil
	}
	item.Put = &types.Put{TableName: r.name, Item: stored, ConditionExpression: condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values}
	return item, err
}
