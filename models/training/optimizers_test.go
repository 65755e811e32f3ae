package training_test

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"testing"

	"optlab/graph"
	"optlab/internal/check"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
	"optlab/random"
)

var long = flag.Bool("long", false, "also train for 30 epochs with every optimizer, some minutes")

// TestOptimizersReachPyTorchsAccuracy trains the base network on FashionMNIST as
// testdata/make_optimizers.py does in PyTorch and demands, for each optimizer and
// seed, a test accuracy within a point of the mean of PyTorch's.
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
	set, err := mnist.Fashion()
	check.NoError(t, err)
	for name, makeOptimizer := range map[string]func() (optimizers.Optimizer, error){
		"sgd": newSGD, "momentum": newMomentum, "adam": newAdam,
	} {
		for seed := range uint64(3) {
			got := fashionAccuracy(t, set, makeOptimizer, seed)
			t.Logf("%s, seed %d: %.2f %%, PyTorch %.2f %%", name, seed, 100*got, 100*mean[name])
			if runs[name] == 0 || math.Abs(got-mean[name]) > 0.01 {
				t.Errorf("%s, seed %d: test accuracy %.2f %%, PyTorch's mean of %v seeds is %.2f %%", name, seed, 100*got, runs[name], 100*mean[name])
			}
		}
	}
}

func newMomentum() (optimizers.Optimizer, error) {
	return optimizers.New(optimizers.Config{Name: "momentum", LearningRate: 0.1})
}

// fashionAccuracy returns the test accuracy of the best parameters on validation
// after 30 epochs.
func fashionAccuracy(t *testing.T, set *mnist.Dataset, makeOptimizer func() (optimizers.Optimizer, error), seed uint64) float64 {
	t.Helper()
	stream := random.New(seed)
	data, err := training.NewData(set, models.BaseNetwork, 256, stream)
	check.NoError(t, err)
	model, err := models.New(models.Base(graph.ReLU, 784, 10, []int{512, 256, 256, 128}))
	check.NoError(t, err)
	check.NoError(t, model.Initialize(models.NewInitializer(models.Kaiming), stream))
	optimizer, err := makeOptimizer()
	check.NoError(t, err)
	trainer := &training.Trainer{
		Model: model, Optimizer: optimizer, Data: data, Epochs: 30,
		Stream: stream, Masks: random.Derive(seed, "dropout"),
	}
	_, err = trainer.Run(t.Context())
	check.NoError(t, err)
	result, err := training.NewEvaluator(model).Evaluate(t.Context(), data.Test, nil)
	check.NoError(t, err)
	return result.Accuracy
}
