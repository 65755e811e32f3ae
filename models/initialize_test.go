package models

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"optlab/graph"
	"optlab/internal/check"
	"optlab/random"
)

// Every scheme gives PyTorch's values, and leaves the stream where PyTorch's
// is.
func TestInitializeAsPyTorch(t *testing.T) {
	cases := readReference(t).Initial
	if want := 2 * 2 * len(Schemes); len(cases) != want {
		t.Fatalf("%d reference cases, want %d", len(cases), want)
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%s/%s/%d", c.Architecture, c.Scheme, c.Seed), func(t *testing.T) {
			config := Config{Architecture: c.Architecture, Sizes: c.Sizes, Activation: graph.ReLU, Dropout: c.Dropout}
			initializesAs(t, config, NewInitializer(c.Scheme), c.Seed, c.Parameters, c.NextUniform)
		})
	}
}

// initializesAs checks the parameters that init draws, and what the stream
// gives then.
func initializesAs(t *testing.T, config Config, init Initializer, seed uint64, parameters []summary, nextUniform float32) {
	t.Helper()
	m, err := New(config)
	check.NoError(t, err)
	stream := random.New(seed)
	check.NoError(t, m.Initialize(init, stream))
	if len(parameters) != len(m.Parameters()) {
		t.Fatalf("%d parameters, PyTorch has %d", len(m.Parameters()), len(parameters))
	}
	for i, p := range m.Parameters() {
		compareSummary(t, p.Name, p.Value.Shape(), p.Data(), parameters[i], 1e-6)
	}
	next := make([]float32, 1)
	if stream.Uniform(next, 0, 1); next[0] != nextUniform {
		t.Errorf("the stream then gives %v, PyTorch's %v", next[0], nextUniform)
	}
}

// With the activation's gain the values are those of torch.nn.init's functions,
// for every scheme that takes one; the gains themselves are compared in graph.
func TestGainAsPyTorch(t *testing.T) {
	seen := make(map[Scheme]bool)
	for _, c := range readReference(t).Gained {
		seen[c.Scheme] = true
		t.Run(fmt.Sprintf("%s/%s", c.Scheme, c.Activation), func(t *testing.T) {
			config := Config{Architecture: BaseNetwork, Sizes: c.Sizes, Activation: c.Activation}
			init := NewInitializer(c.Scheme)
			init.Gain = true
			initializesAs(t, config, init, c.Seed, c.Parameters, c.NextUniform)
		})
	}
	for _, scheme := range SchemesWithGain {
		if !seen[scheme] {
			t.Errorf("there is no reference for the gain in %s", scheme)
		}
	}
}

// Kaiming's own gain is ReLU's, Xavier's is 1: with these, asking for it
// changes no bit.
func TestGainOfTheSchemeItself(t *testing.T) {
	for scheme, activation := range map[Scheme]graph.Activation{Kaiming: graph.ReLU, Xavier: graph.Identity} {
		config, init := Base(activation, 6, 3, []int{5, 4}), NewInitializer(scheme)
		own, asked := newModel(t, config, 1), newModel(t, config, 1)
		check.NoError(t, own.Initialize(init, random.New(2)))
		init.Gain = true
		check.NoError(t, asked.Initialize(init, random.New(2)))
		if !slices.Equal(bits(own), bits(asked)) {
			t.Errorf("%s: the gain of %s changes the values", scheme, activation)
		}
	}
}

func TestGainErrors(t *testing.T) {
	for _, a := range graph.Activations {
		init := Initializer{Scheme: Xavier, Gain: true}
		_, err := init.recipe(a)
		if slices.Contains(withGain(), a) {
			check.NoError(t, err)
			continue
		}
		check.Error(t, err, "initializer xavier", string(a)+" has no gain", "one of relu, tanh, ")
		m := newModel(t, Base(a, 6, 3, []int{5}), 1)
		check.Error(t, m.Initialize(init, random.New(1)), "has no gain")
	}
}

// An initializer in a configuration is what it was before there was a gain.
func TestInitializerJSON(t *testing.T) {
	for want, init := range map[string]Initializer{
		`{"scheme":"xavier","constant":0.005,"std":0.01}`:              NewInitializer(Xavier),
		`{"scheme":"kaiming","constant":0.005,"std":0.01,"gain":true}`: {Scheme: Kaiming, Constant: 0.005, Std: 0.01, Gain: true},
	} {
		data, err := json.Marshal(init)
		check.NoError(t, err)
		var back Initializer
		check.NoError(t, json.Unmarshal([]byte(want), &back))
		if string(data) != want || back != init {
			t.Errorf("%+v is written as %s and read as %+v, want %s", init, data, back, want)
		}
	}
}

// The variance that the theory starts from is that of what is drawn, to five
// standard errors; that those are PyTorch's values is tested above.
func TestVarianceIsWhatIsDrawn(t *testing.T) {
	for _, scheme := range Schemes {
		t.Run(string(scheme), func(t *testing.T) {
			m, err := New(Base(graph.ReLU, 300, 150, []int{200, 100}))
			check.NoError(t, err)
			init := NewInitializer(scheme)
			check.NoError(t, m.Initialize(init, random.New(3)))
			r, err := init.recipe(graph.ReLU)
			check.NoError(t, err)
			for _, l := range m.layers {
				linear, ok := l.(*linear)
				if !ok {
					continue
				}
				n, sum, squares := 0.0, 0.0, 0.0
				for _, w := range linear.weight.Data() {
					n, sum, squares = n+1, sum+float64(w), squares+float64(w)*float64(w)
				}
				variance, want := squares/n-sum/n*sum/n, r.variance(r, linear.fan)
				if tolerance := 5*want*math.Sqrt(2/n) + 1e-12; math.Abs(variance-want) > tolerance {
					t.Errorf("%s: the variance is %v, predicted %v", l.name(), variance, want)
				}
				if mean := sum / n; scheme != Constant && math.Abs(mean) > 5*math.Sqrt(want/n) {
					t.Errorf("%s: the mean is %v, want 0", l.name(), mean)
				}
			}
		})
	}
}

func constantly(t *testing.T, m *Model, want float32) {
	t.Helper()
	for _, p := range m.Parameters() {
		if slices.ContainsFunc(p.Data(), func(x float32) bool { return x != want }) {
			t.Errorf("%s is not %v alone", p.Name, want)
		}
	}
}

// The settings are those of the initializer, not the lab's.
func TestInitializeSettings(t *testing.T) {
	m, err := New(smallConfig)
	check.NoError(t, err)
	check.NoError(t, m.Initialize(Initializer{Scheme: Constant, Constant: -2.5}, random.New(1)))
	constantly(t, m, -2.5)
	check.NoError(t, m.Initialize(Initializer{Scheme: Normal, Std: 0.01}, random.New(1)))
	narrow := slices.Clone(parameter(t, m, "net.0.weight").Data())
	check.NoError(t, m.Initialize(Initializer{Scheme: Normal, Std: 0.1}, random.New(1)))
	for i, wide := range parameter(t, m, "net.0.weight").Data() {
		if ratio := float64(wide / narrow[i]); math.Abs(ratio-10) > 1e-4 {
			t.Fatalf("element %d: %v with std 0.1, %v with 0.01", i, wide, narrow[i])
		}
	}
	check.NoError(t, m.Initialize(Initializer{Scheme: Normal}, random.New(1)))
	constantly(t, m, 0)
}

func TestInitializeErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		init  Initializer
		parts []string
	}{
		{"no scheme", Initializer{}, []string{`initializer ""`, "torch, constant, normal, equalvar, xavier, kaiming"}},
		{"unknown", NewInitializer("nonesuch"), []string{`initializer "nonesuch"`}},
		{"upper case", NewInitializer("Xavier"), []string{`initializer "Xavier"`, "xavier"}},
		{"constant NaN", Initializer{Scheme: Constant, Constant: math.NaN()}, []string{"constant", "NaN"}},
		{"constant infinite", Initializer{Scheme: Constant, Constant: math.Inf(-1)}, []string{"constant", "-Inf"}},
		{"std NaN", Initializer{Scheme: Normal, Std: math.NaN()}, []string{"standard deviation", "NaN"}},
		{"std infinite", Initializer{Scheme: Normal, Std: math.Inf(1)}, []string{"standard deviation", "+Inf"}},
		{"std negative", Initializer{Scheme: Normal, Std: -1}, []string{"standard deviation", "-1"}},
		{"gain of torch", Initializer{Scheme: Torch, Gain: true}, []string{"initializer torch", "no gain", "xavier or kaiming"}},
		{"gain of equalvar", Initializer{Scheme: EqualVar, Gain: true}, []string{"initializer equalvar", "no gain", "xavier or kaiming"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newModel(t, smallConfig, 1)
			before, stream := bits(m), random.New(7)
			check.Error(t, m.Initialize(c.init, stream), c.parts...)
			if !slices.Equal(bits(m), before) {
				t.Error("the model has changed")
			}
			if stream.Uint64() != random.New(7).Uint64() {
				t.Error("numbers were drawn")
			}
		})
	}
}
