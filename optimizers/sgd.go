package optimizers

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"optlab/internal/vec"
)

var _ Optimizer = (*SGD)(nil)

// SGD is stochastic gradient descent,
//
//	w ← w − η·g
//
// with η the LearningRate, w a parameter and g its gradient, after Robbins and
// Monro, A Stochastic Approximation Method (1951), doi:10.1214/aoms/1177729586.
// Its state is the number of steps alone.
type SGD struct {
	memory
	cfg SGDConfig
}

// SGDConfig configures SGD.
type SGDConfig struct {
	// LearningRate is η, the size of a step per unit of gradient: positive and
	// finite. It has no default: zero is an error.
	LearningRate float64
}

// NewSGD returns SGD as configured, or an error that names the field at fault.
func NewSGD(cfg SGDConfig) (*SGD, error) {
	if err := checkRate(cfg.LearningRate); err != nil {
		return nil, errors.Wrap(err, "SGD")
	}
	return &SGD{cfg: cfg}, nil
}

// Step updates the parameters once, as documented at [Optimizer].
func (o *SGD) Step(model []gorgonia.ValueGrad) error {
	if err := o.begin(model); err != nil {
		return errors.Wrap(err, "SGD step")
	}
	for i := range o.parameters {
		p := &o.parameters[i]
		vec.SGD(0, p.w.f32, p.g.f32, float32(o.cfg.LearningRate))
		sgd(p.w.f64, p.g.f64, o.cfg.LearningRate)
	}
	return nil
}

// sgd is one update, w ← w − η·g. For float32, vec.SGD does the same faster.
func sgd[T float](w, g []T, rate T) {
	g = g[:len(w)]
	for i := range w {
		w[i] -= rate * g[i]
	}
}
