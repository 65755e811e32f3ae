package surface

import (
	"hash"
	"hash/fnv"
	"math"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// function is a function of one variable that Gorgonia has not, or not exactly.
type function struct {
	name       string
	f          func(x float64) float64
	derivative *function // nil if nothing needs it
}

// absolute is |x| with the derivative of PyTorch, which is 0 at 0. That of
// gorgonia.Abs is 1 there, and drives a parameter away from the bottom of a
// ravine.
var absolute = &function{name: "abs", f: math.Abs, derivative: &function{name: "sign", f: sign}}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	default:
		return x // 0, or not a number
	}
}

// hyperbolic is tanh x. Its derivative 1 − tanh²x is rounded once, as PyTorch's
// is and that of gorgonia.Tanh is not: beside a wall of a ravine almost all
// digits cancel, and SGD at the lab's rate of 10 makes of the last ones an
// error of 1e-5 within 40 updates.
var hyperbolic = &function{name: "tanh", f: math.Tanh, derivative: &function{
	name: "tanhGrad",
	f: func(x float64) float64 {
		y := math.Tanh(x)
		return math.FMA(-y, y, 1)
	},
}}

// logistic is σ(x) = 1/(1+e⁻ˣ). gorgonia.Sigmoid jumps to 1 at x = 19, an error
// of 6e-9. The derivative is σ(x)·σ(−x), as 1 − σ(x) loses its digits where σ
// is nearly 1.
var logistic = &function{name: "logistic", f: sigmoid, derivative: &function{
	name: "logisticGrad",
	f:    func(x float64) float64 { return sigmoid(x) * sigmoid(-x) },
}}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// apply adds y = f(x) to the graph of x, elementwise.
func (f *function) apply(x *gorgonia.Node) (*gorgonia.Node, error) {
	return gorgonia.ApplyOp(&pointwise{function: f, dims: x.Dims()}, x)
}

// pointwise is the op of a function, for float64 tensors of the given number of
// dimensions, or scalars. It has no state: to merge two of them on one input,
// as Gorgonia does, is right.
type pointwise struct {
	*function
	dims int
}

var _ gorgonia.SDOp = (*pointwise)(nil)

// Arity is 1: there is one input.
func (p *pointwise) Arity() int { return 1 }

// Type returns the type of a function from the input's type to itself, built at
// each call: a cached hm.Type corrupts the pools of package hm.
func (p *pointwise) Type() hm.Type {
	var t hm.Type = tensor.Float64
	if p.dims > 0 {
		t = gorgonia.TensorType{Dims: p.dims, Of: tensor.Float64}
	}
	return hm.NewFnType(t, t)
}

// InferShape returns the shape of the input.
func (p *pointwise) InferShape(inputs ...gorgonia.DimSizer) (tensor.Shape, error) {
	shapes, err := gorgonia.DimSizersToShapes(inputs)
	if err != nil || len(shapes) != 1 {
		return nil, errors.Errorf("%s: cannot tell the shape of its input from %v", p.name, inputs)
	}
	return shapes[0].Clone(), nil
}

// Do returns f of every element.
func (p *pointwise) Do(inputs ...gorgonia.Value) (gorgonia.Value, error) {
	if len(inputs) != 1 {
		return nil, errors.Errorf("%s has one input, got %d", p.name, len(inputs))
	}
	switch x := inputs[0].(type) {
	case *gorgonia.F64:
		return gorgonia.NewF64(p.f(float64(*x))), nil
	case *tensor.Dense:
		if x.Dtype() != tensor.Float64 || x.RequiresIterator() {
			return nil, errors.Errorf("%s: the input is a tensor of %v; it must be a contiguous one of float64", p.name, x.Dtype())
		}
		y := tensor.New(tensor.Of(tensor.Float64), tensor.WithShape(x.Shape().Clone()...))
		elements := y.Float64s()
		for i, element := range x.Float64s() {
			elements[i] = p.f(element)
		}
		return y, nil
	default:
		return nil, errors.Errorf("%s: the input is a %T; it must be a *gorgonia.F64 or *tensor.Dense", p.name, x)
	}
}

// ReturnsPtr is false so that the output gets a register of its own.
func (p *pointwise) ReturnsPtr() bool { return false }

// CallsExtern is false: nothing here waits for code outside Go.
func (p *pointwise) CallsExtern() bool { return false }

// OverwritesInput is −1: no input is overwritten.
func (p *pointwise) OverwritesInput() int { return -1 }

// WriteHash writes the name of the function.
func (p *pointwise) WriteHash(h hash.Hash) { h.Write([]byte("surface." + p.name)) }

// Hashcode returns the hash of WriteHash in 32 bits.
func (p *pointwise) Hashcode() uint32 {
	h := fnv.New32a()
	p.WriteHash(h)
	return h.Sum32()
}

// String returns the name of the function.
func (p *pointwise) String() string { return p.name }

// DiffWRT reports whether the derivative is known.
func (p *pointwise) DiffWRT(int) []bool { return []bool{p.derivative != nil} }

// SymDiff adds dx = f′(x)·dy.
func (p *pointwise) SymDiff(inputs gorgonia.Nodes, _, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	slope, err := p.derivative.apply(inputs[0])
	if err != nil {
		return nil, err
	}
	dx, err := gorgonia.HadamardProd(slope, dy)
	return gorgonia.Nodes{dx}, err
}
