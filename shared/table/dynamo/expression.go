package dynamo

import (
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"postkontor/shared/table"
)

// expression collects the names and values that an expression refers to. Every attribute goes by a placeholder, because
// many words are reserved.
type expression struct {
	names  map[string]string
	values attributes
}

func newExpression() *expression {
	return &expression{names: map[string]string{}, values: attributes{}}
}

// name answers the placeholder of one of the package's own attributes.
func (e *expression) name(attribute string) string {
	e.names["#"+attribute] = attribute
	return "#" + attribute
}

// member answers the placeholder of a member that may have any name.
func (e *expression) member(name string) string {
	placeholder := "#" + strconv.Itoa(len(e.names))
	e.names[placeholder] = name
	return placeholder
}

func (e *expression) value(v types.AttributeValue) string {
	placeholder := ":" + strconv.Itoa(len(e.values))
	e.values[placeholder] = v
	return placeholder
}

// bound answers the values, nil when there are none, as DynamoDB wants it.
func (e *expression) bound() attributes {
	if len(e.values) == 0 {
		return nil
	}
	return e.values
}

// absent holds when there is no item, or an expired one.
func (e *expression) absent(now time.Time) string {
	return "(attribute_not_exists(" + e.name("pk") + ") OR " + e.name("exp") + " <= " + e.value(number(now.Unix())) + ")"
}

// unexpired holds when there is a living item, or none.
func (e *expression) unexpired(now time.Time) string {
	return "(attribute_not_exists(" + e.name("exp") + ") OR " + e.name("exp") + " > " + e.value(number(now.Unix())) + ")"
}

func (e *expression) version(v int64) string { return e.name("v") + " = " + e.value(number(v)) }

// condition answers what must hold for an operation, "" when nothing must.
func (e *expression) condition(op table.Op, now time.Time) string {
	there := func() string {
		if op.Item.Version == table.AnyVersion {
			return "attribute_exists(" + e.name("pk") + ") AND " + e.unexpired(now)
		}
		return e.version(op.Item.Version) + " AND " + e.unexpired(now)
	}
	switch {
	case op.Verb == table.OpCreate, op.Verb == table.OpCheck && op.Item.Version == 0:
		return e.absent(now)
	case op.Verb == table.OpReplace, op.Verb == table.OpCheck:
		return there()
	case op.Verb == table.OpDelete && op.Item.Version != table.AnyVersion:
		return e.absent(now) + " OR " + e.version(op.Item.Version)
	}
	return ""
}

// storedVersion is the version that an operation stores. What replaces any version does not know what it was: the time
// in microseconds is above every version that was counted up, and above every earlier time.
func storedVersion(op table.Op) int64 {
	switch {
	case op.Verb == table.OpCreate:
		return 1
	case op.Verb == table.OpReplace && op.Item.Version == table.AnyVersion:
		return time.Now().UnixMicro()
	}
	return op.Item.Version + 1
}
