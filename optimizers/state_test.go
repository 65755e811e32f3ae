package optimizers

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// mixed returns a model of several shapes and both types, the same at each
// call, and a function that gives it the gradients of a step.
func mixed() (model []gorgonia.ValueGrad, setGradients func(step int)) {
	add := func(name string, value, grad gorgonia.Value) {
		model = append(model, param{name: name, value: value, grad: grad})
	}
	zeros := func(dt tensor.Dtype) *tensor.Dense { return tensor.New(tensor.Of(dt), tensor.WithShape(2, 3)) }
	add("net.0.weight", zeros(tensor.Float32), zeros(tensor.Float32))
	add("net.0.bias", zeros(tensor.Float64), zeros(tensor.Float64))
	add("single", gorgonia.NewF32(1), gorgonia.NewF32(0))
	add("", gorgonia.NewF64(1), gorgonia.NewF64(0)) // goes by its index, 3
	return model, func(step int) {
		rng := rand.New(rand.NewPCG(1, uint64(step)))
		for _, p := range model {
			x, err := view(p.(param).grad)
			if err != nil {
				panic(err)
			}
			for i := range x.f32 {
				x.f32[i] = float32(rng.NormFloat64())
			}
			for i := range x.f64 {
				x.f64[i] = rng.NormFloat64()
			}
		}
	}
}

// run makes the steps from … to−1.
func run(t *testing.T, o Optimizer, model []gorgonia.ValueGrad, setGradients func(int), from, to int) {
	t.Helper()
	for step := from; step < to; step++ {
		setGradients(step)
		noError(t, o.Step(model))
	}
}

// snapshot returns copies of the parameters' values.
func snapshot(model []gorgonia.ValueGrad) (copies [][]float64) {
	for _, p := range model {
		x := valueOf(p)
		copies = append(copies, append(convert[float64](x.f32), x.f64...))
	}
	return copies
}

// reset sets the parameters to the values of a snapshot.
func reset(model []gorgonia.ValueGrad, to [][]float64) {
	for i, p := range model {
		x := valueOf(p)
		copy(x.f32, convert[float32](to[i]))
		copy(x.f64, to[i])
	}
}

func valueOf(p gorgonia.ValueGrad) numbers {
	x, err := view(p.Value())
	if err != nil {
		panic(err)
	}
	return x
}

// content returns what a state holds, to compare.
func content(s State) map[string]any {
	c := map[string]any{"steps": s.Steps}
	for name, t := range s.Tensors {
		c[name] = []any{t.Shape().Clone(), t.Clone().(*tensor.Dense).Data()}
	}
	return c
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %v\nwant %v", what, got, want)
	}
}

func TestStateNames(t *testing.T) {
	for i, c := range all {
		o := c.make(t)
		same(t, c.name+"'s state when new", content(o.State()), content(State{}))
		model, setGradients := mixed()
		run(t, o, model, setGradients, 0, 2)
		want := map[string]tensor.Shape{}
		for _, m := range table[i].moments {
			for j, name := range []string{"net.0.weight", "net.0.bias", "single", "3"} {
				want[m+"."+name] = model[j].Value().Shape()
			}
		}
		s, got := o.State(), map[string]tensor.Shape{}
		for name, x := range s.Tensors {
			got[name] = x.Shape()
		}
		same(t, c.name+"'s tensors", fmt.Sprint(got), fmt.Sprint(want))
		same(t, c.name+"'s steps", s.Steps, 2)
	}
}

// A restored optimizer goes on bit for bit, and so does one that is set back.
func TestStateContinues(t *testing.T) {
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			o := c.make(t)
			model, setGradients := mixed()
			run(t, o, model, setGradients, 0, 5)
			saved, savedValues := o.State(), snapshot(model)
			run(t, o, model, setGradients, 5, 10)
			end, endValues := content(o.State()), snapshot(model)

			other := c.make(t)
			noError(t, other.SetState(saved))
			same(t, "a restored state", content(other.State()), content(saved))
			otherModel, setGradients2 := mixed()
			reset(otherModel, savedValues)
			run(t, other, otherModel, setGradients2, 5, 10)
			same(t, "values after restoring", snapshot(otherModel), endValues)
			same(t, "state after restoring", content(other.State()), end)

			noError(t, o.SetState(saved))
			reset(model, savedValues)
			run(t, o, model, setGradients, 5, 10)
			same(t, "values after setting back", snapshot(model), endValues)
			same(t, "state after setting back", content(o.State()), end)
		})
	}
}

func TestStateOfANewOptimizerStartsAfresh(t *testing.T) {
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			o := c.make(t)
			model, setGradients := mixed()
			start := snapshot(model)
			run(t, o, model, setGradients, 0, 3)
			first := snapshot(model)

			noError(t, o.SetState(c.make(t).State()))
			reset(model, start)
			run(t, o, model, setGradients, 0, 3)
			same(t, "values", snapshot(model), first)
		})
	}
}

func TestStateIsACopy(t *testing.T) {
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			o := c.make(t)
			model, setGradients := mixed()
			run(t, o, model, setGradients, 0, 2)
			want := content(o.State())

			zero(o.State())
			same(t, "after a change to what State returned", content(o.State()), want)
			s := o.State()
			noError(t, o.SetState(s))
			zero(s)
			same(t, "after a change to what SetState was given", content(o.State()), want)
		})
	}
}

// What View returns and Adopt takes is the optimizer's own.
func TestStateWithoutCopies(t *testing.T) {
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			o := c.make(t)
			model, setGradients := mixed()
			run(t, o, model, setGradients, 0, 2)
			want := content(o.State())
			same(t, "View", content(o.View()), want)
			other := c.make(t)
			s := o.State()
			noError(t, other.Adopt(s))
			same(t, "after Adopt", content(other.State()), want)
			for name, x := range other.View().Tensors {
				if x != s.Tensors[name] {
					t.Errorf("%s is a copy", name)
				}
			}
			clear(s.Tensors)
			clear(other.View().Tensors)
			same(t, "after both maps were emptied", content(other.State()), want)
			s.Steps = -1
			wantError(t, other.Adopt(s), "Steps is -1")
		})
	}
}

func zero(s State) {
	for _, x := range s.Tensors {
		x.Zero()
	}
}

// A state that does not fit is refused by name, and the optimizer goes on as if
// nothing had been asked. One that only the parameters show to be wrong is
// refused by the first step of a new optimizer.
func TestWrongState(t *testing.T) {
	matrix := func(dt tensor.Dtype, shape ...int) *tensor.Dense {
		return tensor.New(tensor.Of(dt), tensor.WithShape(shape...))
	}
	transposed := matrix(tensor.Float32, 3, 2)
	noError(t, transposed.T())
	control, setGradients := mixed()
	reference := create(t, "adam", 0.01)
	run(t, reference, control, setGradients, 0, 3)
	undisturbed, undisturbedState := snapshot(control), content(reference.State())
	for _, c := range []struct {
		name     string
		spoil    func(State) State
		message  string
		onlyStep bool // the first step finds it, in a new optimizer
	}{
		{"negative steps", func(s State) State { s.Steps = -1; return s }, "Steps is -1", false},
		{"unknown moment", with("q.single", matrix(tensor.Float32)), `"q.single"`, false},
		{"no moment", with("single", matrix(tensor.Float32)), `"single"`, false},
		{"nil", with("v.single", nil), `"v.single": missing`, false},
		{"integers", with("m.single", matrix(tensor.Int)), `"m.single": a tensor of int`, false},
		{"transposed", with("m.net.0.weight", transposed), `"m.net.0.weight": a transposed`, false},
		{"missing", func(s State) State { delete(s.Tensors, "v.3"); return s }, `"v.3": missing`, true},
		{"all missing", func(s State) State { return State{Steps: 1} }, `"m.net.0.weight": missing`, true},
		{"too many", with("v.net.3.bias", matrix(tensor.Float32, 1)), `"v.net.3.bias" belongs to none`, true},
		{"shape", with("v.net.0.weight", matrix(tensor.Float32, 3, 2)), `"v.net.0.weight": float32 of shape (3, 2)`, true},
		{"type", with("v.net.0.weight", matrix(tensor.Float64, 2, 3)), `"v.net.0.weight": float64`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := create(t, "adam", 0.01)
			model, setGradients := mixed()
			run(t, o, model, setGradients, 0, 2)
			before := content(o.State())
			wrong := c.spoil(o.State())
			wantError(t, o.SetState(wrong), c.message)
			same(t, "state after the refusal", content(o.State()), before)
			run(t, o, model, setGradients, 2, 3)
			same(t, "values of the step after it", snapshot(model), undisturbed)
			same(t, "state of the step after it", content(o.State()), undisturbedState)

			fresh := create(t, "adam", 0.01)
			if !c.onlyStep {
				wantError(t, fresh.SetState(wrong), c.message)
				return
			}
			noError(t, fresh.SetState(wrong))
			values := snapshot(model)
			wantError(t, fresh.Step(model), c.message)
			same(t, "values after the refusal", snapshot(model), values)
			noError(t, fresh.SetState(o.State()))
			run(t, fresh, model, setGradients, 3, 4)
		})
	}
}

// with returns a function that puts a tensor into a state.
func with(name string, x *tensor.Dense) func(State) State {
	return func(s State) State { s.Tensors[name] = x; return s }
}

func TestSGDTakesNoTensors(t *testing.T) {
	s := State{Steps: 1, Tensors: map[string]*tensor.Dense{"m.w": vector(1.0)}}
	wantError(t, create(t, "sgd", 0.1).SetState(s), `tensor "m.w"`)
}
