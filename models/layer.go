package models

import (
	"gorgonia.org/gorgonia"

	"optlab/graph"
	"optlab/random"
)

// layer is one module of PyTorch's nn.Sequential that the network would be. All
// that depends on the kind of a layer is behind it: a kind is a file of its
// own, and [Config] builds the list.
type layer interface {
	// name is PyTorch's name of the module, "net.3".
	name() string
	// parameters returns the trainable tensors in PyTorch's order, each named
	// after the layer: "net.3.weight".
	parameters() []*graph.Parameter
	// initialize draws the first values of the parameters.
	initialize(r recipe, s *random.Stream)
	// forward adds the layer to the graph of x, [batch, features], and returns
	// its output.
	forward(x *gorgonia.Node, b building) (*gorgonia.Node, error)
	// moment returns E[y²] of the layer's output y in evaluation, as the theory
	// of [Model.PredictMoments] has it, from E[x²] of its input; false where
	// the theory says nothing.
	moment(r recipe, x float64) (float64, bool)
	// back returns E[δx²] of the gradient at the layer's input x, as the theory
	// of [Model.PredictGradients] has it, from E[δy²] at its output; false where
	// the theory says nothing.
	back(r recipe, dy float64) (float64, bool)
	// summary returns the layer's row, but for its name and its parameters.
	summary() Layer
}

// building is what layers are built into a graph with.
type building struct {
	nodes map[*graph.Parameter]*gorgonia.Node
	masks *random.Stream // of dropout; nil in evaluation mode
}

// Layer is one row of a model's summary.
type Layer struct {
	Name       string // "net.0", PyTorch's name of the module
	Kind       string // "Linear", "ReLU", "Dropout(0.2)", …
	Features   int    // the output is [batch, Features]
	Parameters int    // trainable numbers in it
}

// bare is the part of a layer without parameters.
type bare struct{}

func (bare) parameters() []*graph.Parameter    { return nil }
func (bare) initialize(recipe, *random.Stream) {}
