package initexp

import (
	"math"

	"github.com/pkg/errors"
)

// Distribution describes a list of values as the lab's plots do.
type Distribution struct {
	Shape    []int   `json:"shape"` // of the tensor that the values are from
	Count    int     `json:"count"`
	Mean     float64 `json:"mean"`
	Variance float64 `json:"variance"` // population variance, as numpy.var
	Min      float64 `json:"min"`
	Max      float64 `json:"max"`

	// The histogram, as numpy.histogram's: Counts[i] values lie in [Edges[i],
	// Edges[i+1]), in the last bin including its upper edge. The edges divide
	// [Min, Max] evenly, or [Mean − ½, Mean + ½] if the values are single,
	// wider where that would be lost in rounding.
	Edges  []float64 `json:"edges"`
	Counts []int     `json:"counts"`

	// Density is the kernel density estimate, nil where the values do not vary
	// by more than 1e-8.
	Density *Density `json:"-"`
}

// Single reports whether all values are one, up to rounding in float32.
func (d Distribution) Single() bool {
	return d.Max-d.Min <= 1e-6*math.Max(math.Abs(d.Min), math.Abs(d.Max))
}

// minSpread is the difference of largest and smallest value up to which a
// density is not estimated, as in the lab.
const minSpread = 1e-8

// describe returns the distribution of values, elements of a tensor of the
// given shape, with a histogram of the given number of bins. It is an error if
// there are no values, one is not finite, or bins is not positive.
func describe(values []float32, shape []int, bins int) (Distribution, error) {
	if len(values) == 0 || bins < 1 {
		return Distribution{}, errors.Errorf("describing %d values in %d bins: want at least one of each", len(values), bins)
	}
	d := Distribution{Shape: append([]int(nil), shape...), Count: len(values)}
	if err := d.moments(values); err != nil {
		return Distribution{}, err
	}
	d.histogram(values, bins)
	if d.Max-d.Min > minSpread {
		d.Density = estimate(values, d)
	}
	return d, nil
}

// moments sets mean, variance and extremes.
func (d *Distribution) moments(values []float32) error {
	low, high, sum := values[0], values[0], 0.0
	for _, v := range values {
		low, high = min(low, v), max(high, v) // both carry a NaN on
		sum += float64(v)
	}
	d.Min, d.Max = float64(low), float64(high)
	if math.IsNaN(d.Min) || math.IsInf(d.Min, 0) || math.IsInf(d.Max, 0) {
		return errors.New("describing values: some are not finite numbers")
	}
	d.Mean = sum / float64(len(values))
	squares := 0.0
	for _, v := range values {
		squares += (float64(v) - d.Mean) * (float64(v) - d.Mean)
	}
	d.Variance = squares / float64(len(values))
	return nil
}

// histogram sets edges and counts.
func (d *Distribution) histogram(values []float32, bins int) {
	low, high := d.Min, d.Max
	if d.Single() {
		half := math.Max(0.5, 1e-3*math.Abs(d.Mean))
		low, high = d.Mean-half, d.Mean+half
	}
	d.Edges = make([]float64, bins+1)
	for i := range d.Edges {
		d.Edges[i] = low + (high-low)*float64(i)/float64(bins)
	}
	d.Edges[bins] = high
	d.Counts = make([]int, bins)
	if d.Single() {
		d.Counts[bins/2] = len(values)
		return
	}
	scale := float64(bins) / (high - low)
	for _, v := range values {
		x := float64(v)
		i := min(int((x-low)*scale), bins-1)
		// The product may round across the edge that it should meet.
		if x < d.Edges[i] {
			i--
		} else if i < bins-1 && x >= d.Edges[i+1] {
			i++
		}
		d.Counts[i]++
	}
}
