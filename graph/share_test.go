package graph

import (
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/check"
)

// shared returns the elements of all gradients of the last run.
func shared(t *testing.T, m *Machine) (all [][]float32) {
	t.Helper()
	for _, g := range m.Gradients() {
		v, err := g.Grad()
		check.NoError(t, err)
		all = append(all, v.(*tensor.Dense).Float32s())
	}
	return all
}

// sharing builds a network whose gradients take the memory of another's.
func sharing(t *testing.T, c mlpConfig, parameters []*Parameter, other *Machine) (*Machine, error) {
	return Compile(func(g *gorgonia.ExprGraph) (Program, error) {
		p := new(mlp).build(sketch{t, g}, c, parameters)
		p.Share = other
		return p, nil
	})
}

// Machines that share the memory of their gradients compute what they do apart,
// whichever runs first.
func TestShare(t *testing.T) {
	sizes := []int{7, 5, 4, 3}
	parameters := mlpParameters(sizes)
	config := func(batch int) mlpConfig { return mlpConfig{sizes: sizes, activation: Tanh, batch: batch} }
	apart := newMLP(t, config(2), parameters)
	first := newMLP(t, config(6), parameters)
	second, err := sharing(t, config(2), parameters, first.Machine)
	check.NoError(t, err)
	check.NoError(t, apart.Run())
	for range 2 {
		check.NoError(t, second.Run())
		check.NoError(t, first.Run())
		old := slices.Clone(shared(t, first.Machine)[0])
		check.NoError(t, second.Run())
		for i, g := range shared(t, second) {
			if !slices.Equal(g, shared(t, apart.Machine)[i]) {
				t.Errorf("gradient %d is %v, apart %v", i, g, shared(t, apart.Machine)[i])
			}
			if other := shared(t, first.Machine)[i]; &other[0] != &g[0] {
				t.Errorf("gradient %d has memory of its own", i)
			}
		}
		if slices.Equal(old, shared(t, first.Machine)[0]) {
			t.Error("both batches have the same gradients")
		}
	}
}

// Another number of parameters, or other shapes, share nothing.
func TestShareErrors(t *testing.T) {
	sizes := []int{7, 5, 3}
	first := newMLP(t, mlpConfig{sizes: sizes, activation: Tanh, batch: 6}, mlpParameters(sizes))
	for _, c := range []struct {
		sizes []int
		parts []string
	}{
		{[]int{7, 5, 4, 3}, []string{"there are 6 parameters, the other machine has 4"}},
		{[]int{7, 4, 3}, []string{"parameter 0", "sharing"}},
	} {
		_, err := sharing(t, mlpConfig{sizes: c.sizes, activation: Tanh, batch: 6}, mlpParameters(c.sizes), first.Machine)
		check.Error(t, err, c.parts...)
	}
}
