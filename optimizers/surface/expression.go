package surface

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// expression builds a formula from nodes. It holds for matrices as for scalars:
// every operation is elementwise, unlike gorgonia.Mul, which multiplies
// matrices. The first error is kept, and what comes after it does nothing, so
// that a formula can be written without a check at every operation.
type expression struct{ err error }

// add, sub, mul and div are the arithmetic operations.
func (e *expression) add(a, b *gorgonia.Node) *gorgonia.Node { return e.binary(gorgonia.Add, a, b) }
func (e *expression) sub(a, b *gorgonia.Node) *gorgonia.Node { return e.binary(gorgonia.Sub, a, b) }
func (e *expression) mul(a, b *gorgonia.Node) *gorgonia.Node {
	return e.binary(gorgonia.HadamardProd, a, b)
}
func (e *expression) div(a, b *gorgonia.Node) *gorgonia.Node {
	return e.binary(gorgonia.HadamardDiv, a, b)
}

// plus, minus and times are those with a number: a + c, a − c and c·a.
func (e *expression) plus(a *gorgonia.Node, c float64) *gorgonia.Node {
	return e.add(a, gorgonia.NewConstant(c))
}
func (e *expression) minus(a *gorgonia.Node, c float64) *gorgonia.Node {
	return e.sub(a, gorgonia.NewConstant(c))
}
func (e *expression) times(c float64, a *gorgonia.Node) *gorgonia.Node {
	return e.mul(gorgonia.NewConstant(c), a)
}

// square is x².
func (e *expression) square(x *gorgonia.Node) *gorgonia.Node { return e.unary(gorgonia.Square, x) }

// abs, tanh and sigmoid are |x|, tanh x and 1/(1+e⁻ˣ), by the ops of this
// package.
func (e *expression) abs(x *gorgonia.Node) *gorgonia.Node     { return e.unary(absolute.apply, x) }
func (e *expression) tanh(x *gorgonia.Node) *gorgonia.Node    { return e.unary(hyperbolic.apply, x) }
func (e *expression) sigmoid(x *gorgonia.Node) *gorgonia.Node { return e.unary(logistic.apply, x) }

func (e *expression) unary(op func(*gorgonia.Node) (*gorgonia.Node, error), x *gorgonia.Node) *gorgonia.Node {
	if e.err != nil {
		return nil
	}
	y, err := op(x)
	e.err = errors.Wrap(err, "building the loss")
	return y
}

func (e *expression) binary(op func(a, b *gorgonia.Node) (*gorgonia.Node, error), a, b *gorgonia.Node) *gorgonia.Node {
	if e.err != nil {
		return nil
	}
	y, err := op(a, b)
	e.err = errors.Wrap(err, "building the loss")
	return y
}

// of returns the loss, or the first error on the way to it.
func (e *expression) of(loss *gorgonia.Node) (*gorgonia.Node, error) { return loss, e.err }
