package main

import (
	"bytes"
	"fmt"
	"image/gif"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/internal/cli/clitest"
	"optlab/optimizers"
	"optlab/optimizers/surface"
)

// walks returns the options and the paths of a command line.
func walks(t *testing.T, line string) (*options, []path) {
	t.Helper()
	o, err := parseOptions(strings.Fields(line), nil)
	check.NoError(t, err)
	probe, err := surface.Compile(o.surface)
	check.NoError(t, err)
	paths, err := o.walkAll(t.Context(), probe)
	check.NoError(t, err)
	return o, paths
}

// printed returns what the command prints, without the pictures, which take
// longer.
func printed(t *testing.T, line string) string {
	t.Helper()
	o, paths := walks(t, line)
	var text bytes.Buffer
	o.print(&text, o.folder(), paths)
	return text.String()
}

// What is concluded is of the optimizers that ran.
func TestConclusionIsOfThePaths(t *testing.T) {
	for optimizer, others := range map[string][]string{"adam": {"SGD", "omentum"}, "sgd": {"Adam", "omentum"}} {
		for _, s := range surface.Names() {
			stdout := printed(t, "-updates 9 -optimizers "+optimizer+" -surface "+s)
			for _, other := range others {
				if strings.Contains(stdout, other) {
					t.Errorf("%s alone on %s: %q speaks of %s", optimizer, s, stdout, other)
				}
			}
		}
	}
}

// No line but those with the names of files is wider than a terminal.
func TestLinesFit(t *testing.T) {
	for _, s := range surface.Names() {
		stdout := printed(t, "-sgd-lr 1e30 -weight-decay 0.123456789 -optimizers "+strings.Join(optimizers.Names(), ",")+" -surface "+s)
		for _, line := range strings.Split(stdout, "\n") {
			if !strings.HasPrefix(line, "  runs") && utf8.RuneCountInString(line) > width {
				t.Errorf("%s: the line %q is wider than %d", s, line, width)
			}
		}
	}
}

// So many updates are made as were asked for: the pictures have where the last
// one led to, the numbers the point before each of them.
func TestUpdatesAreMade(t *testing.T) {
	out := t.TempDir()
	stdout := pathologicalCommand.Done(t, "-updates 1 -surface saddle -start 1,2 -optimizers sgd -sgd-lr 0.25", "-out", out)
	files := clitest.ReadFolder(t, out)
	if got := readNumbers(t, files["descent.json"]).Paths["sgd"]; len(got) != 1 || !slices.Equal(got[0], []float64{1, 2, -3}) {
		t.Errorf("the numbers are %v, want the start alone", got)
	}
	if !strings.Contains(stdout, "(0.5, 3)") || !strings.Contains(stdout, "1 update\n") {
		t.Errorf("the table does not end after the update: %s", stdout)
	}
	film, err := gif.DecodeAll(strings.NewReader(files["descent.gif"]))
	check.NoError(t, err)
	if len(film.Image) != 2 {
		t.Errorf("the film has %d frames, want the start and the update", len(film.Image))
	}
	for _, n := range []int{1, 2, 30} {
		_, paths := walks(t, fmt.Sprintf("-updates %d", n))
		for i, line := range lines(paths) {
			if len(line.X) != n+1 || len(line.Y) != n+1 || line.X[n] != paths[i].points[n].W1 {
				t.Errorf("%d updates: %d points are drawn of %s", n, len(line.X), line.Name)
			}
		}
	}
}

// Of a path that diverges all finite points are drawn and written.
func TestUpdatesOfADivergingPath(t *testing.T) {
	for _, n := range []int{4, 5, 100} {
		o, paths := walks(t, fmt.Sprintf("-surface rosenbrock -optimizers sgd -sgd-lr 10 -updates %d", n))
		hold := folder.Folder{Path: t.TempDir()}
		check.NoError(t, o.writeNumbers(hold, paths))
		got := readNumbers(t, clitest.ReadFolder(t, hold.Path)["descent.json"]).Paths["sgd"]
		if len(lines(paths)[0].X) != 4 || len(got) != 4 || paths[0].diverged == nil || paths[0].diverged.Updates != 4 {
			t.Errorf("%d updates: %d points are drawn, %d written, and it says %v", n, len(lines(paths)[0].X), len(got), paths[0].diverged)
		}
	}
}
