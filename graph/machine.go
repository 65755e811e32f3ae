package graph

import (
	"sort"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"optlab/internal/parallel"
)

// Program is what a Machine runs: a graph, given by some of its nodes.
type Program struct {
	// Loss is the scalar that the graph computes.
	Loss *gorgonia.Node

	// Parameters are the inputs whose gradients of Loss are computed, by
	// gorgonia.Grad. With none the machine runs forwards only.
	Parameters gorgonia.Nodes

	// Hooks are the nodes whose values can be looked at after a run, by the name
	// under which [Machine.Value] gives them out.
	Hooks map[string]*gorgonia.Node

	// Threads bounds the threads that share the work of one run: 0 is as many as
	// there are. The results do not depend on it.
	Threads int
}

// Machine is one graph, compiled once for Gorgonia's tape machine and run as
// often as needed. It is not safe for concurrent use, and a graph has at most
// one machine.
type Machine struct {
	run       func() error
	gradients []gorgonia.ValueGrad
	hooks     map[string]*gorgonia.Node
}

// NewMachine adds the gradient nodes of p to its graph and compiles the graph,
// which must not be changed afterwards. It fails if the loss is not a scalar or
// a parameter does not influence it.
func NewMachine(p Program) (*Machine, error) {
	if p.Loss == nil {
		return nil, errors.New("compiling a graph: the program has no loss")
	}
	if !p.Loss.IsScalar() {
		return nil, errors.Errorf("compiling a graph: the loss has shape %v, want a scalar", p.Loss.Shape())
	}
	for i, n := range p.Parameters {
		if n == nil {
			return nil, errors.Errorf("compiling a graph: parameter %d is nil", i)
		}
	}
	for name, n := range p.Hooks {
		if n == nil || n.Graph() != p.Loss.Graph() {
			return nil, errors.Errorf("compiling a graph: hook %q is not a node of the loss's graph", name)
		}
	}
	m := &Machine{hooks: p.Hooks}
	err := guard("compiling a graph", func() error {
		if len(p.Parameters) > 0 {
			grads, err := gorgonia.Grad(p.Loss, p.Parameters...)
			if err != nil {
				return err
			}
			for i, n := range p.Parameters {
				m.gradients = append(m.gradients, &gradient{parameter: n, gradient: grads[i]})
			}
		}
		for _, n := range p.Loss.Graph().AllNodes() {
			if o, ok := n.Op().(interface{ limit(parallel.Threads) }); ok {
				o.limit(parallel.Threads(p.Threads))
			}
		}
		m.run = newRunner(p.Loss.Graph())
		return nil
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Run computes every node of the graph from the present values of its inputs.
// After an error (an input of a wrong type, a label out of range) the values are
// those of no particular run; the next Run starts afresh.
func (m *Machine) Run() error { return guard("running a graph", m.run) }

// Gradients returns every parameter with its gradient, in the order of
// [Program.Parameters], as a Solver takes them. The values they lead to are those
// of the last run.
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

// gradient pairs a parameter with its gradient node. Gorgonia would have the
// gradient added into a dual value that must be cleared before each run; reading
// the gradient node itself needs neither.
type gradient struct {
	parameter, gradient *gorgonia.Node
}

var (
	_ gorgonia.ValueGrad = (*gradient)(nil)
	_ gorgonia.Namer     = (*gradient)(nil)
)

// Name returns the parameter's name.
func (g *gradient) Name() string { return g.parameter.Name() }

// Value returns the parameter's tensor.
func (g *gradient) Value() gorgonia.Value { return g.parameter.Value() }

// Grad returns the gradient of the last run.
func (g *gradient) Grad() (gorgonia.Value, error) {
	v := g.gradient.Value()
	if v == nil {
		return nil, errors.Errorf("%s has no gradient yet: run the machine first", g.Name())
	}
	return v, nil
}
