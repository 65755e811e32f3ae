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

// expected is what the formulas of the lab say of a parameter: its mean is 0
// unless it is constant.
type expected struct {
	constant bool
	value    float64 // if constant
	std      float64
	bound    float64 // no element lies beyond; 0: unbounded
}

// formulas returns what to expect of layer i with d inputs and e outputs.
func formulas(scheme Scheme, i int, d, e float64) (weight, bias expected) {
	zero := expected{constant: true}
	switch scheme {
	case Torch:
		bound := 1 / math.Sqrt(d)
		u := expected{std: bound / math.Sqrt(3), bound: bound}
		return u, u
	case Constant:
		c := expected{constant: true, value: 0.005}
		return c, c
	case Normal:
		n := expected{std: 0.01}
		return n, n
	case EqualVar:
		return expected{std: math.Sqrt(1 / d)}, zero
	case Xavier:
		return expected{std: math.Sqrt(2 / (d + e)), bound: math.Sqrt(6 / (d + e))}, zero
	default: // Kaiming
		if i == 0 {
			return expected{std: math.Sqrt(1 / d)}, zero
		}
		return expected{std: math.Sqrt(2 / d)}, zero
	}
}

func TestInitializeStatistics(t *testing.T) {
	for _, scheme := range Schemes {
		t.Run(string(scheme), func(t *testing.T) {
			sizes := []int{300, 200, 100, 150}
			m, err := New(Base(graph.ReLU, 300, 150, sizes[1:3]))
			check.NoError(t, err)
			check.NoError(t, m.Initialize(NewInitializer(scheme), random.New(3)))
			for i := range len(sizes) - 1 {
				weight, bias := formulas(scheme, i, float64(sizes[i]), float64(sizes[i+1]))
				name := fmt.Sprintf("layers.%d", 2*i)
				weight.check(t, parameter(t, m, name+".weight"))
				bias.check(t, parameter(t, m, name+".bias"))
				// The variance is what the theory starts from: here of inputs
				// with E[x²] = 1.
				r, err := NewInitializer(scheme).recipe(graph.ReLU)
				check.NoError(t, err)
				got, _ := newLinear(name, sizes[i], sizes[i+1], i == 0).moment(r, 1)
				if want := float64(sizes[i]) * weight.std * weight.std; math.Abs(got-want) > 1e-12*want {
					t.Errorf("%s: the moment is %v, want %v", name, got, want)
				}
			}
		})
	}
}

// check allows five standard errors of the mean and of the standard deviation.
func (x expected) check(t *testing.T, p *graph.Parameter) {
	t.Helper()
	n, sum, squares, largest := float64(len(p.Data())), 0.0, 0.0, 0.0
	for _, v := range p.Data() {
		v := float64(v)
		if x.constant && v != float64(float32(x.value)) {
			t.Fatalf("%s has %v in it, want %v alone", p.Name, v, x.value)
		}
		sum, squares, largest = sum+v, squares+v*v, math.Max(largest, math.Abs(v))
	}
	if x.constant {
		return
	}
	mean := sum / n
	std := math.Sqrt(squares/n - mean*mean)
	if math.Abs(mean) > 5*x.std/math.Sqrt(n) {
		t.Errorf("%s: mean %v, want 0", p.Name, mean)
	}
	if math.Abs(std-x.std) > 5*x.std/math.Sqrt(2*n) {
		t.Errorf("%s: standard deviation %v, want %v", p.Name, std, x.std)
	}
	if x.bound > 0 && (largest > x.bound*(1+1e-6) || largest < x.bound*(1-10/n)) {
		t.Errorf("%s: the largest magnitude is %v, want just below %v", p.Name, largest, x.bound)
	}
}

// The settings are those of the initializer, not the lab's.
func TestInitializeSettings(t *testing.T) {
	m, err := New(smallConfig)
	check.NoError(t, err)
	check.NoError(t, m.Initialize(Initializer{Scheme: Constant, Constant: -2.5}, random.New(1)))
	for _, p := range m.Parameters() {
		expected{constant: true, value: -2.5}.check(t, p)
	}
	check.NoError(t, m.Initialize(Initializer{Scheme: Normal, Std: 0.01}, random.New(1)))
	narrow := slices.Clone(parameter(t, m, "net.0.weight").Data())
	check.NoError(t, m.Initialize(Initializer{Scheme: Normal, Std: 0.1}, random.New(1)))
	for i, wide := range parameter(t, m, "net.0.weight").Data() {
		if ratio := float64(wide / narrow[i]); math.Abs(ratio-10) > 1e-4 {
			t.Fatalf("element %d: %v with std 0.1, %v with 0.01", i, wide, narrow[i])
		}
	}
	check.NoError(t, m.Initialize(Initializer{Scheme: Normal}, random.New(1)))
	for _, p := range m.Parameters() {
		expected{constant: true}.check(t, p)
	}
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
