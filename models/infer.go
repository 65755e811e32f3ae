package models

import (
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/brief"
)

// Infer returns the description of the network whose state dict has tensors of
// these names and shapes. They do not say everything: where the network may
// have any of several activations the description has the usual one, and where
// it has dropout the usual probability. Tensors that are no network's here are
// an error that says what is wrong.
func Infer(shapes map[string]tensor.Shape) (Config, error) {
	var first error
	for _, row := range architectures {
		for _, probability := range row.dropouts() {
			c := Config{Architecture: row.name, Activation: row.activation, Dropout: probability}
			named, err := c.infer(shapes)
			if named && err == nil {
				return c, nil
			}
			if named && first == nil {
				first = errors.WithMessagef(err, "not the %s model", c.Architecture)
			}
		}
	}
	if first == nil {
		first = errors.Errorf("the names are not those of a model here (%s): there are %s", join(Architectures(), ", "), names(shapes))
	}
	return Config{}, first
}

// dropouts returns the probabilities that differ in what the names of the
// parameters are: the usual one, and if that is some, none.
func (row architecture) dropouts() []float64 {
	if row.takesDropout && row.dropout > 0 {
		return []float64{row.dropout, 0}
	}
	return []float64{row.dropout}
}

// infer sets the sizes to those of the network with these shapes. It reports
// whether there is a matrix under the name of each of its weights, and under no
// others; the error says what else is not as that network has it.
func (c *Config) infer(shapes map[string]tensor.Shape) (named bool, err error) {
	matrices := 0
	for _, shape := range shapes {
		if len(shape) == 2 {
			matrices++
		}
	}
	if matrices == 0 {
		return false, nil
	}
	// A network with as many layers has the same names, whatever its sizes.
	c.Sizes = slices.Repeat([]int{1}, matrices+1)
	var weights []string
	for _, l := range c.layers() {
		for _, p := range l.parameters() {
			if len(p.Value.Shape()) == 2 {
				weights = append(weights, p.Name)
			}
		}
	}
	for i, name := range weights {
		shape := shapes[name]
		if len(shape) != 2 {
			return false, nil
		}
		if i == 0 {
			c.Sizes[0] = shape[1]
		}
		// Before a model is made of them, which takes memory.
		if shape[1] != c.Sizes[i] && err == nil {
			err = errors.Errorf("tensor %s of shape %v follows a layer of %d units", brief.Quote(name), shape, c.Sizes[i])
		}
		c.Sizes[i+1] = shape[0]
	}
	if err != nil {
		return true, err
	}
	m, err := New(*c)
	if err != nil {
		return true, err
	}
	return true, m.CheckShapes(shapes)
}
