package surface

import (
	"math"
	"testing"

	"gorgonia.org/gorgonia"

	"optlab/optimizers"
)

// row is what the tests know about a surface apart from its code.
type row struct {
	// formula is the loss in plain Go, written from Surface.Formula.
	formula func(x, y float64) float64

	// solver finds the minimum numbered found from the documented start within
	// the updates. It is nil for a surface without minima.
	solver  func(t failer) gorgonia.Solver
	updates int
	found   int
}

// rows has every surface.
var rows = map[string]row{
	"pathological": {
		formula: func(x, y float64) float64 {
			return math.Pow(math.Tanh(x), 2) + 0.01*math.Abs(x) + 1/(1+math.Exp(-y))
		},
	},
	"rosenbrock": {
		formula: func(x, y float64) float64 { return math.Pow(1-x, 2) + 100*math.Pow(y-x*x, 2) },
		solver:  func(t failer) gorgonia.Solver { return newMomentum(t, 0.03) },
		updates: 3000,
	},
	"beale": {
		formula: func(x, y float64) float64 {
			return math.Pow(1.5-x+x*y, 2) + math.Pow(2.25-x+x*y*y, 2) + math.Pow(2.625-x+x*y*y*y, 2)
		},
		solver:  func(t failer) gorgonia.Solver { return newAdam(t, 0.1) },
		updates: 1000,
	},
	"himmelblau": {
		formula: func(x, y float64) float64 { return math.Pow(x*x+y-11, 2) + math.Pow(x+y*y-7, 2) },
		solver:  func(t failer) gorgonia.Solver { return newAdam(t, 0.05) },
		updates: 1000,
	},
	"saddle": {
		formula: func(x, y float64) float64 { return x*x - y*y },
	},
	"sharpflat": {
		formula: func(x, y float64) float64 {
			s := 10 * (math.Pow(x-2, 2) + y*y)
			f := 0.5 * (math.Pow(x+2, 2) + y*y)
			return s * f / (s + f)
		},
		solver:  func(t failer) gorgonia.Solver { return newAdam(t, 0.05) },
		updates: 1000,
	},
}

// eachSurface runs the test for every surface; one without a row fails.
func eachSurface(t *testing.T, test func(t *testing.T, s *Surface, r row)) {
	t.Helper()
	surfaces := All()
	if len(surfaces) < 6 || len(surfaces) != len(rows) {
		t.Fatalf("there are %d surfaces and %d rows", len(surfaces), len(rows))
	}
	for _, s := range surfaces {
		r, ok := rows[s.Name]
		if !ok || r.formula == nil || (r.solver == nil) != (len(s.Minima) == 0) {
			t.Fatalf("%s has no complete row", s.Name)
		}
		t.Run(s.Name, func(t *testing.T) { test(t, s, r) })
	}
}

// failer is a testing.TB or a *rapid.T.
type failer interface {
	Helper()
	Fatal(...any)
}

func noError(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newSGD(t failer, rate float64) optimizers.Optimizer { return create(t, "sgd", rate) }

func newMomentum(t failer, rate float64) optimizers.Optimizer { return create(t, "momentum", rate) }

func newAdam(t failer, rate float64) optimizers.Optimizer { return create(t, "adam", rate) }

func create(t failer, name string, rate float64) optimizers.Optimizer {
	t.Helper()
	o, err := optimizers.New(optimizers.Config{Name: name, LearningRate: rate})
	noError(t, err)
	return o
}

func compile(t failer, s *Surface) *Probe {
	t.Helper()
	p, err := Compile(s)
	noError(t, err)
	return p
}

// prober returns what evaluates loss and gradients of a surface anywhere.
func prober(t failer, s *Surface) func(x, y float64) (loss float64, gradient [2]float64) {
	t.Helper()
	p := compile(t, s)
	return func(x, y float64) (float64, [2]float64) {
		t.Helper()
		p.move([2]float64{x, y})
		point, err := p.run()
		noError(t, err)
		if point.W1 != x || point.W2 != y {
			t.Fatal("the graph overwrote its inputs: ", point, x, y)
		}
		return point.Loss, [2]float64{float64(*p.weights[0].gradient), float64(*p.weights[1].gradient)}
	}
}
