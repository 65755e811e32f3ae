package graph

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorgonia.org/gorgonia"

	"optlab/internal/check"
	"optlab/random"
)

// matmul returns x·wᵀ + b in float64, for n rows of x.
func matmul(x []float64, w, b []float32, n int) []float64 {
	in, out := len(x)/n, len(b)
	y := make([]float64, 0, n*out)
	for r := range n {
		for j := range out {
			sum := float64(b[j])
			for k := range in {
				sum += x[r*in+k] * float64(w[j*in+k])
			}
			y = append(y, sum)
		}
	}
	return y
}

func apply64(f func(float64) float64, x []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

func toFloat64(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// After a run backwards every hooked node still has the value that the network
// computed there, whatever ops came after.
func TestHookedValues(t *testing.T) {
	const batch = 6
	sizes := []int{7, 5, 4, 3}
	for activation, f := range map[Activation]func(float64) float64{
		ReLU: func(x float64) float64 { return math.Max(x, 0) }, Tanh: math.Tanh, Identity: func(x float64) float64 { return x },
	} {
		t.Run(string(activation), func(t *testing.T) {
			parameters := mlpParameters(sizes)
			m := newMLP(t, mlpConfig{sizes: sizes, activation: activation, batch: batch}, parameters)
			check.NoError(t, m.Run())
			compared := 0
			x := toFloat64(m.x)
			for i := range 3 {
				x = matmul(x, parameters[2*i].Data(), parameters[2*i+1].Data(), batch)
				for _, name := range []string{"linear", "activation"} {
					if name == "activation" {
						x = apply64(f, x)
					}
					name = fmt.Sprint(name, i)
					if !slices.Contains(m.HookNames(), name) {
						continue
					}
					compared++
					if d := deviation(t, floatsOf(t, m.Machine, name), x); !(d <= 1e-6) {
						t.Errorf("%s is up to %.1e from the value computed apart", name, d)
					}
				}
			}
			if compared != 5 {
				t.Errorf("compared %d nodes, want 5", compared)
			}
		})
	}
}

func TestHookNames(t *testing.T) {
	sizes := []int{3, 2, 2}
	m := newMLP(t, mlpConfig{sizes: sizes, activation: ReLU, batch: 1}, mlpParameters(sizes))
	if got, want := strings.Join(m.HookNames(), " "), "activation0 linear0 linear1 loss"; got != want {
		t.Errorf("the hooks are %q, want %q", got, want)
	}
	_, err := m.Value("linear0")
	check.Error(t, err, `"linear0"`, "run the machine first")
	for _, g := range m.Gradients() {
		_, err := g.Grad()
		check.Error(t, err, g.(gorgonia.Namer).Name(), "run the machine first")
	}
	check.NoError(t, m.Run())
	_, err = m.Value("linear9")
	check.Error(t, err, `"linear9"`, "activation0, linear0, linear1, loss")
	if n := len(gradientsOf(t, m.Machine)); n != 4 {
		t.Errorf("%d gradients, want 4", n)
	}
}

// One step of gradient descent on the parameters is seen by every graph that
// has them, and a machine that ran before computes what a new one does.
func TestMachinesShareParameters(t *testing.T) {
	sizes := []int{6, 5, 3}
	parameters := mlpParameters(sizes)
	config := mlpConfig{sizes: sizes, activation: Tanh, batch: 4}
	train := newMLP(t, config, parameters)
	evaluate := newMLP(t, config, parameters)
	loss := func(m *mlp) float32 {
		t.Helper()
		check.NoError(t, m.Run())
		return floatsOf(t, m.Machine, "loss")[0]
	}
	before := loss(train)
	if other := loss(evaluate); other != before {
		t.Errorf("two machines on the same parameters have losses %v and %v", before, other)
	}
	for i, g := range train.Gradients() {
		grad, err := g.Grad()
		check.NoError(t, err)
		w := elements(t, g.Value())
		for j, dw := range elements(t, grad) {
			w[j] -= 0.1 * dw
		}
		if !sameBits(w, parameters[i].Data()) {
			t.Errorf("the value of gradient %d is not the data of %s", i, parameters[i].Name)
		}
	}
	after := loss(evaluate)
	if !(after < before) {
		t.Errorf("the loss is %v after a step, %v before", after, before)
	}
	for name, m := range map[string]*mlp{"the trained machine": train, "a new machine": newMLP(t, config, parameters)} {
		if l := loss(m); l != after {
			t.Errorf("%s has the loss %v after a step, want %v", name, l, after)
		}
	}
}

// outputs returns copies of all that m computed in its last run.
func outputs(t testing.TB, m *mlp) [][]float32 {
	t.Helper()
	all := gradientsOf(t, m.Machine)
	for _, name := range m.HookNames() {
		all = append(all, slices.Clone(floatsOf(t, m.Machine, name)))
	}
	return all
}

func sameOutputs(a, b [][]float32) bool { return slices.EqualFunc(a, b, sameBits) }

// A run leaves nothing behind: the same inputs give the same bits, also after a
// run on others.
func TestRunsRepeat(t *testing.T) {
	sizes := []int{9, 8, 7, 5}
	m := newMLP(t, mlpConfig{sizes: sizes, activation: ReLU, batch: 3}, mlpParameters(sizes))
	check.NoError(t, m.Run())
	first := outputs(t, m)
	check.NoError(t, m.Run())
	if !sameOutputs(first, outputs(t, m)) {
		t.Error("two runs on the same input differ")
	}
	x := slices.Clone(m.x)
	fill(m.x, 5)
	check.NoError(t, m.Run())
	if sameOutputs(first, outputs(t, m)) {
		t.Error("another input gives the same outputs")
	}
	copy(m.x, x)
	check.NoError(t, m.Run())
	if !sameOutputs(first, outputs(t, m)) {
		t.Error("the first input gives other outputs after another input")
	}
}

// Machines of different graphs may run at the same time on the same parameters.
func TestMachinesRunConcurrently(t *testing.T) {
	sizes := []int{20, 16, 12, 4}
	parameters := mlpParameters(sizes)
	var machines []*mlp
	var want [][][]float32
	for i := range 4 {
		m := newMLP(t, mlpConfig{sizes, ReLU, 5 + i, 0.3, random.New(uint64(i)), 0}, parameters)
		machines = append(machines, m)
	}
	for i := range machines {
		alone := newMLP(t, mlpConfig{sizes, ReLU, 5 + i, 0.3, random.New(uint64(i)), 0}, parameters)
		for range 20 {
			check.NoError(t, alone.Run())
		}
		want = append(want, outputs(t, alone))
	}
	var wg sync.WaitGroup
	errs := make([]error, len(machines))
	for i, m := range machines {
		wg.Go(func() {
			for range 20 {
				if err := m.Run(); err != nil {
					errs[i] = err
				}
			}
		})
	}
	wg.Wait()
	for i, m := range machines {
		check.NoError(t, errs[i])
		if !sameOutputs(outputs(t, m), want[i]) {
			t.Errorf("machine %d computes something else beside the others than alone", i)
		}
	}
}

// Two layers of equal shape on the same input have weights of their own and
// must not become one.
func TestLinearsStayApart(t *testing.T) {
	s := newSketch(t)
	x, data := s.input("x", 3, 4)
	fill(data, 1)
	hooks := make(map[string]*gorgonia.Node)
	var nodes gorgonia.Nodes
	var losses []*gorgonia.Node
	for i, p := range mlpParameters([]int{4, 4, 4}) {
		nodes = append(nodes, s.node(p.Node(s.g)))
		if i%2 == 1 {
			y := s.node(Linear(x, nodes[i-1], nodes[i]))
			hooks[p.Name] = y
			loss, _ := newDot(s, y)
			losses = append(losses, loss)
		}
	}
	m := s.machine(s.node(gorgonia.Add(losses[0], losses[1])), hooks, nodes...)
	check.NoError(t, m.Run())
	values := m.Gradients()
	for i, name := range []string{"0.bias", "2.bias"} {
		w, b := elements(t, values[2*i].Value()), elements(t, values[2*i+1].Value())
		if d := deviation(t, floatsOf(t, m, name), matmul(toFloat64(data), w, b, 3)); !(d <= 1e-6) {
			t.Errorf("the layer of %s is up to %.1e from what its weights make of x", name, d)
		}
	}
}

// Nobody reads the gradient of a network's input, and it would be the dearest
// product of all. The layers behind need theirs.
func TestNoGradientOfInput(t *testing.T) {
	sizes := []int{4, 5, 6, 3}
	counts := opNames(newMLP(t, mlpConfig{sizes: sizes, activation: Tanh, batch: 2}, mlpParameters(sizes)).g)
	for name, want := range map[string]int{"Linear": 3, "LinearGradW": 3, "LinearGradB": 3, "LinearGradX": 2, "tanhGrad": 2, "CrossEntropyGrad": 1} {
		if counts[name] != want {
			t.Errorf("%d nodes of %s, want %d", counts[name], name, want)
		}
	}
}

// A machine without parameters runs forwards only.
func TestForwardOnly(t *testing.T) {
	s := newSketch(t)
	labels, _ := s.labels(1, 0)
	x, data := s.input("x", 2, 3)
	fill(data, 1)
	loss := s.node(CrossEntropy(x, labels))
	m := s.machine(loss, nil)
	check.NoError(t, m.Run())
	if n := opNames(s.g)["CrossEntropyGrad"]; n != 0 || len(m.Gradients()) != 0 {
		t.Errorf("%d gradients and %d nodes of them, want none", len(m.Gradients()), n)
	}
	_, err := m.Value("loss")
	check.Error(t, err, `"loss"`, "no node is hooked")
}

// The bound of a program's threads reaches every op, backwards too, and changes
// no bit.
func TestThreads(t *testing.T) {
	sizes := []int{300, 200, 10}
	config := func(threads int) mlpConfig {
		return mlpConfig{sizes, Tanh, 128, 0.2, random.New(1), threads}
	}
	parameters := mlpParameters(sizes)
	all := newMLP(t, config(0), parameters)
	check.NoError(t, all.Run())
	for threads := 1; threads <= 3; threads++ {
		m := newMLP(t, config(threads), parameters)
		ops := 0
		for _, n := range m.g.AllNodes() {
			if o, ok := n.Op().(*op); ok {
				ops++
				if got := int(o.data.threads); got != threads {
					t.Errorf("%s has %d threads, want %d", o, got, threads)
				}
			}
		}
		if want := 2 + 1 + 1 + 1 + 5 + 1 + 1 + 1; ops != want {
			t.Errorf("%d ops, want %d", ops, want)
		}
		check.NoError(t, m.Run())
		if !sameOutputs(outputs(t, m), outputs(t, all)) {
			t.Errorf("%d threads compute something else than all", threads)
		}
	}
}

// raceDetector reports whether the race detector is on: it makes sync.Pool drop
// what it is given at random, so that scratch memory is allocated anew.
var raceDetector bool

// A run allocates no more than Gorgonia's bookkeeping, and keeps nothing.
func TestRunAllocations(t *testing.T) {
	const runs, bytesPerRun = 200, 8 << 10
	sizes := []int{64, 32, 10}
	m := newMLP(t, mlpConfig{sizes, ReLU, 64, 0.2, random.New(1), 0}, mlpParameters(sizes))
	run := func() {
		if err := m.Run(); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(runs, run); n > 200 {
		t.Errorf("%v allocations per run, want at most 200", n)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range runs {
		run()
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) / runs; n > bytesPerRun && !raceDetector {
		t.Errorf("%d bytes allocated per run, want at most %d", n, bytesPerRun)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > runs<<10 {
		t.Errorf("the heap has grown by %d bytes in %d runs", grown, runs)
	}
	runtime.KeepAlive(m)
}
