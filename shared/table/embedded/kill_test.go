package embedded_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

// The test binary starts itself as a process that only writes, and is killed while it does.
func TestMain(m *testing.M) {
	if path := os.Getenv("EMBEDDED_WRITER"); path != "" {
		fmt.Fprintln(os.Stderr, writeForever(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writers is how many goroutines write in the process that is killed.
const writers = 8

// writeForever makes transactions of three items that belong together, counts, and says of each when it is acknowledged.
func writeForever(path string) error {
	db, err := embedded.Open(path, time.Now, things)
	if err != nil {
		return err
	}
	fmt.Println("open")
	failed := make(chan error)
	for w := range writers {
		go func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), w, n)
				if err := db.Transact(ctx, together(id)...); err != nil {
					failed <- err
				}
				os.Stdout.WriteString("whole " + id + " 0\n") // one system call each, so that lines stay whole
				count, _, err := db.Table("things").Take(ctx, table.Key{PK: "COUNT", SK: strconv.Itoa(w)}, table.Limit{Max: 1 << 40})
				if err != nil {
					failed <- err
				}
				os.Stdout.WriteString(fmt.Sprintf("count %d %d\n", w, count.N))
			}
		}()
	}
	return <-failed
}

// together are operations of which all or none must be found, the index included.
func together(id string) []table.Op {
	var ops []table.Op
	for _, part := range []string{"a", "b", "c"} {
		data := fmt.Sprintf(`{"due":"all","at":"%s","text":"%s"}`, id+part, strings.Repeat(part, 700))
		ops = append(ops, table.Op{Verb: table.OpCreate, Table: "things", Item: table.Item{Key: table.Key{PK: "WHOLE#" + id, SK: part}, Data: []byte(data)}})
	}
	return ops
}

// TestKilled kills a writing process again and again: everything it acknowledged is there, nothing is there in part.
func TestKilled(t *testing.T) {
	t.Parallel()
	const rounds = 25
	path := filepath.Join(t.TempDir(), "table.db")
	acknowledged := map[string]bool{}
	counts := map[string]int64{}
	for round := range rounds {
		killOnce(t, path, time.Duration(round*7)*time.Millisecond, acknowledged, counts)
		checkFile(t, path, acknowledged, counts)
		if t.Failed() {
			t.Fatalf("after round %d", round)
		}
	}
	if len(acknowledged) < rounds {
		t.Errorf("only %d writes in %d rounds", len(acknowledged), rounds)
	}
	t.Logf("%d kills, %d transactions acknowledged", rounds, len(acknowledged))
}

// killOnce lets a process write for a while after its first acknowledgement, kills it, and notes what it acknowledged.
func killOnce(t *testing.T, path string, after time.Duration, acknowledged map[string]bool, counts map[string]int64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "EMBEDDED_WRITER="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "open" {
			time.AfterFunc(after, func() { child.Process.Kill() })
			continue
		}
		var what, id string
		var n int64
		if _, err := fmt.Sscan(lines.Text(), &what, &id, &n); err != nil {
			t.Errorf("the writer said %q", lines.Text())
		}
		if what == "whole" {
			acknowledged[id] = true
		} else {
			counts[id] = max(counts[id], n)
		}
	}
	child.Wait()
}

func checkFile(t *testing.T, path string, acknowledged map[string]bool, counts map[string]int64) {
	t.Helper()
	db, err := embedded.Open(path, time.Now, things)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	parts := map[string]int{}
	if err := db.Each("things", func(i table.Item) error { parts[i.Key.PK]++; return nil }); err != nil {
		t.Fatal(err)
	}
	indexed := map[string]int{}
	for q := (table.Query{Index: "due", Partition: "all"}); ; {
		page, err := db.Table("things").Query(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			indexed[i.Key.PK]++
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	delete(parts, "COUNT")
	for pk, n := range parts {
		if n != 3 || indexed[pk] != 3 {
			t.Errorf("%s is there with %d parts, %d in the index", pk, n, indexed[pk])
		}
	}
	for id := range acknowledged {
		if parts["WHOLE#"+id] != 3 {
			t.Errorf("%s was acknowledged and is not there", id)
		}
	}
	for w, n := range counts {
		count, _, err := db.Table("things").Take(t.Context(), table.Key{PK: "COUNT", SK: w}, table.Limit{})
		if err != nil || count.N < n {
			t.Errorf("writer %s counted to %d, now %d, %v", w, n, count.N, err)
		}
		counts[w] = max(n, count.N)
	}
}
