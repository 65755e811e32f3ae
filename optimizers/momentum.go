package optimizers

import (
	"cmp"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"optlab/internal/vec"
)

var _ Optimizer = (*Momentum)(nil)

// Momentum is gradient descent along an exponential average of the gradients,
//
//	m ← β₁·m + (1−β₁)·g
//	w ← w − η·m
//
// with η the LearningRate, β₁ Beta1, w a parameter and g its gradient; m, zero at
// first, is kept in the state as "m.<name>". The idea is Polyak's, Some methods of
// speeding up the convergence of iteration methods (1964),
// doi:10.1016/0041-5553(64)90137-5.
//
// The factor 1−β₁ makes m an average: torch.optim.SGD leaves it out, and so takes
// the same steps at a learning rate of (1−β₁)·η.
type Momentum struct {
	memory
	cfg MomentumConfig
}

// MomentumConfig configures Momentum.
type MomentumConfig struct {
	// LearningRate is η: positive and finite. It has no default: zero is an error.
	LearningRate float64

	// Beta1 is β₁, the part of the average that one step keeps: at least 0, less
	// than 1, usually [DefaultBeta1]. With zero, Momentum is SGD.
	Beta1 float64
}

// NewMomentum returns Momentum as configured, or an error that names the field at
// fault.
func NewMomentum(cfg MomentumConfig) (*Momentum, error) {
	if err := cmp.Or(checkRate(cfg.LearningRate), checkDecay("Beta1", cfg.Beta1)); err != nil {
		return nil, errors.Wrap(err, "Momentum")
	}
	return &Momentum{memory: memory{moments: []string{"m"}}, cfg: cfg}, nil
}

// Step updates the parameters once, as documented at [Optimizer].
func (o *Momentum) Step(model []gorgonia.ValueGrad) error {
	if err := o.begin(model); err != nil {
		return errors.Wrap(err, "Momentum step")
	}
	rate, beta := o.cfg.LearningRate, o.cfg.Beta1
	for i := range o.parameters {
		p := &o.parameters[i]
		vec.Momentum(0, p.w.f32, p.g.f32, p.m.f32, float32(rate), float32(beta), float32(1-beta))
		momentum(p.w.f64, p.g.f64, p.m.f64, rate, beta, 1-beta)
	}
	return nil
}

// momentum is one update, m ← β₁·m + (1−β₁)·g and w ← w − η·m. The share 1−β₁ is
// passed because it is rounded to T only after the subtraction, as in PyTorch. For
// float32, vec.Momentum does the same faster.
func momentum[T float](w, g, m []T, rate, beta, share T) {
	smallest := smallestNormal[T]()
	g, m = g[:len(w)], m[:len(w)]
	for i := range w {
		mean := flush(beta*m[i]+share*g[i], smallest)
		m[i] = mean
		w[i] -= rate * mean
	}
}
