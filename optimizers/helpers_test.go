package optimizers

import (
	"fmt"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// param is a parameter made by hand.
type param struct {
	name        string
	value, grad gorgonia.Value
	err         error // of Grad
}

func (p param) Name() string                  { return p.name }
func (p param) Value() gorgonia.Value         { return p.value }
func (p param) Grad() (gorgonia.Value, error) { return p.grad, p.err }

// vector returns a tensor of one dimension that holds data itself.
func vector[T float](data ...T) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(data)), tensor.WithBacking(data))
}

// model returns one parameter called w that holds w and g themselves.
func model[T float](w, g []T) []gorgonia.ValueGrad {
	return []gorgonia.ValueGrad{param{name: "w", value: vector(w...), grad: vector(g...)}}
}

// all are the optimizers that most tests run, with the usual settings.
var all = []struct {
	name string
	make func(t testing.TB) Optimizer
}{
	{"SGD", func(t testing.TB) Optimizer { return newSGD(t, 0.1) }},
	{"Momentum", func(t testing.TB) Optimizer { return newMomentum(t, 0.1, DefaultBeta1) }},
	{"Adam", func(t testing.TB) Optimizer { return newAdam(t, usualAdam(0.01)) }},
}

func usualAdam(rate float64) AdamConfig {
	return AdamConfig{LearningRate: rate, Beta1: DefaultBeta1, Beta2: DefaultBeta2, Epsilon: DefaultEpsilon}
}

// failer is a testing.TB or a *rapid.T.
type failer interface {
	Helper()
	Fatal(...any)
}

func newSGD(t failer, rate float64) *SGD {
	t.Helper()
	o, err := NewSGD(SGDConfig{LearningRate: rate})
	noError(t, err)
	return o
}

func newMomentum(t failer, rate, beta float64) *Momentum {
	t.Helper()
	o, err := NewMomentum(MomentumConfig{LearningRate: rate, Beta1: beta})
	noError(t, err)
	return o
}

func newAdam(t failer, cfg AdamConfig) *Adam {
	t.Helper()
	o, err := NewAdam(cfg)
	noError(t, err)
	return o
}

func noError(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t failer, err error, message string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), message) {
		t.Fatal(fmt.Sprintf("got the error %v, want one with %q", err, message))
	}
}

// descend makes one step of o from w for each of the gradients and returns w, which
// it changes, after each.
func descend[T float](t failer, o Optimizer, w []T, gradients [][]T) [][]T {
	t.Helper()
	var after [][]T
	for _, g := range gradients {
		noError(t, o.Step(model(w, g)))
		after = append(after, append([]T(nil), w...))
	}
	return after
}
