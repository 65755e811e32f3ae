package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/blas"
	"optlab/internal/vec"
)

// Linear adds the fully connected layer y = x·Wᵀ + b, as PyTorch's nn.Linear,
// to the graph of x. x is [batch, in], w is [out, in], b is [out], the result is
// [batch, out]; all are float32. Nodes of other shapes are an error.
//
// If x is an input of the graph rather than the result of an op, its gradient is
// not computed: nobody reads it, and the tape machine would compute it in every
// step all the same.
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
	return apply(newLinear(xs[0], xs[1], ws[0], !x.IsVar()), x, w, b)
}

// linear is the op of Linear.
type linear struct {
	op
	batch, in, out int
	wrtX           bool // whether the gradient of x is wanted
	y              *tensor.Dense
}

var _ gorgonia.SDOp = (*linear)(nil)

func newLinear(batch, in, out int, wrtX bool) *linear {
	l := &linear{
		op:    newOp("Linear", floats(batch, out), floats(batch, in), floats(out, in), floats(out)),
		batch: batch, in: in, out: out, wrtX: wrtX,
	}
	l.y = newTensor(l.output)
	return l
}

// Do computes y from x, w and b.
func (l *linear) Do(inputs ...gorgonia.Value) (gorgonia.Value, error) {
	x, err := l.float32s(inputs, 0)
	if err != nil {
		return nil, err
	}
	w, err := l.float32s(inputs, 1)
	if err != nil {
		return nil, err
	}
	b, err := l.float32s(inputs, 2)
	if err != nil {
		return nil, err
	}
	blas.Gemm(l.threads, false, true, l.batch, l.out, l.in, x, w, b, l.y.Float32s())
	return l.y, nil
}

// DiffWRT reports that w and b have gradients, and x if it is not an input.
func (l *linear) DiffWRT(int) []bool { return []bool{l.wrtX, true, true} }

// SymDiff adds dx = dy·W, dW = dyᵀ·x and db = the sum of dy's rows.
func (l *linear) SymDiff(inputs gorgonia.Nodes, _, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	x, w := inputs[0], inputs[1]
	grads := make(gorgonia.Nodes, 3)
	var err error
	if l.wrtX {
		if grads[0], err = apply(newProduct("LinearGradX", false, l.batch, l.in, l.out), dy, w); err != nil {
			return nil, err
		}
	}
	if grads[1], err = apply(newProduct("LinearGradW", true, l.out, l.in, l.batch), dy, x); err != nil {
		return nil, err
	}
	grads[2], err = apply(newRowSum(l.batch, l.out), dy)
	return grads, err
}

// product is the matrix product C = op(A)·B, where op may transpose: the
// gradients of Linear.
type product struct {
	op
	transA  bool
	m, n, k int
	c       *tensor.Dense
}

func newProduct(name string, transA bool, m, n, k int) *product {
	a := floats(m, k)
	if transA {
		a = floats(k, m)
	}
	p := &product{op: newOp(name, floats(m, n), a, floats(k, n)), transA: transA, m: m, n: n, k: k}
	p.c = newTensor(p.output)
	return p
}

// Do computes C from A and B.
func (p *product) Do(inputs ...gorgonia.Value) (gorgonia.Value, error) {
	a, err := p.float32s(inputs, 0)
	if err != nil {
		return nil, err
	}
	b, err := p.float32s(inputs, 1)
	if err != nil {
		return nil, err
	}
	blas.Gemm(p.threads, p.transA, false, p.m, p.n, p.k, a, b, nil, p.c.Float32s())
	return p.c, nil
}

// rowSum sums the rows of a matrix: the gradient of a bias.
type rowSum struct {
	op
	sum *tensor.Dense
}

func newRowSum(rows, cols int) *rowSum {
	s := &rowSum{op: newOp("LinearGradB", floats(cols), floats(rows, cols))}
	s.sum = newTensor(s.output)
	return s
}

// Do computes the sum over the rows of its input.
func (s *rowSum) Do(inputs ...gorgonia.Value) (gorgonia.Value, error) {
	rows, err := s.float32s(inputs, 0)
	if err != nil {
		return nil, err
	}
	vec.SumRows(s.threads, s.sum.Float32s(), rows)
	return s.sum, nil
}
