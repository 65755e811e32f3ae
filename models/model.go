package models

import (
	"slices"

	"github.com/pkg/errors"

	"optlab/graph"
)

// Model is a network with its parameters. All its passes share them.
type Model struct {
	config     Config
	layers     []layer
	parameters []*graph.Parameter
}

// New returns the network that config describes, all parameters 0, or what is
// wrong with config.
func New(config Config) (*Model, error) {
	if err := config.Validate(); err != nil {
		return nil, errors.Wrap(err, "making a model")
	}
	config.Sizes = slices.Clone(config.Sizes)
	m := &Model{config: config, layers: config.layers()}
	for _, l := range m.layers {
		m.parameters = append(m.parameters, l.parameters()...)
	}
	return m, nil
}

// Config returns the description that the model was made of.
func (m *Model) Config() Config { return m.config }

// Parameters returns the parameters in PyTorch's order: layer by layer from
// input to output, of a Linear layer its weight [out, in] and its bias [out].
// Writing to their values changes the model.
func (m *Model) Parameters() []*graph.Parameter { return m.parameters }

// Summary returns the layers of the network in order.
func (m *Model) Summary() []Layer {
	rows := make([]Layer, len(m.layers))
	for i, l := range m.layers {
		rows[i] = l.summary()
		rows[i].Name = l.name()
		for _, p := range l.parameters() {
			rows[i].Parameters += len(p.Data())
		}
	}
	return rows
}

// PredictMoments returns what the lab's theory predicts for the output y of
// every layer, by its name: E[y²], where x is the layer's input and inputMoment
// is E[x²] of the network's. The output of a Linear layer has mean 0, so that
// its E[y²] is its variance:
//
//	Var(y) = d·Var(w)·E[x²]
//
// for d inputs x and weights w of mean 0, all independent, biases 0. An
// activation keeps a share of its input's moment: the identity all of it, ReLU
// half, as of a symmetric distribution. For tanh and others there is no such
// rule, and for the whole network PredictMoments reports false, as it does
// where init is not valid.
//
// Where an initialization breaks the assumptions (a constant has no mean 0,
// "normal" and "torch" draw biases too) measurement and prediction part: that
// is what they are shown side by side for.
func (m *Model) PredictMoments(init Initializer, inputMoment float64) (map[string]float64, bool) {
	r, err := init.recipe(m.config.Activation)
	if err != nil {
		return nil, false
	}
	moments := make(map[string]float64, len(m.layers))
	moment := inputMoment
	for _, l := range m.layers {
		var ok bool
		if moment, ok = l.moment(r, moment); !ok {
			return nil, false
		}
		moments[l.name()] = moment
	}
	return moments, true
}

// PredictGradients returns what the theory predicts for the gradient δy of the
// loss at the output y of every layer, by its name: E[δy²] as a multiple of
// that at the network's output. Backwards through a Linear layer
//
//	Var(δx) = e·Var(w)·Var(δy)
//
// for e outputs y and weights w of mean 0, all independent (Glorot and Bengio,
// 2010, equation 6); biases do not matter. Through an activation passes the
// share that [Model.PredictMoments] has forwards, and where there is none, or
// init is not valid, PredictGradients reports false.
func (m *Model) PredictGradients(init Initializer) (map[string]float64, bool) {
	r, err := init.recipe(m.config.Activation)
	if err != nil {
		return nil, false
	}
	shares := make(map[string]float64, len(m.layers))
	share := 1.0
	for _, l := range slices.Backward(m.layers) {
		shares[l.name()] = share
		var ok bool
		if share, ok = l.back(r, share); !ok {
			return nil, false
		}
	}
	return shares, true
}
