package graph

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"optlab/internal/check"
)

// referenceCase is a case of testdata/gradients.json: a small network and what
// PyTorch 1.13 computes for it. All arrays are row-major.
type referenceCase struct {
	Sizes      []int
	Activation Activation
	Batch      int
	X          []float32
	Labels     []int
	Logits     []float64
	Loss       float64
	Parameters []struct {
		Name     string
		Shape    []int
		Value    []float32
		Gradient []float64
	}
}

// TestPyTorch compares logits, loss and every gradient with PyTorch's. Both
// compute in float32, but add in another order.
func TestPyTorch(t *testing.T) {
	data, err := os.ReadFile("testdata/gradients.json")
	check.NoError(t, err)
	var file struct{ Cases []referenceCase }
	check.NoError(t, json.Unmarshal(data, &file))
	if len(file.Cases) != 5 {
		t.Fatalf("%d cases, want 5", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(fmt.Sprintf("%v/%s", c.Sizes, c.Activation), func(t *testing.T) { compareReference(t, c) })
	}
}

func compareReference(t *testing.T, c referenceCase) {
	parameters := mlpParameters(c.Sizes)
	if len(c.Parameters) != len(parameters) {
		t.Fatalf("%d parameters, PyTorch has %d", len(parameters), len(c.Parameters))
	}
	for i, want := range c.Parameters {
		if p := parameters[i]; p.Name != want.Name || !slices.Equal([]int(p.Value.Shape()), want.Shape) {
			t.Fatalf("parameter %d is %s %v, PyTorch's %s %v", i, p.Name, p.Value.Shape(), want.Name, want.Shape)
		}
		copy(parameters[i].Data(), want.Value)
	}
	m := newMLP(t, mlpConfig{sizes: c.Sizes, activation: c.Activation, batch: c.Batch}, parameters)
	copy(m.x, c.X)
	copy(m.labels, c.Labels)
	check.NoError(t, m.Run())

	compared := 0
	compare := func(what string, got []float32, want []float64) {
		t.Helper()
		compared++
		if d := deviation(t, got, want); !(d <= 1e-6) {
			t.Errorf("%s is up to %.1e from PyTorch's, relative to its largest value", what, d)
		}
	}
	compare("the loss", floatsOf(t, m.Machine, "loss"), []float64{c.Loss})
	compare("the logits", floatsOf(t, m.Machine, fmt.Sprint("linear", len(c.Sizes)-2)), c.Logits)
	gradients := gradientsOf(t, m.Machine)
	for i, g := range m.Gradients() {
		want := c.Parameters[i]
		if name := g.(*pair).Name(); name != want.Name {
			t.Errorf("gradient %d is that of %s, want %s", i, name, want.Name)
		}
		compare("the gradient of "+want.Name, gradients[i], want.Gradient)
	}
	if want := 2 + 2*(len(c.Sizes)-1); compared != want {
		t.Errorf("compared %d tensors, want %d", compared, want)
	}
}
