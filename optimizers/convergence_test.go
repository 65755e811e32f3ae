package optimizers

import (
	"math"
	"testing"

	"gorgonia.org/gorgonia"
)

// surface is a loss of two numbers x and y, with its gradient by hand, as a
// Gorgonia expression, a start and the minimum.
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

func TestConvergence(t *testing.T) {
	for _, name := range Names() {
		for _, s := range []struct {
			name    string
			surface surface
			convergence
		}{
			{"parabola", parabola, rows[name].parabola},
			{"rosenbrock", rosenbrock, rows[name].rosenbrock},
		} {
			t.Run(s.name+"/"+name, func(t *testing.T) {
				testConvergence(t, create(t, name, s.rate), s.surface, s.convergence)
			})
		}
	}
}

func testConvergence(t *testing.T, o Optimizer, s surface, c convergence) {
	w, g := []float64{s.start[0], s.start[1]}, make([]float64, 2)
	parameters := model(w, g)
	for range c.steps {
		g[0], g[1] = s.gradient(w[0], w[1])
		noError(t, o.Step(parameters))
	}
	distance := math.Hypot(w[0]-s.minimum[0], w[1]-s.minimum[1])
	t.Logf("at %v after %d steps, %.3g from the minimum", w, c.steps, distance)
	if !(distance < c.bound) {
		t.Errorf("at %v after %d steps, %.3g from the minimum; want less than %g", w, c.steps, distance, c.bound)
	}
}

// tape is a surface as a graph of scalars, with the gradients that
// gorgonia.Grad derives, on a tape machine.
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

// Gorgonia's own nodes go through the points that gradients by hand lead
// through.
func TestNodesOnATapeMachine(t *testing.T) {
	for _, s := range []struct {
		name    string
		surface surface
		rate    float64
	}{{"parabola", parabola, 0.05}, {"rosenbrock", rosenbrock, 0.001}} {
		for _, k := range table {
			rate := k.RateAmong(map[string]float64{"sgd": s.rate, "adam": s.rate})
			t.Run(s.name+"/"+k.Name, func(t *testing.T) {
				followTape(t, s.surface, create(t, k.Name, rate), create(t, k.Name, rate))
			})
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
