package graph

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/diff/fd"
	"gorgonia.org/gorgonia"

	"optlab/internal/check"
	"optlab/internal/parallel"
	"optlab/internal/vec"
	"optlab/random"
)

// dot is the loss Σ cᵢ·yᵢ of a gradient check: every element of y counts, each
// with another weight. It keeps the sum in float64, for differences of it.
type dot struct {
	c   []float32
	sum float64
}

// newDot adds a dot of y to its graph.
func newDot(s sketch, y *gorgonia.Node) (*gorgonia.Node, *dot) {
	s.Helper()
	d := &dot{c: make([]float32, y.Shape().TotalSize())}
	fill(d.c, 1000)
	return s.node(apply(op{
		name:   "dot",
		output: floats(),
		kernel: func(data *data) {
			d.sum = 0
			for i, v := range data.in[0] {
				d.sum += float64(d.c[i]) * float64(v)
			}
			data.out[0] = float32(d.sum)
		},
		// The derivative of the loss of a machine by itself is 1.
		gradients: []gradient{{name: "dotGrad", from: []int{output}, kernel: func(data *data) { copy(data.out, d.c) }}},
	}, y)), d
}

// experiment is a compiled graph whose gradients can be checked.
type experiment struct {
	*Machine
	g          *gorgonia.ExprGraph
	parameters []*Parameter
	loss       func() float64 // of the last run
	prepare    func()         // called before each run
}

// newExperiment compiles the graph that build makes of the nodes of parameters;
// the loss is build's node if that is a scalar, else its dot.
func newExperiment(t testing.TB, build func(s sketch, nodes gorgonia.Nodes) *gorgonia.Node, parameters ...*Parameter) *experiment {
	t.Helper()
	s := newSketch(t)
	nodes := make(gorgonia.Nodes, len(parameters))
	for i, p := range parameters {
		nodes[i] = s.node(p.Node(s.g))
	}
	y := build(s, nodes)
	e := &experiment{g: s.g, parameters: parameters, prepare: func() {}}
	if y.IsScalar() {
		e.loss = func() float64 { return float64(elements(t, y.Value())[0]) }
	} else {
		var d *dot
		y, d = newDot(s, y)
		e.loss = func() float64 { return d.sum }
	}
	e.Machine = s.machine(y, nil, nodes...)
	return e
}

// fourth is the central difference of order 4. With steps that no float32
// rounds and a loss in float64 it is good to about 1e-6.
var fourth = fd.Formula{
	Stencil:    []fd.Point{{Loc: -2, Coeff: 1. / 12}, {Loc: -1, Coeff: -2. / 3}, {Loc: 1, Coeff: 2. / 3}, {Loc: 2, Coeff: -1. / 12}},
	Derivative: 1,
	Step:       1. / 16,
}

// run returns the loss of the present parameters.
func (e *experiment) run(t testing.TB) float64 {
	t.Helper()
	e.prepare()
	check.NoError(t, e.Run())
	return e.loss()
}

// numeric returns the gradient for p by finite differences.
func (e *experiment) numeric(t testing.TB, p *Parameter) []float64 {
	t.Helper()
	origin := slices.Clone(p.Data())
	defer copy(p.Data(), origin)
	at := make([]float64, len(origin))
	for i, v := range origin {
		at[i] = float64(v)
	}
	return fd.Gradient(nil, func(x []float64) float64 {
		for i, v := range x {
			if p.Data()[i] = float32(v); float64(p.Data()[i]) != v {
				t.Fatalf("%s: %v is not a float32", p.Name, v)
			}
		}
		return e.run(t)
	}, at, &fd.Settings{Formula: fourth})
}

// check compares all gradients of e, after change has had its way with them,
// with finite differences.
func (e *experiment) check(t testing.TB, change func(parameter int, gradient []float32)) error {
	t.Helper()
	e.run(t)
	gradients := gradientsOf(t, e.Machine)
	if len(gradients) == 0 || len(gradients) != len(e.parameters) {
		return errors.Errorf("%d gradients for %d parameters, want as many, and some", len(gradients), len(e.parameters))
	}
	for i, p := range e.parameters {
		change(i, gradients[i])
		if d := deviation(t, gradients[i], e.numeric(t, p)); !(d <= 2e-5) {
			return errors.Errorf("the gradient of %s is up to %.1e from the finite difference, relative to its largest value", p.Name, d)
		}
	}
	return nil
}

func unchanged(int, []float32) {}

// experiments has at least one experiment for every op: TestGradients sees to
// it.
func experiments(t testing.TB) map[string]*experiment {
	all := make(map[string]*experiment)
	for _, a := range Activations {
		all[string(a)] = newExperiment(t, func(s sketch, p gorgonia.Nodes) *gorgonia.Node {
			return s.node(a.Apply(p[0]))
		}, parameter("x", 1, 4, 5))
	}
	// The gradient of x is seen in that of the layer before.
	all["Linear"] = newExperiment(t, func(s sketch, p gorgonia.Nodes) *gorgonia.Node {
		x, data := s.input("x", 4, 3)
		fill(data, 2)
		return s.node(Linear(s.node(Linear(x, p[0], p[1])), p[2], p[3]))
	}, parameter("w0", 3, 5, 3), parameter("b0", 4, 5), parameter("w1", 5, 2, 5), parameter("b1", 6, 2))
	all["Linear, one weight twice"] = newExperiment(t, func(s sketch, p gorgonia.Nodes) *gorgonia.Node {
		x, data := s.input("x", 4, 3)
		fill(data, 7)
		return s.node(Linear(s.node(Linear(x, p[0], p[1])), p[0], p[1]))
	}, parameter("w", 8, 3, 3), parameter("b", 9, 3))
	masks := new(random.Stream)
	all["Dropout"] = newExperiment(t, func(s sketch, p gorgonia.Nodes) *gorgonia.Node {
		return s.node(Dropout(p[0], 0.4, masks))
	}, parameter("x", 10, 6, 7))
	all["Dropout"].prepare = func() { *masks = *random.New(1) }
	all["CrossEntropy"] = newExperiment(t, func(s sketch, p gorgonia.Nodes) *gorgonia.Node {
		labels, _ := s.labels(3, 0, 3, 1, 2)
		return s.node(CrossEntropy(p[0], labels))
	}, parameter("logits", 11, 5, 4))
	all["CrossEntropy, twice"] = newExperiment(t, func(s sketch, p gorgonia.Nodes) *gorgonia.Node {
		labels, _ := s.labels(1, 0)
		a, b := s.node(CrossEntropy(p[0], labels)), s.node(CrossEntropy(s.node(Tanh.Apply(p[0])), labels))
		return s.node(gorgonia.Add(a, b))
	}, parameter("logits", 12, 2, 3))
	return all
}

// TestGradients checks the gradient of every op, and that no op is forgotten:
// the graphs checked must have nodes of every name that this package's source
// gives an op or a gradient.
func TestGradients(t *testing.T) {
	seen := make(map[string]bool)
	for name, e := range experiments(t) {
		t.Run(name, func(t *testing.T) { check.NoError(t, e.check(t, unchanged)) })
		for name := range opNames(e.g) {
			seen[name] = true
		}
	}
	names := sourceNames(t)
	if len(names) < 8 {
		t.Errorf("found only the ops %v", names)
	}
	for _, name := range names {
		if !seen[name] {
			t.Errorf("no gradient check has a node of the op %s", name)
		}
	}
}

// sourceNames returns every string that a literal in this package, without
// tests, has for the field name: ops, gradients and activations.
func sourceNames(t testing.TB) (names []string) {
	paths, err := filepath.Glob("*.go")
	check.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		check.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if pair, ok := n.(*ast.KeyValueExpr); ok {
				key, isField := pair.Key.(*ast.Ident)
				value, isText := pair.Value.(*ast.BasicLit)
				if isField && isText && key.Name == "name" {
					names = append(names, strings.Trim(value.Value, `"`))
				}
			}
			return true
		})
	}
	return names
}

// TestCheckerCatches makes sure that check can fail: in every experiment a
// single wrong element of any gradient is seen, and so is an op that
// differentiates wrongly.
func TestCheckerCatches(t *testing.T) {
	for name, e := range experiments(t) {
		for wrong, p := range e.parameters {
			t.Run(name+"/"+p.Name, func(t *testing.T) {
				err := e.check(t, func(i int, gradient []float32) {
					if i == wrong {
						top := max(slices.Max(gradient), -slices.Min(gradient))
						gradient[len(gradient)/2] += top / 1000
					}
				})
				check.Error(t, err, "the gradient of "+p.Name)
			})
		}
	}
	tanh, err := Tanh.find()
	check.NoError(t, err)
	for name, backward := range map[string]func(t parallel.Threads, dx, y, dy []float32){
		"scaled": func(t parallel.Threads, dx, y, dy []float32) {
			vec.TanhGrad(t, dx, y, dy)
			vec.Mul(t, dx, dx, repeat(1.001, len(dx)))
		},
		"of a ReLU":  vec.ReLUGrad,
		"nothing":    func(_ parallel.Threads, dx, y, dy []float32) { clear(dx) },
		"not a part": func(t parallel.Threads, dx, y, dy []float32) { vec.TanhGrad(t, dx[1:], y[1:], dy[1:]) },
	} {
		t.Run("a wrong op: "+name, func(t *testing.T) {
			e := newExperiment(t, func(s sketch, p gorgonia.Nodes) *gorgonia.Node {
				wrong := tanh
				wrong.backward = fromY(backward)
				return s.node(apply(wrong.op(p[0].Shape()), p[0]))
			}, parameter("x", 1, 4, 5))
			check.Error(t, e.check(t, unchanged), "the gradient of x")
		})
	}
	none := newExperiment(t, func(s sketch, p gorgonia.Nodes) *gorgonia.Node { return s.x("x", 2, 2) })
	check.Error(t, none.check(t, unchanged), "0 gradients for 0 parameters")
}

func repeat(v float32, n int) []float32 { return slices.Repeat([]float32{v}, n) }
