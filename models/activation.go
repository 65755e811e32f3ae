package models

import (
	"gorgonia.org/gorgonia"

	"optlab/graph"
)

// activation is an elementwise non-linearity, PyTorch's nn.ReLU, nn.Tanh, ….
type activation struct {
	bare
	label    string
	features int
	function graph.Activation
}

var _ layer = activation{}

func (a activation) name() string { return a.label }

func (a activation) forward(x *gorgonia.Node, _ building) (*gorgonia.Node, error) {
	return a.function.Apply(x)
}

// moment holds for an input that is distributed symmetrically around 0.
func (a activation) moment(_ recipe, x float64) (float64, bool) {
	share, ok := a.function.MomentShare()
	return share * x, ok
}

// back returns the same share as moment: where there is one, f is linear on
// either side of 0, so that f(x) = f′(x)·x and E[f(x)²] = E[f′(x)²]·E[x²].
func (a activation) back(_ recipe, dy float64) (float64, bool) {
	share, ok := a.function.MomentShare()
	return share * dy, ok
}

func (a activation) summary() Layer {
	return Layer{Kind: a.function.Title(), Features: a.features}
}
