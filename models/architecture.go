package models

import (
	"slices"
	"strings"

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

// architecture is what an Architecture allows and what it has by default.
type architecture struct {
	name           Architecture
	prefix         string // of the names of its layers, as in PyTorch
	hidden         []int  // default sizes of the hidden layers
	activation     graph.Activation
	freeActivation bool // whether others than activation may be chosen
	dropout        float64
	takesDropout   bool
}

// architectures has a row for every architecture, in the order in which help
// texts list them.
var architectures = []architecture{
	{name: HyperparameterModel, prefix: "net", hidden: []int{128}, activation: graph.ReLU, dropout: 0.2, takesDropout: true},
	{name: BaseNetwork, prefix: "layers", hidden: []int{512, 256, 256, 128}, activation: graph.Tanh, freeActivation: true},
}

// Architectures returns the names of all architectures, in the order in which
// help texts list them.
func Architectures() []Architecture {
	return architecturesThat(func(architecture) bool { return true })
}

// architecturesThat returns the names of the architectures that hold.
func architecturesThat(hold func(architecture) bool) []Architecture {
	var names []Architecture
	for _, row := range architectures {
		if hold(row) {
			names = append(names, row.name)
		}
	}
	return names
}

// row returns what there is to know of a, or an error that lists the names.
func (a Architecture) row() (architecture, error) {
	i := slices.IndexFunc(architectures, func(row architecture) bool { return row.name == a })
	if i < 0 {
		return architecture{}, errors.Errorf("unknown architecture %q: want %s", a, join(Architectures(), " or "))
	}
	return architectures[i], nil
}

// join writes names one after the other.
func join[T ~string](names []T, separator string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, separator)
}

// DefaultConfig describes the network of the given architecture as the lab has
// it, for inputs of so many features and so many classes. An unknown
// architecture is an error that lists the names.
func DefaultConfig(a Architecture, input, classes int) (Config, error) {
	row, err := a.row()
	if err != nil {
		return Config{}, err
	}
	return Config{
		Architecture: a, Sizes: slices.Concat([]int{input}, row.hidden, []int{classes}),
		Activation: row.activation, Dropout: row.dropout,
	}, nil
}
