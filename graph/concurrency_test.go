package graph

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/check"
	"optlab/random"
)

// job compiles a graph, trains it for a few steps and returns all that it
// computed on the way.
type job func(t testing.TB) []float64

// train runs m with steps of gradient descent.
func train(t testing.TB, m *Machine) (computed []float64) {
	t.Helper()
	add := func(v gorgonia.Value) []float64 {
		var list []float64
		switch v := v.(type) {
		case *gorgonia.F64:
			list = []float64{float64(*v)}
		case *tensor.Dense:
			if v.Dtype() == tensor.Float64 {
				list = v.Float64s()
				break
			}
			list = toFloat64(v.Float32s())
		default:
			list = toFloat64(elements(t, v))
		}
		computed = append(computed, list...)
		return list
	}
	for range 4 {
		check.NoError(t, m.Run())
		for _, name := range m.HookNames() {
			v, err := m.Value(name)
			check.NoError(t, err)
			add(v)
		}
		for _, g := range m.Gradients() {
			v, err := g.Grad()
			check.NoError(t, err)
			dw := add(v)
			switch w := g.Value().(type) {
			case *gorgonia.F64:
				*w -= gorgonia.F64(dw[0]) / 8
			case *tensor.Dense:
				for i := range w.Float32s() {
					w.Float32s()[i] -= float32(dw[i]) / 8
				}
			}
		}
	}
	return computed
}

// jobs has a network for every activation, with dropout and without, and
// programs in double precision.
func jobs() map[string]job {
	all := make(map[string]job)
	sizes := []int{9, 8, 7, 4}
	for _, a := range Activations {
		for _, p := range []float64{0, 0.3} {
			all[fmt.Sprint(a, p)] = func(t testing.TB) []float64 {
				config := mlpConfig{sizes, a, 6, p, random.New(1), 0}
				return train(t, newMLP(t, config, mlpParameters(sizes)).Machine)
			}
		}
	}
	all["double scalars"] = func(t testing.TB) []float64 {
		m, err := Compile(func(g *gorgonia.ExprGraph) (Program, error) {
			x := gorgonia.NewScalar(g, gorgonia.Float64, gorgonia.WithName("x"), gorgonia.WithValue(gorgonia.NewF64(0.7)))
			y := gorgonia.NewScalar(g, gorgonia.Float64, gorgonia.WithName("y"), gorgonia.WithValue(gorgonia.NewF64(-0.3)))
			loss, err := quadratic(x, y)
			return Program{Loss: loss, Parameters: gorgonia.Nodes{x, y}, Hooks: map[string]*gorgonia.Node{"loss": loss}}, err
		})
		check.NoError(t, err)
		return train(t, m)
	}
	all["double matrices"] = func(t testing.TB) []float64 {
		return train(t, newGrid(t, []float64{0.7, 1, 2, -3}, []float64{-0.3, 4, 5, 6}))
	}
	return all
}

// quadratic is 3x² + xy + y², elementwise, by Gorgonia's own operations.
func quadratic(x, y *gorgonia.Node) (*gorgonia.Node, error) {
	xx, err := gorgonia.HadamardProd(gorgonia.NewConstant(3.0), gorgonia.Must(gorgonia.Square(x)))
	if err != nil {
		return nil, err
	}
	xy := gorgonia.Must(gorgonia.HadamardProd(x, y))
	return gorgonia.Add(gorgonia.Must(gorgonia.Add(xx, xy)), gorgonia.Must(gorgonia.Square(y)))
}

// newGrid compiles the quadratic of 2×2 matrices, hooked as "losses", without
// gradients.
func newGrid(t testing.TB, x, y []float64) *Machine {
	t.Helper()
	m, err := Compile(func(g *gorgonia.ExprGraph) (Program, error) {
		node := func(name string, x []float64) *gorgonia.Node {
			return gorgonia.NodeFromAny(g, tensor.New(tensor.WithShape(2, 2), tensor.WithBacking(x)), gorgonia.WithName(name))
		}
		loss, err := quadratic(node("x", x), node("y", y))
		return Program{Loss: loss, Hooks: map[string]*gorgonia.Node{"losses": loss}}, err
	})
	check.NoError(t, err)
	return m
}

// Any number of graphs may be built and run side by side, and each computes
// what it computes alone.
func TestSideBySide(t *testing.T) {
	type result struct {
		name     string
		computed []float64
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var results []result
	start := make(chan struct{})
	for name, job := range jobs() {
		for range 3 {
			wg.Go(func() {
				<-start
				computed := job(t)
				mu.Lock()
				defer mu.Unlock()
				results = append(results, result{name, computed})
			})
		}
	}
	close(start)
	wg.Wait()
	all := jobs()
	if len(results) != 3*len(all) {
		t.Fatalf("%d results, want %d", len(results), 3*len(all))
	}
	for name, job := range all {
		want := job(t)
		for _, r := range results {
			if r.name == name && !slices.Equal(r.computed, want) {
				t.Errorf("%s computes something else beside the others than alone", name)
			}
		}
	}
}

// Gorgonia's shared constants store their hash once in a process, so only fresh
// processes show that no two graphs do that at a time. Without the lock, the
// race detector reports every second of them.
func TestSideBySideFresh(t *testing.T) {
	if !raceDetector {
		t.Skip("only the race detector sees it")
	}
	for range 10 {
		c := exec.Command(os.Args[0], "-test.run=^TestSideBySide$")
		c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
}

// watched is an op that looks at the lock of building when it is differentiated
// and when it runs.
type watched struct {
	*op
	t testing.TB
}

func (w watched) SymDiff(inputs gorgonia.Nodes, y, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	wantLocked(w.t, "differentiating", true)
	return w.op.SymDiff(inputs, y, dy)
}

func (w watched) Do(values ...gorgonia.Value) (gorgonia.Value, error) {
	wantLocked(w.t, "running", false)
	return w.op.Do(values...)
}

func wantLocked(t testing.TB, doing string, want bool) {
	t.Helper()
	locked := !building.TryLock()
	if !locked {
		building.Unlock()
	}
	if locked != want {
		t.Errorf("%s a graph, the lock of building is held: %v, want %v", doing, locked, want)
	}
}

// The lock of building is held while a graph is built and differentiated, free
// while one runs, and free again after an error or a panic.
func TestLock(t *testing.T) {
	m, err := Compile(func(g *gorgonia.ExprGraph) (Program, error) {
		wantLocked(t, "building", true)
		s := sketch{t, g}
		x := s.node(NewParameter("x", 2, 2).Node(g))
		o := s.node(Tanh.Apply(x)).Op().(*op)
		loss, _ := newDot(s, s.node(gorgonia.ApplyOp(watched{o, t}, x)))
		return Program{Loss: loss, Parameters: gorgonia.Nodes{x}}, nil
	})
	check.NoError(t, err)
	check.NoError(t, m.Run())
	wantLocked(t, "after building", false)

	_, err = Compile(func(*gorgonia.ExprGraph) (Program, error) { return Program{}, errors.New("no graph today") })
	check.Error(t, err, "no graph today")
	wantLocked(t, "failing to build", false)
	_, err = Compile(func(*gorgonia.ExprGraph) (Program, error) { panic("no graph ever") })
	check.Error(t, err, "no graph ever")
	wantLocked(t, "failing to build", false)
	_, err = Compile(func(g *gorgonia.ExprGraph) (Program, error) {
		return Program{Loss: sketch{t, gorgonia.NewGraph()}.x("x", 2)}, nil
	})
	check.Error(t, err, "compiling a graph", "not a node of this graph")
	wantLocked(t, "failing to compile", false)
}

// A program without parameters may have a loss of any shape, computed anew in
// every run.
func TestLossOfAnyShape(t *testing.T) {
	x := []float64{1, 2, 3, 4}
	m := newGrid(t, x, []float64{1, 1, -1, 0})
	for _, first := range []float64{1, 5, 1} {
		x[0] = first
		check.NoError(t, m.Run())
		v, err := m.Value("losses")
		check.NoError(t, err)
		want := []float64{3*first*first + first + 1, 15, 25, 48}
		if got := v.Data().([]float64); !slices.Equal(got, want) {
			t.Errorf("the losses are %v, want %v", got, want)
		}
	}
}
