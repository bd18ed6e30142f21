package check

import (
	"context"
	"strings"
	"sync"

	"postkontor/shared/secret"
	"postkontor/shared/table"
)

// call is one thing that a function did to a table, or a ring that it read.
type call struct {
	function, action, table string
	partition               string // "USERNAME#*"
}

// ledger notes calls.
type ledger struct {
	mu   sync.Mutex
	seen map[call]bool
}

func (l *ledger) note(c call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen[c] = true
}

// noted is a database that writes down what one function does to it, as the IAM actions that DynamoDB asks for.
type noted struct {
	table.Database
	function string
	ledger   *ledger
}

func (n noted) note(name, pk string, actions ...string) {
	kind, _, _ := strings.Cut(pk, "#")
	for _, action := range actions {
		n.ledger.note(call{n.function, "dynamodb:" + action, name, kind + "#*"})
	}
}

// writes are the actions behind an operation of a transaction.
var writes = map[table.Verb]string{table.OpCreate: "PutItem", table.OpPut: "PutItem", table.OpReplace: "PutItem",
	table.OpDelete: "DeleteItem", table.OpCheck: "ConditionCheckItem"}

func (n noted) Transact(ctx context.Context, ops ...table.Op) error {
	for _, op := range ops {
		n.note(op.Table, op.Item.Key.PK, writes[op.Verb])
	}
	return n.Database.Transact(ctx, ops...)
}

func (n noted) Table(name string) table.Table { return notedTable{n.Database.Table(name), n, name} }

type notedTable struct {
	table.Table
	noted noted
	name  string
}

func (t notedTable) Get(ctx context.Context, key table.Key, consistent bool) (table.Item, bool, error) {
	t.noted.note(t.name, key.PK, "GetItem")
	return t.Table.Get(ctx, key, consistent)
}

func (t notedTable) GetMany(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	for _, key := range keys {
		t.noted.note(t.name, key.PK, "BatchGetItem")
	}
	return t.Table.GetMany(ctx, keys)
}

func (t notedTable) Query(ctx context.Context, q table.Query) (table.Page, error) {
	t.noted.note(t.name, q.Partition, "Query")
	return t.Table.Query(ctx, q)
}

func (t notedTable) Create(ctx context.Context, item table.Item) error {
	t.noted.note(t.name, item.Key.PK, "PutItem")
	return t.Table.Create(ctx, item)
}

func (t notedTable) Put(ctx context.Context, item table.Item) error {
	t.noted.note(t.name, item.Key.PK, "PutItem")
	return t.Table.Put(ctx, item)
}

func (t notedTable) Replace(ctx context.Context, item table.Item) error {
	t.noted.note(t.name, item.Key.PK, "PutItem")
	return t.Table.Replace(ctx, item)
}

func (t notedTable) Delete(ctx context.Context, key table.Key, version int64) error {
	t.noted.note(t.name, key.PK, "DeleteItem")
	return t.Table.Delete(ctx, key, version)
}

// Take needs a second action when the count had expired, and so does Merge.
func (t notedTable) Take(ctx context.Context, key table.Key, limit table.Limit) (table.Count, bool, error) {
	t.noted.note(t.name, key.PK, "UpdateItem", "PutItem")
	return t.Table.Take(ctx, key, limit)
}

func (t notedTable) Merge(ctx context.Context, item table.Item) (table.Item, error) {
	t.noted.note(t.name, item.Key.PK, "UpdateItem", "PutItem")
	return t.Table.Merge(ctx, item)
}

// notedKeys writes down which rings one function reads.
type notedKeys struct {
	secret.Source
	function string
	ledger   *ledger
}

func (n notedKeys) Parameter(ctx context.Context, name secret.Name) (string, error) {
	n.ledger.note(call{function: n.function, action: "ssm:GetParameters", table: string(name)})
	return n.Source.Parameter(ctx, name)
}
