package check

import (
	"go/ast"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestTopLevel(t *testing.T) {
	t.Parallel()
	agreed := []string{"functions", "shared", "infra", "template.yaml", "samconfig.toml", "Makefile", "go.mod", "go.sum",
		"README.md", "LICENSE", "NOTICE", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"}
	for _, path := range files(t) {
		top, _, _ := strings.Cut(path, "/")
		if !strings.HasPrefix(top, ".") && !slices.Contains(agreed, top) {
			t.Errorf("%s: %s is not in the layout of the repository", path, top)
		}
	}
}

// TestProportions keeps files and functions at a size that one screen or two can hold.
func TestProportions(t *testing.T) {
	t.Parallel()
	const longFile, longFunction, longest = 500, 60, 120
	var lengths []int
	for _, s := range sources(t) {
		if s.lines > longFile {
			t.Errorf("%s has %d lines, at most %d", s.path, s.lines, longFile)
		}
		for _, declaration := range s.file.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok || s.test() {
				continue
			}
			n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
			lengths = append(lengths, n)
			if n > longest {
				t.Errorf("%s: %s has %d lines, at most %d", s.path, f.Name.Name, n, longest)
			}
		}
	}
	slices.Sort(lengths)
	ninth := lengths[len(lengths)*9/10]
	t.Logf("%d functions; lines: median %d, nine of ten at most %d, longest %d", len(lengths), lengths[len(lengths)/2], ninth, lengths[len(lengths)-1])
	if ninth > longFunction {
		t.Errorf("nine of ten functions have at most %d lines; at most %d is the rule", ninth, longFunction)
	}
}

// TestPackageNames refuses the names that say nothing.
func TestPackageNames(t *testing.T) {
	t.Parallel()
	empty := []string{"util", "utils", "common", "helper", "helpers", "manager", "impl", "types", "models", "base", "misc", "lib"}
	for _, s := range sources(t) {
		if slices.Contains(empty, s.file.Name.Name) {
			t.Errorf("%s: a package named %s says nothing", s.path, s.file.Name.Name)
		}
	}
}

// TestNoSkips: what a test needs is there, or the test fails.
func TestNoSkips(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, f.Sel.Name) && len(call.Args) < 3 {
				t.Errorf("%s skips", s.set.Position(n.Pos()))
			}
			return true
		})
	}
}

// TestNothingOfOneMachine: the repository speaks of the product, not of where it was written or what it was fetched
// through.
func TestNothingOfOneMachine(t *testing.T) {
	t.Parallel()
	place := regexp.MustCompile(`(?:^|[^\w.$}/-])/(?:work|root|tmp|home/\w+|Users/\w+)/`)
	for _, path := range files(t) {
		text := read(t, path)
		if strings.ContainsRune(text, 0) {
			continue // no text
		}
		for i, line := range strings.Split(text, "\n") {
			if found := place.FindString(line); found != "" {
				t.Errorf("%s:%d names %q", path, i+1, found)
			}
			if strings.HasSuffix(path, "package-lock.json") && strings.Contains(line, `"resolved"`) {
				t.Errorf("%s:%d names a registry", path, i+1)
			}
		}
	}
}

var recordName = regexp.MustCompile(`^infra/adr/(\d{4})-[a-z0-9-]+\.md$`)

// TestDecisions: numbered without a gap, each with a title, each in the index.
func TestDecisions(t *testing.T) {
	t.Parallel()
	index, next := read(t, "infra/adr/README.md"), 1
	for _, path := range files(t) {
		if !strings.HasPrefix(path, "infra/adr/") || path == "infra/adr/README.md" {
			continue
		}
		match := recordName.FindStringSubmatch(path)
		if match == nil {
			t.Errorf("%s is no decision: NNNN-words.md", path)
			continue
		}
		number := strings.TrimLeft(match[1], "0")
		if number != strconv.Itoa(next) {
			t.Errorf("%s: the next number is %d", path, next)
		}
		next++
		name := strings.TrimPrefix(path, "infra/adr/")
		title, _, _ := strings.Cut(read(t, path), "\n")
		words, ok := strings.CutPrefix(title, "# "+number+". ")
		if !ok || !strings.Contains(index, "["+words+"]("+name+")") {
			t.Errorf("%s: its first line is not \"# %s. TITLE\" with [TITLE](%s) in infra/adr/README.md", path, number, name)
		}
	}
}
