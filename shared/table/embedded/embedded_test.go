package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

var things = table.Definition{Name: "things", TTL: true, Indexes: []table.Index{{Name: "due", Partition: "due", Sort: "at"}}}

var ctx = context.Background()

func open(t testing.TB, path string, defs ...table.Definition) *embedded.Database {
	t.Helper()
	db, err := embedded.Open(path, time.Now, defs...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func thing(n int) table.Item {
	return table.Item{Key: table.Key{PK: "THING#1", SK: fmt.Sprintf("%06d", n)}, Data: []byte(`{"name":"a thing"}`)}
}

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "table.db")
	open(t, path, things)
	if _, err := embedded.Open(path, time.Now, things); !errors.Is(err, embedded.ErrLocked) {
		t.Errorf("opening a file that is in use: %v, want ErrLocked", err)
	}
}

func TestOpenWhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	if _, err := embedded.Open(filepath.Join(t.TempDir(), "no", "table.db"), time.Now, things); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("opening in a missing folder: %v, want fs.ErrNotExist", err)
	}
}

func TestMoreTablesThanBefore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "table.db")
	first := open(t, path, things)
	if err := first.Table("things").Create(t.Context(), thing(1)); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, path, things, table.Definition{Name: "more"})
	if _, there, err := second.Table("things").Get(t.Context(), thing(1).Key, true); !there || err != nil {
		t.Errorf("after reopening: there %v, %v", there, err)
	}
	if err := second.Table("more").Create(t.Context(), thing(1)); err != nil {
		t.Errorf("writing to the new table: %v", err)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "table.db"), things)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Table("things").Create(t.Context(), thing(1)); !errors.Is(err, table.ErrUnavailable) {
		t.Errorf("writing after Close: %v, want ErrUnavailable", err)
	}
	if _, _, err := db.Table("things").Get(t.Context(), thing(1).Key, true); !errors.Is(err, table.ErrUnavailable) {
		t.Errorf("reading after Close: %v, want ErrUnavailable", err)
	}
}

func TestEach(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "table.db"), things)
	const n = 700 // more than are read at once
	for from := 0; from < n; from += table.MaxOps {
		var ops []table.Op
		for i := range table.MaxOps {
			ops = append(ops, table.Op{Verb: table.OpCreate, Table: "things", Item: thing(from + i)})
		}
		if err := db.Transact(t.Context(), ops...); err != nil {
			t.Fatal(err)
		}
	}
	walked := 0
	err := db.Each("things", func(item table.Item) error {
		if item.Key != thing(walked).Key {
			return fmt.Errorf("item %d is %s", walked, item.Key.SK)
		}
		walked++
		return db.Table("things").Delete(t.Context(), item.Key, item.Version)
	})
	if err != nil || walked != n {
		t.Errorf("walked %d of %d: %v", walked, n, err)
	}
	stop := errors.New("stop")
	if err := db.Table("things").Create(t.Context(), thing(1)); err != nil {
		t.Fatal(err)
	}
	if err := db.Each("things", func(table.Item) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of the function: %v", err)
	}
}

// TestExpiredItemsGo: a table whose items end keeps its size however long it is written.
func TestExpiredItemsGo(t *testing.T) {
	t.Parallel()
	now := time.Now()
	path := filepath.Join(t.TempDir(), "table.db")
	db, err := embedded.Open(path, func() time.Time { return now }, things)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	size := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	var early int64
	const rounds, living = 200, 50
	for round := range rounds {
		var ops []table.Op
		for i := range living {
			item := thing(round*living + i)
			item.Data = fmt.Appendf(nil, `{"due":"all","at":"%d","text":"%0500d"}`, i, i)
			item.Expires = now.Add(time.Minute)
			ops = append(ops, table.Op{Verb: table.OpCreate, Table: "things", Item: item})
		}
		if err := db.Transact(t.Context(), ops...); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
		if round == rounds/10 {
			early = size()
		}
	}
	if late := size(); late > 2*early {
		t.Errorf("the file grew from %d to %d bytes while no more than %d items lived", early, late, living)
	}
}
