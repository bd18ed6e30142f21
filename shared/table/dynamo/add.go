package dynamo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"postkontor/shared/table"
)

// rounds bounds how often Take and Merge go between adding to a living item and starting an expired one anew, while
// others do the same.
const rounds = 5

// Take is table.Table's.
func (r *remote) Take(ctx context.Context, key table.Key, limit table.Limit) (table.Count, bool, error) {
	fresh := table.Item{Key: key, Expires: limit.Expires, Data: json.RawMessage(`{"n":1}`)}
	if _, err := r.def.Members(fresh); err != nil {
		return table.Count{}, false, err
	}
	if limit.Max < 1 {
		return r.look(ctx, key, limit)
	}
	item, taken, err := r.add(ctx, fresh, func(e *expression) addition {
		n := e.name("n")
		a := addition{condition: "(attribute_not_exists(" + n + ") OR " + n + " < " + e.value(number(limit.Max)) + ")"}
		a.set = []string{n + " = if_not_exists(" + n + ", " + e.value(number(0)) + ") + " + e.value(number(1))}
		if !limit.Expires.IsZero() {
			exp := e.name("exp")
			a.set = append(a.set, exp+" = if_not_exists("+exp+", "+e.value(number(limit.Expires.Unix()))+")")
		}
		return a
	})
	if err != nil {
		return table.Count{}, false, err
	}
	count, err := r.countOf(item)
	return count, taken, err
}

// look is Take where nothing may be taken.
func (r *remote) look(ctx context.Context, key table.Key, limit table.Limit) (table.Count, bool, error) {
	item, there, err := r.Get(ctx, key, true)
	if err != nil || !there {
		return table.Count{Expires: limit.Expires.Truncate(time.Second).UTC()}, false, err
	}
	count, err := r.countOf(item)
	return count, false, err
}

func (r *remote) countOf(item table.Item) (table.Count, error) {
	var state struct {
		N int64 `json:"n"`
	}
	if err := item.Decode(&state); err != nil {
		return table.Count{}, fmt.Errorf("reading a count of %s: %w", r.def.Name, err)
	}
	return table.Count{N: state.N, Expires: item.Expires}, nil
}

// Merge is table.Table's.
func (r *remote) Merge(ctx context.Context, item table.Item) (table.Item, error) {
	members, err := r.def.Members(item)
	if err != nil {
		return table.Item{}, err
	}
	if len(members) > table.MaxMembers {
		return table.Item{}, fmt.Errorf("dynamo: %d members at once", len(members))
	}
	values, err := attributesOf(item, members)
	if err != nil {
		return table.Item{}, err
	}
	merged, _, err := r.add(ctx, item, func(e *expression) (a addition) {
		for name := range members {
			m := e.member(name)
			a.set = append(a.set, m+"=if_not_exists("+m+","+e.value(values[name])+")")
		}
		if item.Expires.IsZero() {
			a.remove = " REMOVE " + e.name("exp")
		} else {
			a.set = append(a.set, e.name("exp")+" = "+e.value(values["exp"]))
		}
		return a
	})
	return merged, err
}

// addition is what an update does beside raising the version.
type addition struct {
	set       []string
	remove    string
	condition string
}

// add changes a living or absent item by an update under a condition of its own, or stores fresh in place of an expired
// one. It answers what is there afterwards, and whether this call put it there.
func (r *remote) add(ctx context.Context, fresh table.Item, with func(*expression) addition) (table.Item, bool, error) {
	id := random(8)
	for range rounds {
		there, done, err := r.update(ctx, fresh.Key, id, with)
		if err != nil {
			return table.Item{}, false, fmt.Errorf("adding to an item of %s: %w", r.def.Name, err)
		}
		if done {
			item, err := itemOf(there)
			return item, true, err
		}
		if item, living, err := r.living(there); err != nil || living {
			return item, false, err
		}
		old, err := r.store(ctx, table.Op{Verb: table.OpCreate, Item: fresh}, id)
		if err != nil {
			return table.Item{}, false, fmt.Errorf("writing to %s: %w", r.def.Name, err)
		}
		if old == nil {
			fresh.Version, fresh.Expires = 1, fresh.Expires.Truncate(time.Second).UTC()
			return fresh, true, nil
		}
	}
	return table.Item{}, false, fmt.Errorf("adding to an item of %s that others start anew: %w", r.def.Name, table.ErrUnavailable)
}

// update answers the item as it is after the update, or, when a condition failed, as it is without it.
func (r *remote) update(ctx context.Context, key table.Key, id string, with func(*expression) addition) (there attributes, done bool, err error) {
	e := newExpression()
	a := with(e)
	v, w, own := e.name("v"), e.name("w"), e.value(text(id))
	a.set = append(a.set, v+" = if_not_exists("+v+", "+e.value(number(0))+") + "+e.value(number(1)), w+" = "+own)
	condition := e.unexpired(r.db.now()) + " AND (attribute_not_exists(" + w + ") OR " + w + " <> " + own + ")"
	if a.condition != "" {
		condition += " AND " + a.condition
	}
	input := &dynamodb.UpdateItemInput{TableName: r.name, Key: keyOf(key), ConditionExpression: &condition,
		UpdateExpression:         aws.String("SET " + strings.Join(a.set, ", ") + a.remove),
		ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values, ReturnValues: types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}
	var output *dynamodb.UpdateItemOutput
	err = r.db.call(ctx, func(ctx context.Context) (err error) {
		output, err = r.db.client.UpdateItem(ctx, input)
		return err
	})
	if err == nil {
		return output.Attributes, true, nil
	}
	there, err = failed(err)
	return there, textOf(there["w"]) == id, err
}
