package optimizers

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
)

// referenceCase is a float64 parameter after each step under given gradients,
// as PyTorch computes it.
type referenceCase struct {
	Config           Config
	Start            []float64
	Gradients, After [][]float64
}

// labCase is an entry of testdata/optimizers.json, by the equations of the lab.
type labCase struct {
	Optimizer             string
	LR, Beta1, Beta2, Eps float64
	referenceCase
}

// referenceCases returns the cases of testdata/optimizers.json and of
// testdata/torch.json, which has torch.optim's.
func referenceCases(t *testing.T) map[string]referenceCase {
	cases := make(map[string]referenceCase)
	var lab struct{ Cases []labCase }
	readJSON(t, "testdata/optimizers.json", &lab)
	for _, c := range lab.Cases {
		c.Config = Config{Name: c.Optimizer, LearningRate: c.LR}
		given := map[string]float64{"beta1": c.Beta1, "beta2": c.Beta2, "epsilon": c.Eps}
		kind, err := Lookup(c.Optimizer)
		noError(t, err)
		c.Config.Settings = make(map[string]float64)
		for _, s := range kind.settings {
			c.Config.Settings[s.Name] = given[s.Name]
		}
		cases["lab/"+c.Optimizer] = c.referenceCase
	}
	var torch struct{ Cases []referenceCase }
	readJSON(t, "testdata/torch.json", &torch)
	for i, c := range torch.Cases {
		cases[fmt.Sprintf("torch/%d/%s", i, c.Config.Name)] = c
	}
	return cases
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	noError(t, err)
	noError(t, json.Unmarshal(data, v))
}

func (c referenceCase) optimizer(t *testing.T) Optimizer {
	o, err := New(c.Config)
	noError(t, err)
	return o
}

func TestEveryOptimizerHasReferences(t *testing.T) {
	count := make(map[string]int)
	for _, c := range referenceCases(t) {
		if len(c.After) != 12 || len(c.Gradients) != 12 {
			t.Errorf("%+v has %d steps, want 12", c.Config, len(c.After))
		}
		count[c.Config.Name]++
	}
	for _, name := range Names() {
		if count[name] == 0 {
			t.Errorf("there is no reference for %s", name)
		}
	}
}

// The updates are compared, not just the values: a step can be wrong by far
// more than a tolerance relative to w would tell.
func TestReferenceFloat64(t *testing.T) {
	for name, c := range referenceCases(t) {
		t.Run(name, func(t *testing.T) {
			got := descend(t, c.optimizer(t), slices.Clone(c.Start), c.Gradients)
			compareWithReference(t, c, got, 1e-12, 0x1p-52)
		})
	}
}

func TestReferenceFloat32(t *testing.T) {
	for name, c := range referenceCases(t) {
		t.Run(name, func(t *testing.T) {
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

// compareWithReference allows an update an error relative to the update, and
// one relative to w, for the rounding of the sum that the update is taken from.
// The values may be off by what steps can add up to.
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
