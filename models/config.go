package models

import (
	"fmt"

	"github.com/pkg/errors"

	"optlab/graph"
)

// Architecture names one of the lab's two networks.
type Architecture string

const (
	// HyperparameterModel is the lab's HyperparameterModel: Linear, ReLU and
	// Dropout for every hidden layer, then Linear.
	HyperparameterModel Architecture = "hyperparameter"
	// BaseNetwork is the lab's BaseNetwork: Linear and a chosen activation for
	// every hidden layer, then Linear.
	BaseNetwork Architecture = "base"
)

// Config describes a network as data. The functions [Hyperparameter] and [Base]
// make one.
type Config struct {
	Architecture Architecture `json:"architecture"`
	// Sizes are the numbers of units from input to output, at least two.
	Sizes []int `json:"sizes"`
	// Activation follows every hidden layer; always ReLU in HyperparameterModel.
	Activation graph.Activation `json:"activation"`
	// Dropout is the probability in [0, 1) with which training zeroes a hidden
	// unit; 0 is no dropout, and always so in BaseNetwork.
	Dropout float64 `json:"dropout"`
}

// Hyperparameter describes the lab's HyperparameterModel with the given sizes
// from input to output and dropout probability.
func Hyperparameter(sizes []int, dropout float64) Config {
	return Config{Architecture: HyperparameterModel, Sizes: sizes, Activation: graph.ReLU, Dropout: dropout}
}

// Base describes the lab's BaseNetwork: input features, hidden layer sizes,
// classes.
func Base(activation graph.Activation, input, classes int, hidden []int) Config {
	sizes := append([]int{input}, hidden...)
	return Config{Architecture: BaseNetwork, Sizes: append(sizes, classes), Activation: activation}
}

// maxParameters bounds a network at 1 GiB of parameters, so that a slip in
// -sizes is an error and not a machine out of memory.
const maxParameters = 1 << 28

// Validate returns an error that says what is wrong with c, or nil.
func (c Config) Validate() error {
	if c.Architecture != HyperparameterModel && c.Architecture != BaseNetwork {
		return errors.Errorf("unknown architecture %q: want %s or %s", c.Architecture, HyperparameterModel, BaseNetwork)
	}
	if len(c.Sizes) < 2 {
		return errors.Errorf("sizes %v: want at least two, input and output", c.Sizes)
	}
	parameters := 0
	for i, size := range c.Sizes {
		if size < 1 || size > maxParameters {
			return errors.Errorf("sizes %v: every size must be from 1 to %d", c.Sizes, maxParameters)
		}
		if i > 0 {
			parameters += size * (c.Sizes[i-1] + 1)
		}
		if parameters > maxParameters {
			return errors.Errorf("sizes %v make more than %d parameters", c.Sizes, maxParameters)
		}
	}
	if _, err := graph.ParseActivation(string(c.Activation)); err != nil {
		return err
	}
	if c.Architecture == HyperparameterModel && c.Activation != graph.ReLU {
		return errors.Errorf("activation %s: the %s model has relu (choose the %s model for others)", c.Activation, HyperparameterModel, BaseNetwork)
	}
	if !(c.Dropout >= 0 && c.Dropout < 1) {
		return errors.Errorf("dropout %v: want a probability in [0, 1)", c.Dropout)
	}
	if c.Architecture == BaseNetwork && c.Dropout != 0 {
		return errors.Errorf("dropout %v: the %s model has none (choose the %s model)", c.Dropout, BaseNetwork, HyperparameterModel)
	}
	return nil
}

// Input returns the number of features the network takes.
func (c Config) Input() int { return c.Sizes[0] }

// Classes returns the number of classes the network tells apart.
func (c Config) Classes() int { return c.Sizes[len(c.Sizes)-1] }

// kind is what a module does.
type kind int

const (
	linearModule kind = iota
	activationModule
	dropoutModule
)

// module is one entry of PyTorch's nn.Sequential that the network would be.
type module struct {
	kind    kind
	name    string // as in PyTorch's state_dict, "net.3"
	in, out int    // features
}

// modules returns the network's modules in order. Their numbering counts
// activations and dropout too, as nn.Sequential's does: it decides the names of
// the parameters.
func (c Config) modules() []module {
	prefix := "net"
	if c.Architecture == BaseNetwork {
		prefix = "layers"
	}
	var list []module
	add := func(k kind, in, out int) {
		list = append(list, module{kind: k, name: fmt.Sprintf("%s.%d", prefix, len(list)), in: in, out: out})
	}
	last := len(c.Sizes) - 2
	for i := range last + 1 {
		in, out := c.Sizes[i], c.Sizes[i+1]
		add(linearModule, in, out)
		if i == last {
			break
		}
		add(activationModule, out, out)
		if c.Dropout > 0 {
			add(dropoutModule, out, out)
		}
	}
	return list
}
