package models

import (
	"fmt"

	"gorgonia.org/gorgonia"

	"optlab/graph"
)

// dropout is PyTorch's nn.Dropout; in evaluation mode it is the identity.
type dropout struct {
	bare
	label       string
	features    int
	probability float64
}

var _ layer = dropout{}

func (d dropout) name() string { return d.label }

func (d dropout) forward(x *gorgonia.Node, b building) (*gorgonia.Node, error) {
	if b.masks == nil {
		return x, nil
	}
	return graph.Dropout(x, d.probability, b.masks)
}

func (d dropout) moment(_ recipe, x float64) (float64, bool) { return x, true }

func (d dropout) back(_ recipe, dy float64) (float64, bool) { return dy, true }

func (d dropout) summary() Layer {
	return Layer{Kind: fmt.Sprintf("Dropout(%v)", d.probability), Features: d.features}
}
