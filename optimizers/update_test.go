package optimizers

import (
	"math"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Two parameters may share a gradient, and no step changes one.
func TestGradientsAreOnlyRead(t *testing.T) {
	for _, c := range all {
		w1, w2, g := []float64{1, 2}, []float64{1, 2}, []float64{3, -4}
		gradient := vector(g...)
		o := c.make(t)
		for range 3 {
			noError(t, o.Step([]gorgonia.ValueGrad{
				param{name: "w1", value: vector(w1...), grad: gradient},
				param{name: "w2", value: vector(w2...), grad: gradient},
			}))
		}
		same(t, c.name+": gradient", g, []float64{3, -4})
		same(t, c.name+": two parameters with one gradient", w1, w2)
		if w1[0] >= 1 || w1[1] <= 2 {
			t.Errorf("%s: stepped from [1 2] to %v", c.name, w1)
		}
	}
}

// A Gorgonia scalar, a tensor of no dimension and an element of a vector take
// the same steps.
func TestScalars(t *testing.T) {
	for _, c := range all {
		gradients := [][]float64{{1}, {-0.5}, {3}}
		want := descend(t, c.make(t), []float64{2}, gradients)[2][0]
		want32 := descend(t, c.make(t), []float32{2}, [][]float32{{1}, {-0.5}, {3}})[2][0]

		f32, f64 := gorgonia.NewF32(2), gorgonia.NewF64(2)
		scalar, mixed := tensor.New(tensor.FromScalar(2.0)), tensor.New(tensor.FromScalar(float32(2)))
		o := c.make(t)
		for _, g := range gradients {
			noError(t, o.Step([]gorgonia.ValueGrad{
				param{value: f32, grad: gorgonia.NewF32(float32(g[0]))},
				param{value: f64, grad: gorgonia.NewF64(g[0])},
				param{value: scalar, grad: tensor.New(tensor.FromScalar(g[0]))},
				param{value: mixed, grad: gorgonia.NewF32(float32(g[0]))},
			}))
		}
		same(t, c.name, []any{*f64, scalar.Data()}, []any{gorgonia.F64(want), want})
		same(t, c.name, []any{*f32, mixed.Data()}, []any{gorgonia.F32(want32), want32})
	}
}

// A contiguous slice of a tensor, and one transposed in memory, are in order.
func TestContiguousViews(t *testing.T) {
	for _, c := range all {
		data := []float64{1, 2, 3, 0, 5, 0} // what is zero does not decay
		before := slices.Clone(data)
		rows, err := tensor.New(tensor.WithShape(3, 2), tensor.WithBacking(data)).Slice(gorgonia.S(1, 3))
		noError(t, err)
		gradient := tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float64{1, 1, 0, 0}))
		noError(t, gradient.T())
		noError(t, gradient.Transpose()) // now 1 0, 1 0
		noError(t, c.make(t).Step([]gorgonia.ValueGrad{param{value: rows.(*tensor.Dense), grad: gradient}}))
		moved := make([]bool, len(data))
		for i := range data {
			moved[i] = data[i] != before[i]
		}
		same(t, c.name+": moved", moved, []bool{false, false, true, false, true, false})
	}
}

// Where the gradient stays zero, moments that shrink end at zero, none stays
// among the denormals, and the smallest normal numbers are kept.
func TestDenormalsAreFlushed(t *testing.T) {
	testFlush(t, float32(0x1p-126))
	testFlush(t, 0x1p-1022)
}

func testFlush[T float](t *testing.T, smallest T) {
	g := []T{0, 0, 0, 0}
	for _, c := range withMoments() {
		o := c.make(t)
		noError(t, o.Step(model([]T{1, 1, 1, 1}, g)))
		s := o.State()
		for _, x := range s.Tensors {
			copy(x.Data().([]T), []T{2 * smallest, smallest, smallest / 4, T(math.NaN())})
		}
		if m, ok := s.Tensors["m.w"]; ok {
			copy(m.Data().([]T), []T{-2 * smallest, -smallest})
		}
		noError(t, o.SetState(s))
		noError(t, o.Step(model([]T{1, 1, 1, 1}, g)))
		for name, x := range o.State().Tensors {
			data := x.Data().([]T)
			if T(math.Abs(float64(data[0]))) < smallest {
				t.Errorf("%s: %s is %g, though the smallest normal is %g", c.name, name, data[0], smallest)
			}
			for _, x := range data[1:3] {
				if x != 0 && T(math.Abs(float64(x))) < smallest {
					t.Errorf("%s: %s is %g, want denormals flushed to zero", c.name, name, data[1:3])
				}
			}
			if !math.IsNaN(float64(data[3])) {
				t.Errorf("%s: %s is %g, want NaN kept", c.name, name, data[3])
			}
		}
	}
}

// The bound itself is kept. Without averaging, m is the gradient.
func TestFlushBound(t *testing.T) {
	o := create(t, "momentum", 1, setting{"beta1", 0})
	f32, f64 := []float32{0x1p-126, -0x1p-126, 0x1.fffffcp-127}, []float64{0x1p-1022, -0x1p-1022, 0x1.ffffffffffffep-1023}
	noError(t, o.Step([]gorgonia.ValueGrad{
		param{name: "f32", value: vector[float32](0, 0, 0), grad: vector(f32...)},
		param{name: "f64", value: vector[float64](0, 0, 0), grad: vector(f64...)},
	}))
	m := o.State().Tensors
	same(t, "float32", m["m.f32"].Data(), []float32{0x1p-126, -0x1p-126, 0})
	same(t, "float64", m["m.f64"].Data(), []float64{0x1p-1022, -0x1p-1022, 0})
}

// In float32, as in PyTorch, 1−β is the rounding of the difference, not the
// difference from the rounding, which for β₂ = 0.999 would be off by 5e-5 of
// it.
func TestFloat32Shares(t *testing.T) {
	for name, want := range map[string]map[string]float32{
		"momentum": {"m.w": 0.1},
		"adam":     {"m.w": 0.1, "v.w": 0.001},
		"adamw":    {"m.w": 0.1, "v.w": 0.001},
		"rmsprop":  {"v.w": 0.01},
	} {
		o := create(t, name, 1)
		noError(t, o.Step(model([]float32{1}, []float32{1})))
		for moment, x := range want {
			same(t, name+": "+moment, o.State().Tensors[moment].Data(), []float32{x})
		}
	}
}

// Not-a-number and infinity spread to their own element, without a panic.
func TestNaNSpreads(t *testing.T) {
	for _, c := range all {
		w := []float64{1, 1, 1}
		noError(t, c.make(t).Step(model(w, []float64{1, math.NaN(), math.Inf(1)})))
		if !(w[0] < 1) || !math.IsNaN(w[1]) || math.Abs(w[2]) <= math.MaxFloat64 {
			t.Errorf("%s: stepped to %v, want a lower number, NaN and nothing finite", c.name, w)
		}
	}
}

// An element without gradient stays where it is: 0/(0+ε) is not NaN in either
// type.
func TestZeroGradient(t *testing.T) {
	o := create(t, "adam", 1, setting{"beta1", 0}, setting{"beta2", 0}, setting{"epsilon", 0x1p-126})
	w32, w64 := []float32{3}, []float64{3}
	noError(t, o.Step([]gorgonia.ValueGrad{
		param{value: vector(w32...), grad: vector[float32](0)},
		param{value: vector(w64...), grad: vector(0.0)},
	}))
	same(t, "float32", w32, []float32{3})
	same(t, "float64", w64, []float64{3})
}

func TestStepDoesNotAllocate(t *testing.T) {
	for _, c := range all {
		o := c.make(t)
		model, setGradients := mixed()
		run(t, o, model, setGradients, 0, 1)
		allocations := testing.AllocsPerRun(100, func() {
			if err := o.Step(model); err != nil {
				t.Error(err)
			}
		})
		if allocations != 0 {
			t.Errorf("%s: %v allocations a step", c.name, allocations)
		}
	}
}
