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
	// OutputGradient is the variance of δy, the gradient of the loss for the
	// layer's output y, and PredictedGradient what it is by the theory of
	// [models.Model.PredictGradients], backwards from that of the topmost layer
	// as it was measured; nil where there is none.
	OutputGradient    float64  `json:"-"`
	PredictedGradient *float64 `json:"-"`
	// WhyActivation and WhyGradient say in a word why measurement and prediction
	// part by a factor of 2 or more, or why there is no prediction; they are
	// empty where the two agree.
	WhyActivation string `json:"-"`
	WhyGradient   string `json:"-"`
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
		var d Distribution
		if err := d.moments(l.outputGradient.Float32s()); err != nil {
			return nil, errors.WithMessagef(err, "%s: the gradient for the output", l.module)
		}
		layers[i].OutputGradient = d.Variance
	}
	p.predict(init, layers, secondMoment(x))
	return layers, nil
}

// weighted is a layer with a weight after a run; valid until the next.
type weighted struct {
	name, module                                 string // "Layer 0", "layers.0"
	weight, gradient, activation, outputGradient *tensor.Dense
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
		output, err := p.pass.OutputGradient(module)
		if err != nil {
			return nil, errors.WithMessage(err, module)
		}
		_, number, _ := strings.Cut(module, ".")
		l := weighted{name: "Layer " + number, module: module}
		for _, part := range []struct {
			value gorgonia.Value
			into  **tensor.Dense
		}{{g.Value(), &l.weight}, {gradient, &l.gradient}, {activation, &l.activation}, {output, &l.outputGradient}} {
			t, ok := part.value.(*tensor.Dense)
			if !ok {
				return nil, errors.Errorf("%s: a value is a %T, want a tensor", module, part.value)
			}
			*part.into = t
		}
		layers = append(layers, l)
	}
	return layers, nil
}
