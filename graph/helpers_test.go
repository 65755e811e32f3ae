package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"

	"optlab/internal/check"
	"optlab/random"
)

// sketch is a graph in the making. Its methods fail the test where the
// package's functions return an error.
type sketch struct {
	testing.TB
	g *gorgonia.ExprGraph
}

func newSketch(t testing.TB) sketch { return sketch{t, gorgonia.NewGraph()} }

// node returns n: s.node(Linear(x, w, b)).
func (s sketch) node(n *gorgonia.Node, err error) *gorgonia.Node {
	s.Helper()
	check.NoError(s, err)
	return n
}

func (s sketch) input(name string, shape ...int) (*gorgonia.Node, []float32) {
	s.Helper()
	n, data, err := Input(s.g, name, shape...)
	check.NoError(s, err)
	return n, data
}

// x returns an input without its elements.
func (s sketch) x(name string, shape ...int) *gorgonia.Node {
	s.Helper()
	n, _ := s.input(name, shape...)
	return n
}

func (s sketch) labels(values ...int) (*gorgonia.Node, []int) {
	s.Helper()
	n, data, err := Labels(s.g, "labels", len(values))
	check.NoError(s, err)
	copy(data, values)
	return n, data
}

// machine compiles a program of the given loss, parameters and hooks.
func (s sketch) machine(loss *gorgonia.Node, hooks map[string]*gorgonia.Node, parameters ...*gorgonia.Node) *Machine {
	s.Helper()
	m, err := newMachine(s.g, Program{Loss: loss, Parameters: parameters, Hooks: hooks})
	check.NoError(s, err)
	return m
}

// parameter returns a parameter filled by fill.
func parameter(name string, seed uint64, shape ...int) *Parameter {
	p := NewParameter(name, shape...)
	fill(p.Data(), seed)
	return p
}

// fill writes numbers of both signs with magnitudes from 1/4 to 5/4: multiples
// of 1/256, to which a step of a power of two can be added without rounding,
// and far enough from 0 that such a step crosses no kink.
func fill(dst []float32, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	for i := range dst {
		dst[i] = float32(64+rng.IntN(257)) / 256
		if rng.IntN(2) == 0 {
			dst[i] = -dst[i]
		}
	}
}

// floatsOf returns the elements of the value hooked under name, a scalar as
// one. They are those of the machine, not a copy.
func floatsOf(t testing.TB, m *Machine, name string) []float32 {
	t.Helper()
	v, err := m.Value(name)
	check.NoError(t, err)
	return elements(t, v)
}

func elements(t testing.TB, v gorgonia.Value) []float32 {
	t.Helper()
	switch v := v.(type) {
	case *gorgonia.F32:
		return []float32{float32(*v)}
	case interface{ Float32s() []float32 }:
		return v.Float32s()
	}
	t.Fatalf("a value is %T, want float32 numbers", v)
	return nil
}

// gradientsOf returns copies of all gradients of the last run.
func gradientsOf(t testing.TB, m *Machine) [][]float32 {
	t.Helper()
	var all [][]float32
	for _, g := range m.Gradients() {
		v, err := g.Grad()
		check.NoError(t, err)
		all = append(all, slices.Clone(elements(t, v)))
	}
	return all
}

// deviation returns the largest difference between got and want, relative to
// the largest magnitude in want. It is NaN if anything is.
func deviation(t testing.TB, got []float32, want []float64) float64 {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Fatalf("%d numbers, want %d, and some", len(got), len(want))
	}
	worst, top := 0.0, 0.0
	for i, w := range want {
		worst = max(worst, math.Abs(float64(got[i])-w))
		top = max(top, math.Abs(w))
	}
	return worst / top
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// mlpConfig describes a network of Linear layers with activation, and dropout
// if there is a stream of masks, between them.
type mlpConfig struct {
	sizes      []int
	activation Activation
	batch      int
	dropout    float64
	masks      *random.Stream
	threads    int
}

// mlp is a compiled network. Its hooks are "loss" and, with the number of the
// layer, "linear0", "activation0", "dropout0" ….
type mlp struct {
	*Machine
	g      *gorgonia.ExprGraph
	x      []float32
	labels []int
}

// mlpParameters returns a network's parameters under the names of PyTorch's
// Sequential without dropout.
func mlpParameters(sizes []int) []*Parameter {
	var list []*Parameter
	for i, out := range sizes[1:] {
		seed := uint64(2 * i)
		list = append(list,
			parameter(fmt.Sprintf("%d.weight", 2*i), seed, out, sizes[i]),
			parameter(fmt.Sprintf("%d.bias", 2*i), seed+1, out))
	}
	return list
}

// newMLP builds a network on the given parameters, with a filled input.
func newMLP(t testing.TB, c mlpConfig, parameters []*Parameter) *mlp {
	t.Helper()
	m := new(mlp)
	var err error
	m.Machine, err = Compile(func(g *gorgonia.ExprGraph) (Program, error) {
		m.g = g
		return m.build(sketch{t, g}, c, parameters), nil
	})
	check.NoError(t, err)
	return m
}

func (m *mlp) build(s sketch, c mlpConfig, parameters []*Parameter) Program {
	s.Helper()
	x, data := s.input("x", c.batch, c.sizes[0])
	fill(data, 99)
	labels, classes := s.labels(make([]int, c.batch)...)
	for i := range classes {
		classes[i] = i % c.sizes[len(c.sizes)-1]
	}
	m.x, m.labels = data, classes
	nodes := make(gorgonia.Nodes, len(parameters))
	for i, p := range parameters {
		nodes[i] = s.node(p.Node(s.g))
	}
	hooks := make(map[string]*gorgonia.Node)
	hook := func(name string, i int) { hooks[fmt.Sprint(name, i)] = x }
	last := len(c.sizes) - 2
	for i := range last + 1 {
		x = s.node(Linear(x, nodes[2*i], nodes[2*i+1]))
		hook("linear", i)
		if i == last {
			break
		}
		x = s.node(c.activation.Apply(x))
		hook("activation", i)
		if c.masks != nil {
			x = s.node(Dropout(x, c.dropout, c.masks))
			hook("dropout", i)
		}
	}
	hooks["loss"] = s.node(CrossEntropy(x, labels))
	return Program{Loss: hooks["loss"], Parameters: nodes, Hooks: hooks, Threads: c.threads}
}

// opNames returns how many nodes of g each op has, by its name.
func opNames(g *gorgonia.ExprGraph) map[string]int {
	counts := make(map[string]int)
	for _, n := range g.AllNodes() {
		if n.Op() != nil {
			counts[n.Op().String()]++
		}
	}
	return counts
}
