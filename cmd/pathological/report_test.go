package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"optlab/internal/check"
	"optlab/optimizers"
	"optlab/optimizers/surface"
)

// printed returns what the command prints, without the pictures, which take
// longer.
func printed(t *testing.T, line string) string {
	t.Helper()
	o, err := parseOptions(strings.Fields(line), nil)
	check.NoError(t, err)
	probe, err := surface.Compile(o.surface)
	check.NoError(t, err)
	paths, err := o.walkAll(t.Context(), probe)
	check.NoError(t, err)
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
