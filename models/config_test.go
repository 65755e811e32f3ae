package models

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"testing"

	"optlab/graph"
	"optlab/internal/check"
)

// The numbers of parameters include the biases.
func TestValidate(t *testing.T) {
	sizes := []int{6, 5, 3}
	for _, c := range []struct {
		name   string
		config Config
		parts  []string // of the error; none: valid
	}{
		{"hyperparameter", Hyperparameter(sizes, 0.2), nil},
		{"no dropout", Hyperparameter(sizes, 0), nil},
		{"two sizes", Hyperparameter([]int{1, 1}, 0.5), nil},
		{"tanh", Base(graph.Tanh, 6, 3, []int{5}), nil},
		{"identity", Base(graph.Identity, 6, 3, nil), nil},
		{"largest", Hyperparameter([]int{1<<28 - 1, 1}, 0), nil},
		{"zero", Config{}, []string{`architecture ""`, "hyperparameter", "base"}},
		{"unknown architecture", Config{Architecture: "nonesuch", Sizes: sizes, Activation: graph.ReLU}, []string{`"nonesuch"`}},
		{"no sizes", Hyperparameter(nil, 0), []string{"sizes []", "at least two"}},
		{"one size", Hyperparameter([]int{6}, 0), []string{"sizes [6]", "at least two"}},
		{"size 0", Hyperparameter([]int{6, 0, 3}, 0), []string{"sizes [6 0 3]", "from 1"}},
		{"negative size", Base(graph.Tanh, -6, 3, nil), []string{"sizes [-6 3]", "from 1"}},
		{"size beyond all", Hyperparameter([]int{6, math.MaxInt}, 0), []string{"every size must be from 1 to 268435456"}},
		{"first size beyond all", Hyperparameter([]int{1<<28 + 1, 1}, 0), []string{"every size"}},
		{"too many parameters", Hyperparameter([]int{1 << 14, 1 << 14}, 0), []string{"[16384 16384]", "more than 268435456 parameters"}},
		{"one too many", Hyperparameter([]int{1 << 28, 1}, 0), []string{"more than 268435456 parameters"}},
		{"many layers", Hyperparameter(slices.Repeat([]int{1 << 13}, 10), 0), []string{"more than 268435456 parameters"}},
		{"unknown activation", Base("nonesuch", 6, 3, nil), []string{`"nonesuch"`, "relu", "tanh", "identity"}},
		{"no activation", Base("", 6, 3, nil), []string{`activation ""`}},
		{"hyperparameter with tanh", Config{Architecture: HyperparameterModel, Sizes: sizes, Activation: graph.Tanh}, []string{"tanh", "relu", "base"}},
		{"dropout 1", Hyperparameter(sizes, 1), []string{"dropout 1", "[0, 1)"}},
		{"negative dropout", Hyperparameter(sizes, -0.1), []string{"dropout -0.1", "[0, 1)"}},
		{"dropout NaN", Hyperparameter(sizes, math.NaN()), []string{"dropout NaN", "[0, 1)"}},
		{"dropout infinite", Hyperparameter(sizes, math.Inf(1)), []string{"dropout +Inf", "[0, 1)"}},
		{"base with dropout", Config{Architecture: BaseNetwork, Sizes: sizes, Activation: graph.Tanh, Dropout: 0.2}, []string{"dropout 0.2", "base", "hyperparameter"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.config.Validate()
			if c.parts == nil {
				check.NoError(t, err)
				return
			}
			check.Error(t, err, c.parts...)
			_, err = New(c.config)
			check.Error(t, err, append(c.parts, "making a model")...)
		})
	}
}

// The indices count activations and dropout, as nn.Sequential's do.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		want   []string
	}{
		{"with dropout", Hyperparameter([]int{784, 128, 10}, 0.2),
			[]string{"net.0.weight", "net.0.bias", "net.3.weight", "net.3.bias"}},
		{"without dropout", Hyperparameter([]int{784, 128, 10}, 0),
			[]string{"net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias"}},
		{"no hidden layer", Hyperparameter([]int{784, 10}, 0.2), []string{"net.0.weight", "net.0.bias"}},
		{"base", Base(graph.Tanh, 784, 10, []int{512, 256, 256, 128}), []string{
			"layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias", "layers.4.weight", "layers.4.bias",
			"layers.6.weight", "layers.6.bias", "layers.8.weight", "layers.8.bias"}},
		{"identity", Base(graph.Identity, 784, 10, []int{20}),
			[]string{"layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := New(c.config)
			check.NoError(t, err)
			var got []string
			for i, p := range m.Parameters() {
				got = append(got, p.Name)
				in, out := c.config.Sizes[i/2], c.config.Sizes[i/2+1]
				want := [][]int{{out, in}, {out}}[i%2]
				if !slices.Equal([]int(p.Value.Shape()), want) {
					t.Errorf("%s has shape %v, want %v", p.Name, p.Value.Shape(), want)
				}
				if slices.ContainsFunc(p.Data(), func(x float32) bool { return x != 0 }) {
					t.Errorf("%s of a new model is not all 0", p.Name)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("names are %q, want %q", got, c.want)
			}
		})
	}
}

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   []Layer
	}{
		{Hyperparameter([]int{784, 128, 10}, 0.2), []Layer{
			{"net.0", "Linear", 128, 100480}, {"net.1", "ReLU", 128, 0}, {"net.2", "Dropout(0.2)", 128, 0}, {"net.3", "Linear", 10, 1290}}},
		{Base(graph.Tanh, 6, 3, []int{5}), []Layer{
			{"layers.0", "Linear", 5, 35}, {"layers.1", "Tanh", 5, 0}, {"layers.2", "Linear", 3, 18}}},
		{Base("leakyrelu", 6, 3, []int{5}), []Layer{
			{"layers.0", "Linear", 5, 35}, {"layers.1", "LeakyReLU", 5, 0}, {"layers.2", "Linear", 3, 18}}},
		{Base(graph.Identity, 6, 3, []int{5}), []Layer{
			{"layers.0", "Linear", 5, 35}, {"layers.1", "Identity", 5, 0}, {"layers.2", "Linear", 3, 18}}},
	} {
		m, err := New(c.config)
		check.NoError(t, err)
		if got := m.Summary(); !slices.Equal(got, c.want) {
			t.Errorf("summary of %v is\n%v, want\n%v", c.config, got, c.want)
		}
	}
}

// A model does not change when the slice that described it does.
func TestModelKeepsItsSizes(t *testing.T) {
	sizes := []int{6, 5, 3}
	m, err := New(Hyperparameter(sizes, 0))
	check.NoError(t, err)
	sizes[0], sizes[2] = 60, 30
	if c := m.Config(); c.input() != 6 || c.Classes() != 3 {
		t.Errorf("the model's sizes became %v", c.Sizes)
	}
	hidden := make([]int, 1, 2)
	hidden[0] = 5
	first := Base(graph.Tanh, 6, 3, hidden)
	Base(graph.Tanh, 6, 9, hidden)
	if !slices.Equal(first.Sizes, []int{6, 5, 3}) {
		t.Errorf("sizes %v, want [6 5 3]", first.Sizes)
	}
}

// The defaults are the lab's, and valid.
func TestDefaultConfig(t *testing.T) {
	want := map[Architecture]Config{
		HyperparameterModel: Hyperparameter([]int{784, 128, 47}, 0.2),
		BaseNetwork:         Base(graph.Tanh, 784, 47, []int{512, 256, 256, 128}),
	}
	if names := Architectures(); !slices.Equal(names[:2], []Architecture{HyperparameterModel, BaseNetwork}) {
		t.Fatalf("the first architectures are %q, want the lab's", names)
	}
	for _, a := range Architectures() {
		got, err := DefaultConfig(a, 784, 47)
		check.NoError(t, err)
		check.NoError(t, got.Validate())
		if w, ok := want[a]; ok && !reflect.DeepEqual(got, w) {
			t.Errorf("%s: %+v, want %+v", a, got, w)
		}
	}
	first, err := DefaultConfig(BaseNetwork, 9, 3)
	check.NoError(t, err)
	first.Sizes[1] = 1
	if second, err := DefaultConfig(BaseNetwork, 9, 3); err != nil || second.Sizes[1] != 512 {
		t.Errorf("writing to a default changed it: %+v, %v", second, err)
	}
	_, err = DefaultConfig("nonesuch", 9, 3)
	check.Error(t, err, `architecture "nonesuch"`, "hyperparameter or base")
}

// config.json has held a network's configuration since before there were
// layers.
func TestConfigJSON(t *testing.T) {
	for want, config := range map[string]Config{
		`{"architecture":"hyperparameter","sizes":[784,128,10],"activation":"relu","dropout":0.2}`: Hyperparameter([]int{784, 128, 10}, 0.2),
		`{"architecture":"base","sizes":[9,5,3],"activation":"tanh","dropout":0}`:                  Base(graph.Tanh, 9, 3, []int{5}),
	} {
		data, err := json.Marshal(config)
		check.NoError(t, err)
		var back Config
		check.NoError(t, json.Unmarshal([]byte(want), &back))
		if string(data) != want || !reflect.DeepEqual(back, config) {
			t.Errorf("%+v is written as %s and read as %+v, want %s", config, data, back, want)
		}
	}
}
