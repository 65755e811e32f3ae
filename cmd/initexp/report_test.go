package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"optlab/initexp"
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

// A layer has one number in the table, in the numbers and below the axes.
func TestLayersHaveOneNumber(t *testing.T) {
	o, err := parseOptions([]string{"-depth", "40", "-sizes", "64,5,10", "-samples", "9", "-data", clitest.WriteData(t)}, nil)
	check.NoError(t, err)
	set, err := mnist.Open(o.Data)
	check.NoError(t, err)
	r, err := o.measure(set, o.scheme)
	check.NoError(t, err)
	var text bytes.Buffer
	printOutcome(&text, set.Name, r, "")
	for i, label := range r.labels() {
		l := r.Layers[i]
		if l.Name != "Layer "+label || l.Parameter != "layers."+label+".weight" || !strings.Contains(panel(l, l.Weight).Title, "Layer "+label+" ") {
			t.Errorf("the label %q, the name %q, the parameter %q and the panel %q", label, l.Name, l.Parameter, panel(l, l.Weight).Title)
		}
		for _, name := range []string{l.Name + " ", l.Parameter + " "} {
			if strings.Count(text.String(), " "+name) != 1 {
				t.Errorf("%s is not once in the table", name)
			}
		}
	}
	if labels := r.labels(); len(labels) != 41 || labels[40] != "80" {
		t.Errorf("the labels are %q", labels)
	}
}

// depth.png shows the theory beside the measurement, of the same gradients.
func TestDepthHasTheory(t *testing.T) {
	one, two := 1.0, 2.0
	r := outcome{Layers: []initexp.Layer{
		{Activation: initexp.Distribution{Variance: 3}, Gradient: initexp.Distribution{Variance: 4}, OutputGradient: 5, Predicted: &one, PredictedGradient: &two},
	}}
	for theory, want := range map[bool][4]float64{false: {3, 4}, true: {3, 5, 1, 2}} {
		a, g := r.series(theory)
		got := slices.Concat(a.Values, g.Values, a.Predicted, g.Predicted)
		if !slices.Equal(got, want[:len(got)]) || theory != (len(got) == 4) {
			t.Errorf("theory %v: %v, want %v", theory, got, want)
		}
	}
}
