package models

import (
	"fmt"

	"github.com/pkg/errors"

	"optlab/graph"
)

// Model is a network with its parameters. All its passes share them.
type Model struct {
	config     Config
	modules    []module
	parameters []*graph.Parameter
}

// New returns the network that config describes, all parameters 0, or what is
// wrong with config.
func New(config Config) (*Model, error) {
	if err := config.Validate(); err != nil {
		return nil, errors.Wrap(err, "making a model")
	}
	config.Sizes = append([]int(nil), config.Sizes...)
	m := &Model{config: config, modules: config.modules()}
	for _, mod := range m.modules {
		if mod.kind == linearModule {
			m.parameters = append(m.parameters,
				graph.NewParameter(mod.name+".weight", mod.out, mod.in),
				graph.NewParameter(mod.name+".bias", mod.out))
		}
	}
	return m, nil
}

// Config returns the description that the model was made of.
func (m *Model) Config() Config { return m.config }

// Parameters returns the parameters in PyTorch's order: for every Linear layer
// from input to output its weight [out, in] and its bias [out]. Writing to their
// values changes the model.
func (m *Model) Parameters() []*graph.Parameter { return m.parameters }

// weight and bias return the parameters of the i-th Linear layer.
func (m *Model) weight(i int) *graph.Parameter { return m.parameters[2*i] }
func (m *Model) bias(i int) *graph.Parameter   { return m.parameters[2*i+1] }

// Layer is one row of a model's summary.
type Layer struct {
	Name       string // "net.0", PyTorch's name of the module
	Kind       string // "Linear", "ReLU", "Dropout(0.2)", …
	Features   int    // the output is [batch, Features]
	Parameters int    // trainable numbers in it
}

// Summary returns the modules of the network in order.
func (m *Model) Summary() []Layer {
	layers := make([]Layer, len(m.modules))
	for i, mod := range m.modules {
		layer := Layer{Name: mod.name, Features: mod.out}
		switch mod.kind {
		case linearModule:
			layer.Kind = "Linear"
			layer.Parameters = mod.out*mod.in + mod.out
		case activationModule:
			layer.Kind = map[graph.Activation]string{graph.ReLU: "ReLU", graph.Tanh: "Tanh", graph.Identity: "Identity"}[m.config.Activation]
		case dropoutModule:
			layer.Kind = fmt.Sprintf("Dropout(%v)", m.config.Dropout)
		}
		layers[i] = layer
	}
	return layers
}
