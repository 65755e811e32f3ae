package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Parameter is a trainable float32 tensor under the name that PyTorch's
// state_dict gives it. The tensor belongs to the parameter for good: every
// graph and every optimizer works on this one, so write into it, never replace
// it.
type Parameter struct {
	Name  string
	Value *tensor.Dense
}

// NewParameter returns a parameter of the given shape, filled with zeros. It
// panics if a size is negative.
func NewParameter(name string, shape ...int) *Parameter {
	return &Parameter{Name: name, Value: newTensor(floats(shape...))}
}

// Data returns the elements, row-major; writing to them changes the parameter.
func (p *Parameter) Data() []float32 { return p.Value.Float32s() }

// Node adds the parameter to g as an input. Its value is a tensor over the same
// memory, not a copy: not the parameter's own, since compiling a graph writes
// into the tensors that it is bound to, and others may be reading that. A name
// that g already has is an error.
func (p *Parameter) Node(g *gorgonia.ExprGraph) (*gorgonia.Node, error) {
	alias := tensor.New(tensor.WithShape(p.Value.Shape()...), tensor.WithBacking(p.Data()))
	return input(g, p.Name, alias)
}

// Input adds an input of the given name and shape to g and returns its node and
// the elements that it is bound to: write the input there before each run. A
// float input is a float32 tensor. A name that g already has, or a size below
// 1, is an error.
func Input(g *gorgonia.ExprGraph, name string, shape ...int) (*gorgonia.Node, []float32, error) {
	for _, size := range shape {
		if size < 1 {
			return nil, nil, errors.Errorf("the input %s has shape %v: want sizes of at least 1", name, shape)
		}
	}
	t := newTensor(floats(shape...))
	n, err := input(g, name, t)
	return n, t.Float32s(), err
}

// Labels adds an input of n integers, class labels, to g and returns its node
// and the elements that it is bound to. A name that g already has, or n below
// 1, is an error.
func Labels(g *gorgonia.ExprGraph, name string, n int) (*gorgonia.Node, []int, error) {
	if n < 1 {
		return nil, nil, errors.Errorf("the input %s has %d labels: want at least 1", name, n)
	}
	t := newTensor(ints(n))
	node, err := input(g, name, t)
	return node, t.Ints(), err
}

func input(g *gorgonia.ExprGraph, name string, t *tensor.Dense) (*gorgonia.Node, error) {
	// Gorgonia would give out the existing node, bound to another tensor.
	if len(g.ByName(name)) > 0 {
		return nil, errors.Errorf("the graph already has a node %q", name)
	}
	var n *gorgonia.Node
	err := guard("adding the input "+name, func() error {
		n = gorgonia.NewTensor(g, t.Dtype(), t.Dims(), gorgonia.WithShape(t.Shape()...), gorgonia.WithName(name), gorgonia.WithValue(t))
		return nil
	})
	return n, err
}
