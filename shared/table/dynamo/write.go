package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"postkontor/shared/table"
)

// Create is table.Table's.
func (r *remote) Create(ctx context.Context, item table.Item) error {
	return r.put(ctx, table.Op{Verb: table.OpCreate, Item: item})
}

// Put is table.Table's; see storedVersion for the version.
func (r *remote) Put(ctx context.Context, item table.Item) error {
	item.Version = max(item.Version, time.Now().UnixMicro())
	return r.put(ctx, table.Op{Verb: table.OpPut, Item: item})
}

// Replace is table.Table's.
func (r *remote) Replace(ctx context.Context, item table.Item) error {
	return r.put(ctx, table.Op{Verb: table.OpReplace, Item: item})
}

func (r *remote) put(ctx context.Context, op table.Op) error {
	old, err := r.store(ctx, op, random(8))
	if err != nil {
		return fmt.Errorf("writing to %s: %w", r.def.Name, err)
	}
	if old != nil {
		return table.ErrCondition
	}
	return nil
}

// store writes a whole item under a write id. When the condition fails it answers what is there instead, unless that is
// this very write, applied by a try whose answer was lost.
func (r *remote) store(ctx context.Context, op table.Op, id string) (old attributes, err error) {
	members, err := r.def.Members(op.Item)
	if err != nil {
		return nil, err
	}
	e := newExpression()
	condition := e.condition(op, r.db.now())
	op.Item.Version = storedVersion(op)
	stored, err := attributesOf(op.Item, members)
	if err != nil {
		return nil, err
	}
	stored["w"] = text(id)
	input := &dynamodb.PutItemInput{TableName: r.name, Item: stored}
	if condition != "" {
		input.ConditionExpression = &condition
		input.ExpressionAttributeNames, input.ExpressionAttributeValues = e.names, e.bound()
		input.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	}
	err = r.db.call(ctx, func(ctx context.Context) error {
		_, err := r.db.client.PutItem(ctx, input)
		return err
	})
	old, err = failed(err)
	if err == nil && textOf(old["w"]) == id {
		return nil, nil
	}
	return old, err
}

// failed turns the error of a failed condition into what is there, which is empty but not nil when nothing is.
func failed(err error) (there attributes, other error) {
	var condition *types.ConditionalCheckFailedException
	if !errors.As(err, &condition) {
		return nil, err
	}
	if condition.Item == nil {
		return attributes{}, nil
	}
	return condition.Item, nil
}

// Delete is table.Table's.
func (r *remote) Delete(ctx context.Context, key table.Key, version int64) error {
	if err := key.Check(); err != nil {
		return err
	}
	input := &dynamodb.DeleteItemInput{TableName: r.name, Key: keyOf(key)}
	e := newExpression()
	if condition := e.condition(table.Op{Verb: table.OpDelete, Item: table.Item{Version: version}}, r.db.now()); condition != "" {
		input.ConditionExpression = &condition
		input.ExpressionAttributeNames, input.ExpressionAttributeValues = e.names, e.bound()
	}
	err := r.db.call(ctx, func(ctx context.Context) error {
		_, err := r.db.client.DeleteItem(ctx, input)
		return err
	})
	if old, err := failed(err); err != nil {
		return fmt.Errorf("deleting from %s: %w", r.def.Name, err)
	} else if old != nil {
		return table.ErrCondition
	}
	return nil
}
