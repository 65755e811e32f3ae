package initexp

import (
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/models"
)

// Layer is what an initialization does to one layer with a weight.
type Layer struct {
	// Name is the lab's: "Layer 0" for the module layers.0.
	Name string `json:"name"`
	// Parameter is the weight's name, under which the lab lists its gradient:
	// "layers.0.weight".
	Parameter  string       `json:"parameter"`
	Weight     Distribution `json:"weight"`     // [out, in]
	Gradient   Distribution `json:"gradient"`   // of the loss, for the weight
	Activation Distribution `json:"activation"` // output of the layer, [samples, out]
	// Predicted is the activation's variance by the theory of
	// [models.Model.PredictMoments], nil where there is none.
	Predicted *float64 `json:"predicted_variance"`
}

// Probe is a model compiled for batches of one size, to be measured as often as
// wanted, also after other values have been drawn for its parameters. It is not
// safe for concurrent use; probes of different models are.
type Probe struct {
	model *models.Model
	pass  *models.Pass
}

// Compile makes a probe of the model, in evaluation mode, for batches of the
// given number of samples, at least 1.
func Compile(model *models.Model, batch int) (*Probe, error) {
	pass, err := model.Compile(models.PassConfig{Batch: batch, Gradients: true})
	if err != nil {
		return nil, errors.WithMessage(err, "measuring an initialization")
	}
	return &Probe{model, pass}, nil
}

// Measure runs one batch through the model, forwards and backwards, and
// describes every layer that has a weight, its histograms in the given number
// of bins. x is [batch, features], row-major, and labels are the classes. init
// is how the model was initialized, for the prediction.
func (p *Probe) Measure(init models.Initializer, x []float32, labels []int, bins int) ([]Layer, error) {
	if err := p.load(x, labels); err != nil {
		return nil, err
	}
	if err := p.pass.Run(); err != nil {
		return nil, err
	}
	predicted, _ := p.model.PredictMoments(init, secondMoment(x))
	found, err := p.weighted()
	if err != nil {
		return nil, err
	}
	layers := make([]Layer, len(found))
	for i, l := range found {
		layers[i] = Layer{Name: l.name, Parameter: l.module + ".weight"}
		for _, part := range []struct {
			what  string
			value *tensor.Dense
			into  *Distribution
		}{
			{"weight", l.weight, &layers[i].Weight},
			{"gradient", l.gradient, &layers[i].Gradient},
			{"activation", l.activation, &layers[i].Activation},
		} {
			if *part.into, err = describe(part.value.Float32s(), part.value.Shape(), bins); err != nil {
				return nil, errors.WithMessagef(err, "%s: the %s", l.module, part.what)
			}
		}
		if variance, ok := predicted[l.module]; ok {
			layers[i].Predicted = &variance
		}
	}
	return layers, nil
}

// secondMoment returns E[x²].
func secondMoment(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum / float64(len(x))
}

// weighted is a layer with a weight after a run; valid until the next.
type weighted struct {
	name, module                 string // "Layer 0", "layers.0"
	weight, gradient, activation *tensor.Dense
}

// weighted returns the layers with a weight, from the input on.
func (p *Probe) weighted() ([]weighted, error) {
	var layers []weighted
	for _, g := range p.pass.Gradients() {
		module, isWeight := strings.CutSuffix(g.(gorgonia.Namer).Name(), ".weight")
		if !isWeight {
			continue
		}
		activation, err := p.pass.Value(module)
		if err != nil {
			return nil, errors.WithMessage(err, module)
		}
		gradient, err := g.Grad()
		if err != nil {
			return nil, errors.WithMessage(err, module)
		}
		_, number, _ := strings.Cut(module, ".")
		l := weighted{name: "Layer " + number, module: module}
		for value, into := range map[gorgonia.Value]**tensor.Dense{g.Value(): &l.weight, gradient: &l.gradient, activation: &l.activation} {
			t, ok := value.(*tensor.Dense)
			if !ok {
				return nil, errors.Errorf("%s: a value is a %T, want a tensor", module, value)
			}
			*into = t
		}
		layers = append(layers, l)
	}
	return layers, nil
}
