package surface

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

const gradientPoints = 500

// checkGradients compares loss and gradients of s at random points of its
// domain with those of a formula, the gradients by finite differences. It
// returns the largest error of a gradient, relative to the sizes involved.
func checkGradients(t failer, s *Surface, formula func(x, y float64) float64) (worst float64, err error) {
	random := rand.New(rand.NewPCG(1, 2))
	within := func(r Range) float64 { return r.Min + (r.Max-r.Min)*random.Float64() }
	settings := &fd.Settings{Formula: fd.Central, Step: 1e-6}
	at := prober(t, s)
	for range gradientPoints {
		w := []float64{within(s.X), within(s.Y)}
		loss, gradient := at(w[0], w[1])
		want := formula(w[0], w[1])
		if !(math.Abs(loss-want) <= 1e-13*max(1, math.Abs(want))) {
			return 0, fmt.Errorf("at %v the loss is %v, want %v", w, loss, want)
		}
		numeric := fd.Gradient(nil, func(w []float64) float64 { return formula(w[0], w[1]) }, w, settings)
		for i := range numeric {
			size := max(1, math.Abs(want), math.Abs(numeric[i]))
			if e := math.Abs(gradient[i]-numeric[i]) / size; !(e <= 3e-9) {
				return 0, fmt.Errorf("at %v the gradient is %v, by finite differences %v", w, gradient, numeric)
			} else if e > worst {
				worst = e
			}
		}
	}
	return worst, nil
}

func TestGradients(t *testing.T) {
	checked := 0
	eachSurface(t, func(t *testing.T, s *Surface, r row) {
		worst, err := checkGradients(t, s, r.formula)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("error at most %.2g", worst)
		checked++
	})
	if checked != len(Names()) {
		t.Errorf("checked %d of %d surfaces", checked, len(Names()))
	}
}

// The check above must see an error of one part in two million.
func TestWrongGradientIsCaught(t *testing.T) {
	wrong := &function{
		name: "wrongSquare",
		f:    func(x float64) float64 { return x * x },
		derivative: &function{
			name: "wrongSquareGrad",
			f:    func(x float64) float64 { return (2 + 1e-6) * x },
		},
	}
	s := saddle()
	s.Loss = func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
		var e expression
		return e.of(e.sub(e.square(w1), e.unary(wrong.apply, w2)))
	}
	_, err := checkGradients(t, s, rows["saddle"].formula)
	if err == nil || !strings.Contains(err.Error(), "by finite differences") {
		t.Fatalf("got the error %v", err)
	}
}

func TestWrongLossIsCaught(t *testing.T) {
	_, err := checkGradients(t, saddle(), func(x, y float64) float64 { return x*x - y*y + 1e-10 })
	if err == nil || !strings.Contains(err.Error(), "the loss is") {
		t.Fatalf("got the error %v", err)
	}
}

// At the bottom of the ravine only the slope of σ is left, as in PyTorch.
func TestGradientAtTheKink(t *testing.T) {
	at := prober(t, pathological())
	for _, c := range []struct{ w1, want float64 }{{0, 0}, {math.Copysign(0, -1), 0}, {1e-9, 0.01 + 2e-9}, {-1e-9, -0.01 - 2e-9}} {
		_, gradient := at(c.w1, 0)
		if math.Abs(gradient[0]-c.want) > 1e-17 || gradient[1] != 0.25 {
			t.Errorf("at (%v, 0) the gradient is %v, want %v and 0.25", c.w1, gradient, c.want)
		}
	}
}

// σ and its slope are lost on neither side.
func TestFarAlongTheRavine(t *testing.T) {
	at := prober(t, pathological())
	for _, w2 := range []float64{-25, -20, 20, 25} {
		loss, _ := at(0, w2)
		if w2 > 0 {
			loss = 1 - loss
		}
		if want := 1 / (1 + math.Exp(math.Abs(w2))); !(math.Abs(loss-want) <= 1e-15*want+0x1p-53) {
			t.Errorf("at (0, %v) the loss is %v from its limit, want %v", w2, loss, want)
		}
	}
	for _, w2 := range []float64{-600, -30, 30, 600} {
		_, gradient := at(0, w2)
		if want := math.Exp(-math.Abs(w2)); !(math.Abs(gradient[1]-want) <= 1e-12*want) {
			t.Errorf("at (0, %v) the gradient is %v, want %v in w₂", w2, gradient, want)
		}
	}
}

// The derivatives are compared with closed forms in which nothing cancels.
func TestPointwiseAccuracy(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
		tolerance float64 // relative
	}{
		{"σ(−40)", logistic.f(-40), math.Exp(-40), 1e-15},
		{"1 − σ(25)", 1 - logistic.f(25), math.Exp(-25), 1e-5},
		{"σ′(30)", logistic.derivative.f(30), math.Exp(-30), 1e-12},
		{"σ′(−30)", logistic.derivative.f(-30), math.Exp(-30), 1e-12},
		{"σ′(0)", logistic.derivative.f(0), 0.25, 0},
		{"σ(−800)", logistic.f(-800), 0, 0},
		{"σ′(−800)", logistic.derivative.f(-800), 0, 0},
		{"σ′(800)", logistic.derivative.f(800), 0, 0},
		{"tanh′(0)", hyperbolic.derivative.f(0), 1, 0},
		{"tanh′(5)", hyperbolic.derivative.f(5), 1 / math.Pow(math.Cosh(5), 2), 1e-12},
		{"tanh′(−9)", hyperbolic.derivative.f(-9), 1 / math.Pow(math.Cosh(9), 2), 2e-9},
		{"|−3|", absolute.f(-3), 3, 0},
		{"sign(−3)", absolute.derivative.f(-3), -1, 0},
		{"sign(3)", absolute.derivative.f(3), 1, 0},
		{"sign(0)", absolute.derivative.f(0), 0, 0},
	} {
		if !(math.Abs(c.got-c.want) <= c.tolerance*math.Abs(c.want)) {
			t.Errorf("%s is %v, want %v", c.name, c.got, c.want)
		}
	}
	if !math.IsNaN(absolute.derivative.f(math.NaN())) {
		t.Error("sign hides not-a-number")
	}
}

func TestPointwiseErrors(t *testing.T) {
	op := &pointwise{function: absolute}
	for name, inputs := range map[string][]gorgonia.Value{
		"no input":       {},
		"two inputs":     {gorgonia.NewF64(1), gorgonia.NewF64(1)},
		"float32":        {gorgonia.NewF32(1)},
		"float32 tensor": {tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(2))},
		"missing":        {nil},
	} {
		if v, err := op.Do(inputs...); err == nil {
			t.Errorf("%s: got %v, want an error", name, v)
		}
	}
	g := gorgonia.NewGraph()
	x := gorgonia.NewScalar(g, gorgonia.Float64, gorgonia.WithName("x"))
	if !op.DiffWRT(1)[0] || (&pointwise{function: absolute.derivative}).DiffWRT(1)[0] {
		t.Error("abs should have a derivative, and sign none")
	}
	y, err := absolute.derivative.apply(x)
	noError(t, err)
	if _, err := gorgonia.Grad(y, x); err == nil {
		t.Error("the gradient of an operation that has none is no error")
	}
}
