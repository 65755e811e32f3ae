package graph

import (
	"sync/atomic"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/parallel"
)

// op is an operation of this package, forwards or backwards: the type that
// Gorgonia sees. An operation says only what is its own, in the first fields,
// and [apply] adds the rest.
type op struct {
	name   string
	output operand

	// kernel computes data.out, every element of it in every run.
	kernel func(*data)

	// check, if there is one, says what is wrong with the values of the inputs
	// before the kernel sees them. Types and shapes need no check.
	check func(*data) error

	// gradients are the gradients by input; the zero value is for an input that
	// has none, or whose gradient nobody reads.
	gradients []gradient

	id     uint32
	inputs []operand
	slots  []*[]float32 // where in data the elements of each input go
	data   data
	value  gorgonia.Value // holds data.out: the same in every run
}

// gradient is how the gradient of one input is computed.
type gradient struct {
	name string

	// from are the positions of those of the op's inputs that the kernel takes,
	// or output for the op's output. One whose kernel takes what the op keeps,
	// a mask, takes the output too, and so runs after it.
	from []int

	// kernel computes data.out, of the input's shape, from data.dy.
	kernel func(*data)
}

// output is the position of an op's output in [gradient.from].
const output = -1

// data are the elements that a kernel works on, row-major. A scalar is one.
type data struct {
	threads parallel.Threads // how many may share the work
	in      [][]float32      // the op's inputs by position, nil for labels
	labels  []int            // the input that is labels
	y, dy   []float32        // in a gradient: the op's output and its gradient
	out     []float32        // the result
}

var _ gorgonia.SDOp = (*op)(nil)

// lastID numbers the ops of the process. Gorgonia merges nodes whose ops hash
// alike and whose inputs are the same; but an op here owns its output (and
// perhaps a mask), so no two may be merged, and the number is part of the hash.
var lastID atomic.Uint32

// apply adds o to the graph of its inputs, made for their types and shapes, and
// returns the node of its output.
func apply(o op, inputs ...*gorgonia.Node) (*gorgonia.Node, error) {
	o.data.in = make([][]float32, len(inputs))
	for i := range inputs {
		o.slots = append(o.slots, &o.data.in[i])
	}
	return o.insert(inputs)
}

// apply adds the gradient to the graph of the op's inputs, its output y and dy.
func (g gradient) apply(of operand, inputs gorgonia.Nodes, y, dy *gorgonia.Node) (*gorgonia.Node, error) {
	o := &op{name: g.name, output: of, kernel: g.kernel}
	o.data.in = make([][]float32, len(inputs))
	var nodes gorgonia.Nodes
	for _, i := range g.from {
		if i == output {
			nodes, o.slots = append(nodes, y), append(o.slots, &o.data.y)
		} else {
			nodes, o.slots = append(nodes, inputs[i]), append(o.slots, &o.data.in[i])
		}
	}
	o.slots = append(o.slots, &o.data.dy)
	return o.insert(append(nodes, dy))
}

// insert makes o ready to run and adds it to the graph of its inputs.
func (o *op) insert(inputs gorgonia.Nodes) (n *gorgonia.Node, err error) {
	o.id = lastID.Add(1)
	for _, in := range inputs {
		o.inputs = append(o.inputs, operandOf(in))
	}
	err = guard(o.name, func() (err error) {
		n, err = gorgonia.ApplyOp(o, inputs...)
		return err
	})
	return n, err
}

// allocate makes the output, at the first run: until then another op's may take
// its place.
func (o *op) allocate() {
	switch {
	case o.value != nil:
	case o.output.isScalar():
		o.value, o.data.out = gorgonia.NewF32(0), make([]float32, 1)
	default:
		t := newTensor(o.output)
		o.value, o.data.out = t, t.Float32s()
	}
}

// share makes the output of other, of the same shape, that of o too: the run of
// either overwrites it.
func (o *op) share(other *op) {
	other.allocate()
	o.value, o.data.out = other.value, other.data.out
}

// Do computes the output from the values of the inputs.
func (o *op) Do(values ...gorgonia.Value) (gorgonia.Value, error) {
	o.allocate()
	if err := o.read(values); err != nil {
		return nil, err
	}
	if o.check != nil {
		if err := o.check(&o.data); err != nil {
			return nil, errors.Wrap(err, o.name)
		}
	}
	o.kernel(&o.data)
	if scalar, ok := o.value.(*gorgonia.F32); ok {
		*scalar = gorgonia.F32(o.data.out[0])
	}
	return o.value, nil
}

// read takes the elements of the inputs from their values.
func (o *op) read(values []gorgonia.Value) error {
	if len(values) != len(o.inputs) {
		return errors.Errorf("%s has %d inputs, got %d", o.name, len(o.inputs), len(values))
	}
	for i, want := range o.inputs {
		switch v := values[i].(type) {
		case *gorgonia.F32:
			if want.isScalar() {
				*o.slots[i] = append((*o.slots[i])[:0], float32(*v))
				continue
			}
		case *tensor.Dense:
			if want.holds(v) {
				if want.dtype == tensor.Int {
					o.data.labels = v.Ints()
				} else {
					*o.slots[i] = v.Float32s()
				}
				continue
			}
		}
		return errors.Errorf("%s: input %d is %s, want %v", o.name, i, describe(values[i]), want)
	}
	return nil
}

// DiffWRT reports which inputs have gradients.
func (o *op) DiffWRT(inputs int) []bool {
	wrt := make([]bool, inputs)
	for i, g := range o.gradients {
		wrt[i] = g.kernel != nil
	}
	return wrt
}

// SymDiff adds the gradients of the inputs.
func (o *op) SymDiff(inputs gorgonia.Nodes, y, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	if got := operandOf(dy); !got.equal(o.output) {
		return nil, errors.Errorf("differentiating %s: the gradient of its output is %v, want %v", o.name, got, o.output)
	}
	grads := make(gorgonia.Nodes, len(inputs))
	for i, g := range o.gradients {
		if g.kernel == nil {
			continue
		}
		var err error
		if grads[i], err = g.apply(o.inputs[i], inputs, y, dy); err != nil {
			return nil, err
		}
	}
	return grads, nil
}

// limit bounds the threads that share the op's work.
func (o *op) limit(t parallel.Threads) { o.data.threads = t }
