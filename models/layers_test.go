package models

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"optlab/graph"
	"optlab/internal/check"
	"optlab/optimizers"
	"optlab/random"
)

// everyNetwork are small networks with every architecture and every activation
// that it allows; with more dropout, so few units would not learn in time.
func everyNetwork() []Config {
	var all []Config
	for _, row := range architectures {
		for _, a := range graph.Activations {
			if a == row.activation || row.freeActivation {
				all = append(all, Config{Architecture: row.name, Sizes: []int{6, 8, 5, 3}, Activation: a, Dropout: min(row.dropout, 0.2)})
			}
		}
	}
	return all
}

// descend returns the losses of some steps on one batch.
func descend(m *Model, threads int) ([]float32, error) {
	p, err := m.Compile(PassConfig{Batch: 12, Gradients: true, Masks: random.New(5), Threads: threads})
	if err != nil {
		return nil, err
	}
	random.New(9).Uniform(p.X, -1, 1)
	for i := range p.Labels {
		p.Labels[i] = i % m.Config().Classes()
	}
	adam, err := optimizers.New(optimizers.Config{Name: "adam", LearningRate: 0.03, Threads: threads})
	if err != nil {
		return nil, err
	}
	var losses []float32
	for range 60 {
		if err := p.Run(); err != nil {
			return nil, err
		}
		losses = append(losses, p.Loss())
		if err := adam.Step(p.Gradients()); err != nil {
			return nil, err
		}
	}
	return losses, nil
}

// Every architecture learns a batch with every activation, has the same names
// and takes the same files.
func TestEveryNetworkTrains(t *testing.T) {
	networks := everyNetwork()
	if want := 1 + len(graph.Activations); len(networks) != want {
		t.Fatalf("%d networks, want %d", len(networks), want)
	}
	for _, config := range networks {
		t.Run(fmt.Sprintf("%s/%s", config.Architecture, config.Activation), func(t *testing.T) {
			m := newModel(t, config, 4)
			losses, err := descend(m, 0)
			check.NoError(t, err)
			if first, last := losses[0], losses[len(losses)-1]; !(last < 0.9*first) {
				t.Errorf("the loss goes from %v to %v", first, last)
			}
			row, err := config.Architecture.row()
			check.NoError(t, err)
			step := 2 // Linear and activation
			if config.Dropout > 0 {
				step = 3
			}
			for i, p := range m.Parameters() {
				want := fmt.Sprintf("%s.%d.%s", row.prefix, i/2*step, []string{"weight", "bias"}[i%2])
				if p.Name != want {
					t.Errorf("parameter %d is %s, want %s", i, p.Name, want)
				}
			}
			if kind := m.Summary()[1].Kind; kind != config.Activation.Title() || kind == "" {
				t.Errorf("the summary calls %s %q", config.Activation, kind)
			}
			other := newModel(t, config, 99)
			check.NoError(t, other.LoadStateDict(m.StateDict()))
			if !slices.Equal(bits(other), bits(m)) {
				t.Error("the state dict does not bring the parameters back")
			}
		})
	}
}

// Models trained side by side, each on one thread, have the bits of those
// trained one after the other on all.
func TestSideBySide(t *testing.T) {
	networks := everyNetwork()
	alone, together, failures := make([][]float32, len(networks)), make([][]float32, len(networks)), make([]error, len(networks))
	var group sync.WaitGroup
	for i, config := range networks {
		var err error
		alone[i], err = descend(newModel(t, config, 4), 0)
		check.NoError(t, err)
		m := newModel(t, config, 4)
		group.Go(func() { together[i], failures[i] = descend(m, 1) })
	}
	group.Wait()
	for i, config := range networks {
		check.NoError(t, failures[i])
		if !slices.Equal(alone[i], together[i]) {
			t.Errorf("%s, %s: losses %v alone, %v side by side", config.Architecture, config.Activation, alone[i], together[i])
		}
	}
}

// The moments follow from the variances of the weights, layer by layer.
func TestPredictMoments(t *testing.T) {
	config := Hyperparameter([]int{6, 5, 4, 3}, 0.5)
	m, err := New(config)
	check.NoError(t, err)
	const x = 0.8
	got, ok := m.PredictMoments(NewInitializer(Xavier), x)
	first := 6 * 2. / 11 * x
	second := 5 * 2. / 9 * first / 2
	third := 4 * 2. / 7 * second / 2
	want := map[string]float64{
		"net.0": first, "net.1": first / 2, "net.2": first / 2, "net.3": second, "net.4": second / 2, "net.5": second / 2, "net.6": third,
	}
	if !ok || len(got) != len(want) {
		t.Fatalf("moments %v, %v", got, ok)
	}
	for name, w := range want {
		if math.Abs(got[name]-w) > 1e-15 {
			t.Errorf("%s: %v, want %v", name, got[name], w)
		}
	}
}

// Gradients follow backwards from the variances of the weights, whatever the
// biases.
func TestPredictGradients(t *testing.T) {
	m, err := New(Hyperparameter([]int{6, 5, 4, 3}, 0.5))
	check.NoError(t, err)
	for scheme, variance := range map[Scheme]func(in, out float64) float64{
		Xavier: func(in, out float64) float64 { return 2 / (in + out) },
		Torch:  func(in, out float64) float64 { return 1 / (3 * in) },
	} {
		got, ok := m.PredictGradients(NewInitializer(scheme))
		third := 3 * variance(4, 3)
		second := third / 2 * 4 * variance(5, 4)
		want := map[string]float64{
			"net.6": 1, "net.5": third, "net.4": third, "net.3": third / 2, "net.2": second, "net.1": second, "net.0": second / 2,
		}
		if !ok || len(got) != len(want) {
			t.Fatalf("%s: gradients %v, %v", scheme, got, ok)
		}
		for name, w := range want {
			if math.Abs(got[name]-w) > 1e-15 {
				t.Errorf("%s, %s: %v, want %v", scheme, name, got[name], w)
			}
		}
	}
	for _, a := range graph.Activations {
		m, err := New(Base(a, 6, 3, []int{5, 4}))
		check.NoError(t, err)
		_, known := a.MomentShare()
		if _, ok := m.PredictGradients(NewInitializer(Xavier)); ok != known {
			t.Errorf("%s: a prediction: %v, share known: %v", a, ok, known)
		}
		if _, ok := m.PredictGradients(Initializer{Scheme: "nonesuch"}); ok {
			t.Errorf("%s: a prediction for an unknown scheme", a)
		}
	}
}

// Kaiming with the activation's gain keeps the moment wherever theory knows
// one: that is what it is for.
func TestGainKeepsTheMoment(t *testing.T) {
	for _, a := range graph.Activations {
		m, err := New(Base(a, 6, 3, []int{5, 4}))
		check.NoError(t, err)
		moments, ok := m.PredictMoments(Initializer{Scheme: Kaiming, Gain: true}, 1.5)
		_, known := a.MomentShare()
		_, gain := a.Gain()
		if ok != (known && gain) {
			t.Fatalf("%s: a prediction: %v, share known: %v, gain: %v", a, ok, known, gain)
		}
		for _, l := range m.Summary() {
			if l.Parameters > 0 && ok && math.Abs(moments[l.Name]-1.5) > 1e-12 {
				t.Errorf("%s, %s: the moment is %v, want 1.5", a, l.Name, moments[l.Name])
			}
		}
	}
}
