package show

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/regular"
)

// Check checks the run in a folder, or those of a comparison, and prints a line
// for every file. The error is that of the first that is not whole; warnings go
// to warn.
func Check(stdout io.Writer, own folder.Folder, warn func(string)) error {
	path := own.Path
	runs := compareds(path)
	if _, err := os.Lstat(own.File(folder.ConfigFile)); err == nil || len(runs) == 0 {
		runs = append([]string{path}, runs...)
	}
	var first error
	more := 0
	for _, run := range runs {
		c, err := experiment.Check(folder.Folder{Path: run, FS: own.FS})
		if c.Warning != "" {
			warn(c.Warning)
		}
		printCondition(stdout, run, c)
		switch {
		case err == nil:
		case first == nil:
			first = err
		default:
			more++
		}
	}
	if more > 0 {
		return errors.WithMessagef(first, "%d folders, the first", more+1)
	}
	return first
}

// compareds returns the folders of the runs that a folder compares: those that
// are there, and those that its comparison lists, first.
func compareds(path string) []string {
	const most = 64 << 20
	var list []experiment.Compared
	if data, err := regular.Read(filepath.Join(path, ComparisonFile), most); err != nil || json.Unmarshal(data, &list) != nil {
		list = nil
	}
	var runs []string
	add := func(name string) {
		if run := filepath.Join(path, name); !slices.Contains(runs, run) {
			runs = append(runs, run)
		}
	}
	for _, c := range list {
		// The version before had a folder for each optimizer.
		if name := cmp.Or(c.Folder, c.Optimizer); filepath.IsLocal(name) && name == filepath.Base(name) && name != "." {
			add(name)
		}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		entries = nil
	}
	for _, e := range entries {
		if _, err := os.Lstat(filepath.Join(path, e.Name(), folder.ConfigFile)); err == nil && e.IsDir() {
			add(e.Name())
		}
	}
	return runs
}

// printCondition prints a line for every file.
func printCondition(w io.Writer, path string, c experiment.Checked) {
	for _, part := range []struct {
		is    string
		names []string
	}{
		{"whole", slices.DeleteFunc(slices.Clone(c.Whole), func(name string) bool { return slices.Contains(c.Mended, name) })},
		{"made again", c.Mended}, {"damaged", c.Damaged}, {"missing", c.Missing}, {"not checked", c.Unchecked},
	} {
		for _, name := range part.names {
			fmt.Fprintf(w, "%-11s  %s\n", part.is, filepath.ToSlash(filepath.Join(path, name)))
		}
	}
}
