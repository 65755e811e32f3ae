package graph

import (
	"math"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/parallel"
	"optlab/internal/vec"
)

// Activation is the elementwise non-linearity between two layers, by its name.
type Activation string

// The activations that programs refer to; [Activations] lists all.
const (
	Identity Activation = "identity" // x
	ReLU     Activation = "relu"     // max(x, 0)
	Tanh     Activation = "tanh"     // tanh x
)

// activation is all that there is to know of one.
type activation struct {
	name  Activation
	title string // of the module in PyTorch's torch.nn

	// forward computes y = f(x); nil for the identity, which needs no op.
	forward func(t parallel.Threads, y, x []float32)
	// backward computes dx = f′(x)·dy, from x or from y.
	backward gradient

	// moment is E[f(x)²]/E[x²] for every x distributed symmetrically about 0,
	// as He et al. (2015) use it; 0 if that depends on the distribution.
	moment float64
	// gain is that of torch.nn.init.calculate_gain, 0 where it has none.
	gain float64
}

// activations are all activations, in the order in which help texts list them.
var activations = []activation{
	{name: ReLU, title: "ReLU", forward: vec.ReLU, backward: fromY(vec.ReLUGrad), moment: 1. / 2, gain: math.Sqrt2},
	{name: Tanh, title: "Tanh", forward: vec.Tanh, backward: fromY(vec.TanhGrad), gain: 5. / 3},
	{name: Identity, title: "Identity", moment: 1, gain: 1},
	{name: "sigmoid", title: "Sigmoid", forward: vec.Sigmoid, backward: fromY(vec.SigmoidGrad), gain: 1},
	{name: "leakyrelu", title: "LeakyReLU", forward: vec.LeakyReLU, backward: fromX(vec.LeakyReLUGrad),
		moment: (1 + leak*leak) / 2, gain: math.Sqrt(2 / (1 + leak*leak))},
	{name: "elu", title: "ELU", forward: vec.ELU, backward: fromX(vec.ELUGrad)},
	{name: "silu", title: "SiLU", forward: vec.SiLU, backward: fromX(vec.SiLUGrad)},
	{name: "gelu", title: "GELU", forward: vec.GELU, backward: fromX(vec.GELUGrad)},
}

// leak is the slope of [vec.LeakyReLU] below 0.
const leak = 0.01

// fromY is a gradient by a kernel that takes y.
func fromY(kernel func(t parallel.Threads, dx, y, dy []float32)) gradient {
	return gradient{from: []int{output}, kernel: func(d *data) { kernel(d.threads, d.out, d.y, d.dy) }}
}

// fromX is a gradient by a kernel that takes x.
func fromX(kernel func(t parallel.Threads, dx, x, dy []float32)) gradient {
	return gradient{from: []int{0}, kernel: func(d *data) { kernel(d.threads, d.out, d.in[0], d.dy) }}
}

// Activations are the names of all activations, in the order in which help
// texts list them.
var Activations = func() []Activation {
	names := make([]Activation, len(activations))
	for i, a := range activations {
		names[i] = a.name
	}
	return names
}()

// find returns what there is to know of a, or an error that lists the names.
func (a Activation) find() (activation, error) {
	names := make([]string, len(activations))
	for i, row := range activations {
		if row.name == a {
			return row, nil
		}
		names[i] = string(row.name)
	}
	return activation{}, errors.Errorf("unknown activation %q: want one of %s", string(a), strings.Join(names, ", "))
}

// ParseActivation returns the activation of the given name, or an error that
// lists the names.
func ParseActivation(name string) (Activation, error) {
	row, err := Activation(name).find()
	return row.name, err
}

// Title returns the name of the module in PyTorch's torch.nn, "LeakyReLU", or
// "" for an unknown activation.
func (a Activation) Title() string {
	row, _ := a.find()
	return row.title
}

// MomentShare returns E[f(x)²]/E[x²], the share of the second moment that the
// activation lets pass, for every x whose distribution is symmetric about 0. It
// reports false if there is no such number: the share depends on the
// distribution.
//
// He et al., Delving deep into rectifiers, ICCV 2015, section 2.2.
func (a Activation) MomentShare() (float64, bool) {
	row, _ := a.find()
	return row.moment, row.moment != 0
}

// Gain returns the factor by which PyTorch's initializers scale the weights of
// a layer before this activation, torch.nn.init.calculate_gain. It reports
// false where PyTorch has none.
func (a Activation) Gain() (float64, bool) {
	row, _ := a.find()
	return row.gain, row.gain != 0
}

// Apply adds y = f(x) to the graph of x, a float32 matrix; y has its shape. The
// identity needs no op: it returns x.
func (a Activation) Apply(x *gorgonia.Node) (*gorgonia.Node, error) {
	row, err := a.find()
	if err != nil {
		return nil, err
	}
	shape, err := nodeShape(string(a)+": x", x, tensor.Float32, 2)
	if err != nil {
		return nil, err
	}
	if row.forward == nil {
		return x, nil
	}
	return apply(row.op(shape), x)
}

// op returns the op of a for x of the given shape.
func (a activation) op(shape tensor.Shape) op {
	dx := a.backward
	dx.name = string(a.name) + "Grad"
	return op{
		name:      string(a.name),
		output:    floats(shape...),
		kernel:    func(d *data) { a.forward(d.threads, d.out, d.in[0]) },
		gradients: []gradient{dx},
	}
}
