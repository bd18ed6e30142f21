package conform

import (
	"errors"
	"fmt"
	"testing"

	"postkontor/shared/table"
)

var transactions = []test{
	{"TransactConditions", conditions},
	{"TransactConflict", conflicts},
	{"TransactMost", most},
}

// conditions: each verb of a transaction holds and fails as its Table method does, and stores the version that it says.
func conditions(t *testing.T, b Backend) {
	tb := b.Table("lasting")
	for i, test := range []struct {
		verb    table.Verb
		there   bool // the item is there, with version 3
		version int64
		holds   bool
		stored  int64 // the version afterwards; 0: absent, -1: any above 3
	}{
		{table.OpCreate, false, 0, true, 1},
		{table.OpCreate, false, 5, true, 1},
		{table.OpCreate, true, 0, false, 3},
		{table.OpPut, false, 0, true, 1},
		{table.OpPut, false, 5, true, 6},
		{table.OpPut, true, 5, true, 6},
		{table.OpReplace, false, 0, false, 0},
		{table.OpReplace, false, table.AnyVersion, false, 0},
		{table.OpReplace, true, 3, true, 4},
		{table.OpReplace, true, 2, false, 3},
		{table.OpReplace, true, 0, false, 3},
		{table.OpReplace, true, table.AnyVersion, true, -1},
		{table.OpDelete, false, 3, true, 0},
		{table.OpDelete, false, table.AnyVersion, true, 0},
		{table.OpDelete, true, 3, true, 0},
		{table.OpDelete, true, 2, false, 3},
		{table.OpDelete, true, table.AnyVersion, true, 0},
		{table.OpCheck, false, 0, true, 0},
		{table.OpCheck, false, 3, false, 0},
		{table.OpCheck, false, table.AnyVersion, false, 0},
		{table.OpCheck, true, 0, false, 3},
		{table.OpCheck, true, 2, false, 3},
		{table.OpCheck, true, 3, true, 3},
		{table.OpCheck, true, table.AnyVersion, true, 3},
	} {
		name := fmt.Sprintf("verb %d of version %d, there %v", test.verb, test.version, test.there)
		k := fmt.Sprint(i)
		if test.there {
			must(t, b.Transact(t.Context(), table.Op{Verb: table.OpPut, Table: "lasting", Item: versioned(item("a", k, `{"old":1}`), 2)}))
		}
		err := b.Transact(t.Context(), table.Op{Verb: test.verb, Table: "lasting", Item: versioned(item("a", k, `{"new":1}`), test.version)})
		if test.holds && err != nil || !test.holds && !errors.Is(err, table.ErrCondition) {
			t.Errorf("%s: %v", name, err)
		}
		if test.stored == 0 {
			missing(t, tb, key("a", k))
			continue
		}
		data := `{"old":1}`
		if test.holds && test.verb != table.OpCheck {
			data = `{"new":1}`
		}
		got := holds(t, tb, item("a", k, data))
		if got.Version != test.stored && (test.stored != -1 || got.Version <= 3) {
			t.Errorf("%s: version %d afterwards, want %d", name, got.Version, test.stored)
		}
	}
}

// conflicts: one condition that fails lets nothing happen, and is told by its place; of several, the first.
func conflicts(t *testing.T, b Backend) {
	must(t, b.Table("things").Create(t.Context(), item("taken", "1", `{"x":1}`)))
	bad := table.Op{Verb: table.OpCreate, Table: "things", Item: item("taken", "1", `{"x":2}`)}
	worse := table.Op{Verb: table.OpCheck, Table: "things", Item: versioned(item("nobody", "1", ""), 1)}
	good := func(i int) table.Op {
		return table.Op{Verb: table.OpCreate, Table: []string{"things", "indexed", "lasting"}[i%3], Item: item("a", fmt.Sprint(i), `{"open":"x","day":"1"}`)}
	}
	for at := range 4 {
		ops := []table.Op{good(0), good(1), good(2)}
		ops = append(ops[:at:at], append([]table.Op{bad}, ops[at:]...)...)
		ops = append(ops, worse)
		err := b.Transact(t.Context(), ops...)
		var conflict *table.Conflict
		if !errors.As(err, &conflict) || conflict.Op != at || !errors.Is(err, table.ErrCondition) {
			t.Errorf("condition %d of %d: %v", at, len(ops), err)
		}
		for i := range 3 {
			missing(t, b.Table(good(i).Table), good(i).Item.Key)
		}
		if got := everything(t, b.Table("indexed"), table.Query{Index: "open", Partition: "x"}); len(got) != 0 {
			t.Errorf("the index holds %v", sorts(got))
		}
	}
	holds(t, b.Table("things"), versioned(item("taken", "1", `{"x":1}`), 1))
	must(t, b.Transact(t.Context(), good(0), good(1), good(2)))
	for i := range 3 {
		holds(t, b.Table(good(i).Table), good(i).Item)
	}
}

func most(t *testing.T, b Backend) {
	var ops []table.Op
	for i := range table.MaxOps {
		ops = append(ops, table.Op{Verb: table.OpCreate, Table: "things", Item: item(fmt.Sprint("p", i%9), fmt.Sprint(i), `{"x":"y"}`)})
	}
	more := table.Op{Verb: table.OpCreate, Table: "things", Item: item("more", "1", `{}`)}
	for name, bad := range map[string][]table.Op{"none": {}, "one too many": append(ops[:len(ops):len(ops)], more), "an item twice": {more, more}} {
		if err := b.Transact(t.Context(), bad...); err == nil || errors.Is(err, table.ErrCondition) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, b.Transact(t.Context(), ops...))
	for _, op := range ops {
		holds(t, b.Table("things"), versioned(op.Item, 1))
	}
	var conflict *table.Conflict
	if err := b.Transact(t.Context(), append([]table.Op{more}, ops[1:]...)...); !errors.As(err, &conflict) || conflict.Op != 1 {
		t.Errorf("the same again: %v, want a conflict at 1", err)
	}
}
