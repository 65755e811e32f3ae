package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"optlab/internal/check"
	"optlab/internal/cli/clitest"
	"optlab/mnist"
)

// printed returns what the command prints, without the pictures, which take
// longer.
func printed(t *testing.T, data, line string) string {
	t.Helper()
	o, err := parseOptions(append(strings.Fields(line), "-data", data), nil)
	check.NoError(t, err)
	set, err := mnist.Open(o.Data)
	check.NoError(t, err)
	var outcomes []outcome
	var text bytes.Buffer
	for _, scheme := range o.schemes() {
		r, err := o.measure(set, scheme)
		check.NoError(t, err)
		printOutcome(&text, set.Name, r, filepath.Join(o.path(set), string(scheme)))
		outcomes = append(outcomes, r)
	}
	printComparisons(&text, outcomes)
	return text.String()
}

// No line but those with the names of folders is wider than a terminal, and no
// blanks end one.
func TestLinesFit(t *testing.T) {
	data := clitest.WriteData(t)
	for _, line := range []string{"-scheme normal -std 0.123456789 -activation leakyrelu", "-scheme all -depth 120 -sizes 64,3,10 -activation sigmoid", "-scheme all"} {
		for _, l := range strings.Split(printed(t, data, line+" -samples 9"), "\n") {
			if !strings.HasPrefix(l, "→") && utf8.RuneCountInString(l) > width || strings.HasSuffix(l, " ") {
				t.Errorf("%s: the line %q is wider than %d, or ends with blanks", line, l, width)
			}
		}
	}
}

// Beside a variance stands why it is not the predicted one.
func TestReasonsArePrinted(t *testing.T) {
	data := clitest.WriteData(t)
	for flags, want := range map[string]string{
		"-scheme constant": "mean not 0", "-scheme normal -std 0.001": "biases drawn", "-scheme xavier -activation tanh": "not linear", "-scheme xavier": "measured",
	} {
		if text := printed(t, data, flags+" -samples 50"); !strings.Contains(text, "  "+want+"\n") {
			t.Errorf("%s: %q is not in %s", flags, want, text)
		}
	}
}
