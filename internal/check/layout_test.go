package check_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"optlab/internal/check"
)

// imports returns, for every package of the module with code that is not a
// test, the packages of the module that it imports.
func imports(t *testing.T, root string) map[string][]string {
	all := make(map[string][]string)
	check.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && (name == "testdata" || name == "gen" || strings.HasPrefix(name, ".") && path != root) {
			return fs.SkipDir // a generator is a module of its own
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, filepath.Dir(path))
		name := filepath.ToSlash(relative)
		all[name] = append(all[name], []string{}...)
		for _, i := range file.Imports {
			imported, _ := strconv.Unquote(i.Path.Value)
			if ours, ok := strings.CutPrefix(imported, "optlab/"); ok {
				all[name] = append(all[name], ours)
			}
		}
		return err
	}))
	return all
}

// In the README's table of packages arrows point down: each imports only
// packages of its own row or below, and every package that another one imports
// has a row.
func TestArrowsPointDown(t *testing.T) {
	root := filepath.Join("..", "..")
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	check.NoError(t, err)
	_, table, found := strings.Cut(string(readme), "| package | what it is |")
	if !found {
		t.Fatal("the README has no table of packages")
	}
	row := make(map[string]int)
	quoted := regexp.MustCompile("`([a-z/]+)`")
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			break
		}
		for _, name := range quoted.FindAllStringSubmatch(cells[1], -1) {
			row[name[1]] = i
		}
	}
	all := imports(t, root)
	if len(row) < 20 || len(all) < 20 {
		t.Fatalf("%d packages in the table, %d in the module", len(row), len(all))
	}
	for name := range row {
		if _, ok := all[name]; !ok {
			t.Errorf("the table has %s, which is no package", name)
		}
	}
	for name, imported := range all {
		from, ok := row[name]
		if !ok {
			continue // of tests alone, or below one in the table
		}
		for _, other := range imported {
			to, ok := row[other]
			if !ok {
				t.Errorf("%s imports %s, which has no row in the table", name, other)
			} else if to < from {
				t.Errorf("%s imports %s, which stands above it", name, other)
			}
		}
	}
}
