package figures

import (
	"math"
	"slices"

	"github.com/pkg/errors"
)

// Grid is a function of two variables sampled on a rectangle: Z[j·len(X)+i] is
// its value at (X[i], Y[j]). X and Y increase and have at least two numbers
// each, at any distances.
//
// Values that are NaN, infinite or beyond ±1e100 are gaps: nothing is drawn
// there. If no value is negative and at least one in fifty is less than a
// thousandth of the largest, as with Rosenbrock's function, heights and colors
// are logarithmic, and the axis says so: linear ones would show a flat floor
// where the minimum is. The scale then begins at the lowest hundredth of the
// values, and at most seven decades below the largest; what is smaller lies on
// its lower end.
type Grid struct{ X, Y, Z []float64 }

// check returns an error if the grid's lengths, coordinates or values cannot be
// drawn.
func (g Grid) check() error {
	if len(g.X) < 2 || len(g.Y) < 2 {
		return errors.Errorf("a grid of %d×%d points, give at least 2×2", len(g.X), len(g.Y))
	}
	if len(g.Z)%len(g.X) != 0 || len(g.Z)/len(g.X) != len(g.Y) {
		return errors.Errorf("a grid of %d×%d points has %d values, give one per point", len(g.X), len(g.Y), len(g.Z))
	}
	for _, axis := range []struct {
		name   string
		values []float64
	}{{"X", g.X}, {"Y", g.Y}} {
		for i, v := range axis.values {
			if !(math.Abs(v) <= overflowing) {
				return errors.Errorf("%s[%d] of the grid is %g, give finite coordinates", axis.name, i, v)
			}
			if i > 0 && !(v > axis.values[i-1]) {
				return errors.Errorf("%s[%d] of the grid, %g, is not above %g, give increasing coordinates", axis.name, i, v, axis.values[i-1])
			}
		}
		low, high := axis.values[0], axis.values[len(axis.values)-1]
		if size := math.Max(math.Abs(low), math.Abs(high)); size < vanishing || high-low <= 1e-9*size {
			return errors.Errorf("%s of the grid goes from %g to %g, give a rectangle of some extent", axis.name, low, high)
		}
	}
	if !slices.ContainsFunc(g.Z, drawn) {
		return errors.Errorf("none of the %d values of the grid is finite, choose another rectangle", len(g.Z))
	}
	return nil
}

// drawn tells whether a value can be drawn.
func drawn(v float64) bool { return math.Abs(v) <= overflowing }

// sparse returns the grid with at most the given number of points in each
// direction, about evenly chosen, with the first and the last among them. The
// value of each is the lowest of those that are not nearer to another: a valley
// narrower than the distance between two points would else be met by some and
// missed by others, and look like the edge of a saw. A gap stays one.
func (g Grid) sparse(most int) Grid {
	is, js := chosen(len(g.X), most), chosen(len(g.Y), most)
	out := Grid{}
	for _, i := range is {
		out.X = append(out.X, g.X[i])
	}
	for b, j := range js {
		out.Y = append(out.Y, g.Y[j])
		for a, i := range is {
			z := g.Z[j*len(g.X)+i]
			if drawn(z) {
				z = g.lowest(is, a, js, b)
			}
			out.Z = append(out.Z, z)
		}
	}
	return out
}

// lowest returns the lowest value around the point (is[a], js[b]), without
// gaps.
func (g Grid) lowest(is []int, a int, js []int, b int) float64 {
	lowest := math.Inf(1)
	left, right := around(is, a)
	low, high := around(js, b)
	for j := low; j <= high; j++ {
		for _, z := range g.Z[j*len(g.X):][left : right+1] {
			if drawn(z) && z < lowest {
				lowest = z
			}
		}
	}
	return lowest
}

// around returns the first and the last index no farther from indices[k] than
// from its neighbors.
func around(indices []int, k int) (first, last int) {
	first, last = indices[k], indices[k]
	if k > 0 {
		first -= (first - indices[k-1]) / 2
	}
	if k < len(indices)-1 {
		last += (indices[k+1] - last) / 2
	}
	return first, last
}

// chosen returns the indices of at most the given number of n things, evenly
// spread from the first to the last.
func chosen(n, most int) []int {
	count := min(n, most)
	indices := make([]int, count)
	for k := range indices {
		indices[k] = k * (n - 1) / max(1, count-1)
	}
	return indices
}
