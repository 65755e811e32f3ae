package surface

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"pgregory.net/rapid"
)

// The reference is PyTorch's. SGD jumps across the ravine, which multiplies an
// error in the last digit by 4·10⁹ in 40 updates. Where math.Exp rounds as
// PyTorch's functions do, as on amd64, all 100 points agree nevertheless; but
// that is not promised, so only the first 40 must.
func TestReference(t *testing.T) {
	data, err := os.ReadFile("testdata/descent.json")
	noError(t, err)
	var file map[string]json.RawMessage
	noError(t, json.Unmarshal(data, &file))
	for _, c := range []struct {
		key       string
		solver    gorgonia.Solver
		points    int
		tolerance float64
	}{
		{"sgd_lr10", newSGD(t, 10), 40, 1e-6},
		{"momentum_lr10_beta09", newMomentum(t, 10), 100, 1e-9},
		{"adam_lr1", newAdam(t, 1), 100, 1e-9},
	} {
		t.Run(c.key, func(t *testing.T) {
			var want [][3]float64
			noError(t, json.Unmarshal(file[c.key], &want))
			got, err := compile(t, pathological()).Descend(t.Context(), c.solver, [2]float64{5, 5}, 100)
			noError(t, err)
			if len(got) != 101 || len(want) != 100 {
				t.Fatalf("got %d points, the reference has %d; want 101, the last after the last update, and 100", len(got), len(want))
			}
			var all, first float64
			for i, p := range got[:len(want)] {
				e := max(math.Abs(p.W1-want[i][0]), math.Abs(p.W2-want[i][1]), math.Abs(p.Loss-want[i][2]))
				if all = max(all, e); i < c.points {
					first = all
				}
			}
			t.Logf("off by at most %.2g in the first %d points, %.2g in all", first, c.points, all)
			if !(first <= c.tolerance) {
				t.Errorf("off by %.2g in the first %d points, want at most %g", first, c.points, c.tolerance)
			}
		})
	}
}

func distance(p, q Point) float64 { return math.Hypot(p.W1-q.W1, p.W2-q.W2) }

func last(t failer, solver gorgonia.Solver, s *Surface, start [2]float64, updates int) Point {
	t.Helper()
	points, err := compile(t, s).Descend(context.Background(), solver, start, updates)
	noError(t, err)
	return points[len(points)-1]
}

func TestMinimumIsFoundFromTheStart(t *testing.T) {
	eachSurface(t, func(t *testing.T, s *Surface, r row) {
		if len(s.Minima) == 0 {
			return // eachSurface has seen to it that the row says so too
		}
		end := last(t, r.solver(t), s, s.Start, r.updates)
		want := s.Minima[r.found]
		t.Logf("%.2g from the minimum", distance(end, want))
		if !(distance(end, want) < 1e-13) || !(math.Abs(end.Loss-want.Loss) < 1e-24+1e-14*math.Abs(want.Loss)) {
			t.Errorf("after %d updates at %v, want %v", r.updates, end, want)
		}
	})
}

func TestEveryMinimumIsFoundFromNearby(t *testing.T) {
	eachSurface(t, func(t *testing.T, s *Surface, _ row) {
		for _, want := range s.Minima {
			end := last(t, newMomentum(t, 0.03), s, [2]float64{want.W1 + 0.02, want.W2 + 0.02}, 3000)
			if !(distance(end, want) < 1e-12) {
				t.Errorf("from beside %v to %v", want, end)
			}
		}
	})
}

// What the notes and comments of the surfaces promise.
func TestSharpFlatKeepsSGDByItsRate(t *testing.T) {
	s := sharpFlat()
	sharp, flat := s.Minima[0], s.Minima[1]
	for _, c := range []struct {
		rate float64
		want Point
	}{{0.05, sharp}, {0.09, sharp}, {0.3, flat}, {0.5, flat}, {1, flat}, {1.5, flat}, {1.9, flat}} {
		end := last(t, newSGD(t, c.rate), s, [2]float64{sharp.W1 + 0.05, sharp.W2 + 0.05}, 1000)
		if !(distance(end, c.want) < 1e-12) {
			t.Errorf("SGD at the rate %v goes to %v, want %v", c.rate, end, c.want)
		}
	}
	if end := last(t, newSGD(t, 0.11), s, [2]float64{sharp.W1 + 0.05, sharp.W2 + 0.05}, 1000); !(distance(end, sharp) > 0.05) {
		t.Errorf("SGD at the rate 0.11 stays at the sharp minimum: %v", end)
	}
}

func TestSaddleHoldsSGD(t *testing.T) {
	s := saddle()
	end := last(t, newSGD(t, 0.1), s, s.Start, 20)
	if distance(end, Point{}) > 0.1 {
		t.Errorf("after 20 updates SGD is at %v, want it near the saddle point", end)
	}
	end = last(t, newAdam(t, 0.1), s, s.Start, 20)
	if end.W2 < 1 {
		t.Errorf("after 20 updates Adam is at %v, want it gone from the saddle point", end)
	}
}

func TestHimmelblauDependsOnTheOptimizer(t *testing.T) {
	s := himmelblau()
	end := last(t, newMomentum(t, 0.03), s, s.Start, 1000)
	if !(distance(end, s.Minima[3]) < 1e-12) {
		t.Errorf("momentum goes to %v, want %v, where Adam does not go", end, s.Minima[3])
	}
}

func TestDescendErrors(t *testing.T) {
	sgd, start := newSGD(t, 1), [2]float64{1, 1}
	for _, c := range []struct {
		name    string
		solver  gorgonia.Solver
		start   [2]float64
		updates int
		want    string
	}{
		{"no solver", nil, start, 1, "descending on rosenbrock: no solver"},
		{"infinite start", sgd, [2]float64{math.Inf(1), 1}, 1, "descending on rosenbrock: the start is (+Inf, 1): want finite numbers"},
		{"start not a number", sgd, [2]float64{1, math.NaN()}, 1, "the start is (1, NaN)"},
		{"negative updates", sgd, start, -1, "there are -1 updates: want at least 0"},
	} {
		points, err := compile(t, rosenbrock()).Descend(t.Context(), c.solver, c.start, c.updates)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(points) != 0 {
			t.Errorf("%s: got %v and the error %v, want one with %q", c.name, points, err, c.want)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	failing := func(loss func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error)) *Surface {
		return &Surface{Name: "failing", Loss: loss}
	}
	for _, c := range []struct {
		name    string
		surface *Surface
		want    string
	}{
		{"no surface", nil, "compiling: no surface"},
		{"no loss", failing(nil), "compiling failing: the surface has no Loss"},
		{"failing loss", failing(func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
			return nil, errors.New("sand in the gears")
		}), "compiling failing: sand in the gears"},
		{"missing loss", failing(func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
			return nil, nil
		}), "want a node of the parameters' shape"},
		{"loss of one parameter", failing(func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
			return gorgonia.Square(w1)
		}), "compiling failing: "},
	} {
		p, err := Compile(c.surface)
		if err == nil || !strings.Contains(err.Error(), c.want) || p != nil {
			t.Errorf("%s: got %v and the error %v, want one with %q", c.name, p, err, c.want)
		}
	}
}

func TestNoUpdates(t *testing.T) {
	points, err := compile(t, rosenbrock()).Descend(t.Context(), newSGD(t, 1), [2]float64{1, 2}, 0)
	if !slices.Equal(points, []Point{{1, 2, 100}}) || err != nil {
		t.Errorf("got %v and the error %v, want the start and no error", points, err)
	}
}

func TestDivergence(t *testing.T) {
	for _, c := range []struct {
		name    string
		solver  gorgonia.Solver
		surface *Surface
		start   [2]float64
		points  int
	}{
		{"SGD on Rosenbrock", newSGD(t, 10), rosenbrock(), rosenbrock().Start, 4},
		{"momentum on Beale", newMomentum(t, 10), beale(), beale().Start, 3},
		{"SGD on the saddle", newSGD(t, 1), saddle(), saddle().Start, 330},
		{"from a loss that is infinite", newSGD(t, 1), rosenbrock(), [2]float64{1e200, 0}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			points, err := compile(t, c.surface).Descend(t.Context(), c.solver, c.start, 1000)
			var diverged *DivergedError
			if !errors.As(err, &diverged) {
				t.Fatalf("got the error %v, want a DivergedError", err)
			}
			if p := diverged.Point; finite(p.W1) && finite(p.W2) && finite(p.Loss) {
				t.Errorf("the point %v where it diverges is finite", p)
			}
			if diverged.Surface != c.surface.Name || diverged.Updates != len(points) || !strings.Contains(err.Error(), c.surface.Name) {
				t.Errorf("with %d points comes the error %v", len(points), err)
			}
			if math.Abs(float64(len(points)-c.points)) > 0.01*float64(c.points) {
				t.Errorf("got %d finite points, want about %d", len(points), c.points)
			}
			for i, p := range points {
				if !finite(p.W1) || !finite(p.W2) || !finite(p.Loss) {
					t.Errorf("point %d is %v", i, p)
				}
			}
		})
	}
}

// failingSolver fails at its third step.
type failingSolver struct{ steps int }

func (s *failingSolver) Step([]gorgonia.ValueGrad) error {
	if s.steps++; s.steps == 3 {
		return errors.New("out of steam")
	}
	return nil
}

func TestSolverError(t *testing.T) {
	points, err := compile(t, rosenbrock()).Descend(t.Context(), &failingSolver{}, [2]float64{1, 2}, 10)
	if err == nil || !strings.Contains(err.Error(), "update 3: out of steam") {
		t.Errorf("got the error %v", err)
	}
	if want := (Point{1, 2, 100}); !slices.Equal(points, []Point{want, want, want}) {
		t.Errorf("got the points %v, want three times %v", points, want)
	}
}

// Gorgonia's solver clears the gradients that it is given. Those of this loss
// are a constant of the graph, and one node for both parameters.
func TestSolverThatClearsGradients(t *testing.T) {
	plane := &Surface{Name: "plane", Loss: gorgonia.Add}
	got, err := compile(t, plane).Descend(t.Context(), gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(0.5)), [2]float64{1, 2}, 4)
	noError(t, err)
	want := []Point{{1, 2, 3}, {0.5, 1.5, 2}, {0, 1, 1}, {-0.5, 0.5, 0}, {-1, 0, -1}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A path starts at the start, every point has its own loss, and SGD's every
// update is −η·g, also the one that leaves the finite numbers; a longer path
// begins with the shorter one.
func TestPathsOfSGD(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(All()).Draw(t, "surface")
		start := [2]float64{
			rapid.Float64Range(s.X.Min, s.X.Max).Draw(t, "w1"),
			rapid.Float64Range(s.Y.Min, s.Y.Max).Draw(t, "w2"),
		}
		rate := rapid.Float64Range(1e-6, 1e-2).Draw(t, "rate")
		updates := rapid.IntRange(1, 30).Draw(t, "updates")
		probe := compile(t, s)
		points, err := probe.Descend(t.Context(), newSGD(t, rate), start, updates)
		expected := slices.Clone(points)
		if diverged := new(DivergedError); errors.As(err, &diverged) {
			expected = append(expected, diverged.Point)
		} else if err != nil || len(points) != updates+1 {
			t.Fatalf("got %d points and the error %v, want %d points", len(points), err, updates+1)
		}
		at, w := prober(t, s), start
		for i, p := range expected {
			loss, gradient := at(w[0], w[1])
			if p.W1 != w[0] || p.W2 != w[1] || math.Float64bits(p.Loss) != math.Float64bits(loss) {
				t.Fatalf("point %d is %v, want %v with the loss %v", i, p, w, loss)
			}
			w[0] -= rate * gradient[0]
			w[1] -= rate * gradient[1]
		}
		half := len(points) / 2
		shorter, err := probe.Descend(t.Context(), newSGD(t, rate), start, half)
		noError(t, err)
		if half == len(points) || !slices.Equal(shorter, points[:half+1]) {
			t.Fatalf("%d updates lead along %v, %d along %v", half, shorter, updates, points)
		}
	})
}

// A descent that its context ends says so, with the points until then.
func TestDescendCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	updates := 0
	solver := solverFunc(func([]gorgonia.ValueGrad) error {
		if updates++; updates == 3 {
			cancel()
		}
		return nil
	})
	points, err := compile(t, rosenbrock()).Descend(ctx, solver, [2]float64{1, 2}, 1000)
	if !errors.Is(err, context.Canceled) || len(points) != 3 {
		t.Errorf("%d points, %v", len(points), err)
	}
}

// solverFunc is a gorgonia.Solver.
type solverFunc func([]gorgonia.ValueGrad) error

func (f solverFunc) Step(model []gorgonia.ValueGrad) error { return f(model) }
