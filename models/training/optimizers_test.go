package training_test

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"testing"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/graph"
	"optlab/internal/check"
	"optlab/mnist"
	"optlab/models"
	"optlab/optimizers"
)

var long = flag.Bool("long", false, "also train for 30 epochs with every optimizer, some minutes")

// TestOptimizersReachPyTorchsAccuracy trains the base network on FashionMNIST
// as testdata/make_optimizers.py does in PyTorch and demands, for each
// optimizer and seed, a test accuracy within a point of the mean of PyTorch's.
func TestOptimizersReachPyTorchsAccuracy(t *testing.T) {
	if !*long {
		t.Skip("trains for minutes: run with -long")
	}
	file, err := os.ReadFile("testdata/optimizers.json")
	check.NoError(t, err)
	var reference struct {
		Runs []struct {
			Optimizer string
			Seed      uint64
			TestAcc   float64 `json:"test_acc"`
		}
	}
	check.NoError(t, json.Unmarshal(file, &reference))
	mean, runs := make(map[string]float64), make(map[string]float64)
	for _, r := range reference.Runs {
		runs[r.Optimizer]++
		mean[r.Optimizer] += (r.TestAcc - mean[r.Optimizer]) / runs[r.Optimizer]
	}
	set, err := mnist.Open("fashion")
	check.NoError(t, err)
	for name, rate := range map[string]float64{"sgd": 0.1, "momentum": 0.1, "adam": 0.001} {
		for seed := range uint64(3) {
			got := fashionAccuracy(t, set, optimizers.Config{Name: name, LearningRate: rate}, seed)
			t.Logf("%s, seed %d: %.2f %%, PyTorch %.2f %%", name, seed, 100*got, 100*mean[name])
			if runs[name] == 0 || math.Abs(got-mean[name]) > 0.01 {
				t.Errorf("%s, seed %d: test accuracy %.2f %%, PyTorch's mean of %v seeds is %.2f %%", name, seed, 100*got, runs[name], 100*mean[name])
			}
		}
	}
}

// fashionAccuracy returns the test accuracy of the best parameters on
// validation after 30 epochs.
func fashionAccuracy(t *testing.T, set *dataset.Set, o optimizers.Config, seed uint64) float64 {
	t.Helper()
	c := experiment.Default(models.BaseNetwork)
	c.Model.Activation, c.Init = graph.ReLU, models.NewInitializer(models.Kaiming)
	c.Optimizer, c.Batch, c.Epochs, c.Seed = o, 256, 30, seed
	e, err := experiment.New(c, set)
	check.NoError(t, err)
	results, err := e.Run(t.Context(), folder.Folder{}, experiment.Hooks{})
	check.NoError(t, err)
	return results.Test.Accuracy
}
