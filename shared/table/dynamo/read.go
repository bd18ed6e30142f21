package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"postkontor/shared/table"
)

// Get is table.Table's.
func (r *remote) Get(ctx context.Context, key table.Key, consistent bool) (item table.Item, there bool, err error) {
	if err := key.Check(); err != nil {
		return item, false, err
	}
	input := &dynamodb.GetItemInput{TableName: r.name, Key: keyOf(key), ConsistentRead: &consistent}
	var output *dynamodb.GetItemOutput
	err = r.db.call(ctx, func(ctx context.Context) (err error) {
		output, err = r.db.client.GetItem(ctx, input)
		return err
	})
	if err != nil {
		return item, false, fmt.Errorf("getting from %s: %w", r.def.Name, err)
	}
	return r.living(output.Item)
}

// living reads an item that may not be there, or may have expired.
func (r *remote) living(a attributes) (item table.Item, there bool, err error) {
	if a == nil {
		return item, false, nil
	}
	if item, err = itemOf(a); err != nil {
		return item, false, fmt.Errorf("reading an item of %s: %w", r.def.Name, err)
	}
	if item.Expired(r.db.now()) {
		return table.Item{}, false, nil
	}
	return item, true, nil
}

// GetMany is table.Table's.
func (r *remote) GetMany(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	if err := table.CheckKeys(keys); err != nil || len(keys) == 0 {
		return nil, err
	}
	found, err := r.batch(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("getting many from %s: %w", r.def.Name, err)
	}
	var items []table.Item
	for _, key := range keys {
		item, there, err := r.living(found[key])
		if err != nil {
			return nil, err
		}
		if there {
			items = append(items, item)
		}
	}
	return items, nil
}

// batch asks until no key is left unprocessed. A batch may come back in parts because it is large, or because the table
// is throttled; only tries that bring nothing at all are counted.
func (r *remote) batch(ctx context.Context, keys []table.Key) (map[table.Key]attributes, error) {
	found := make(map[table.Key]attributes, len(keys))
	asked := types.KeysAndAttributes{}
	for _, key := range keys {
		asked.Keys = append(asked.Keys, keyOf(key))
	}
	for try := 1; ; try++ {
		input := &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{*r.name: asked}}
		var output *dynamodb.BatchGetItemOutput
		err := r.db.call(ctx, func(ctx context.Context) (err error) {
			output, err = r.db.client.BatchGetItem(ctx, input)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, a := range output.Responses[*r.name] {
			found[table.Key{PK: textOf(a["pk"]), SK: textOf(a["sk"])}] = a
		}
		left := output.UnprocessedKeys[*r.name]
		if len(left.Keys) == 0 {
			return found, nil
		}
		if len(left.Keys) < len(asked.Keys) {
			try = 1
		}
		if try == tries || !pause(ctx, try) {
			return nil, fmt.Errorf("%w: %d keys were not processed", table.ErrUnavailable, len(left.Keys))
		}
		asked = left
	}
}

// Query is table.Table's. It asks for one item more than the limit, so that a last page that is full has no Next.
func (r *remote) Query(ctx context.Context, q table.Query) (page table.Page, err error) {
	var index table.Index
	if q.Index != "" {
		if index, err = r.def.Index(q.Index); err != nil {
			return page, err
		}
	}
	if err := q.Check(index); err != nil {
		return page, err
	}
	input, err := r.queryInput(q, index)
	if err != nil {
		return page, fmt.Errorf("querying %s: %w", r.def.Name, err)
	}
	var output *dynamodb.QueryOutput
	err = r.db.call(ctx, func(ctx context.Context) (err error) {
		output, err = r.db.client.Query(ctx, input)
		return err
	})
	var refused smithy.APIError
	if q.Cursor != "" && errors.As(err, &refused) && refused.ErrorCode() == "ValidationException" {
		err = table.ErrCursor // it names a place that no such query can have ended at
	}
	if err != nil {
		return page, fmt.Errorf("querying %s: %w", r.def.Name, err)
	}
	return r.page(output, q, index)
}

func (r *remote) queryInput(q table.Query, index table.Index) (*dynamodb.QueryInput, error) {
	partition, sort := "pk", "sk"
	input := &dynamodb.QueryInput{TableName: r.name, ConsistentRead: &q.Consistent, ScanIndexForward: aws.Bool(!q.Descending)}
	if q.Index != "" {
		partition, sort, input.IndexName = index.Partition, index.Sort, &q.Index
	}
	if q.Limit > 0 {
		input.Limit = aws.Int32(int32(q.Limit) + 1)
	}
	at, ok, err := q.Position(index)
	if err != nil {
		return nil, err
	}
	if ok {
		input.ExclusiveStartKey = keyOf(at.Key)
		input.ExclusiveStartKey[partition] = text(q.Partition)
		if at.Sort != "" {
			input.ExclusiveStartKey[sort] = text(at.Sort)
		}
	}
	e := newExpression()
	input.KeyConditionExpression = aws.String(e.member(partition) + " = " + e.value(text(q.Partition)) + e.within(q, sort))
	input.FilterExpression = aws.String(e.unexpired(r.db.now()))
	input.ExpressionAttributeNames, input.ExpressionAttributeValues = e.names, e.values
	return input, nil
}

// within answers the bounds of a query's sort key, as far as it has any.
func (e *expression) within(q table.Query, sort string) string {
	switch {
	case q.Prefix != "":
		return " AND begins_with(" + e.member(sort) + ", " + e.value(text(q.Prefix)) + ")"
	case q.From != "" && q.To != "":
		return " AND " + e.member(sort) + " BETWEEN " + e.value(text(q.From)) + " AND " + e.value(text(q.To))
	case q.From != "":
		return " AND " + e.member(sort) + " >= " + e.value(text(q.From))
	case q.To != "":
		return " AND " + e.member(sort) + " <= " + e.value(text(q.To))
	}
	return ""
}

func (r *remote) page(output *dynamodb.QueryOutput, q table.Query, index table.Index) (page table.Page, err error) {
	rows, last := output.Items, output.LastEvaluatedKey
	if q.Limit > 0 && len(rows) > q.Limit {
		rows = rows[:q.Limit]
		last = rows[q.Limit-1]
	}
	for _, row := range rows {
		item, err := itemOf(row)
		if err != nil {
			return page, fmt.Errorf("reading an item of %s: %w", r.def.Name, err)
		}
		page.Items = append(page.Items, item)
	}
	if last != nil {
		at := table.Position{Key: table.Key{PK: textOf(last["pk"]), SK: textOf(last["sk"])}}
		if index.Sort != "" {
			at.Sort = textOf(last[index.Sort])
		}
		page.Next = at.Cursor(q)
	}
	return page, nil
}
