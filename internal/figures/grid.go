package figures

import (
	"math"
	"slices"
	"sort"

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

// smooth returns the values averaged over their neighbors, by a Gaussian whose
// standard deviation is the distance of two points; gaps stay gaps. The floor
// of a valley that is narrower than that lies between the points of some rows
// and on those of others: on a logarithmic scale it would look like the edge of
// a saw, but the mean of the loss around a point does not depend on where
// exactly the floor is.
func (g Grid) smooth() []float64 {
	along := func(values []float64, index func(i, k int) int, lines, length int) []float64 {
		out := make([]float64, len(values))
		for i := range lines {
			for k := range length {
				at, sum, weights := index(i, k), 0.0, 0.0
				for step := max(-3, -k); step <= min(3, length-1-k); step++ {
					if z := values[index(i, k+step)]; drawn(z) {
						weight := math.Exp(-float64(step*step) / 2)
						sum, weights = sum+weight*z, weights+weight
					}
				}
				if out[at] = values[at]; drawn(values[at]) {
					out[at] = sum / weights
				}
			}
		}
		return out
	}
	cols, rows := len(g.X), len(g.Y)
	rowwise := along(g.Z, func(j, i int) int { return j*cols + i }, rows, cols)
	return along(rowwise, func(i, j int) int { return j*cols + i }, cols, rows)
}

// locate returns where a coordinate lies among increasing ones, with the part
// of the way from the first to the last; false if it is outside.
func locate(coordinates []float64, v float64) (p place, part float64, ok bool) {
	first, last := coordinates[0], coordinates[len(coordinates)-1]
	if !(v >= first && v <= last) {
		return place{}, 0, false
	}
	i := min(max(sort.SearchFloat64s(coordinates, v)-1, 0), len(coordinates)-2)
	return place{index: i, part: (v - coordinates[i]) / (coordinates[i+1] - coordinates[i])}, (v - first) / (last - first), true
}

// raise returns the point of the box above (x, y), where the heights of the
// grid are given from 0 to 1; false if it is outside, or in a gap.
func (g Grid) raise(heights []float64, x, y float64) (vec, bool) {
	px, u, okX := locate(g.X, x)
	py, v, okY := locate(g.Y, y)
	if !okX || !okY {
		return vec{}, false
	}
	low, high := heights[py.index*len(g.X)+px.index:], heights[(py.index+1)*len(g.X)+px.index:]
	z := mix(mix(low[0], low[1], px.part), mix(high[0], high[1], px.part), py.part)
	return vec{u, v, z}, !math.IsNaN(z)
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
