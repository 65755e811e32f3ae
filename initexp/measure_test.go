package initexp

import (
	"math"
	"testing"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/graph"
	"optlab/internal/check"
	"optlab/mnist"
	"optlab/models"
	"optlab/random"
)

// lab runs the lab's experiment on the first 1024 images of FashionMNIST's
// training split.
func lab(t *testing.T, set *dataset.Set, seed uint64, init models.Initializer, activation graph.Activation) []Layer {
	t.Helper()
	c := experiment.Default(models.BaseNetwork)
	c.Model.Activation, c.Init, c.Seed = activation, init, seed
	e, err := experiment.New(c, set)
	check.NoError(t, err)
	x, labels, err := e.Data.Train.First(1024)
	check.NoError(t, err)
	return measured(t, e.Model, init, x, labels, 50)
}

// measured measures a model that has been initialized.
func measured(t *testing.T, model *models.Model, init models.Initializer, x []float32, labels []int, bins int) []Layer {
	t.Helper()
	probe, err := Compile(model, len(labels))
	check.NoError(t, err)
	layers, err := probe.Measure(init, x, labels, bins)
	check.NoError(t, err)
	return layers
}

// TestVariancesArePyTorchs demands activation variances where PyTorch's lie
// over 40 seeds.
func TestVariancesArePyTorchs(t *testing.T) {
	set, err := mnist.Open("fashion")
	check.NoError(t, err)
	type bounds struct {
		layer     int // index of the Linear layer
		low, high float64
	}
	for _, c := range []struct {
		scheme     models.Scheme
		activation graph.Activation
		bounds     []bounds
	}{
		{models.EqualVar, graph.Identity, []bounds{{0, 0.64, 0.71}, {1, 0.61, 0.74}, {4, 0.33, 1.01}}},
		{models.Xavier, graph.Identity, []bounds{{4, 1.67, 3.99}}},
		{models.Xavier, graph.Tanh, []bounds{{1, 0.42, 0.52}, {2, 0.24, 0.30}}},
		{models.Normal, graph.Identity, []bounds{{3, 7.4e-5, 1.3e-4}}},
		{models.Constant, graph.Identity, []bounds{{0, 0.90, 1.06}, {3, 15.8, 18.6}}},
	} {
		for seed := range uint64(5) {
			layers := lab(t, set, seed, models.NewInitializer(c.scheme), c.activation)
			for _, b := range c.bounds {
				if v := layers[b.layer].Activation.Variance; !(v >= b.low && v <= b.high) {
					t.Errorf("%s, %s, seed %d: variance of %s is %v, want %v to %v",
						c.scheme, c.activation, seed, layers[b.layer].Name, v, b.low, b.high)
				}
			}
		}
	}
}

func TestConstantWeightsHaveOneGradient(t *testing.T) {
	set, err := mnist.Open("fashion")
	check.NoError(t, err)
	layers := lab(t, set, 42, models.NewInitializer(models.Constant), graph.Identity)
	for i, l := range layers {
		if middle := i > 0 && i < len(layers)-1; l.Gradient.Single() != middle {
			t.Errorf("%s: gradients from %v to %v: single %v, want %v", l.Parameter, l.Gradient.Min, l.Gradient.Max, l.Gradient.Single(), middle)
		}
		if !l.Weight.Single() {
			t.Errorf("%s: weights from %v to %v, want one value", l.Parameter, l.Weight.Min, l.Weight.Max)
		}
	}
}

func TestLayersAreNamedAsInTheLab(t *testing.T) {
	model, err := models.New(models.Base(graph.Tanh, 3, 2, []int{5, 4}))
	check.NoError(t, err)
	init := models.NewInitializer(models.Torch)
	check.NoError(t, model.Initialize(init, random.New(1)))
	layers := measured(t, model, init, normals(1, 6*3, 0, 1), []int{0, 1, 0, 1, 1, 0}, 7)
	want := []struct {
		name, parameter string
		in, out         int
	}{{"Layer 0", "layers.0.weight", 3, 5}, {"Layer 2", "layers.2.weight", 5, 4}, {"Layer 4", "layers.4.weight", 4, 2}}
	if len(layers) != len(want) {
		t.Fatalf("%d layers, want %d", len(layers), len(want))
	}
	for i, w := range want {
		l := layers[i]
		if l.Name != w.name || l.Parameter != w.parameter {
			t.Errorf("layer %d is %q, %q, want %q, %q", i, l.Name, l.Parameter, w.name, w.parameter)
		}
		if l.Weight.Count != w.in*w.out || l.Gradient.Count != w.in*w.out || l.Activation.Count != 6*w.out {
			t.Errorf("%s: %d weights, %d gradients, %d activations of a layer %d → %d on 6 samples",
				l.Name, l.Weight.Count, l.Gradient.Count, l.Activation.Count, w.in, w.out)
		}
		if l.Predicted != nil {
			t.Errorf("%s: a variance is predicted for tanh", l.Name)
		}
	}
}

func TestMeasureErrors(t *testing.T) {
	model, err := models.New(models.Base(graph.ReLU, 3, 2, []int{4}))
	check.NoError(t, err)
	init := models.NewInitializer(models.Torch)
	for name, c := range map[string]struct {
		x      []float32
		labels []int
		bins   int
		parts  []string
	}{
		"no samples":         {nil, nil, 5, []string{"0 labels and 0 pixels", "want 2 and 6"}},
		"too few pixels":     {make([]float32, 5), []int{0, 1}, 5, []string{"2 labels and 5 pixels", "want 2 and 6"}},
		"too many samples":   {make([]float32, 9), []int{0, 1, 0}, 5, []string{"3 labels", "want 2"}},
		"label out of range": {make([]float32, 6), []int{0, 2}, 5, []string{"label 2", "sample 1"}},
		"no bins":            {make([]float32, 6), []int{0, 1}, 0, []string{"layers.0", "weight", "0 bins"}},
		"pixel not finite":   {[]float32{0, 1, float32(math.NaN()), 0, 0, 0}, []int{0, 1}, 5, []string{"layers.0", "gradient", "not finite"}},
	} {
		t.Run(name, func(t *testing.T) {
			probe, err := Compile(model, 2)
			check.NoError(t, err)
			_, err = probe.Measure(init, c.x, c.labels, c.bins)
			check.Error(t, err, c.parts...)
		})
	}
	_, err = Compile(model, 0)
	check.Error(t, err, "measuring an initialization", "batches of 0", "at least one")
}
