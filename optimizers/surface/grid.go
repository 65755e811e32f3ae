package surface

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/graph"
)

// Grid returns the loss on the grid of xs, values of w₁, and ys, values of w₂:
// element [j][i] is the loss at (xs[i], ys[j]), computed for all of them in one
// run of a graph. Where the loss is too large for a float64 it is infinite, or not
// a number, as in arithmetic. It is an error if xs or ys is empty or has a number
// that is not finite.
func (s *Surface) Grid(xs, ys []float64) ([][]float64, error) {
	for _, axis := range []struct {
		name   string
		values []float64
	}{{"w₁", xs}, {"w₂", ys}} {
		if len(axis.values) == 0 {
			return nil, errors.Errorf("the grid of %s: no values of %s", s.Name, axis.name)
		}
		for i, x := range axis.values {
			if !finite(x) {
				return nil, errors.Errorf("the grid of %s: value %d of %s is %g; it must be finite", s.Name, i, axis.name, x)
			}
		}
	}
	values, err := s.evaluate(xs, ys)
	if err != nil {
		return nil, errors.Wrapf(err, "the grid of %s", s.Name)
	}
	rows := make([][]float64, len(ys))
	for j := range rows {
		rows[j], values = values[:len(xs):len(xs)], values[len(xs):]
	}
	return rows, nil
}

// evaluate returns the losses of the grid, row after row.
func (s *Surface) evaluate(xs, ys []float64) ([]float64, error) {
	n := len(xs) * len(ys)
	w1, w2 := make([]float64, 0, n), make([]float64, 0, n)
	for _, y := range ys {
		w1 = append(w1, xs...)
		for range xs {
			w2 = append(w2, y)
		}
	}
	const hook = "losses"
	machine, err := graph.Compile(func(g *gorgonia.ExprGraph) (graph.Program, error) {
		matrix := func(name string, elements []float64) *gorgonia.Node {
			t := tensor.New(tensor.WithShape(len(ys), len(xs)), tensor.WithBacking(elements))
			return gorgonia.NodeFromAny(g, t, gorgonia.WithName(name))
		}
		losses, err := s.build(matrix("w1", w1), matrix("w2", w2))
		return graph.Program{Loss: losses, Hooks: map[string]*gorgonia.Node{hook: losses}}, err
	})
	if err != nil {
		return nil, err
	}
	if err := machine.Run(); err != nil {
		return nil, err
	}
	losses, err := machine.Value(hook)
	if err != nil {
		return nil, err
	}
	t, ok := losses.(*tensor.Dense)
	if !ok {
		return nil, errors.Errorf("the loss is a %T; it must be a *tensor.Dense", losses)
	}
	return t.Float64s(), nil
}
