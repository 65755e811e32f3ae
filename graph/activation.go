package graph

import (
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/parallel"
	"optlab/internal/vec"
)

// Activation is the elementwise non-linearity between two layers.
type Activation string

// The activations of the lab.
const (
	Identity Activation = "identity" // x
	ReLU     Activation = "relu"     // max(x, 0)
	Tanh     Activation = "tanh"     // tanh x
)

// Activations are all activations, in the order in which help texts list them.
var Activations = []Activation{ReLU, Tanh, Identity}

// ParseActivation returns the activation of the given name, or an error that
// lists the names.
func ParseActivation(name string) (Activation, error) {
	names := make([]string, len(Activations))
	for i, a := range Activations {
		if string(a) == name {
			return a, nil
		}
		names[i] = string(a)
	}
	return "", errors.Errorf("unknown activation %q: want one of %s", name, strings.Join(names, ", "))
}

// kernels are an activation's function y = f(x) and its gradient
// dx = f′(x)·dy. The gradient is given y, not x: for all activations here f′(x)
// follows from f(x).
type kernels struct {
	forward  func(t parallel.Threads, y, x []float32)
	backward func(t parallel.Threads, dx, y, dy []float32)
}

var activationKernels = map[Activation]kernels{
	ReLU: {vec.ReLU, vec.ReLUGrad},
	Tanh: {vec.Tanh, vec.TanhGrad},
}

// Apply adds y = a(x) to the graph of x, a float32 matrix; y has its shape. The
// identity needs no op: it returns x.
func (a Activation) Apply(x *gorgonia.Node) (*gorgonia.Node, error) {
	if _, err := ParseActivation(string(a)); err != nil {
		return nil, err
	}
	shape, err := nodeShape(string(a)+": x", x, tensor.Float32, 2)
	if err != nil {
		return nil, err
	}
	if a == Identity {
		return x, nil
	}
	return apply(newActivation(a, shape), x)
}

// activation is the op of an Activation.
type activation struct {
	op
	kernels
	y *tensor.Dense
}

var _ gorgonia.SDOp = (*activation)(nil)

func newActivation(a Activation, shape tensor.Shape) *activation {
	o := &activation{op: newOp(string(a), floats(shape...), floats(shape...)), kernels: activationKernels[a]}
	o.y = newTensor(o.output)
	return o
}

// Do computes y from x.
func (a *activation) Do(inputs ...gorgonia.Value) (gorgonia.Value, error) {
	x, err := a.float32s(inputs, 0)
	if err != nil {
		return nil, err
	}
	a.forward(a.threads, a.y.Float32s(), x)
	return a.y, nil
}

// DiffWRT reports that x has a gradient.
func (a *activation) DiffWRT(inputs int) []bool { return allDifferentiable(inputs) }

// SymDiff adds dx = f′(x)·dy, computed from y.
func (a *activation) SymDiff(_ gorgonia.Nodes, y, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := apply(newElementwise(a.name+"Grad", a.output.shape, a.backward), y, dy)
	return gorgonia.Nodes{dx}, err
}

// elementwise is an op of two inputs and one output of equal shape: the gradient
// of an activation or of dropout.
type elementwise struct {
	op
	kernel func(t parallel.Threads, dst, a, b []float32)
	dst    *tensor.Dense
}

func newElementwise(name string, shape tensor.Shape, kernel func(t parallel.Threads, dst, a, b []float32)) *elementwise {
	e := &elementwise{op: newOp(name, floats(shape...), floats(shape...), floats(shape...)), kernel: kernel}
	e.dst = newTensor(e.output)
	return e
}

// Do applies the kernel.
func (e *elementwise) Do(inputs ...gorgonia.Value) (gorgonia.Value, error) {
	a, err := e.float32s(inputs, 0)
	if err != nil {
		return nil, err
	}
	b, err := e.float32s(inputs, 1)
	if err != nil {
		return nil, err
	}
	e.kernel(e.threads, e.dst.Float32s(), a, b)
	return e.dst, nil
}
