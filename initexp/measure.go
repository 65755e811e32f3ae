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
	// WhyActivation and WhyGradient say in a word why measurement and
	// prediction part by a factor of 2 or more, or why there is no prediction;
	// they are empty where the two agree.
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
	if len(labels) != len(p.pass.Labels) || len(x) != len(p.pass.X) {
		return nil, errors.Errorf("measuring an initialization: %d labels and %d pixels: want %d and %d", len(labels), len(x), len(p.pass.Labels), len(p.pass.X))
	}
	copy(p.pass.X, x)
	copy(p.pass.Labels, labels)
	if err := p.pass.Run(); err != nil {
		return nil, err
	}
	var layers []Layer
	for _, g := range p.pass.Gradients() {
		name := g.(gorgonia.Namer).Name()
		module, isWeight := strings.CutSuffix(name, ".weight")
		if !isWeight {
			continue
		}
		layer, err := measureLayer(p.pass, g, module, bins)
		if err != nil {
			return nil, errors.WithMessage(err, module)
		}
		layers = append(layers, layer)
	}
	p.predict(init, layers, secondMoment(x))
	return layers, nil
}

// measureLayer describes one layer with a weight after a run.
func measureLayer(pass *models.Pass, g gorgonia.ValueGrad, module string, bins int) (Layer, error) {
	activation, err := pass.Value(module)
	if err != nil {
		return Layer{}, err
	}
	gradient, err := g.Grad()
	if err != nil {
		return Layer{}, err
	}
	_, number, _ := strings.Cut(module, ".")
	layer := Layer{Name: "Layer " + number, Parameter: module + ".weight"}
	for _, part := range []struct {
		what  string
		value gorgonia.Value
		into  *Distribution
	}{
		{"weight", g.Value(), &layer.Weight},
		{"gradient", gradient, &layer.Gradient},
		{"activation", activation, &layer.Activation},
	} {
		t, ok := part.value.(*tensor.Dense)
		if !ok {
			return Layer{}, errors.Errorf("the %s is a %T, want a tensor", part.what, part.value)
		}
		if *part.into, err = describe(t.Float32s(), t.Shape(), bins); err != nil {
			return Layer{}, errors.WithMessagef(err, "the %s", part.what)
		}
	}
	layer.OutputGradient, err = outputGradient(pass, module)
	return layer, err
}

// outputGradient returns the variance of the gradient for a layer's output.
func outputGradient(pass *models.Pass, module string) (float64, error) {
	value, err := pass.OutputGradient(module)
	if err != nil {
		return 0, err
	}
	t, ok := value.(*tensor.Dense)
	if !ok {
		return 0, errors.Errorf("the gradient for the output is a %T, want a tensor", value)
	}
	var d Distribution
	err = d.moments(t.Float32s())
	return d.Variance, errors.WithMessage(err, "the gradient for the output")
}
