package models

import (
	"math"

	"github.com/pkg/errors"

	"optlab/graph"
	"optlab/random"
)

// Initializer is a scheme with its settings.
type Initializer struct {
	Scheme Scheme `json:"scheme"`
	// Constant is the value of the scheme of that name. The lab takes 0.005.
	Constant float64 `json:"constant"`
	// Std is the standard deviation of the scheme Normal. The lab takes 0.01.
	Std float64 `json:"std"`
	// Gain has the weights of Xavier and Kaiming scaled for the network's
	// activation, as PyTorch's xavier_uniform_(w, gain) and
	// kaiming_normal_(w, nonlinearity=…) do with calculate_gain. Without it
	// Xavier's gain is 1 and Kaiming's √2, which is ReLU's. In the first layer
	// Kaiming's is 1 either way.
	Gain bool `json:"gain,omitempty"`
}

// NewInitializer returns the scheme with the lab's settings.
func NewInitializer(scheme Scheme) Initializer {
	return Initializer{Scheme: scheme, Constant: 0.005, Std: 0.01}
}

// recipe is how a network's parameters are drawn: a row of schemes, its
// settings and the square of its gain.
type recipe struct {
	scheme
	Initializer
	gain float64
}

// recipe resolves init for a network of the given activation. An unknown
// scheme, a setting that is not finite, or a gain where the scheme takes or the
// activation has none, is an error.
func (init Initializer) recipe(activation graph.Activation) (recipe, error) {
	row, err := init.Scheme.row()
	if err != nil {
		return recipe{}, err
	}
	if math.IsNaN(init.Constant) || math.IsInf(init.Constant, 0) {
		return recipe{}, errors.Errorf("initializer constant: the value %v is not finite", init.Constant)
	}
	if !(init.Std >= 0) || math.IsInf(init.Std, 0) {
		return recipe{}, errors.Errorf("initializer normal: the standard deviation %v is not a finite number from 0 up", init.Std)
	}
	r := recipe{scheme: row, Initializer: init, gain: row.gain}
	if !init.Gain {
		return r, nil
	}
	if row.gain == 0 {
		return recipe{}, errors.Errorf("initializer %s: it takes no gain: want %s", init.Scheme, join(SchemesWithGain, " or "))
	}
	gain, ok := activation.Gain()
	if !ok {
		return recipe{}, errors.Errorf("initializer %s: activation %s has no gain: want one of %s", init.Scheme, activation, join(withGain(), ", "))
	}
	r.gain = gain * gain
	return r, nil
}

// withGain returns the activations that have a gain.
func withGain() []graph.Activation {
	var list []graph.Activation
	for _, a := range graph.Activations {
		if _, ok := a.Gain(); ok {
			list = append(list, a)
		}
	}
	return list
}

// kaiming returns the square of the gain of Kaiming for a layer.
func (r recipe) kaiming(f fan) float64 {
	if f.first {
		return 1
	}
	return r.gain
}

// Initialize draws all parameters of m from s. Constructing the network in
// PyTorch draws its default first, and only then does the lab draw again by the
// scheme; so does Initialize, and both end at the same place in the stream. An
// unknown scheme, a setting that is not finite, or a gain where the scheme
// takes or the network's activation has none, is an error, and nothing is
// drawn.
func (m *Model) Initialize(init Initializer, s *random.Stream) error {
	r, err := init.recipe(m.config.Activation)
	if err != nil {
		return err
	}
	for _, l := range m.layers {
		l.initialize(recipe{scheme: torch}, s)
	}
	if init.Scheme == Torch {
		return nil
	}
	for _, l := range m.layers {
		l.initialize(r, s)
	}
	return nil
}
