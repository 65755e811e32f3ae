package figures

import (
	"math"
	"slices"
	"sort"

	"gonum.org/v1/plot"
)

// heights is the scale of a surface's values, for its axis and its colors.
type heights struct {
	low, high float64 // the values at its ends
	log       bool
	skewed    bool // most values are in the lowest quarter
}

// newHeights returns the scale for values of which at least one can be drawn.
func newHeights(z []float64) heights {
	sorted := slices.DeleteFunc(slices.Clone(z), func(v float64) bool { return !drawn(v) })
	slices.Sort(sorted)
	n := len(sorted)
	low, high := sorted[0], sorted[n-1]
	const decades = 1e-3
	if low >= 0 && high > vanishing && sorted[n/50] < decades*high {
		positive := sort.Search(n, func(i int) bool { return sorted[i] > 0 })
		if low = math.Max(sorted[positive+(n-positive)/100], 1e-7*high); low < decades*high {
			return heights{low: low, high: high, log: true}
		}
		low = 0
	}
	low, high = padded(low, high, 0)
	return heights{low: low, high: high, skewed: sorted[n/2]-low < (high-low)/4}
}

// at returns where on the scale a value lies: 0 is its lower end and 1 its
// upper end. It is NaN for what cannot be drawn.
func (h heights) at(z float64) float64 {
	if !drawn(z) {
		return math.NaN()
	}
	if h.log {
		return math.Log(math.Max(z, h.low)/h.low) / math.Log(h.high/h.low)
	}
	return (z - h.low) / (h.high - h.low)
}

// all returns where on the scale all values lie.
func (h heights) all(z []float64) []float64 {
	out := make([]float64, len(z))
	for i, v := range z {
		out[i] = h.at(v)
	}
	return out
}

// marks returns the numbers along the scale, at places from 0 to 1.
func (h heights) marks() []plot.Tick {
	var ticker plot.Ticker = ticks{count: 6}
	if h.log {
		ticker = logTicks{count: 9}
	}
	marks := ticker.Ticks(h.low, h.high)
	for i := range marks {
		marks[i].Value = h.at(marks[i].Value)
	}
	return marks
}

// levels returns the places of contour lines, between 0 and 1 and increasing:
// two to the decade of a logarithmic scale, about a dozen even steps of a
// linear one. If most values are low, the steps grow with the height, as those
// of a parabola's contour lines at even distances do.
func (h heights) levels() []float64 {
	var levels []float64
	add := func(at float64) {
		if at > 1e-6 && at < 1-1e-6 {
			levels = append(levels, at)
		}
	}
	switch {
	case h.log:
		for half := math.Floor(2 * math.Log10(h.low)); half <= 2*math.Log10(h.high); half++ {
			add(h.at(math.Pow(10, half/2)))
		}
	case h.skewed:
		for i := range 12 {
			add(float64(i*i) / 144)
		}
	default:
		for _, mark := range (ticks{count: 14}).Ticks(h.low, h.high) {
			add(h.at(mark.Value))
		}
	}
	return levels
}

// label names the scale.
func (h heights) label() string {
	if h.log {
		return "loss (logarithmic)"
	}
	return "loss"
}
