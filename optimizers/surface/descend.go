package surface

import (
	"fmt"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"optlab/graph"
)

// DivergenceError is the error of a descent that leaves the finite numbers.
type DivergenceError struct {
	// Surface is the name of the surface.
	Surface string

	// Updates is the number of updates made, and so of the finite points before.
	Updates int

	// Point is where they led to: one of its numbers is infinite or not a number.
	Point Point
}

// Error says where the path ends and what to do about it.
func (e *DivergenceError) Error() string {
	return fmt.Sprintf("descending on %s: after %d updates the loss at (%g, %g) is %g: "+
		"the path diverges; try a lower learning rate or fewer updates",
		e.Surface, e.Updates, e.Point.W1, e.Point.W2, e.Point.Loss)
}

// Descend lets solver minimise the surface from start, (w₁, w₂), and returns the
// point before each of the updates, as the notebook's train_curve does: the first
// is the start, and where the last update leads to is not among them. The solver
// sees two float64 scalars named w1 and w2 and their gradients; one that keeps
// state should be new.
//
// With any error come the points before it, which may be none. A path that leaves
// the finite numbers ends with a [DivergenceError]; the points are still what
// there is to draw. Without points, it is the start where the loss is not finite.
func Descend(solver gorgonia.Solver, s *Surface, start [2]float64, updates int) ([]Point, error) {
	switch {
	case s == nil:
		return nil, errors.New("descending: no surface")
	case solver == nil:
		return nil, errors.Errorf("descending on %s: no solver", s.Name)
	case !finite(start[0]) || !finite(start[1]):
		return nil, errors.Errorf("descending on %s: the start (%g, %g) is not finite", s.Name, start[0], start[1])
	case updates < 0:
		return nil, errors.Errorf("descending on %s: %d updates; there must be at least 0", s.Name, updates)
	}
	p, err := newProbe(s, start)
	if err != nil {
		return nil, errors.Wrapf(err, "descending on %s", s.Name)
	}
	points := []Point{}
	for i := range updates {
		point, err := p.run()
		if err != nil {
			return points, errors.Wrapf(err, "descending on %s, update %d", s.Name, i+1)
		}
		if !finite(point.W1) || !finite(point.W2) || !finite(point.Loss) {
			return points, &DivergenceError{Surface: s.Name, Updates: i, Point: point}
		}
		points = append(points, point)
		if err := solver.Step(p.parameters); err != nil {
			return points, errors.Wrapf(err, "descending on %s, update %d", s.Name, i+1)
		}
	}
	return points, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// probe is a surface as a graph of two scalars, with the gradients.
type probe struct {
	machine    *graph.Machine
	weights    [2]*weight
	parameters []gorgonia.ValueGrad // the weights, as a Solver takes them
}

const lossHook = "loss"

func newProbe(s *Surface, at [2]float64) (*probe, error) {
	p := &probe{}
	for i, name := range []string{"w1", "w2"} {
		p.weights[i] = &weight{name: name, value: gorgonia.NewF64(at[i]), gradient: gorgonia.NewF64(0)}
		p.parameters = append(p.parameters, p.weights[i])
	}
	var err error
	p.machine, err = graph.Compile(func(g *gorgonia.ExprGraph) (graph.Program, error) {
		nodes := make(gorgonia.Nodes, len(at))
		for i, w := range p.weights {
			nodes[i] = gorgonia.NewScalar(g, gorgonia.Float64, gorgonia.WithName(w.name), gorgonia.WithValue(w.value))
		}
		loss, err := s.build(nodes[0], nodes[1])
		return graph.Program{Loss: loss, Parameters: nodes, Hooks: map[string]*gorgonia.Node{lossHook: loss}}, err
	})
	return p, err
}

// run computes the loss and the gradients at the present weights.
func (p *probe) run() (Point, error) {
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
		return 0, errors.Errorf("is a %T; it must be a *gorgonia.F64", v)
	}
	return *x, nil
}

// weight is a parameter with a copy of its gradient. The gradient node's own value
// must not be handed out: Gorgonia's solvers set gradients to zero, and where one
// is constant its node is a constant, which would be zero from then on, or is that
// of the other parameter as well.
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
