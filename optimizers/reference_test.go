package optimizers

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// referenceCase is an entry of testdata/optimizers.json: a float64 parameter after
// each step under given gradients, computed with PyTorch by the lab's equations.
type referenceCase struct {
	Optimizer        string
	LR, Beta1, Beta2 float64
	Eps              float64
	Start            []float64
	Gradients, After [][]float64
}

func (c referenceCase) optimizer(t *testing.T) Optimizer {
	switch c.Optimizer {
	case "sgd":
		return newSGD(t, c.LR)
	case "momentum":
		return newMomentum(t, c.LR, c.Beta1)
	case "adam":
		return newAdam(t, AdamConfig{LearningRate: c.LR, Beta1: c.Beta1, Beta2: c.Beta2, Epsilon: c.Eps})
	}
	t.Fatalf("there is no optimizer %q", c.Optimizer)
	return nil
}

func referenceCases(t *testing.T) []referenceCase {
	data, err := os.ReadFile("testdata/optimizers.json")
	noError(t, err)
	var file struct{ Cases []referenceCase }
	noError(t, json.Unmarshal(data, &file))
	if len(file.Cases) != 3 {
		t.Fatalf("the file has %d cases, want 3", len(file.Cases))
	}
	return file.Cases
}

// The updates are compared, not just the values: a step can be wrong by far more
// than a tolerance relative to w would tell.
func TestReferenceFloat64(t *testing.T) {
	for _, c := range referenceCases(t) {
		t.Run(c.Optimizer, func(t *testing.T) {
			got := descend(t, c.optimizer(t), slices.Clone(c.Start), c.Gradients)
			compareWithReference(t, c, got, 1e-12, 0x1p-52)
		})
	}
}

func TestReferenceFloat32(t *testing.T) {
	for _, c := range referenceCases(t) {
		t.Run(c.Optimizer, func(t *testing.T) {
			var gradients [][]float32
			for _, g := range c.Gradients {
				gradients = append(gradients, convert[float32](g))
			}
			var got [][]float64
			for _, w := range descend(t, c.optimizer(t), convert[float32](c.Start), gradients) {
				got = append(got, convert[float64](w))
			}
			compareWithReference(t, c, got, 2e-6, 0x1p-22)
		})
	}
}

// compareWithReference allows an update an error relative to the update, and one
// relative to w, for the rounding of the sum that the update is taken from. The
// values may be off by what steps can add up to.
func compareWithReference(t *testing.T, c referenceCase, got [][]float64, relative, ulp float64) {
	t.Helper()
	before, wantBefore := c.Start, c.Start
	for step, want := range c.After {
		for i := range want {
			update, wantUpdate := got[step][i]-before[i], want[i]-wantBefore[i]
			size := max(1, math.Abs(want[i]), math.Abs(wantBefore[i]))
			tolerance := relative*math.Abs(wantUpdate) + ulp*size
			if math.Abs(update-wantUpdate) > tolerance {
				t.Errorf("step %d, element %d: update %v, want %v", step+1, i, update, wantUpdate)
			}
			if sum := float64(step+1) * tolerance; math.Abs(got[step][i]-want[i]) > max(sum, relative) {
				t.Errorf("step %d, element %d: value %v, want %v", step+1, i, got[step][i], want[i])
			}
		}
		before, wantBefore = got[step], want
	}
}

func convert[To, From float](from []From) []To {
	to := make([]To, len(from))
	for i, x := range from {
		to[i] = To(x)
	}
	return to
}
