package graph

import (
	"sort"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// Machine is one graph, compiled once by [Compile] for Gorgonia's tape machine
// and run as often as needed. It is not safe for concurrent use; different
// machines run side by side.
type Machine struct {
	run       func() error
	gradients []gorgonia.ValueGrad
	hooks     map[string]*gorgonia.Node
}

// Run computes every node of the graph from the present values of its inputs.
// After an error (an input of a wrong type, a label out of range) the values
// are those of no particular run; the next Run starts afresh.
func (m *Machine) Run() error { return guard("running a graph", m.run) }

// Gradients returns every parameter with its gradient, in the order of
// [Program.Parameters], as a Solver takes them. The values they lead to are
// those of the last run.
func (m *Machine) Gradients() []gorgonia.ValueGrad { return m.gradients }

// Value returns what the node hooked under name computed in the last run. The
// next run overwrites it.
func (m *Machine) Value(name string) (gorgonia.Value, error) {
	n, ok := m.hooks[name]
	if !ok && len(m.hooks) == 0 {
		return nil, errors.Errorf("no node is hooked as %q: the program has no hooks", name)
	}
	if !ok {
		return nil, errors.Errorf("no node is hooked as %q: there are %s", name, strings.Join(m.HookNames(), ", "))
	}
	v := n.Value()
	if v == nil {
		return nil, errors.Errorf("node %q has no value yet: run the machine first", name)
	}
	return v, nil
}

// HookNames returns the names of all hooks, sorted.
func (m *Machine) HookNames() []string {
	names := make([]string, 0, len(m.hooks))
	for name := range m.hooks {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// pair is a parameter with the node of its gradient. Gorgonia would have the
// gradient added into a dual value that must be cleared before each run;
// reading the gradient node itself needs neither.
type pair struct {
	parameter, gradient *gorgonia.Node
}

var (
	_ gorgonia.ValueGrad = (*pair)(nil)
	_ gorgonia.Namer     = (*pair)(nil)
)

// Name returns the parameter's name.
func (g *pair) Name() string { return g.parameter.Name() }

// Value returns the parameter's tensor.
func (g *pair) Value() gorgonia.Value { return g.parameter.Value() }

// Grad returns the gradient of the last run.
func (g *pair) Grad() (gorgonia.Value, error) {
	v := g.gradient.Value()
	if v == nil {
		return nil, errors.Errorf("%s has no gradient yet: run the machine first", g.Name())
	}
	return v, nil
}
