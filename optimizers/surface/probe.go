package surface

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"optlab/graph"
)

// Probe is a surface compiled, to be descended on and evaluated any number of
// times. It is not safe for concurrent use; different probes run side by side,
// also of one surface.
type Probe struct {
	surface    *Surface
	machine    *graph.Machine
	weights    [2]*weight
	parameters []gorgonia.ValueGrad // the weights, as a Solver takes them
	grid       *grid                // of the last shape; nil before the first
}

const lossHook = "loss"

// Compile compiles the surface with its gradients. It may be called from any
// number of goroutines: see graph.Compile.
func Compile(s *Surface) (*Probe, error) {
	if s == nil {
		return nil, errors.New("compiling: no surface")
	}
	p := &Probe{surface: s}
	for i, name := range []string{"w1", "w2"} {
		p.weights[i] = &weight{name: name, value: gorgonia.NewF64(0), gradient: gorgonia.NewF64(0)}
		p.parameters = append(p.parameters, p.weights[i])
	}
	var err error
	p.machine, err = graph.Compile(func(g *gorgonia.ExprGraph) (graph.Program, error) {
		nodes := make(gorgonia.Nodes, len(p.weights))
		for i, w := range p.weights {
			nodes[i] = gorgonia.NewScalar(g, gorgonia.Float64, gorgonia.WithName(w.name), gorgonia.WithValue(w.value))
		}
		loss, err := s.build(nodes[0], nodes[1])
		return graph.Program{
			Loss:       loss,
			Parameters: nodes,
			Hooks:      map[string]*gorgonia.Node{lossHook: loss},
		}, err
	})
	if err != nil {
		return nil, errors.Wrapf(err, "compiling %s", s.Name)
	}
	return p, nil
}

// move sets the weights.
func (p *Probe) move(to [2]float64) {
	for i, x := range to {
		*p.weights[i].value = gorgonia.F64(x)
	}
}

// run computes the loss and the gradients at the present weights.
func (p *Probe) run() (Point, error) {
	if err := p.machine.Run(); err != nil {
		return Point{}, err
	}
	for i, vg := range p.machine.Gradients() {
		gradient, err := vg.Grad()
		if err != nil {
			return Point{}, err
		}
		if *p.weights[i].gradient, err = scalar(gradient); err != nil {
			return Point{}, errors.Wrapf(err, "the gradient of %s", p.weights[i].name)
		}
	}
	value, err := p.machine.Value(lossHook)
	if err != nil {
		return Point{}, err
	}
	loss, err := scalar(value)
	return Point{float64(*p.weights[0].value), float64(*p.weights[1].value), float64(loss)}, errors.Wrap(err, "the loss")
}

func scalar(v gorgonia.Value) (gorgonia.F64, error) {
	x, ok := v.(*gorgonia.F64)
	if !ok {
		return 0, errors.Errorf("is a %T: want a *gorgonia.F64", v)
	}
	return *x, nil
}

// weight is a parameter with a copy of its gradient. The gradient node's own
// value must not be handed out: Gorgonia's solvers set gradients to zero, and
// where one is constant its node is a constant, which would be zero from then
// on, or is that of the other parameter as well.
type weight struct {
	name            string
	value, gradient *gorgonia.F64
}

var (
	_ gorgonia.ValueGrad = (*weight)(nil)
	_ gorgonia.Namer     = (*weight)(nil)
)

// Name returns w1 or w2.
func (w *weight) Name() string { return w.name }

// Value returns the value that the graph's node is bound to.
func (w *weight) Value() gorgonia.Value { return w.value }

// Grad returns the gradient of the last run.
func (w *weight) Grad() (gorgonia.Value, error) { return w.gradient, nil }
