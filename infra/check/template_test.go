package check

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"postkontor/infra/house"
	"postkontor/shared/account"
	"postkontor/shared/deployed"
	"postkontor/shared/parcel"
	"postkontor/shared/supply"
	"postkontor/shared/table"
)

// object is a mapping of the template. An intrinsic function stands as a mapping of its long name: !Sub "x" is
// {"Fn::Sub": "x"}, !Ref is {"Ref": …}.
type object = map[string]any

// resource is one resource of the template.
type resource struct {
	Type       string
	Properties object
}

// template answers the resources of template.yaml by their logical ids.
func template(t *testing.T) map[string]resource {
	t.Helper()
	all, err := resources()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var resources = sync.OnceValues(func() (map[string]resource, error) {
	whole, err := wholeTemplate()
	if err != nil {
		return nil, err
	}
	all := map[string]resource{}
	for id, r := range member(whole, "Resources").(object) {
		kind, _ := member(r, "Type").(string)
		properties, _ := member(r, "Properties").(object)
		all[id] = resource{kind, properties}
	}
	return all, nil
})

var wholeTemplate = sync.OnceValues(func() (object, error) {
	text, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	whole, err := value(document.Content[0])
	if err != nil {
		return nil, err
	}
	return whole.(object), nil
})

// value turns a node into maps, lists and scalars.
func value(n *yaml.Node) (any, error) {
	inner, err := untagged(n)
	if err != nil || !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return inner, err
	}
	name := strings.TrimPrefix(n.Tag, "!")
	if name == "Ref" || name == "Condition" {
		return object{name: inner}, nil
	}
	if text, ok := inner.(string); ok && name == "GetAtt" {
		id, attribute, _ := strings.Cut(text, ".")
		inner = []any{id, attribute}
	}
	return object{"Fn::" + name: inner}, nil
}

func untagged(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		all := object{}
		for i := 0; i < len(n.Content); i += 2 {
			v, err := value(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			all[n.Content[i].Value] = v
		}
		return all, nil
	case yaml.SequenceNode:
		all := []any{}
		for _, item := range n.Content {
			v, err := value(item)
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
		return all, nil
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return n.Value, nil
	}
	var v any
	err := n.Decode(&v)
	return v, err
}

// member answers what stands under names within v, nil when there is nothing.
func member(v any, names ...string) any {
	for _, name := range names {
		m, _ := v.(object)
		v = m[name]
	}
	return v
}

// of answers the resources of one type, in order.
func of(t *testing.T, kind string) []string {
	t.Helper()
	var ids []string
	for id, r := range template(t) {
		if r.Type == kind {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// lasting are the tables that can be brought back to any point in time; what stands in the others is gone in days.
var lasting = []string{account.Definition.Name, supply.Definition.Name, parcel.Definition.Name}

// TestTablesAreAsDefined: the template's tables are those of the code, key for key.
func TestTablesAreAsDefined(t *testing.T) {
	t.Parallel()
	deployed := map[string]object{}
	for _, id := range of(t, "AWS::DynamoDB::Table") {
		properties := template(t)[id].Properties
		name, _ := member(properties, "TableName", "Fn::Sub").(string)
		name, ok := strings.CutPrefix(name, "postkontor-${Stage}-")
		if !ok {
			t.Errorf("%s is not named after its stage", id)
		}
		deployed[name] = properties
	}
	for _, want := range house.Tables() {
		got, ok := deployed[want.Name]
		if !ok {
			t.Errorf("template.yaml has no table %s", want.Name)
			continue
		}
		delete(deployed, want.Name)
		if d := definition(want.Name, got); !equal(d, want) {
			t.Errorf("template.yaml has %+v, the code %+v", d, want)
		}
		if got["BillingMode"] != "PAY_PER_REQUEST" {
			t.Errorf("%s costs while idle", want.Name)
		}
		restorable := member(got, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") == true
		if restorable != slices.Contains(lasting, want.Name) {
			t.Errorf("%s: point-in-time recovery is %t", want.Name, restorable)
		}
	}
	for name := range maps.Keys(deployed) {
		t.Errorf("no package owns the table %s", name)
	}
}

// TestDeployedTablesAreAsDefined: what deployed functions know of the tables is what their owners say.
func TestDeployedTablesAreAsDefined(t *testing.T) {
	t.Parallel()
	if !slices.EqualFunc(deployed.Tables(), house.Tables(), equal) {
		t.Errorf("package deployed has %+v, their owners %+v", deployed.Tables(), house.Tables())
	}
}

// definition reads a table back from its properties.
func definition(name string, properties object) table.Definition {
	d := table.Definition{Name: name}
	if keys := schema(properties["KeySchema"]); !slices.Equal(keys, []string{"pk", "sk"}) {
		d.Name += " with other keys"
	}
	d.TTL = member(properties, "TimeToLiveSpecification", "Enabled") == true &&
		member(properties, "TimeToLiveSpecification", "AttributeName") == "exp"
	d.Stream = member(properties, "StreamSpecification", "StreamViewType") == "KEYS_ONLY"
	indexes, _ := properties["GlobalSecondaryIndexes"].([]any)
	for _, x := range indexes {
		keys := append(schema(member(x, "KeySchema")), "")
		name, _ := member(x, "IndexName").(string)
		d.Indexes = append(d.Indexes, table.Index{Name: name, Partition: keys[0], Sort: keys[1]})
	}
	return d
}

func schema(v any) (names []string) {
	keys, _ := v.([]any)
	for _, key := range keys {
		name, _ := member(key, "AttributeName").(string)
		names = append(names, name)
	}
	return names
}

func equal(a, b table.Definition) bool {
	return a.Name == b.Name && a.TTL == b.TTL && a.Stream == b.Stream && slices.Equal(a.Indexes, b.Indexes)
}

// TestFewAlarms: ten alarms are free, the eleventh costs while idle.
func TestFewAlarms(t *testing.T) {
	t.Parallel()
	alarms := of(t, "AWS::CloudWatch::Alarm")
	if n := len(alarms); n > 10 {
		t.Errorf("%d alarms", n)
	}
	for _, id := range alarms {
		if member(template(t)[id].Properties, "AlarmActions", "Fn::If") == nil {
			t.Errorf("%s tells nobody", id)
		}
	}
}
