package optimizers

import (
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/parallel"
)

// Optimizer updates a model's parameters from their gradients and can have its
// state saved and restored. It is not safe for concurrent use.
//
// Step updates every parameter in place, and changes no gradient; two
// parameters may share one. A value and its gradient have the same shape and
// the same type, float32 or float64: a row-major, contiguous *tensor.Dense, or
// a Gorgonia scalar. The first step fixes how many parameters there are and,
// for each, its name, shape and type; their tensors may change from step to
// step. The name is that of a gorgonia.Namer, or else the index. On an error
// nothing is updated. Not-a-number in a gradient is not an error: it spreads to
// the parameter.
type Optimizer interface {
	gorgonia.Solver

	// State returns a copy of the state.
	State() State

	// SetState makes a copy of st the state, so that the next Step continues
	// where st was taken. The state of a new optimizer starts afresh. Where st
	// does not fit the optimizer, or the parameters of its first step, the
	// error names the tensor and the optimizer is unchanged; before the first
	// step, it is that Step which reports a misfit with the parameters.
	SetState(st State) error

	// View is State without the copy: to be read, before the next step.
	View() State

	// Adopt is SetState without the copy: the tensors are the optimizer's from
	// then on.
	Adopt(st State) error
}

// State is what an optimizer remembers between steps.
type State struct {
	// Steps is t, the number of updates made.
	Steps int

	// Tensors holds the moments of each parameter, in the parameter's shape and
	// type, by their letter in the optimizer's equation: "m.<name>" for the
	// mean of its gradients, "v.<name>" for that of their squares. It is empty
	// before the first step, and always for an optimizer without moments.
	Tensors map[string]*tensor.Dense
}

// optimizer is every [Optimizer]: what they have in common, and a rule, in
// which they differ.
type optimizer struct {
	memory
	rule   rule
	config Config
}

var _ Optimizer = (*optimizer)(nil)

// Step updates the parameters once, as documented at [Optimizer].
func (o *optimizer) Step(model []gorgonia.ValueGrad) error {
	if err := o.startStep(model); err != nil {
		return errors.Wrapf(err, "%s step", o.config.Name)
	}
	o.rule.prepare(o.steps, o.config.Rate(o.steps-1))
	threads := parallel.Threads(o.config.Threads)
	for i := range o.parameters {
		o.rule.update(threads, &o.parameters[i])
	}
	return nil
}

// float is the type of a parameter's elements.
type float interface{ float32 | float64 }

// flush returns x, or zero if x is denormal, that is if its magnitude is below
// the smallest normal one of T. NaN stays NaN.
//
// Where the gradient stays zero (a dead ReLU, a pixel that is never lit) a
// moment would otherwise decay into the denormals and, by rounding, stay there,
// and an update of denormals takes tens of times as long. To compare bits is
// the fast way: the sign of x is a coin toss to the branch predictor.
func flush[T float](x T, smallest uint64) T {
	if magnitude(float64(x)) < smallest {
		return 0
	}
	return x
}

// magnitude returns a number that orders floats by |x|: the bits but for the
// sign.
func magnitude(x float64) uint64 { return math.Float64bits(x) << 1 }

// smallestNormal returns the magnitude of the smallest normal number of T.
func smallestNormal[T float]() uint64 {
	switch any(T(0)).(type) {
	case float32:
		return magnitude(0x1p-126)
	default:
		return magnitude(0x1p-1022)
	}
}
