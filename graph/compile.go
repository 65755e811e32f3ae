package graph

import (
	"sync"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"optlab/internal/parallel"
)

// Program is what a Machine runs: a graph, given by some of its nodes.
type Program struct {
	// Loss is what the graph computes. If there are Parameters, it is a scalar,
	// float32 or float64; else it may have any shape.
	Loss *gorgonia.Node

	// Parameters are the inputs whose gradients of Loss are computed, by
	// gorgonia.Grad. With none the machine runs forwards only.
	Parameters gorgonia.Nodes

	// Share, if it is not nil, is a machine with the same parameters in whose
	// memory the gradients are computed: the run of either overwrites those of
	// both.
	Share *Machine

	// Hooks are the nodes whose values can be looked at after a run, by the
	// name under which [Machine.Value] gives them out.
	Hooks map[string]*gorgonia.Node

	// Threads bounds the threads that share the work of one run: 0 is as many
	// as there are. The results do not depend on it.
	Threads int
}

// building is held while a graph is built, differentiated and compiled: one at
// a time in the process. Gorgonia shares state between graphs there, without
// locks of its own: the pools of the type inference behind every node that is
// added; its constants 1 (onef32, onef64), which store their hash when a
// differentiation first asks for it; and the global BLAS that a tape machine is
// made with. Running shares nothing and takes no lock.
var building sync.Mutex

// Compile makes a graph, has build add its nodes, adds the gradients of the
// program that build returns and compiles the graph, which must not be changed
// afterwards. It fails with the error of build, or if the loss of a program
// with parameters is not a scalar or a parameter does not influence it.
//
// It may be called from any number of goroutines; they take turns. All that
// adds nodes to a graph belongs within build, which must not call Compile
// itself.
func Compile(build func(g *gorgonia.ExprGraph) (Program, error)) (*Machine, error) {
	building.Lock()
	defer building.Unlock()
	g := gorgonia.NewGraph()
	var p Program
	err := recovered(func() (err error) {
		p, err = build(g)
		return err
	})
	if err != nil {
		return nil, err
	}
	return newMachine(g, p)
}

// newMachine compiles g for p.
func newMachine(g *gorgonia.ExprGraph, p Program) (*Machine, error) {
	m := &Machine{hooks: p.Hooks}
	err := guard("compiling a graph", func() error {
		if err := p.check(g); err != nil {
			return err
		}
		if err := m.differentiate(p); err != nil {
			return err
		}
		for _, n := range g.AllNodes() {
			if o, ok := n.Op().(interface{ limit(parallel.Threads) }); ok {
				o.limit(parallel.Threads(p.Threads))
			}
		}
		m.run = newRunner(g)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// check says what of p does not fit g.
func (p Program) check(g *gorgonia.ExprGraph) error {
	if p.Loss == nil {
		return errors.New("the program has no loss")
	}
	if p.Loss.Graph() != g {
		return errors.New("the loss is not a node of this graph")
	}
	if len(p.Parameters) > 0 && !p.Loss.IsScalar() {
		return errors.Errorf("the loss has shape %v, want a scalar", p.Loss.Shape())
	}
	for i, n := range p.Parameters {
		if n == nil {
			return errors.Errorf("parameter %d is nil", i)
		}
	}
	for name, n := range p.Hooks {
		if n == nil || n.Graph() != g {
			return errors.Errorf("hook %q is not a node of the loss's graph", name)
		}
	}
	return nil
}

// differentiate adds the gradients of p to its graph.
func (m *Machine) differentiate(p Program) error {
	if len(p.Parameters) == 0 {
		return nil
	}
	grads, err := gorgonia.Grad(p.Loss, p.Parameters...)
	if err != nil {
		return err
	}
	for i, n := range p.Parameters {
		m.gradients = append(m.gradients, &pair{parameter: n, gradient: grads[i]})
	}
	if p.Share == nil {
		return nil
	}
	return m.share(p.Share)
}

// share computes the gradients of m in the memory of those of other.
func (m *Machine) share(other *Machine) error {
	if len(m.gradients) != len(other.gradients) {
		return errors.Errorf("sharing the memory of gradients: there are %d parameters, the other machine has %d", len(m.gradients), len(other.gradients))
	}
	for i := range m.gradients {
		mine, ok := m.gradients[i].(*pair).gradient.Op().(*op)
		theirs, too := other.gradients[i].(*pair).gradient.Op().(*op)
		if !ok || !too {
			continue // a sum, of a parameter that is used twice
		}
		if !mine.output.equal(theirs.output) {
			return errors.Errorf("sharing the memory of gradients: that of parameter %d is %v, the other machine's %v", i, mine.output, theirs.output)
		}
		mine.share(theirs)
	}
	return nil
}

// guard runs f, which calls Gorgonia, and says what was being done when it
// failed.
func guard(doing string, f func() error) error {
	return errors.Wrap(recovered(f), doing)
}

// recovered runs f, which calls Gorgonia, and turns a panic in it into an
// error: Gorgonia panics where it could return one.
func recovered(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Errorf("%v", p)
		}
	}()
	return f()
}
