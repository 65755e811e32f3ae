package initexp

import (
	"testing"

	"optlab/graph"
	"optlab/internal/check"
	"optlab/models"
	"optlab/random"
)

// initialized returns the measured layers of a network on normal input.
func initialized(t *testing.T, config models.Config, init models.Initializer, samples int) []Layer {
	t.Helper()
	model, err := models.New(config)
	check.NoError(t, err)
	check.NoError(t, model.Initialize(init, random.New(9)))
	labels := make([]int, samples)
	for i := range labels {
		labels[i] = i * i % 17 % config.Sizes[len(config.Sizes)-1]
	}
	return measured(t, model, init, normals(2, samples*config.Sizes[0], 0, 1.5), labels, 10)
}

// TestPredictionHolds demands that theory and measurement agree on wide layers,
// where chance averages out, for the schemes that keep the theory's
// assumptions.
func TestPredictionHolds(t *testing.T) {
	for _, c := range []struct {
		scheme     models.Scheme
		activation graph.Activation
	}{{models.EqualVar, graph.Identity}, {models.Xavier, graph.Identity}, {models.Kaiming, graph.ReLU}, {models.EqualVar, graph.ReLU}} {
		layers := initialized(t, models.Base(c.activation, 400, 300, []int{800, 600}), models.NewInitializer(c.scheme), 200)
		for i, l := range layers {
			if l.Predicted == nil || l.PredictedGradient == nil {
				t.Fatalf("%s, %s: no prediction", c.scheme, c.activation)
			}
			if ratio := l.Activation.Variance / *l.Predicted; ratio < 0.9 || ratio > 1.1 || l.WhyActivation != "" {
				t.Errorf("%s, %s: %s varies by %v, predicted %v, %q", c.scheme, c.activation, l.Name, l.Activation.Variance, *l.Predicted, l.WhyActivation)
			}
			want, near := "", 1.1
			if i == len(layers)-1 {
				want, near = measuredTop, 1+1e-12
			}
			if ratio := l.OutputGradient / *l.PredictedGradient; ratio < 1/near || ratio > near || l.WhyGradient != want {
				t.Errorf("%s, %s: the gradient for the output of %s varies by %v, predicted %v, %q", c.scheme, c.activation, l.Parameter, l.OutputGradient, *l.PredictedGradient, l.WhyGradient)
			}
		}
	}
}

// The word says which assumption is broken, from the layer on where it matters.
func TestWhyTheoryAndMeasurementPart(t *testing.T) {
	wide := []int{120, 120, 120}
	for _, c := range []struct {
		init        models.Initializer
		activation  graph.Activation
		activations [4]string
		gradients   [4]string
	}{
		{models.NewInitializer(models.Xavier), graph.Tanh,
			[4]string{notLinear, notLinear, notLinear, notLinear}, [4]string{notLinear, notLinear, notLinear, notLinear}},
		{models.Initializer{Scheme: models.Constant, Constant: 0.01}, graph.Identity,
			[4]string{meanNotZero, meanNotZero, meanNotZero, meanNotZero}, [4]string{meanNotZero, meanNotZero, meanNotZero, measuredTop}},
		{models.Initializer{Scheme: models.Normal, Std: 0.01}, graph.Identity,
			[4]string{"", "", biasesDrawn, biasesDrawn}, [4]string{"", "", "", measuredTop}},
		{models.Initializer{Scheme: models.Constant}, graph.Identity, // all is 0, as predicted
			[4]string{}, [4]string{"", "", "", measuredTop}},
	} {
		layers := initialized(t, models.Base(c.activation, 80, 20, wide), c.init, 60)
		for i, l := range layers {
			if l.WhyActivation != c.activations[i] || l.WhyGradient != c.gradients[i] {
				t.Errorf("%v, %s, %s: %q and %q, want %q and %q", c.init, c.activation, l.Name, l.WhyActivation, l.WhyGradient, c.activations[i], c.gradients[i])
			}
		}
	}
}

func TestWhy(t *testing.T) {
	two, zero := 2.0, 0.0
	for _, c := range []struct {
		predicted    *float64
		measured     float64
		broken, want string
	}{
		{nil, 2, biasesDrawn, notLinear},
		{&two, 2, biasesDrawn, ""},
		{&two, 3.9, meanNotZero, ""}, {&two, 4.1, meanNotZero, meanNotZero},
		{&two, 1.1, biasesDrawn, ""}, {&two, 0.9, biasesDrawn, biasesDrawn},
		{&two, 0.9, chance, chance}, {&two, 0, chance, chance},
		{&zero, 0, meanNotZero, ""}, {&zero, 1e-20, meanNotZero, meanNotZero},
	} {
		if got := why(c.predicted, c.measured, c.broken); got != c.want {
			t.Errorf("predicted %v, measured %v, %q: %q, want %q", c.predicted, c.measured, c.broken, got, c.want)
		}
	}
}
