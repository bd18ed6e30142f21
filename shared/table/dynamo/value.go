package dynamo

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"postkontor/shared/table"
)

type attributes = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func keyOf(k table.Key) attributes { return attributes{"pk": text(k.PK), "sk": text(k.SK)} }

// attributesOf answers an item as it is stored, without w; its members have been checked.
func attributesOf(item table.Item, members map[string]json.RawMessage) (attributes, error) {
	a := make(attributes, len(members)+5)
	for name, raw := range members {
		value, err := valueOf(raw)
		if err != nil {
			return nil, err
		}
		a[name] = value
	}
	a["pk"], a["sk"], a["v"] = text(item.Key.PK), text(item.Key.SK), number(item.Version)
	if !item.Expires.IsZero() {
		a["exp"] = number(item.Expires.Unix())
	}
	return a, nil
}

// valueOf answers a JSON value, known to be valid, as an attribute.
func valueOf(raw json.RawMessage) (types.AttributeValue, error) {
	switch raw[0] {
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return text(s), err
	case 't', 'f':
		return &types.AttributeValueMemberBOOL{Value: raw[0] == 't'}, nil
	case 'n':
		return &types.AttributeValueMemberNULL{Value: true}, nil
	case '[':
		return listOf(raw)
	case '{':
		return mapOf(raw)
	}
	return &types.AttributeValueMemberN{Value: string(raw)}, nil
}

func listOf(raw json.RawMessage) (types.AttributeValue, error) {
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return nil, err
	}
	list := &types.AttributeValueMemberL{Value: make([]types.AttributeValue, len(elements))}
	for i, element := range elements {
		var err error
		if list.Value[i], err = valueOf(element); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func mapOf(raw json.RawMessage) (types.AttributeValue, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, err
	}
	m := &types.AttributeValueMemberM{Value: make(attributes, len(members))}
	for name, member := range members {
		var err error
		if m.Value[name], err = valueOf(member); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// itemOf reads a stored item back.
func itemOf(a attributes) (table.Item, error) {
	item := table.Item{Key: table.Key{PK: textOf(a["pk"]), SK: textOf(a["sk"])}, Expires: expiryOf(a)}
	var err error
	if item.Version, err = numberOf(a["v"]); err != nil {
		return item, fmt.Errorf("reading a version: %w", err)
	}
	item.Data, err = appendMap(make([]byte, 0, 512), a, true)
	return item, err
}

func expiryOf(a attributes) time.Time {
	if exp, err := numberOf(a["exp"]); err == nil {
		return time.Unix(exp, 0).UTC()
	}
	return time.Time{}
}

func textOf(value types.AttributeValue) string {
	if s, ok := value.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func numberOf(value types.AttributeValue) (int64, error) {
	n, ok := value.(*types.AttributeValueMemberN)
	if !ok {
		return 0, fmt.Errorf("a number is stored as %T", value)
	}
	return strconv.ParseInt(n.Value, 10, 64)
}

// own are the attributes of a stored item that are not members of its data.
var own = []string{"pk", "sk", "v", "exp", "w"}

func appendMap(b []byte, m attributes, top bool) ([]byte, error) {
	b = append(b, '{')
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if top && slices.Contains(own, name) {
			continue
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(append(appendText(b, name), ':'), m[name]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendText(b []byte, s string) []byte {
	quoted, _ := json.Marshal(s) // strings always encode
	return append(b, quoted...)
}

func appendValue(b []byte, value types.AttributeValue) ([]byte, error) {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return appendText(b, v.Value), nil
	case *types.AttributeValueMemberN:
		return append(b, v.Value...), nil
	case *types.AttributeValueMemberBOOL:
		return strconv.AppendBool(b, v.Value), nil
	case *types.AttributeValueMemberNULL:
		return append(b, "null"...), nil
	case *types.AttributeValueMemberM:
		return appendMap(b, v.Value, false)
	case *types.AttributeValueMemberL:
		return appendList(b, v.Value)
	}
	return nil, fmt.Errorf("an attribute of type %T was not written here", value)
}

func appendList(b []byte, list []types.AttributeValue) ([]byte, error) {
	b = append(b, '[')
	for i, element := range list {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, element); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}
