package models

import (
	"fmt"

	"github.com/pkg/errors"

	"optlab/graph"
)

// Config describes a network as data. The functions [DefaultConfig],
// [Hyperparameter] and [Base] make one.
type Config struct {
	Architecture Architecture `json:"architecture"`
	// Sizes are the numbers of units from input to output, at least two.
	Sizes []int `json:"sizes"`
	// Activation follows every hidden layer; always ReLU in
	// HyperparameterModel.
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
// the sizes is an error and not a machine out of memory.
const maxParameters = 1 << 28

// Validate returns an error that says what is wrong with c, or nil.
func (c Config) Validate() error {
	row, err := c.Architecture.row()
	if err != nil {
		return err
	}
	if err := c.validateSizes(); err != nil {
		return err
	}
	if _, err := graph.ParseActivation(string(c.Activation)); err != nil {
		return err
	}
	if !row.freeActivation && c.Activation != row.activation {
		free := architecturesThat(func(a architecture) bool { return a.freeActivation })
		return errors.Errorf("activation %s: the %s model has %s (choose the %s model for others)", c.Activation, row.name, row.activation, join(free, " or "))
	}
	if !(c.Dropout >= 0 && c.Dropout < 1) {
		return errors.Errorf("dropout %v: want a probability in [0, 1)", c.Dropout)
	}
	if !row.takesDropout && c.Dropout != 0 {
		taking := architecturesThat(func(a architecture) bool { return a.takesDropout })
		return errors.Errorf("dropout %v: the %s model has none (choose the %s model)", c.Dropout, row.name, join(taking, " or "))
	}
	return nil
}

func (c Config) validateSizes() error {
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
	return nil
}

// input returns the number of features the network takes.
func (c Config) input() int { return c.Sizes[0] }

// Classes returns the number of classes the network tells apart.
func (c Config) Classes() int { return c.Sizes[len(c.Sizes)-1] }

// layers returns the layers of the network in order; c is valid. Their
// numbering counts activations and dropout too, as nn.Sequential's does: it
// decides the names of the parameters.
func (c Config) layers() []layer {
	row, _ := c.Architecture.row()
	var list []layer
	name := func() string { return fmt.Sprintf("%s.%d", row.prefix, len(list)) }
	last := len(c.Sizes) - 2
	for i := range last + 1 {
		in, out := c.Sizes[i], c.Sizes[i+1]
		list = append(list, newLinear(name(), in, out, i == 0))
		if i == last {
			break
		}
		list = append(list, activation{label: name(), features: out, function: c.Activation})
		if c.Dropout > 0 {
			list = append(list, dropout{label: name(), features: out, probability: c.Dropout})
		}
	}
	return list
}
