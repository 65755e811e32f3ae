package models

import (
	"math"
	"slices"

	"github.com/pkg/errors"

	"optlab/random"
)

// Scheme names a way to draw the first values of a model's parameters. In the
// formulas d is the number of inputs and e the number of outputs of a layer.
type Scheme string

// The schemes of the lab.
const (
	// Torch is PyTorch's default for nn.Linear: weight and bias uniform in
	// ±1/√d.
	Torch Scheme = "torch"
	// Constant sets every parameter to one value.
	Constant Scheme = "constant"
	// Normal draws every parameter from N(0, std²).
	Normal Scheme = "normal"
	// EqualVar draws weights from N(0, 1/d) and sets biases to 0.
	EqualVar Scheme = "equalvar"
	// Xavier draws weights uniformly in ±√(6/(d+e)) and sets biases to 0
	// (Glorot and Bengio, 2010).
	Xavier Scheme = "xavier"
	// Kaiming draws weights from N(0, 2/d), those of the first layer, whose
	// input has passed no ReLU, from N(0, 1/d), and sets biases to 0 (He et
	// al., 2015).
	Kaiming Scheme = "kaiming"
)

// fan is what a scheme needs to know of a layer with weights.
type fan struct {
	in, out float64 // d and e
	first   bool    // the input is the network's and has passed no activation
}

// scheme is how a Scheme draws: weights w and biases b from s, and the variance
// of the distribution of w.
type scheme struct {
	name     Scheme
	draw     func(r recipe, f fan, w, b []float32, s *random.Stream)
	variance func(r recipe, f fan) float64
	// gain is the square of the gain that the scheme has by itself, 0 if an
	// activation's has no place in it.
	gain float64
}

// torch is what constructing a network draws, whatever is drawn afterwards.
var torch = scheme{name: Torch, draw: drawTorch, variance: func(_ recipe, f fan) float64 { return 1 / (3 * f.in) }}

// schemes has a row for every scheme, in the order in which help texts list
// them.
var schemes = []scheme{
	torch,
	{name: Constant, draw: drawConstant, variance: func(recipe, fan) float64 { return 0 }},
	{name: Normal, draw: drawNormal, variance: func(r recipe, _ fan) float64 { return r.Std * r.Std }},
	{name: EqualVar, draw: drawEqualVar, variance: func(_ recipe, f fan) float64 { return 1 / f.in }},
	{name: Xavier, draw: drawXavier, variance: func(r recipe, f fan) float64 { return 2 * r.gain / (f.in + f.out) }, gain: 1},
	{name: Kaiming, draw: drawKaiming, variance: func(r recipe, f fan) float64 { return r.kaiming(f) / f.in }, gain: 2},
}

// Schemes are all schemes, in the order in which help texts list them.
var Schemes = schemesThat(func(scheme) bool { return true })

// SchemesWithGain are those that an activation's gain has a place in, in the
// same order.
var SchemesWithGain = schemesThat(func(row scheme) bool { return row.gain > 0 })

// schemesThat returns the names of the schemes that hold.
func schemesThat(hold func(scheme) bool) []Scheme {
	var names []Scheme
	for _, row := range schemes {
		if hold(row) {
			names = append(names, row.name)
		}
	}
	return names
}

// row returns how s draws, or an error that lists the names.
func (s Scheme) row() (scheme, error) {
	i := slices.IndexFunc(schemes, func(row scheme) bool { return row.name == s })
	if i < 0 {
		return scheme{}, errors.Errorf("unknown initializer %q: want one of %s", s, join(Schemes, ", "))
	}
	return schemes[i], nil
}

// drawTorch draws as PyTorch computes it: the bound of the weights is that of a
// uniform distribution with standard deviation gain/√d, gain = √(1/3).
func drawTorch(_ recipe, f fan, w, b []float32, s *random.Stream) {
	bound := math.Sqrt(3) * (math.Sqrt(2.0/(1+5)) / math.Sqrt(f.in))
	s.Uniform(w, -bound, bound)
	s.Uniform(b, -1/math.Sqrt(f.in), 1/math.Sqrt(f.in))
}

func drawConstant(r recipe, _ fan, w, b []float32, _ *random.Stream) {
	fill(w, float32(r.Constant))
	fill(b, float32(r.Constant))
}

func drawNormal(r recipe, _ fan, w, b []float32, s *random.Stream) {
	s.Normal(w, 0, r.Std)
	s.Normal(b, 0, r.Std)
}

func drawEqualVar(_ recipe, f fan, w, b []float32, s *random.Stream) {
	s.Normal(w, 0, 1/math.Sqrt(f.in))
	fill(b, 0)
}

func drawXavier(r recipe, f fan, w, b []float32, s *random.Stream) {
	bound := math.Sqrt(r.gain) * math.Sqrt(6) / math.Sqrt(f.in+f.out)
	s.Uniform(w, -bound, bound)
	fill(b, 0)
}

func drawKaiming(r recipe, f fan, w, b []float32, s *random.Stream) {
	s.Normal(w, 0, math.Sqrt(r.kaiming(f))/math.Sqrt(f.in))
	fill(b, 0)
}

func fill(x []float32, value float32) {
	for i := range x {
		x[i] = value
	}
}
