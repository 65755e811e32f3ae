package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/blas"
	"optlab/internal/vec"
)

// Linear adds the fully connected layer y = x·Wᵀ + b, as PyTorch's nn.Linear,
// to the graph of x. x is [batch, in], w is [out, in], b is [out], the result
// is [batch, out]; all are float32. Nodes of other shapes are an error.
//
// If x is an input of the graph rather than the result of an op, its gradient
// is not computed: nobody reads it, and the tape machine would compute it in
// every step all the same.
func Linear(x, w, b *gorgonia.Node) (*gorgonia.Node, error) {
	xs, err := nodeShape("Linear: x", x, tensor.Float32, 2)
	if err != nil {
		return nil, err
	}
	ws, err := nodeShape("Linear: the weight", w, tensor.Float32, 2)
	if err != nil {
		return nil, err
	}
	bs, err := nodeShape("Linear: the bias", b, tensor.Float32, 1)
	if err != nil {
		return nil, err
	}
	if ws[1] != xs[1] || bs[0] != ws[0] {
		return nil, errors.Errorf("Linear: x %v, weight %v and bias %v do not fit: want [batch, in], [out, in] and [out]", xs, ws, bs)
	}
	return apply(linear(xs[0], xs[1], ws[0], !x.IsVar()), x, w, b)
}

// linear is the op of Linear. The gradients are dx = dy·W, dW = dyᵀ·x and db,
// the sum of dy's rows.
func linear(batch, in, out int, wrtX bool) op {
	o := op{
		name:   "Linear",
		output: floats(batch, out),
		kernel: func(d *data) {
			blas.Gemm(d.threads, false, true, batch, out, in, d.in[0], d.in[1], d.in[2], d.out)
		},
		gradients: []gradient{
			{name: "LinearGradX", from: []int{1}, kernel: func(d *data) {
				blas.Gemm(d.threads, false, false, batch, in, out, d.dy, d.in[1], nil, d.out)
			}},
			{name: "LinearGradW", from: []int{0}, kernel: func(d *data) {
				blas.Gemm(d.threads, true, false, out, in, batch, d.dy, d.in[0], nil, d.out)
			}},
			{name: "LinearGradB", kernel: func(d *data) { vec.SumRows(d.threads, d.out, d.dy) }},
		},
	}
	if !wrtX {
		o.gradients[0] = gradient{}
	}
	return o
}
