package graph

import (
	"math"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/check"
)

// entropy is a compiled CrossEntropy with the gradient of its logits.
type entropy struct {
	*Machine
	logits []float32
	labels []int
}

func newEntropy(t testing.TB, batch, classes int) *entropy {
	t.Helper()
	s, z := newSketch(t), NewParameter("logits", batch, classes)
	node := s.node(z.Node(s.g))
	labels, data := s.labels(make([]int, batch)...)
	loss := s.node(CrossEntropy(node, labels))
	return &entropy{s.machine(loss, map[string]*gorgonia.Node{"loss": loss}, node), z.Data(), data}
}

func (e *entropy) run(t testing.TB, logits []float32, labels ...int) (loss float32, gradient []float32) {
	t.Helper()
	copy(e.logits, logits)
	copy(e.labels, labels)
	check.NoError(t, e.Run())
	return floatsOf(t, e.Machine, "loss")[0], gradientsOf(t, e.Machine)[0]
}

// Values that are known exactly. They have no rounding error to allow for.
func TestCrossEntropyExact(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		name     string
		classes  int
		logits   []float32
		labels   []int
		loss     float32
		gradient []float32
	}{
		{"certain and right", 2, []float32{1e4, -1e4}, []int{0}, 0, []float32{0, 0}},
		{"certain and wrong", 2, []float32{1e4, -1e4}, []int{1}, 2e4, []float32{1, -1}},
		{"large and equal", 4, []float32{1e4, 1e4, 1e4, 1e4}, []int{2}, float32(math.Log(4)), []float32{.25, .25, -.75, .25}},
		{"small and equal", 4, []float32{-1e4, -1e4, -1e4, -1e4}, []int{2}, float32(math.Log(4)), []float32{.25, .25, -.75, .25}},
		{"largest numbers", 2, []float32{-math.MaxFloat32, 0}, []int{0}, math.MaxFloat32, []float32{-1, 1}},
		{"a class ruled out", 3, []float32{0, -inf, 0}, []int{0}, float32(math.Log(2)), []float32{-.5, 0, .5}},
		{"mean of a batch", 2, []float32{0, 1000, 0, 3000}, []int{0, 0}, 2000, []float32{-.5, .5, -.5, .5}},
		{"mean of four", 2, []float32{0, 1000, 0, 3000, 0, 0, 7, 7}, []int{0, 1, 0, 1}, float32((1000 + 2*math.Ln2) / 4),
			[]float32{-.25, .25, 0, 0, -.125, .125, .125, -.125}},
		{"one class", 1, []float32{3, -1e4}, []int{0, 0}, 0, []float32{0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			loss, gradient := newEntropy(t, len(c.labels), c.classes).run(t, c.logits, c.labels...)
			if loss != c.loss {
				t.Errorf("the loss is %v, want %v", loss, c.loss)
			}
			for i, want := range c.gradient {
				if gradient[i] != want {
					t.Errorf("the gradient is %v, want %v", gradient, c.gradient)
					break
				}
			}
		})
	}
}

// A label out of range is an error of the run, and the next run is as good as
// any.
func TestCrossEntropyLabels(t *testing.T) {
	e := newEntropy(t, 2, 3)
	logits := []float32{0, 1, 2, 2, 1, 0}
	loss, gradient := e.run(t, logits, 1, 2)
	for _, bad := range []int{-1, 3, math.MinInt, math.MaxInt} {
		e.labels[1] = bad
		check.Error(t, e.Run(), "CrossEntropy: label", "of sample 1 is not in [0, 3)")
		if again, g := e.run(t, logits, 1, 2); again != loss || !sameBits(g, gradient) {
			t.Errorf("after the label %d the loss is %v and the gradient %v, want %v and %v", bad, again, g, loss, gradient)
		}
	}
}

// The gradient takes no other scalar than a float32.
func TestCrossEntropyGradScalar(t *testing.T) {
	s := newSketch(t)
	labels, _ := s.labels(1)
	logits := s.x("logits", 1, 2)
	loss := s.node(CrossEntropy(logits, labels))
	dloss := gorgonia.NewScalar(s.g, tensor.Float32, gorgonia.WithName("dloss"))
	grads, err := loss.Op().(*op).SymDiff(gorgonia.Nodes{logits, labels}, loss, dloss)
	check.NoError(t, err)
	_, err = grads[0].Op().Do(labels.Value(), gorgonia.NewF32(1), gorgonia.NewF64(1))
	check.Error(t, err, "CrossEntropyGrad: input 2 is a *gorgonia.F64", "want a float32 scalar")
}

func TestCrossEntropyNaN(t *testing.T) {
	nan := float32(math.NaN())
	for i := range 3 {
		e := newEntropy(t, 2, 3)
		logits := []float32{0, 1, 2, 2, 1, 0}
		logits[i] = nan
		loss, gradient := e.run(t, logits, 0, 1)
		if loss == loss {
			t.Errorf("with a NaN for logit %d the loss is %v, want NaN", i, loss)
		}
		for j, v := range gradient {
			if first := j < 3; first != (v != v) {
				t.Errorf("with a NaN for logit %d the gradient is %v, want NaN in the first row alone", i, gradient)
			}
		}
		if loss, _ := e.run(t, make([]float32, 6), 0, 1); loss != float32(math.Log(3)) {
			t.Errorf("after a NaN the loss is %v, want log 3", loss)
		}
	}
}

// The smallest network there is: everything is of size 1.
func TestSizesOfOne(t *testing.T) {
	sizes := []int{1, 1, 1}
	parameters := mlpParameters(sizes)
	m := newMLP(t, mlpConfig{sizes: sizes, activation: Tanh, batch: 1}, parameters)
	check.NoError(t, m.Run())
	w := func(i int) float64 { return float64(parameters[i].Data()[0]) }
	want := math.Tanh(float64(m.x[0])*w(0)+w(1))*w(2) + w(3)
	if d := deviation(t, floatsOf(t, m.Machine, "linear1"), []float64{want}); !(d <= 1e-6) {
		t.Errorf("the output is %.1e from %v", d, want)
	}
	if loss := floatsOf(t, m.Machine, "loss")[0]; loss != 0 {
		t.Errorf("the loss of a choice of one class is %v, want 0", loss)
	}
	for i, g := range gradientsOf(t, m.Machine) {
		if len(g) != 1 || g[0] != 0 {
			t.Errorf("gradient %d is %v, want [0]", i, g)
		}
	}
}
