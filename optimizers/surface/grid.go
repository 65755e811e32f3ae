package surface

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/graph"
)

// grid is a surface compiled for matrices of one shape.
type grid struct {
	machine       *graph.Machine
	columns, rows int
	w1, w2        []float64 // the matrices, row after row
}

// Grid returns the loss on the grid of xs, values of w₁, and ys, values of w₂:
// element [j][i] is the loss at (xs[i], ys[j]), computed for all of them in one
// run of a graph, which is compiled when a grid has another shape than the last
// one. Where the loss is too large for a float64 it is infinite, or not a
// number, as in arithmetic. It is an error if xs or ys is empty or has a number
// that is not finite.
func (p *Probe) Grid(xs, ys []float64) ([][]float64, error) {
	values, err := p.evaluate(xs, ys)
	if err != nil {
		return nil, errors.Wrapf(err, "the grid of %s", p.surface.Name)
	}
	rows := make([][]float64, len(ys))
	for j := range rows {
		rows[j], values = values[:len(xs):len(xs)], values[len(xs):]
	}
	return rows, nil
}

// evaluate returns the losses of the grid, row after row.
func (p *Probe) evaluate(xs, ys []float64) ([]float64, error) {
	if err := checkAxis("w₁", xs); err != nil {
		return nil, err
	}
	if err := checkAxis("w₂", ys); err != nil {
		return nil, err
	}
	if p.grid == nil || p.grid.columns != len(xs) || p.grid.rows != len(ys) {
		g, err := p.surface.compileGrid(len(xs), len(ys))
		if err != nil {
			return nil, err
		}
		p.grid = g
	}
	return p.grid.evaluate(xs, ys)
}

func checkAxis(name string, values []float64) error {
	if len(values) == 0 {
		return errors.Errorf("there are no values of %s: want at least 1", name)
	}
	for i, x := range values {
		if !finite(x) {
			return errors.Errorf("value %d of %s is %g: want a finite number", i, name, x)
		}
	}
	return nil
}

// compileGrid compiles the surface for rows × columns matrices.
func (s *Surface) compileGrid(columns, rows int) (*grid, error) {
	n := rows * columns
	c := &grid{columns: columns, rows: rows, w1: make([]float64, n), w2: make([]float64, n)}
	var err error
	c.machine, err = graph.Compile(func(g *gorgonia.ExprGraph) (graph.Program, error) {
		matrix := func(name string, elements []float64) *gorgonia.Node {
			t := tensor.New(tensor.WithShape(rows, columns), tensor.WithBacking(elements))
			return gorgonia.NodeFromAny(g, t, gorgonia.WithName(name))
		}
		losses, err := s.build(matrix("w1", c.w1), matrix("w2", c.w2))
		return graph.Program{Loss: losses, Hooks: map[string]*gorgonia.Node{lossHook: losses}}, err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// evaluate returns the losses of the grid, row after row, in a new slice.
func (g *grid) evaluate(xs, ys []float64) ([]float64, error) {
	for j, y := range ys {
		row := j * len(xs)
		copy(g.w1[row:], xs)
		for i := range xs {
			g.w2[row+i] = y
		}
	}
	if err := g.machine.Run(); err != nil {
		return nil, err
	}
	value, err := g.machine.Value(lossHook)
	if err != nil {
		return nil, err
	}
	t, ok := value.(*tensor.Dense)
	if !ok {
		return nil, errors.Errorf("the loss is a %T: want a *tensor.Dense", value)
	}
	return append([]float64(nil), t.Float64s()...), nil
}
