package models

import (
	"math"
	"strings"

	"github.com/pkg/errors"

	"optlab/random"
)

// Scheme names a way to draw the first values of a model's parameters. In the
// formulas d is the number of inputs and e the number of outputs of a layer.
type Scheme string

// The schemes of the lab.
const (
	// Torch is PyTorch's default for nn.Linear: weight and bias uniform in ±1/√d.
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
	// Kaiming draws weights from N(0, 2/d), those of the first layer, whose input
	// has passed no ReLU, from N(0, 1/d), and sets biases to 0 (He et al., 2015).
	Kaiming Scheme = "kaiming"
)

// Schemes are all schemes, in the order in which help texts list them.
var Schemes = []Scheme{Torch, Constant, Normal, EqualVar, Xavier, Kaiming}

// ParseScheme returns the scheme of the given name, or an error that lists the
// names.
func ParseScheme(name string) (Scheme, error) {
	names := make([]string, len(Schemes))
	for i, s := range Schemes {
		if string(s) == name {
			return s, nil
		}
		names[i] = string(s)
	}
	return "", errors.Errorf("unknown initialiser %q: want one of %s", name, strings.Join(names, ", "))
}

// Initializer is a scheme with its settings.
type Initializer struct {
	Scheme Scheme `json:"scheme"`
	// Constant is the value of the scheme of that name. The lab takes 0.005.
	Constant float64 `json:"constant"`
	// Std is the standard deviation of the scheme Normal. The lab takes 0.01.
	Std float64 `json:"std"`
}

// NewInitializer returns the scheme with the lab's settings.
func NewInitializer(scheme Scheme) Initializer {
	return Initializer{Scheme: scheme, Constant: 0.005, Std: 0.01}
}

// Initialize draws all parameters of m from s. Constructing the network in
// PyTorch draws its default first, and only then does the lab draw again by the
// scheme; so does Initialize, and both end at the same place in the stream. An
// unknown scheme or a setting that is not finite is an error.
func (m *Model) Initialize(init Initializer, s *random.Stream) error {
	if _, err := ParseScheme(string(init.Scheme)); err != nil {
		return err
	}
	if math.IsNaN(init.Constant) || math.IsInf(init.Constant, 0) {
		return errors.Errorf("initialiser constant: the value %v is not finite", init.Constant)
	}
	if !(init.Std >= 0) || math.IsInf(init.Std, 0) {
		return errors.Errorf("initialiser normal: the standard deviation %v is not a finite number from 0 up", init.Std)
	}
	for i := range len(m.parameters) / 2 {
		init.draw(Torch, m, i, s)
	}
	if init.Scheme == Torch {
		return nil
	}
	for i := range len(m.parameters) / 2 {
		init.draw(init.Scheme, m, i, s)
	}
	return nil
}

// draw sets weight and bias of the i-th Linear layer of m.
func (init Initializer) draw(scheme Scheme, m *Model, i int, s *random.Stream) {
	w, b := m.weight(i).Data(), m.bias(i).Data()
	shape := m.weight(i).Value.Shape()
	e, d := float64(shape[0]), float64(shape[1])
	switch scheme {
	case Torch:
		// As PyTorch computes it: the bound of a uniform distribution with
		// standard deviation gain/√d, gain = √(1/3).
		bound := math.Sqrt(3) * (math.Sqrt(2.0/(1+5)) / math.Sqrt(d))
		s.Uniform(w, -bound, bound)
		s.Uniform(b, -1/math.Sqrt(d), 1/math.Sqrt(d))
	case Constant:
		fill(w, float32(init.Constant))
		fill(b, float32(init.Constant))
	case Normal:
		s.Normal(w, 0, init.Std)
		s.Normal(b, 0, init.Std)
	case EqualVar:
		s.Normal(w, 0, 1/math.Sqrt(d))
		fill(b, 0)
	case Xavier:
		bound := math.Sqrt(6) / math.Sqrt(d+e)
		s.Uniform(w, -bound, bound)
		fill(b, 0)
	case Kaiming:
		gain := math.Sqrt(2)
		if i == 0 {
			gain = 1
		}
		s.Normal(w, 0, gain/math.Sqrt(d))
		fill(b, 0)
	}
}

// WeightVariance returns the variance of the distribution that the weights of the
// i-th Linear layer, from 0, are drawn from; the layer has d inputs and e outputs.
func (init Initializer) WeightVariance(i, d, e int) float64 {
	switch init.Scheme {
	case Torch:
		return 1 / (3 * float64(d))
	case Normal:
		return init.Std * init.Std
	case EqualVar:
		return 1 / float64(d)
	case Xavier:
		return 2 / float64(d+e)
	case Kaiming:
		if i == 0 {
			return 1 / float64(d)
		}
		return 2 / float64(d)
	default: // Constant
		return 0
	}
}

func fill(x []float32, value float32) {
	for i := range x {
		x[i] = value
	}
}
