package optimizers

import (
	"cmp"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"optlab/internal/vec"
)

var _ Optimizer = (*Adam)(nil)

// Adam divides an average of the gradients by the root of an average of their
// squares, both corrected for having started from zero:
//
//	m ← β₁·m + (1−β₁)·g
//	v ← β₂·v + (1−β₂)·g²
//	m̂ = m / (1−β₁ᵗ)
//	v̂ = v / (1−β₂ᵗ)
//	w ← w − η / (√v̂ + ε) · m̂
//
// with η the LearningRate, β₁ Beta1, β₂ Beta2, ε Epsilon (outside the root), t the
// number of this step, from 1, w a parameter and g its gradient; m and v, zero at
// first, are kept in the state as "m.<name>" and "v.<name>". It is algorithm 1 of
// Kingma and Ba, Adam: A Method for Stochastic Optimization (2015),
// arXiv:1412.6980, and torch.optim.Adam without options.
type Adam struct {
	memory
	cfg AdamConfig
}

// AdamConfig configures Adam.
type AdamConfig struct {
	// LearningRate is η, about the size of a step: positive and finite. It has no
	// default (the paper suggests 0.001): zero is an error.
	LearningRate float64

	// Beta1 and Beta2 are β₁ and β₂, the parts of the averages that one step
	// keeps: at least 0, less than 1, usually [DefaultBeta1] and [DefaultBeta2].
	// With zero there is no averaging.
	Beta1, Beta2 float64

	// Epsilon is ε, which bounds the step where the gradients are tiny: finite,
	// at least 2⁻¹²⁶, so that it is not lost in float32, usually
	// [DefaultEpsilon]. Zero is an error.
	Epsilon float64
}

// NewAdam returns Adam as configured, or an error that names the field at fault.
func NewAdam(cfg AdamConfig) (*Adam, error) {
	err := cmp.Or(
		checkRate(cfg.LearningRate),
		checkDecay("Beta1", cfg.Beta1),
		checkDecay("Beta2", cfg.Beta2),
		checkEpsilon(cfg.Epsilon),
	)
	if err != nil {
		return nil, errors.Wrap(err, "Adam")
	}
	return &Adam{memory: memory{moments: []string{"m", "v"}}, cfg: cfg}, nil
}

func checkEpsilon(x float64) error {
	if x >= 0x1p-126 && x <= math.MaxFloat64 {
		return nil
	}
	return errors.Errorf("Epsilon is %v; it must be at least 2⁻¹²⁶ (about 1.2e-38) and finite", x)
}

// Step updates the parameters once, as documented at [Optimizer].
func (o *Adam) Step(model []gorgonia.ValueGrad) error {
	if err := o.begin(model); err != nil {
		return errors.Wrap(err, "Adam step")
	}
	f32 := vec.AdamScalars(adamScalarsOf[float32](o.cfg, o.steps))
	f64 := adamScalarsOf[float64](o.cfg, o.steps)
	for i := range o.parameters {
		p := &o.parameters[i]
		vec.Adam(0, p.w.f32, p.g.f32, p.m.f32, p.v.f32, f32)
		adam(p.w.f64, p.g.f64, p.m.f64, p.v.f64, f64)
	}
	return nil
}

// adamScalars is what step t has in common for all elements: β₁, 1−β₁, β₂, 1−β₂,
// and, so that an element costs one root and one division, the corrections as
// factors: η/(1−β₁ᵗ) of m and 1/√(1−β₂ᵗ) of √v. The fields are vec.AdamScalars'.
type adamScalars[T float] struct {
	Beta1, Share1, Beta2, Share2, Rate, Root, Epsilon T
}

// adamScalarsOf computes the scalars in float64 and then rounds, as PyTorch does.
func adamScalarsOf[T float](cfg AdamConfig, t int) adamScalars[T] {
	return adamScalars[T]{
		Beta1:   T(cfg.Beta1),
		Share1:  T(1 - cfg.Beta1),
		Beta2:   T(cfg.Beta2),
		Share2:  T(1 - cfg.Beta2),
		Rate:    T(cfg.LearningRate / (1 - math.Pow(cfg.Beta1, float64(t)))),
		Root:    T(1 / math.Sqrt(1-math.Pow(cfg.Beta2, float64(t)))),
		Epsilon: T(cfg.Epsilon),
	}
}

// adam is one update, as documented at Adam. For float32, vec.Adam does the same
// faster.
func adam[T float](w, g, m, v []T, s adamScalars[T]) {
	smallest := smallestNormal[T]()
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i, gradient := range g {
		mean := flush(s.Beta1*m[i]+s.Share1*gradient, smallest)
		square := flush(s.Beta2*v[i]+s.Share2*gradient*gradient, smallest)
		m[i], v[i] = mean, square
		w[i] -= s.Rate * mean / (T(math.Sqrt(float64(square)))*s.Root + s.Epsilon)
	}
}
