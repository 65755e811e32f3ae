package optimizers

import (
	"fmt"
	"strings"

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
var all = everyOptimizer()

type made struct {
	name string
	make func(t failer) Optimizer
}

func everyOptimizer() (all []made) {
	for _, name := range Names() {
		all = append(all, made{name, func(t failer) Optimizer { return create(t, name, rows[name].rate) }})
	}
	return all
}

// withMoments are those of all that keep moments.
func withMoments() (some []made) {
	for i, k := range table {
		if len(k.moments) > 0 {
			some = append(some, all[i])
		}
	}
	return some
}

// failer is a testing.TB or a *rapid.T.
type failer interface {
	Helper()
	Fatal(...any)
}

// setting is a setting given to create.
type setting struct {
	name  string
	value float64
}

// create returns an optimizer with the usual settings but for those given.
func create(t failer, name string, rate float64, settings ...setting) Optimizer {
	t.Helper()
	c := Config{Name: name, LearningRate: rate, Settings: make(map[string]float64)}
	for _, s := range settings {
		c.Settings[s.name] = s.value
	}
	o, err := New(c)
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

// descend makes one step of o from w for each of the gradients and returns w,
// which it changes, after each.
func descend[T float](t failer, o Optimizer, w []T, gradients [][]T) [][]T {
	t.Helper()
	var after [][]T
	for _, g := range gradients {
		noError(t, o.Step(model(w, g)))
		after = append(after, append([]T(nil), w...))
	}
	return after
}
