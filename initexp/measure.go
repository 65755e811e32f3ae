package initexp

import (
	"fmt"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/models"
)

// Layer is what an initialisation does to one Linear layer.
type Layer struct {
	// Name is the lab's: "Layer 0" for the module layers.0.
	Name string `json:"name"`
	// Parameter is the weight's name, under which the lab lists its gradient:
	// "layers.0.weight".
	Parameter  string       `json:"parameter"`
	Weight     Distribution `json:"weight"`     // [out, in]
	Gradient   Distribution `json:"gradient"`   // of the loss, for the weight
	Activation Distribution `json:"activation"` // output of the layer, [samples, out]
	// Predicted is the activation's variance by the theory of [Predict], nil where
	// there is none.
	Predicted *float64 `json:"predicted_variance"`
}

// Measure runs one batch through the model in evaluation mode, forwards and
// backwards, and describes every Linear layer. x is [len(labels), features],
// row-major. init is how the model was initialised, for the prediction.
func Measure(model *models.Model, init models.Initializer, x []float32, labels []int, bins int) ([]Layer, error) {
	if want := len(labels) * model.Config().Input(); len(labels) == 0 || len(x) != want {
		return nil, errors.Errorf("measuring an initialisation: %d labels and %d pixels, want at least one sample of %d",
			len(labels), len(x), model.Config().Input())
	}
	pass, err := model.Compile(models.PassConfig{Batch: len(labels), Gradients: true})
	if err != nil {
		return nil, err
	}
	copy(pass.X, x)
	copy(pass.Labels, labels)
	if err := pass.Run(); err != nil {
		return nil, err
	}
	predicted := Predict(model.Config(), init, secondMoment(x))
	var layers []Layer
	for _, g := range pass.Gradients() {
		name := g.(gorgonia.Namer).Name()
		module, isWeight := strings.CutSuffix(name, ".weight")
		if !isWeight {
			continue
		}
		layer, err := measureLayer(pass, g, module, bins)
		if err != nil {
			return nil, errors.WithMessage(err, module)
		}
		if predicted != nil {
			layer.Predicted = &predicted[len(layers)]
		}
		layers = append(layers, layer)
	}
	return layers, nil
}

// measureLayer describes one Linear module after a run.
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
		if *part.into, err = Describe(t.Float32s(), t.Shape(), bins); err != nil {
			return Layer{}, errors.WithMessage(err, fmt.Sprintf("the %s", part.what))
		}
	}
	return layer, nil
}
