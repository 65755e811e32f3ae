package graph

import (
	"fmt"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// operand is the type of one input or of the output of an op: a float32 or int
// tensor of fixed shape, or a float32 scalar if the shape is empty.
type operand struct {
	dtype tensor.Dtype
	shape tensor.Shape
}

func floats(shape ...int) operand { return operand{tensor.Float32, shape} }
func ints(shape ...int) operand   { return operand{tensor.Int, shape} }

// operandOf returns the type of a node.
func operandOf(n *gorgonia.Node) operand { return operand{n.Dtype(), n.Shape().Clone()} }

func (o operand) isScalar() bool { return len(o.shape) == 0 }

func (o operand) equal(p operand) bool { return o.dtype == p.dtype && o.shape.Eq(p.shape) }

// holds reports whether t is a value of that type. Gorgonia checks types when a
// graph is built, not when it runs: a value bound later may be anything.
func (o operand) holds(t *tensor.Dense) bool {
	return t.Dtype() == o.dtype && t.Shape().Eq(o.shape) && !o.isScalar() && !t.RequiresIterator()
}

// String says what is wanted of a value.
func (o operand) String() string {
	if o.isScalar() {
		return fmt.Sprintf("a %v scalar", o.dtype)
	}
	return fmt.Sprintf("a contiguous tensor of %v, shape %v", o.dtype, o.shape)
}

// hmType is built at each call: a cached hm.Type corrupts the pools of package
// hm.
func (o operand) hmType() hm.Type {
	if o.isScalar() {
		return o.dtype
	}
	return gorgonia.TensorType{Dims: len(o.shape), Of: o.dtype}
}

func newTensor(o operand) *tensor.Dense {
	return tensor.New(tensor.Of(o.dtype), tensor.WithShape(o.shape...))
}

// describe says what a value is that is not what it should be.
func describe(v gorgonia.Value) string {
	if v == nil {
		return "missing"
	}
	return fmt.Sprintf("a %T of %v, shape %v", v, v.Dtype(), v.Shape())
}

// nodeShape returns the shape of a node after checking that it is a tensor of
// the given type and number of dimensions.
func nodeShape(what string, n *gorgonia.Node, dtype tensor.Dtype, dims int) (tensor.Shape, error) {
	if n == nil {
		return nil, errors.Errorf("%s is nil", what)
	}
	if s := n.Shape(); n.Dtype() == dtype && s.Dims() == dims {
		return s, nil
	}
	return nil, errors.Errorf("%s is a %v tensor of shape %v, want %v with %d dimensions", what, n.Dtype(), n.Shape(), dtype, dims)
}
