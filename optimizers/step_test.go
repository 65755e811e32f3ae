package optimizers

import (
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// wrongParameters are those that no optimizer accepts.
func wrongParameters(t *testing.T) []struct {
	name    string
	p       gorgonia.ValueGrad
	message string
} {
	w := func() *tensor.Dense {
		return tensor.New(tensor.WithShape(2, 3), tensor.WithBacking(make([]float64, 6)))
	}
	transposed := tensor.New(tensor.WithShape(3, 2), tensor.WithBacking(make([]float64, 6)))
	noError(t, transposed.T())
	wide := tensor.New(tensor.WithShape(2, 4), tensor.WithBacking(make([]float64, 8)))
	strided, err := wide.Slice(nil, gorgonia.S(0, 3))
	noError(t, err)
	columns := tensor.New(tensor.WithShape(2, 3), tensor.AsFortran(make([]float64, 6)))
	masked := w()
	noError(t, masked.MaskedEqual(0.0))
	return []struct {
		name    string
		p       gorgonia.ValueGrad
		message string
	}{
		{"nil", nil, "nil"},
		{"no value", param{name: "w", grad: w()}, `parameter "w": value: missing`},
		{"no tensor", param{name: "w", value: (*tensor.Dense)(nil), grad: w()}, `parameter "w": value: missing`},
		{"no scalar", param{name: "w", value: (*gorgonia.F32)(nil), grad: w()}, `parameter "w": value: missing`},
		{"no gradient", param{name: "w", value: w()}, `parameter "w": gradient: missing`},
		{"no scalar gradient", param{name: "w", value: w(), grad: (*gorgonia.F64)(nil)}, `parameter "w": gradient: missing`},
		{"failing gradient", param{name: "w", value: w(), err: errors.New("not derived")}, `parameter "w": gradient: not derived`},
		{"integers", param{name: "w", value: tensor.New(tensor.Of(tensor.Int), tensor.WithShape(2)), grad: w()}, "a tensor of int: want one of float32 or float64"},
		{"integer", param{name: "w", value: gorgonia.NewI(1), grad: w()}, "a *gorgonia.I: want a"},
		{"transposed value", param{name: "w", value: transposed, grad: w()}, "value: a transposed, strided"},
		{"strided gradient", param{name: "w", value: w(), grad: strided.(*tensor.Dense)}, "gradient: a transposed, strided"},
		{"column-major gradient", param{name: "w", value: w(), grad: columns}, "gradient: a transposed, strided"},
		{"masked gradient", param{name: "w", value: w(), grad: masked}, "gradient: a transposed, strided or masked"},
		{"other type", param{name: "w", value: w(), grad: tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(2, 3))}, "gradient: float32 of shape (2, 3): want the parameter's, float64 of shape (2, 3)"},
		{"other shape", param{name: "w", value: w(), grad: tensor.New(tensor.Of(tensor.Float64), tensor.WithShape(3, 2))}, "gradient: float64 of shape (3, 2): want the parameter's, float64 of shape (2, 3)"},
		{"named like the first", param{name: "first", value: w(), grad: w()}, `parameters 0 and 1 are both named "first"`},
	}
}

// A wrong parameter, at the first step or later, leaves the others alone, and
// the optimizer is ready for a right one.
func TestStepErrors(t *testing.T) {
	for _, c := range all {
		for _, wrong := range wrongParameters(t) {
			t.Run(c.name+"/"+wrong.name, func(t *testing.T) {
				data := []float64{1, 2}
				first := param{name: "first", value: vector(data...), grad: vector(3.0, 4.0)}
				o := c.make(t)
				wantError(t, o.Step([]gorgonia.ValueGrad{first, wrong.p}), c.name+" step: ")
				wantError(t, o.Step([]gorgonia.ValueGrad{first, wrong.p}), wrong.message)
				same(t, "the first parameter", data, []float64{1, 2})
				same(t, "the state", content(o.State()), content(State{}))
				noError(t, o.Step([]gorgonia.ValueGrad{first}))
			})
		}
	}
}

func TestModelMustStay(t *testing.T) {
	whole := func() []gorgonia.ValueGrad { m, _ := mixed(); return m }
	swap := func(i int, p param) []gorgonia.ValueGrad { m := whole(); m[i] = p; return m }
	matrix := func(dt tensor.Dtype, shape ...int) *tensor.Dense {
		return tensor.New(tensor.Of(dt), tensor.WithShape(shape...))
	}
	f32 := tensor.Float32
	exchanged := whole()
	exchanged[0], exchanged[1] = exchanged[1], exchanged[0]
	for _, c := range all {
		for _, change := range []struct {
			model   []gorgonia.ValueGrad
			message string
		}{
			{whole()[:3], "there are 3 parameters: want 4, as at the first step"},
			{append(whole(), param{}), "there are 5 parameters: want 4, as at the first step"},
			{nil, "there are 0 parameters: want 4, as at the first step"},
			{exchanged, `parameter "net.0.weight": in its place is "net.0.bias"`},
			{swap(3, param{name: "x"}), `parameter "3": in its place is "x"`},
			{swap(0, param{name: "net.0.weight", value: matrix(f32, 3, 2), grad: matrix(f32, 3, 2)}), `parameter "net.0.weight": value: float32 of shape (3, 2)`},
			{swap(1, param{name: "net.0.bias", value: matrix(f32, 2, 3), grad: matrix(f32, 2, 3)}), `parameter "net.0.bias": value: float32`},
			{swap(2, param{name: "single", value: gorgonia.NewF64(0), grad: gorgonia.NewF64(0)}), `parameter "single": value: float64`},
			{swap(2, param{name: "single", value: matrix(f32, 1), grad: matrix(f32, 1)}), `parameter "single": value: float32 of shape (1)`},
			{[]gorgonia.ValueGrad{whole()[0], nil, whole()[2], whole()[3]}, `parameter "net.0.bias": it is nil`},
		} {
			o := c.make(t)
			model, setGradients := mixed()
			run(t, o, model, setGradients, 0, 2)
			before, values := content(o.State()), snapshot(change.model[:min(1, len(change.model))])
			wantError(t, o.Step(change.model), change.message)
			same(t, "the state", content(o.State()), before)
			same(t, "the first parameter", snapshot(change.model[:min(1, len(change.model))]), values)
			run(t, o, model, setGradients, 2, 3)
		}
	}
	for _, c := range all {
		wantError(t, c.make(t).Step(nil), c.name+" step: there are no parameters")
	}
}

// Reshaping writes the new shape where the old one was.
func TestReshapedParameter(t *testing.T) {
	w := tensor.New(tensor.Of(tensor.Float64), tensor.WithShape(2, 3))
	g := tensor.New(tensor.Of(tensor.Float64), tensor.WithShape(2, 3))
	o := create(t, "sgd", 0.1)
	noError(t, o.Step([]gorgonia.ValueGrad{param{value: w, grad: g}}))
	noError(t, w.Reshape(3, 2))
	noError(t, g.Reshape(3, 2))
	wantError(t, o.Step([]gorgonia.ValueGrad{param{value: w, grad: g}}), `parameter "0": value: float64 of shape (3, 2)`)
}
