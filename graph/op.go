package graph

import (
	"encoding/binary"
	"fmt"
	"hash"
	"hash/fnv"
	"sync/atomic"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/parallel"
)

// operand is the type of one input or of the output of an op: a float32 or int
// tensor of fixed shape, or a float32 scalar if the shape is empty.
type operand struct {
	dtype tensor.Dtype
	shape tensor.Shape
}

func floats(shape ...int) operand { return operand{tensor.Float32, shape} }
func ints(shape ...int) operand   { return operand{tensor.Int, shape} }

// hmType is built at each call: a cached hm.Type corrupts the pools of package hm.
func (o operand) hmType() hm.Type {
	if len(o.shape) == 0 {
		return o.dtype
	}
	return gorgonia.TensorType{Dims: len(o.shape), Of: o.dtype}
}

// lastID numbers the ops of the process. Gorgonia merges nodes whose ops hash
// alike and whose inputs are the same; but an op here owns its output (and
// perhaps a mask), so no two may be merged, and the number is part of the hash.
var lastID atomic.Uint32

// op is what all ops of this package have in common: the part of gorgonia.Op
// that says what goes in and out. The type that embeds it adds Do.
type op struct {
	name   string
	id     uint32
	inputs []operand
	output operand
	// threads may share the op's work; the machine sets it.
	threads parallel.Threads
}

func newOp(name string, output operand, inputs ...operand) op {
	return op{name: name, id: lastID.Add(1), inputs: inputs, output: output}
}

// limit bounds the threads that share the op's work.
func (o *op) limit(t parallel.Threads) { o.threads = t }

// Arity returns the number of inputs.
func (o *op) Arity() int { return len(o.inputs) }

// Type returns the function type of the op: input → input → … → output.
func (o *op) Type() hm.Type {
	types := make([]hm.Type, 0, len(o.inputs)+1)
	for _, in := range o.inputs {
		types = append(types, in.hmType())
	}
	return hm.NewFnType(append(types, o.output.hmType())...)
}

// InferShape returns the shape of the output, or an error if the inputs are not
// of the shapes that the op was made for.
func (o *op) InferShape(inputs ...gorgonia.DimSizer) (tensor.Shape, error) {
	shapes, err := gorgonia.DimSizersToShapes(inputs)
	if err != nil {
		return nil, errors.Wrapf(err, "inferring the shape of %s", o.name)
	}
	if len(shapes) != len(o.inputs) {
		return nil, errors.Errorf("%s has %d inputs, got %d", o.name, len(o.inputs), len(shapes))
	}
	for i, s := range shapes {
		if !s.Eq(o.inputs[i].shape) {
			return nil, errors.Errorf("%s: input %d has shape %v, want %v", o.name, i, s, o.inputs[i].shape)
		}
	}
	return o.output.shape.Clone(), nil
}

// ReturnsPtr is false so that the output gets a register of its own and Do is
// called in every run.
func (o *op) ReturnsPtr() bool { return false }

// CallsExtern is false: nothing here waits for code outside Go.
func (o *op) CallsExtern() bool { return false }

// OverwritesInput is −1: no input is overwritten.
func (o *op) OverwritesInput() int { return -1 }

// WriteHash writes the name and number of the op.
func (o *op) WriteHash(h hash.Hash) {
	h.Write([]byte(o.name))
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], o.id)
	h.Write(b[:])
}

// Hashcode returns the hash of WriteHash in 32 bits.
func (o *op) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// String returns the name of the op.
func (o *op) String() string { return o.name }

// float32s returns the elements of input i of the op.
func (o *op) float32s(values []gorgonia.Value, i int) ([]float32, error) {
	t, err := o.dense(values, i)
	if err != nil {
		return nil, err
	}
	return t.Float32s(), nil
}

// ints returns the elements of input i of the op.
func (o *op) ints(values []gorgonia.Value, i int) ([]int, error) {
	t, err := o.dense(values, i)
	if err != nil {
		return nil, err
	}
	return t.Ints(), nil
}

// dense returns input i as a tensor of the type the op was made for. Gorgonia
// checks types when a graph is built, not when it runs: a value bound later may
// be anything.
func (o *op) dense(values []gorgonia.Value, i int) (*tensor.Dense, error) {
	want := o.inputs[i]
	if len(values) != len(o.inputs) {
		return nil, errors.Errorf("%s has %d inputs, got %d", o.name, len(o.inputs), len(values))
	}
	t, ok := values[i].(*tensor.Dense)
	if !ok || t.Dtype() != want.dtype || !t.Shape().Eq(want.shape) || t.RequiresIterator() {
		return nil, errors.Errorf("%s: input %d is %s, want a contiguous tensor of %v, shape %v",
			o.name, i, describe(values[i]), want.dtype, want.shape)
	}
	return t, nil
}

func describe(v gorgonia.Value) string {
	if v == nil {
		return "missing"
	}
	return fmt.Sprintf("a %T of %v, shape %v", v, v.Dtype(), v.Shape())
}

// allDifferentiable is the DiffWRT of an op all of whose inputs have gradients.
func allDifferentiable(inputs int) []bool {
	d := make([]bool, inputs)
	for i := range d {
		d[i] = true
	}
	return d
}

func newTensor(o operand) *tensor.Dense {
	return tensor.New(tensor.Of(o.dtype), tensor.WithShape(o.shape...))
}

// apply adds op to the graph of its inputs.
func apply(op gorgonia.Op, inputs ...*gorgonia.Node) (*gorgonia.Node, error) {
	var n *gorgonia.Node
	err := guard(op.String(), func() (err error) {
		n, err = gorgonia.ApplyOp(op, inputs...)
		return err
	})
	return n, err
}

// guard runs f, which calls Gorgonia, and turns a panic in it into an error:
// Gorgonia panics where it could return one.
func guard(doing string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Errorf("%s: %v", doing, p)
		}
	}()
	return errors.Wrap(f(), doing)
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
