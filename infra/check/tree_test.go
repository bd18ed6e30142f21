// Package check holds the repository itself to the laws of its architecture: its tests read the tree, the code and
// template.yaml, and have no code of the product to test.
package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// root is the repository as seen from this package.
const root = "../.."

// made is what no commit holds: folders, which may be links to those of another checkout.
var made = []string{".git", ".tools", ".data", ".aws-sam", "dist", "node_modules"}

// tree answers the paths of all files of the repository, from its root, in order.
var tree = sync.OnceValues(func() ([]string, error) {
	var paths []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if slices.Contains(made, entry.Name()) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		paths = append(paths, filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator))))
		return nil
	})
	return paths, err
})

func files(t *testing.T) []string {
	t.Helper()
	paths, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// source is one parsed Go file.
type source struct {
	path  string
	lines int
	set   *token.FileSet
	file  *ast.File
}

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

// sources answers all Go files, parsed once.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var parsed = sync.OnceValues(func() ([]source, error) {
	paths, err := tree()
	if err != nil {
		return nil, err
	}
	var all []source
	for _, path := range paths {
		if !strings.HasSuffix(path, ".go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, filepath.Join(root, path), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		all = append(all, source{path: path, lines: set.File(file.Pos()).LineCount() - 1, set: set, file: file})
	}
	return all, nil
})
