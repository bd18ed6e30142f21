// Package table is the data layer: typed keys and a small closed set of verbs, each naming its condition, each one
// DynamoDB call. Package dynamo and package embedded are the two backends; package conform holds both to this text.
//
// # Items
//
// An item is a JSON object under a partition key and a sort key, with a version that every write raises and, where it
// ends, an expiry. An expired item counts as absent in every verb, whether or not the backend has deleted it yet. In
// DynamoDB the members of the object are top-level attributes beside pk, sk, v and exp; member names "pk", "sk", "v",
// "exp" and "w" are reserved. Numbers have up to 38 digits. The order of members and the spelling of numbers and escapes
// may change on the way; the values do not.
//
// # Writes that are tried again
//
// A backend tries a call again when its answer is lost. A transaction, Create, Replace and Delete then still have one
// effect and the right answer, unless yet another writer came between the tries: then Create, Replace and Delete go by
// what that writer left, as if it had been first. A Merge, Put or Delete with AnyVersion that was applied is applied once
// more to the same end, over what came between. A Take may count twice when another Take came between, never past the
// limit: a limit errs on the strict side.
//
// # Keys
//
// The package that owns a table owns its key types and lists them in its package documentation.
package table

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Key addresses one item. Both parts are non-empty.
type Key struct{ PK, SK string }

// Item is what is stored.
type Item struct {
	Key     Key
	Version int64           // 1 after the first write, raised by each
	Expires time.Time       // zero: never; kept in whole seconds, fractions are cut off
	Data    json.RawMessage // a JSON object
}

// Expired reports whether the item counts as absent at now.
func (i Item) Expired(now time.Time) bool {
	return !i.Expires.IsZero() && i.Expires.Unix() <= now.Unix()
}

// Decode reads the item's data into v, a pointer to a struct.
func (i Item) Decode(v any) error { return json.Unmarshal(i.Data, v) }

// Definition declares a table for the backends that create tables and for the check of template.yaml.
type Definition struct {
	Name    string  // "accounts"; the dynamo backend puts a prefix before it
	Indexes []Index // sparse
	Stream  bool    // inserts are streamed (keys only)
	TTL     bool    // items may carry an expiry
}

// Index is a sparse global index, eventually consistent: an item is in it while its data has a member Partition (and
// Sort, when named), which must be a string that is not empty. Queries on it answer whole items; without a Sort in no
// certain order, and then neither Prefix nor From and To may be asked.
type Index struct{ Name, Partition, Sort string }

// Query asks for the items of one partition, in the order of their sort keys (bytes).
type Query struct {
	Index      string // "" is the table itself
	Partition  string
	Prefix     string // of the sort key; "" is all
	From, To   string // bounds of the sort key, both inclusive, used when Prefix is "" and either is set
	Descending bool
	Limit      int    // at most that many items a page; 0 is as many as fit (1 MB)
	Cursor     string // Page.Next of the page before
	Consistent bool   // not on an index
}

// Page is a part of a query's answer; Next is "" on the last one. A page may be short, even empty, with a Next. A cursor
// may pass through the hands of clients: whatever they make of it, a query answers items of its own partition and
// range, or ErrCursor.
type Page struct {
	Items []Item
	Next  string
}

// Count is the state of a counter after Take. The item's data is {"n": N}.
type Count struct {
	N       int64
	Expires time.Time
}

// Limit bounds a counter: at most Max takes until Expires, which is set when the count starts.
type Limit struct {
	Max     int64
	Expires time.Time
}

// ErrCondition says that a verb's condition did not hold: an answer, not a failure. Transact wraps it in *Conflict.
var ErrCondition = errors.New("table: condition not met")

// ErrUnavailable says that the backend did not take the call after all retries (throttling, time-out, no connection);
// whether a write was applied is then unknown.
var ErrUnavailable = errors.New("table: unavailable")

// ErrCursor says that a query's cursor is none that was given out for it.
var ErrCursor = errors.New("table: not a cursor of this query")

// Conflict is Transact's ErrCondition: the index of the first operation whose condition failed.
type Conflict struct{ Op int }

func (c *Conflict) Error() string        { return "table: condition of a transaction not met" }
func (c *Conflict) Is(target error) bool { return target == ErrCondition }

// AnyVersion in Replace and Delete operations stands for "whatever is there".
const AnyVersion int64 = -1

// Table is one table of a backend. It is safe for concurrent use. Writes that time out after they were applied are
// recognised as one's own when they are tried again.
type Table interface {
	// Get answers the item and whether it is there.
	Get(ctx context.Context, key Key, consistent bool) (Item, bool, error)
	// GetMany answers the items that are there, in the order of keys, eventually consistent; up to 100 keys, which
	// must differ.
	GetMany(ctx context.Context, keys []Key) ([]Item, error)
	// Query answers one page.
	Query(ctx context.Context, q Query) (Page, error)
	// Create stores an item that is not there (or has expired), with version 1; else ErrCondition.
	Create(ctx context.Context, item Item) error
	// Put stores an item whatever is there. Its version is higher than that of what was there.
	Put(ctx context.Context, item Item) error
	// Replace stores the item if what is there has item.Version; the stored version is item.Version+1. Else ErrCondition.
	Replace(ctx context.Context, item Item) error
	// Delete removes the item if it has the version, or AnyVersion. What is absent already counts as removed; another
	// version is ErrCondition.
	Delete(ctx context.Context, key Key, version int64) error
	// Take counts up by one while the count is under limit.Max and answers the count either way, and whether it was
	// taken. A count that had expired starts again at one, with limit.Expires; one without an expiry gets it.
	Take(ctx context.Context, key Key, limit Limit) (Count, bool, error)
	// Merge adds the members of item.Data (up to 100) that are not there yet, sets the expiry to item.Expires, creates
	// the item when it is absent, and answers the whole item as it then is. item.Version is ignored.
	Merge(ctx context.Context, item Item) (Item, error)
}

// Database is all tables of one backend.
type Database interface {
	// Table answers the table of that definition's name.
	Table(name string) Table
	// Transact applies all operations (1–100, on different items) or none. A failed condition is a *Conflict.
	Transact(ctx context.Context, ops ...Op) error
}

// Verb is what an operation of a transaction does.
type Verb int

// The verbs of a transaction. Each has the meaning of the Table method of its name.
const (
	OpCreate  Verb = iota
	OpPut          // the version becomes that of the item given, plus one
	OpReplace      // item.Version, or AnyVersion: whatever version, but there; the stored one is higher
	OpDelete       // item.Version, or AnyVersion
	OpCheck        // writes nothing: the item is there with item.Version, or AnyVersion; version 0: it is absent
)

// Op is one operation of a transaction.
type Op struct {
	Verb  Verb
	Table string
	Item  Item // OpDelete and OpCheck use key and version only
}

// New makes an item of a key and a struct that encodes to a JSON object.
func New(key Key, v any) (Item, error) {
	data, err := json.Marshal(v)
	return Item{Key: key, Data: data}, err
}
