package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

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
	return apply(dropout(shape, p, masks), x)
}

// dropout is the op of Dropout. The gradient is dx = mask·dy.
func dropout(shape tensor.Shape, p float64, masks *random.Stream) op {
	var (
		threshold = uint32(p * (1 << 32)) // words below it drop their element
		scale     = float32(1 / (1 - p))
		words     = make([]uint32, shape.TotalSize())
		mask      = make([]float32, shape.TotalSize()) // 0 or scale, of the last run
	)
	return op{
		name:   "Dropout",
		output: floats(shape...),
		kernel: func(d *data) {
			masks.Fill(words)
			vec.Dropout(d.threads, d.out, mask, d.in[0], words, threshold, scale)
		},
		gradients: []gradient{
			{name: "DropoutGrad", from: []int{output}, kernel: func(d *data) {
				vec.Mul(d.threads, d.out, mask, d.dy)
			}},
		},
	}
}
