package optimizers

import (
	"math"
	"testing"

	"gorgonia.org/gorgonia"
)

// surface is a loss of two numbers x and y, with its gradient by hand, as a Gorgonia
// expression, a start and the minimum.
type surface struct {
	gradient       func(x, y float64) (dx, dy float64)
	expression     func(x, y, one, b *gorgonia.Node) *gorgonia.Node
	b              float64
	start, minimum [2]float64
}

// parabola is (1−x)² + 10·y².
var parabola = surface{
	gradient: func(x, y float64) (dx, dy float64) { return -2 * (1 - x), 20 * y },
	expression: func(x, y, one, b *gorgonia.Node) *gorgonia.Node {
		return add(square(sub(one, x)), mul(b, square(y)))
	},
	b:       10,
	start:   [2]float64{-4, 3},
	minimum: [2]float64{1, 0},
}

// rosenbrock is (1−x)² + 100·(y−x²)², a curved valley.
var rosenbrock = surface{
	gradient: func(x, y float64) (dx, dy float64) {
		return -2*(1-x) - 400*x*(y-x*x), 200 * (y - x*x)
	},
	expression: func(x, y, one, b *gorgonia.Node) *gorgonia.Node {
		return add(square(sub(one, x)), mul(b, square(sub(y, square(x)))))
	},
	b:       100,
	start:   [2]float64{-1.2, 1},
	minimum: [2]float64{1, 1},
}

func add(a, b *gorgonia.Node) *gorgonia.Node { return gorgonia.Must(gorgonia.Add(a, b)) }
func sub(a, b *gorgonia.Node) *gorgonia.Node { return gorgonia.Must(gorgonia.Sub(a, b)) }
func mul(a, b *gorgonia.Node) *gorgonia.Node { return gorgonia.Must(gorgonia.Mul(a, b)) }
func square(a *gorgonia.Node) *gorgonia.Node { return gorgonia.Must(gorgonia.Square(a)) }

// Each bound is about one and a half times the distance that is reached.
func TestConvergence(t *testing.T) {
	sgd := func(rate float64) Optimizer { return newSGD(t, rate) }
	momentum := func(rate float64) Optimizer { return newMomentum(t, rate, DefaultBeta1) }
	adam := func(rate float64) Optimizer { return newAdam(t, usualAdam(rate)) }
	for _, c := range []struct {
		name    string
		surface surface
		make    func(rate float64) Optimizer
		rate    float64
		steps   int
		bound   float64 // of the distance to the minimum
	}{
		{"parabola/SGD", parabola, sgd, 0.09, 100, 1.8e-8},
		{"parabola/Momentum", parabola, momentum, 0.3, 300, 6.6e-7},
		{"parabola/Adam", parabola, adam, 0.3, 300, 3.9e-7},
		{"rosenbrock/SGD", rosenbrock, sgd, 0.0015, 20000, 8.6e-6},
		{"rosenbrock/Momentum", rosenbrock, momentum, 0.01, 2000, 2.6e-4},
		{"rosenbrock/Adam", rosenbrock, adam, 0.02, 5000, 1.1e-11},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, w, g := c.make(c.rate), []float64{c.surface.start[0], c.surface.start[1]}, make([]float64, 2)
			parameters := model(w, g)
			for range c.steps {
				g[0], g[1] = c.surface.gradient(w[0], w[1])
				noError(t, o.Step(parameters))
			}
			distance := math.Hypot(w[0]-c.surface.minimum[0], w[1]-c.surface.minimum[1])
			t.Logf("at %v after %d steps, %.3g from the minimum", w, c.steps, distance)
			if !(distance < c.bound) {
				t.Errorf("at %v after %d steps, %.3g from the minimum; want less than %g", w, c.steps, distance, c.bound)
			}
		})
	}
}

// tape is a surface as a graph of scalars, with the gradients that gorgonia.Grad
// derives, on a tape machine.
type tape struct {
	machine gorgonia.VM
	x, y    *gorgonia.Node
}

func newTape(t *testing.T, s surface) tape {
	t.Helper()
	g := gorgonia.NewGraph()
	scalar := func(name string, value float64) *gorgonia.Node {
		return gorgonia.NewScalar(g, gorgonia.Float64, gorgonia.WithName(name), gorgonia.WithValue(value))
	}
	x, y := scalar("x", s.start[0]), scalar("y", s.start[1])
	loss := s.expression(x, y, scalar("one", 1), scalar("b", s.b))
	if _, err := gorgonia.Grad(loss, x, y); err != nil {
		t.Fatal(err)
	}
	machine := gorgonia.NewTapeMachine(g)
	t.Cleanup(func() { machine.Close() })
	return tape{machine, x, y}
}

// Gorgonia's own nodes go through the points that gradients by hand lead through.
func TestNodesOnATapeMachine(t *testing.T) {
	for _, s := range []struct {
		name    string
		surface surface
		rate    float64
	}{{"parabola", parabola, 0.05}, {"rosenbrock", rosenbrock, 0.001}} {
		for _, o := range []struct {
			name string
			make func() Optimizer
		}{
			{"SGD", func() Optimizer { return newSGD(t, s.rate) }},
			{"Momentum", func() Optimizer { return newMomentum(t, s.rate, DefaultBeta1) }},
			{"Adam", func() Optimizer { return newAdam(t, usualAdam(s.rate)) }},
		} {
			t.Run(s.name+"/"+o.name, func(t *testing.T) { followTape(t, s.surface, o.make(), o.make()) })
		}
	}
}

func followTape(t *testing.T, s surface, onTape, byHand Optimizer) {
	tape := newTape(t, s)
	x, y := gorgonia.NewF64(s.start[0]), gorgonia.NewF64(s.start[1])
	for step := range 100 {
		noError(t, tape.machine.RunAll())
		noError(t, onTape.Step([]gorgonia.ValueGrad{tape.x, tape.y}))
		tape.machine.Reset()

		dx, dy := s.gradient(float64(*x), float64(*y))
		noError(t, byHand.Step([]gorgonia.ValueGrad{
			param{name: "x", value: x, grad: gorgonia.NewF64(dx)},
			param{name: "y", value: y, grad: gorgonia.NewF64(dy)},
		}))
		near(t, step, tape.x, float64(*x))
		near(t, step, tape.y, float64(*y))
	}
}

func near(t *testing.T, step int, n *gorgonia.Node, want float64) {
	t.Helper()
	got := n.Value().Data().(float64)
	if math.Abs(got-want) > 1e-12*max(1, math.Abs(want)) {
		t.Fatalf("step %d: %v is %v on the tape, %v by hand", step+1, n, got, want)
	}
}
