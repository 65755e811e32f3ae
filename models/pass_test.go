package models

import (
	"fmt"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/graph"
	"optlab/internal/check"
	"optlab/random"
)

// Logits, loss and every gradient are PyTorch's.
func TestPassAsPyTorch(t *testing.T) {
	cases := readReference(t).Forward
	if len(cases) < 6 {
		t.Fatalf("%d reference cases, want 6", len(cases))
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%s/%s/%v", c.Architecture, c.Activation, c.Sizes), func(t *testing.T) {
			m, err := New(Config{Architecture: c.Architecture, Sizes: c.Sizes, Activation: c.Activation})
			check.NoError(t, err)
			stream := random.New(c.Seed)
			check.NoError(t, m.Initialize(NewInitializer(Torch), stream))
			p, err := m.Compile(PassConfig{Batch: c.Batch, Gradients: true})
			check.NoError(t, err)
			stream.Uniform(p.X, 0, 1)
			for i := range p.Labels {
				p.Labels[i] = i % c.Sizes[len(c.Sizes)-1]
			}
			check.NoError(t, p.Run())
			near(t, "logits", p.Logits(), c.Logits, 1e-6)
			near(t, "loss", []float32{p.Loss()}, []float64{c.Loss}, 1e-6)
			gradients := p.Gradients()
			if len(gradients) != len(c.Gradients) || len(gradients) != len(m.Parameters()) {
				t.Fatalf("%d gradients, PyTorch has %d", len(gradients), len(c.Gradients))
			}
			for i, g := range gradients {
				value, err := g.Grad()
				check.NoError(t, err)
				dense := value.(*tensor.Dense)
				compareSummary(t, m.Parameters()[i].Name, dense.Shape(), dense.Float32s(), c.Gradients[i], 1e-7)
			}
		})
	}
}

// runPass compiles m, writes a fixed input and runs.
func runPass(t *testing.T, m *Model, config PassConfig) *Pass {
	t.Helper()
	p, err := m.Compile(config)
	check.NoError(t, err)
	random.New(9).Uniform(p.X, -1, 1)
	for i := range p.Labels {
		p.Labels[i] = i % m.Config().Classes()
	}
	check.NoError(t, p.Run())
	return p
}

// withoutDropout returns a model without dropout and with m's parameters.
func withoutDropout(t *testing.T, m *Model) *Model {
	t.Helper()
	plain, err := New(Hyperparameter(m.Config().Sizes, 0))
	check.NoError(t, err)
	for i, p := range plain.Parameters() {
		copy(p.Data(), m.Parameters()[i].Data())
	}
	return plain
}

func TestEvaluationHasNoDropout(t *testing.T) {
	m := newModel(t, smallConfig, 1)
	p := runPass(t, m, PassConfig{Batch: 8})
	first, loss := slices.Clone(p.Logits()), p.Loss()
	check.NoError(t, p.Run())
	if !slices.Equal(p.Logits(), first) || p.Loss() != loss {
		t.Error("a second run gives other logits")
	}
	plain := runPass(t, withoutDropout(t, m), PassConfig{Batch: 8})
	if !slices.Equal(plain.Logits(), first) || plain.Loss() != loss {
		t.Errorf("the logits are %v, without dropout %v", first, plain.Logits())
	}
}

func TestTrainingHasDropout(t *testing.T) {
	m := newModel(t, smallConfig, 1)
	p := runPass(t, m, PassConfig{Batch: 8, Gradients: true, Masks: random.New(5)})
	first := slices.Clone(p.Logits())
	check.NoError(t, p.Run())
	second := slices.Clone(p.Logits())
	if slices.Equal(first, second) {
		t.Error("two runs drew the same mask")
	}
	again := runPass(t, m, PassConfig{Batch: 8, Gradients: true, Masks: random.New(5)})
	if !slices.Equal(again.Logits(), first) {
		t.Error("masks from the same seed give other logits")
	}
	// Of the hidden units that are not 0 half are dropped, and the rest
	// doubled.
	before, err := p.Value("net.1")
	check.NoError(t, err)
	after, err := p.Value("net.2")
	check.NoError(t, err)
	x, y := before.(*tensor.Dense).Float32s(), after.(*tensor.Dense).Float32s()
	dropped, kept := 0, 0
	for i := range x {
		switch {
		case y[i] == 0 && x[i] != 0:
			dropped++
		case y[i] != 2*x[i]:
			t.Fatalf("unit %d is %v, before dropout %v", i, y[i], x[i])
		case x[i] != 0:
			kept++
		}
	}
	if dropped == 0 || kept == 0 {
		t.Errorf("%d units dropped and %d kept", dropped, kept)
	}
}

func TestPassesShareParameters(t *testing.T) {
	m := newModel(t, Base(graph.Tanh, 6, 3, []int{5}), 1)
	one, four := runPass(t, m, PassConfig{Batch: 1}), runPass(t, m, PassConfig{Batch: 4, Gradients: true})
	old := slices.Clone(one.Logits())
	if !slices.Equal(four.Logits()[:3], old) {
		t.Fatalf("the first sample has logits %v in a batch of 4, %v alone", four.Logits()[:3], old)
	}
	for _, p := range m.Parameters() {
		p.Data()[0] += 0.5
	}
	check.NoError(t, one.Run())
	check.NoError(t, four.Run())
	if slices.Equal(one.Logits(), old) {
		t.Error("the pass does not see the new parameters")
	}
	if !slices.Equal(four.Logits()[:3], one.Logits()) {
		t.Errorf("the first sample has logits %v in a batch of 4, %v alone", four.Logits()[:3], one.Logits())
	}
	value := four.Gradients()[0].Value().(*tensor.Dense)
	value.Float32s()[0] = 7
	if m.Parameters()[0].Data()[0] != 7 {
		t.Error("the optimizer would update a copy of the parameters")
	}
}

func TestSmallestNetwork(t *testing.T) {
	m := newModel(t, Hyperparameter([]int{1, 1}, 0), 1)
	p := runPass(t, m, PassConfig{Batch: 1, Gradients: true})
	want := parameter(t, m, "net.0.weight").Data()[0]*p.X[0] + parameter(t, m, "net.0.bias").Data()[0]
	if d := p.Logits()[0] - want; len(p.Logits()) != 1 || d > 1e-6 || d < -1e-6 {
		t.Errorf("logits are %v, want %v", p.Logits(), want)
	}
	if p.Loss() != 0 { // the only class is certain
		t.Errorf("the loss is %v", p.Loss())
	}
}

func TestHooks(t *testing.T) {
	m := newModel(t, smallConfig, 1)
	p, err := m.Compile(PassConfig{Batch: 2})
	check.NoError(t, err)
	if p.Loss() != 0 || p.Logits() != nil {
		t.Errorf("before any run, the loss is %v and the logits are %v", p.Loss(), p.Logits())
	}
	want := []string{"loss", "net.0", "net.1", "net.2", "net.3", "net.4", "net.5", "net.6"}
	if got := p.HookNames(); !slices.Equal(got, want) {
		t.Errorf("hooks are %q, want %q", got, want)
	}
	check.NoError(t, p.Run())
	last, err := p.Value("net.6")
	check.NoError(t, err)
	if !slices.Equal(last.(*tensor.Dense).Float32s(), p.Logits()) {
		t.Error("the last hook is not the logits")
	}
}

func TestPassErrors(t *testing.T) {
	m := newModel(t, smallConfig, 1)
	for _, batch := range []int{0, -1} {
		_, err := m.Compile(PassConfig{Batch: batch})
		check.Error(t, err, fmt.Sprintf("batches of %d", batch), "at least one")
	}
	p, err := m.Compile(PassConfig{Batch: 2, Gradients: true})
	check.NoError(t, err)
	for _, label := range []int{3, -1} {
		p.Labels[1] = label
		check.Error(t, p.Run(), fmt.Sprintf("label %d", label), "sample 1")
	}
	p.Labels[1] = 2
	check.NoError(t, p.Run())
}

// Passes of other batch sizes that share memory have the gradients that they
// have alone.
func TestPassesShareGradients(t *testing.T) {
	m := newModel(t, Base(graph.Tanh, 6, 3, []int{5}), 1)
	apart := runPass(t, m, PassConfig{Batch: 4, Gradients: true})
	first := runPass(t, m, PassConfig{Batch: 1, Gradients: true})
	second := runPass(t, m, PassConfig{Batch: 4, Gradients: true, Share: first})
	for i, g := range second.Gradients() {
		got, err := g.Grad()
		check.NoError(t, err)
		want, err := apart.Gradients()[i].Grad()
		check.NoError(t, err)
		other, err := first.Gradients()[i].Grad()
		check.NoError(t, err)
		if !slices.Equal(got.(*tensor.Dense).Float32s(), want.(*tensor.Dense).Float32s()) || got != other {
			t.Errorf("gradient %d is %v, alone %v", i, got, want)
		}
	}
}

// The gradient for a weight is δyᵀ·x of its layer's output y and input x, which
// were not overwritten on the way, and that for a bias the sum of δy.
func TestOutputGradients(t *testing.T) {
	for _, config := range []Config{Base(graph.Tanh, 6, 3, []int{5, 4}), Base(graph.ReLU, 6, 3, []int{5, 4}), Base(graph.Identity, 6, 3, []int{5, 4}), Hyperparameter([]int{6, 5, 3}, 0.5)} {
		m := newModel(t, config, 4)
		const batch = 7
		p := runPass(t, m, PassConfig{Batch: batch, Gradients: true})
		gradients := make(map[string][]float32)
		for _, g := range p.Gradients() {
			value, err := g.Grad()
			check.NoError(t, err)
			gradients[g.(gorgonia.Namer).Name()] = value.(*tensor.Dense).Float32s()
		}
		x := p.X
		for _, l := range m.Summary() {
			value, err := p.OutputGradient(l.Name)
			check.NoError(t, err)
			dy := value.(*tensor.Dense).Float32s()
			if l.Parameters > 0 {
				in := len(x) / batch
				for j := range l.Features {
					bias := float32(0)
					for n := range batch {
						bias += dy[n*l.Features+j]
					}
					near(t, l.Name+".bias", gradients[l.Name+".bias"][j:j+1], []float64{float64(bias)}, 1e-6)
					for i := range in {
						weight := 0.0
						for n := range batch {
							weight += float64(dy[n*l.Features+j]) * float64(x[n*in+i])
						}
						near(t, l.Name+".weight", gradients[l.Name+".weight"][j*in+i:][:1], []float64{weight}, 1e-6)
					}
				}
			}
			value, err = p.Value(l.Name)
			check.NoError(t, err)
			x = value.(*tensor.Dense).Float32s()
		}
		_, err := p.OutputGradient("nonesuch")
		check.Error(t, err, "nonesuch", "no such layer")
		forwards := runPass(t, m, PassConfig{Batch: batch})
		_, err = forwards.OutputGradient(m.Summary()[0].Name)
		check.Error(t, err, m.Summary()[0].Name)
	}
}
