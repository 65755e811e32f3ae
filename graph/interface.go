package graph

import (
	"encoding/binary"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// What Gorgonia asks of every op before it runs it.

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
