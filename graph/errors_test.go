package graph

import (
	"math"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/check"
	"optlab/random"
)

// Every mistake in building a graph is an error that names the op and what is
// wrong, never a panic.
func TestOpErrors(t *testing.T) {
	s, elsewhere := newSketch(t), newSketch(t)
	x, w, b := s.x("x", 4, 3), s.x("w", 2, 3), s.x("b", 2)
	vector, cube := s.x("vector", 3), s.x("cube", 4, 3, 1)
	labels, _ := s.labels(0, 1, 0, 1)
	doubles := gorgonia.NewMatrix(s.g, tensor.Float64, gorgonia.WithShape(4, 3), gorgonia.WithName("doubles"))
	scalar := gorgonia.NewScalar(s.g, tensor.Float32, gorgonia.WithName("scalar"))
	foreign := elsewhere.x("w", 2, 3)
	masks := random.New(1)

	for _, c := range []struct {
		name  string
		op    func() (*gorgonia.Node, error)
		parts []string
	}{
		{"Linear without x", func() (*gorgonia.Node, error) { return Linear(nil, w, b) }, []string{"Linear: x is nil"}},
		{"Linear without weight", func() (*gorgonia.Node, error) { return Linear(x, nil, b) }, []string{"Linear: the weight is nil"}},
		{"Linear without bias", func() (*gorgonia.Node, error) { return Linear(x, w, nil) }, []string{"Linear: the bias is nil"}},
		{"Linear of a vector", func() (*gorgonia.Node, error) { return Linear(vector, w, b) }, []string{"Linear: x", "(3)", "2 dimensions"}},
		{"Linear of a cube", func() (*gorgonia.Node, error) { return Linear(cube, w, b) }, []string{"Linear: x", "2 dimensions"}},
		{"Linear of float64", func() (*gorgonia.Node, error) { return Linear(doubles, w, b) }, []string{"Linear: x", "float64", "want float32"}},
		{"Linear of labels", func() (*gorgonia.Node, error) { return Linear(labels, w, b) }, []string{"Linear: x", "int"}},
		{"Linear with a vector as weight", func() (*gorgonia.Node, error) { return Linear(x, vector, b) }, []string{"the weight", "2 dimensions"}},
		{"Linear with a matrix as bias", func() (*gorgonia.Node, error) { return Linear(x, w, w) }, []string{"the bias", "1 dimensions"}},
		{"Linear with a scalar as bias", func() (*gorgonia.Node, error) { return Linear(x, w, scalar) }, []string{"the bias", "1 dimensions"}},
		{"Linear with a transposed weight", func() (*gorgonia.Node, error) { return Linear(w, x, b) }, []string{"(2, 3)", "(4, 3)", "do not fit"}},
		{"Linear with features that differ", func() (*gorgonia.Node, error) { return Linear(x, s.x("w5", 2, 5), b) }, []string{"(2, 5)", "do not fit"}},
		{"Linear with a short bias", func() (*gorgonia.Node, error) { return Linear(x, w, s.x("b1", 1)) }, []string{"(1)", "do not fit"}},
		{"Linear across graphs", func() (*gorgonia.Node, error) { return Linear(x, foreign, b) }, []string{"Linear", "same graph"}},
		{"an unknown activation", func() (*gorgonia.Node, error) { return Activation("nonesuch").Apply(x) }, []string{`"nonesuch"`, "relu, tanh, identity"}},
		{"no activation", func() (*gorgonia.Node, error) { return Activation("").Apply(x) }, []string{`""`, "relu, tanh, identity"}},
		{"ReLU of nil", func() (*gorgonia.Node, error) { return ReLU.Apply(nil) }, []string{"relu: x is nil"}},
		{"Identity of nil", func() (*gorgonia.Node, error) { return Identity.Apply(nil) }, []string{"identity: x is nil"}},
		{"Tanh of float64", func() (*gorgonia.Node, error) { return Tanh.Apply(doubles) }, []string{"tanh: x", "float64"}},
		{"Tanh of a vector", func() (*gorgonia.Node, error) { return Tanh.Apply(vector) }, []string{"tanh: x", "2 dimensions"}},
		{"Dropout of nil", func() (*gorgonia.Node, error) { return Dropout(nil, 0.5, masks) }, []string{"Dropout: x is nil"}},
		{"Dropout of a vector", func() (*gorgonia.Node, error) { return Dropout(vector, 0.5, masks) }, []string{"Dropout: x", "2 dimensions"}},
		{"Dropout without masks", func() (*gorgonia.Node, error) { return Dropout(x, 0.5, nil) }, []string{"Dropout", "no random stream"}},
		{"Dropout below 0", func() (*gorgonia.Node, error) { return Dropout(x, -1e-9, masks) }, []string{"Dropout", "-1e-09", "[0, 1)"}},
		{"Dropout of everything", func() (*gorgonia.Node, error) { return Dropout(x, 1, masks) }, []string{"Dropout", "[0, 1)"}},
		{"Dropout in percent", func() (*gorgonia.Node, error) { return Dropout(x, 20, masks) }, []string{"Dropout", "20", "[0, 1)"}},
		{"Dropout by NaN", func() (*gorgonia.Node, error) { return Dropout(x, math.NaN(), masks) }, []string{"Dropout", "NaN", "[0, 1)"}},
		{"CrossEntropy of nil", func() (*gorgonia.Node, error) { return CrossEntropy(nil, labels) }, []string{"CrossEntropy: logits is nil"}},
		{"CrossEntropy without labels", func() (*gorgonia.Node, error) { return CrossEntropy(x, nil) }, []string{"CrossEntropy: labels is nil"}},
		{"CrossEntropy of a vector", func() (*gorgonia.Node, error) { return CrossEntropy(vector, labels) }, []string{"logits", "2 dimensions"}},
		{"CrossEntropy with float labels", func() (*gorgonia.Node, error) { return CrossEntropy(x, vector) }, []string{"labels", "float32", "want int"}},
		{"CrossEntropy with too few labels", func() (*gorgonia.Node, error) { return CrossEntropy(w, labels) }, []string{"2 rows of logits but 4 labels"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := c.op()
			check.Error(t, err, c.parts...)
			if n != nil {
				t.Errorf("a node %v comes with the error", n)
			}
		})
	}
}

func TestProgramErrors(t *testing.T) {
	s, elsewhere := newSketch(t), newSketch(t)
	labels, _ := s.labels(0, 1)
	x, w, b := s.x("x", 2, 3), s.x("w", 4, 3), s.x("b", 4)
	logits := s.node(Linear(x, w, b))
	loss := s.node(CrossEntropy(logits, labels))
	unused, foreign := s.x("unused", 2), elsewhere.x("w", 4, 3)
	for _, c := range []struct {
		name    string
		program Program
		parts   []string
	}{
		{"no loss", Program{}, []string{"no loss"}},
		{"a loss of another graph", Program{Loss: foreign}, []string{"loss", "this graph"}},
		{"a loss that is no scalar", Program{Loss: logits, Parameters: gorgonia.Nodes{w}}, []string{"loss", "scalar"}},
		{"a parameter without influence", Program{Loss: loss, Parameters: gorgonia.Nodes{w, unused}}, []string{"unused"}},
		{"no parameter", Program{Loss: loss, Parameters: gorgonia.Nodes{w, nil}}, []string{"parameter 1 is nil"}},
		{"a parameter of another graph", Program{Loss: loss, Parameters: gorgonia.Nodes{foreign}}, nil},
		{"a parameter that is computed", Program{Loss: loss, Parameters: gorgonia.Nodes{logits}}, []string{"input"}},
		{"the input as a parameter", Program{Loss: loss, Parameters: gorgonia.Nodes{x}}, []string{"x"}},
		{"the labels as a parameter", Program{Loss: loss, Parameters: gorgonia.Nodes{labels}}, []string{"labels"}},
		{"a hook to nothing", Program{Loss: loss, Hooks: map[string]*gorgonia.Node{"void": nil}}, []string{`hook "void"`}},
		{"a hook to another graph", Program{Loss: loss, Hooks: map[string]*gorgonia.Node{"far": foreign}}, []string{`hook "far"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := newMachine(s.g, c.program)
			check.Error(t, err, append(c.parts, "compiling a graph")...)
			if m != nil {
				t.Error("a machine comes with the error")
			}
		})
	}
	if m := s.machine(loss, nil, w, b); m.Run() != nil {
		t.Error("the graph is unusable after the errors")
	}
}

// Gorgonia gives nodes of the same name and type out as one: a second input
// would be bound to nothing.
func TestInputNames(t *testing.T) {
	s := newSketch(t)
	p := NewParameter("w", 2, 3)
	s.node(p.Node(s.g))
	_, err := p.Node(s.g)
	check.Error(t, err, `"w"`)
	_, err = NewParameter("w", 4, 5).Node(s.g)
	check.Error(t, err, `"w"`)
	_, _, err = Input(s.g, "w", 2, 3)
	check.Error(t, err, `"w"`)
	_, _, err = Labels(s.g, "w", 2)
	check.Error(t, err, `"w"`)
	s.x("x", 2)
	_, err = NewParameter("x", 2).Node(s.g)
	check.Error(t, err, `"x"`)
}

// A value bound later that is not what the op was made for is an error of the
// run, and the run after it is as good as any.
func TestWrongValues(t *testing.T) {
	sizes := []int{3, 3}
	parameters := mlpParameters(sizes)
	m := newMLP(t, mlpConfig{sizes: sizes, batch: 3}, parameters)
	check.NoError(t, m.Run())
	want := floatsOf(t, m.Machine, "loss")[0]
	x := m.g.ByName("x")[0]
	good := x.Value()
	flipped := tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(3, 3))
	check.NoError(t, flipped.T())
	check.NoError(t, gorgonia.Let(x, flipped))
	check.Error(t, m.Run(), "running a graph", "Linear: input 0", "contiguous")
	check.NoError(t, gorgonia.Let(x, good))
	check.NoError(t, m.Run())
	if loss := floatsOf(t, m.Machine, "loss")[0]; loss != want {
		t.Errorf("after an error the loss is %v, want %v", loss, want)
	}
}

// No op panics, whatever values it is given.
func TestDoChecksInputs(t *testing.T) {
	sizes := []int{3, 4, 5, 2}
	masks := random.New(1)
	nodes := newMLP(t, mlpConfig{sizes, Tanh, 2, 0.5, masks, 0}, mlpParameters(sizes)).g.AllNodes()
	called := 0
	for _, n := range nodes {
		o := n.Op()
		if o == nil || o.Arity() == 0 {
			continue
		}
		called++
		wrong := make([]gorgonia.Value, o.Arity())
		for what, values := range map[string][]gorgonia.Value{"no values": nil, "nil": wrong} {
			if v, err := o.Do(values...); err == nil {
				t.Errorf("%v of %s is %v, want an error", o, what, v)
			}
		}
		for _, v := range []gorgonia.Value{
			tensor.New(tensor.Of(tensor.Float64), tensor.WithShape(2, 3)),
			tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(7, 7)),
			gorgonia.NewF32(1),
			gorgonia.NewF64(1),
		} {
			for i := range wrong {
				wrong[i] = v
			}
			if y, err := o.Do(wrong...); err == nil {
				t.Errorf("%v of %T %v is %v, want an error", o, v, v.Shape(), y)
			} else {
				check.Error(t, err, o.String()+": input ", "want a ")
			}
		}
	}
	if want := 3 + 2 + 2 + 1 + 1 + 2 + 2 + 2 + 3 + 3; called != want {
		t.Errorf("called %d ops, want %d", called, want)
	}
}

// An op applied to shapes it was not made for does not get into the graph.
func TestInferShape(t *testing.T) {
	s := newSketch(t)
	o := s.node(Linear(s.x("x", 2, 3), s.x("w", 4, 3), s.x("b", 4))).Op().(*op)
	_, err := o.InferShape(tensor.Shape{5, 3}, tensor.Shape{4, 3}, tensor.Shape{4})
	check.Error(t, err, "Linear: input 0 has shape (5, 3), want (2, 3)")
	_, err = o.InferShape(tensor.Shape{2, 3})
	check.Error(t, err, "Linear has 3 inputs, got 1")
	_, err = gorgonia.ApplyOp(o, s.x("x5", 5, 3), s.x("w5", 4, 3), s.x("b5", 4))
	check.Error(t, err, "(5, 3)")
}

// A gradient of another type than the output that it belongs to is refused
// before a kernel sees it.
func TestSymDiffChecksGradient(t *testing.T) {
	s := newSketch(t)
	x := s.x("x", 2, 3)
	y := s.node(Tanh.Apply(x))
	for _, dy := range []*gorgonia.Node{
		s.x("short", 2, 2),
		gorgonia.NewMatrix(s.g, tensor.Float64, gorgonia.WithShape(2, 3), gorgonia.WithName("doubles")),
	} {
		_, err := y.Op().(*op).SymDiff(gorgonia.Nodes{x}, y, dy)
		check.Error(t, err, "differentiating tanh", "want a contiguous tensor of float32, shape (2, 3)")
	}
}
