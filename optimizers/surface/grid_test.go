package surface

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gorgonia.org/gorgonia"
	"pgregory.net/rapid"
)

func span(r Range, n int) []float64 { return floats.Span(make([]float64, n), r.Min, r.Max) }

// The picture is that of the function that is descended on, to the last bit.
func TestGridIsTheScalarLoss(t *testing.T) {
	eachSurface(t, func(t *testing.T, s *Surface, r row) {
		xs, ys := span(s.X, 50), span(s.Y, 40)
		grid, err := compile(t, s).Grid(xs, ys)
		noError(t, err)
		if len(grid) != len(ys) {
			t.Fatalf("there are %d rows, want %d", len(grid), len(ys))
		}
		at := prober(t, s)
		for j, y := range ys {
			if len(grid[j]) != len(xs) {
				t.Fatalf("row %d has %d columns, want %d", j, len(grid[j]), len(xs))
			}
			for i, x := range xs {
				if loss, _ := at(x, y); grid[j][i] != loss || !finite(loss) {
					t.Fatalf("at (%v, %v) the grid is %v and the loss %v", x, y, grid[j][i], loss)
				}
				if want := r.formula(x, y); math.Abs(grid[j][i]-want) > 1e-13*max(1, math.Abs(want)) {
					t.Fatalf("at (%v, %v) the grid is %v, by the formula %v", x, y, grid[j][i], want)
				}
			}
		}
	})
}

// The same for grids of every shape, also of one row, column or point, of
// values in no order, also equal ones.
func TestGridOfAnyShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(All()).Draw(t, "surface")
		axis := func(r Range) *rapid.Generator[[]float64] {
			return rapid.SliceOfN(rapid.Float64Range(r.Min, r.Max), 1, 5)
		}
		xs, ys := axis(s.X).Draw(t, "xs"), axis(s.Y).Draw(t, "ys")
		xsBefore, ysBefore := slices.Clone(xs), slices.Clone(ys)
		grid, err := compile(t, s).Grid(xs, ys)
		noError(t, err)
		if !slices.Equal(xs, xsBefore) || !slices.Equal(ys, ysBefore) {
			t.Fatalf("the axes were changed to %v and %v", xs, ys)
		}
		at := prober(t, s)
		for j, y := range ys {
			for i, x := range xs {
				if loss, _ := at(x, y); grid[j][i] != loss {
					t.Fatalf("at (%v, %v) the grid is %v and the loss %v", x, y, grid[j][i], loss)
				}
			}
		}
	})
}

func TestRowsDoNotOverlap(t *testing.T) {
	grid, err := compile(t, saddle()).Grid([]float64{1, 2}, []float64{0, 0})
	noError(t, err)
	grid[0] = append(grid[0], 7)
	if grid[1][0] != 1 {
		t.Errorf("what is appended to a row goes into the next: %v", grid)
	}
}

// The derivative at 0 apart, both sides of the ravine are alike.
func TestPathologicalIsSymmetric(t *testing.T) {
	xs := span(Range{0, 5}, 20)
	mirrored := make([]float64, len(xs))
	for i, x := range xs {
		mirrored[i] = -x
	}
	ys := span(Range{-5, 5}, 7)
	p := compile(t, pathological())
	right, err := p.Grid(xs, ys)
	noError(t, err)
	left, err := p.Grid(mirrored, ys)
	noError(t, err)
	for j := range ys {
		if !slices.Equal(right[j], left[j]) {
			t.Errorf("at w₂ = %v: %v on one side, %v on the other", ys[j], right[j], left[j])
		}
	}
}

func TestGridOverflows(t *testing.T) {
	grid, err := compile(t, rosenbrock()).Grid([]float64{1, 1e200}, []float64{1})
	noError(t, err)
	if grid[0][0] != 0 || !math.IsInf(grid[0][1], 1) {
		t.Errorf("got %v, want 0 and infinity", grid)
	}
}

func TestGridErrors(t *testing.T) {
	one := []float64{1}
	for _, c := range []struct {
		name    string
		surface *Surface
		xs, ys  []float64
		want    string
	}{
		{"no xs", saddle(), nil, one, "the grid of saddle: there are no values of w₁: want at least 1"},
		{"no ys", saddle(), one, []float64{}, "the grid of saddle: there are no values of w₂"},
		{"infinite", saddle(), []float64{1, math.Inf(-1)}, one, "value 1 of w₁ is -Inf"},
		{"not a number", saddle(), one, []float64{math.NaN()}, "value 0 of w₂ is NaN"},
		{"a product of matrices", &Surface{Name: "product", Loss: func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
			if w1.IsScalar() {
				return gorgonia.Mul(w1, w2)
			}
			return gorgonia.Mul(w1, gorgonia.Must(gorgonia.Transpose(w2)))
		}}, one, []float64{1, 2}, "want a node of the parameters' shape"},
	} {
		grid, err := compile(t, c.surface).Grid(c.xs, c.ys)
		if err == nil || !strings.Contains(err.Error(), c.want) || grid != nil {
			t.Errorf("%s: got %v and the error %v, want one with %q", c.name, grid, err, c.want)
		}
	}
}
