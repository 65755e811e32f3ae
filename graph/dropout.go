package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/parallel"
	"optlab/internal/vec"
	"optlab/random"
)

// Dropout adds inverted dropout to the graph of x, a float32 matrix: each
// element is zeroed with probability p, else multiplied by 1/(1−p), so that its
// expectation stays what it was and evaluation needs no dropout at all. Every
// run draws a new mask from masks.
//
// p must be in [0, 1). For p = 0 there is nothing to do and x is returned; a
// graph for evaluation is built without Dropout.
//
// Srivastava et al., Dropout: a simple way to prevent neural networks from
// overfitting, JMLR 15 (2014).
func Dropout(x *gorgonia.Node, p float64, masks *random.Stream) (*gorgonia.Node, error) {
	shape, err := nodeShape("Dropout: x", x, tensor.Float32, 2)
	if err != nil {
		return nil, err
	}
	if !(p >= 0 && p < 1) {
		return nil, errors.Errorf("Dropout: the probability %v is not in [0, 1)", p)
	}
	if p == 0 {
		return x, nil
	}
	if masks == nil {
		return nil, errors.New("Dropout: no random stream for the masks")
	}
	return apply(newDropout(shape, p, masks), x)
}

// dropout is the op of Dropout.
type dropout struct {
	op
	threshold uint32 // words below it drop their element
	scale     float32
	masks     *random.Stream
	words     []uint32
	mask      []float32 // 0 or scale, of the last run: its gradient
	y         *tensor.Dense
}

var _ gorgonia.SDOp = (*dropout)(nil)

func newDropout(shape tensor.Shape, p float64, masks *random.Stream) *dropout {
	d := &dropout{
		op:        newOp("Dropout", floats(shape...), floats(shape...)),
		threshold: uint32(p * (1 << 32)),
		scale:     float32(1 / (1 - p)),
		masks:     masks,
		words:     make([]uint32, shape.TotalSize()),
		mask:      make([]float32, shape.TotalSize()),
	}
	d.y = newTensor(d.output)
	return d
}

// Do draws a mask and applies it to x.
func (d *dropout) Do(inputs ...gorgonia.Value) (gorgonia.Value, error) {
	x, err := d.float32s(inputs, 0)
	if err != nil {
		return nil, err
	}
	d.masks.Fill(d.words)
	vec.Dropout(d.threads, d.y.Float32s(), d.mask, x, d.words, d.threshold, d.scale)
	return d.y, nil
}

// DiffWRT reports that x has a gradient.
func (d *dropout) DiffWRT(inputs int) []bool { return allDifferentiable(inputs) }

// SymDiff adds dx = mask·dy. It takes y as an input only so that it runs after
// the mask is drawn.
func (d *dropout) SymDiff(_ gorgonia.Nodes, y, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	kernel := func(t parallel.Threads, dx, _, dy []float32) { vec.Mul(t, dx, d.mask, dy) }
	dx, err := apply(newElementwise("DropoutGrad", d.output.shape, kernel), y, dy)
	return gorgonia.Nodes{dx}, err
}
