package experiment_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"optlab/experiment"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
)

// small is a small experiment on the set of package blocks.
func small() experiment.Config {
	c := experiment.Default(models.HyperparameterModel)
	c.Data, c.Model.Sizes = "blocks", []int{blocks.Side * blocks.Side, 12, 10}
	c.Batch, c.Epochs = 20, 4
	return c
}

// with returns c with an optimizer at its usual learning rate.
func with(c experiment.Config, name string) experiment.Config {
	kind, err := optimizers.Lookup(name)
	if err != nil {
		panic(err)
	}
	c.Optimizer = optimizers.Config{Name: name, LearningRate: kind.LearningRate}
	return c
}

func newExperiment(t testing.TB, c experiment.Config) *experiment.Experiment {
	t.Helper()
	e, err := experiment.New(c, blocks.Set(10))
	check.NoError(t, err)
	return e
}

// bits are all numbers of a run but the times.
func bits(e *experiment.Experiment, r *training.Results) []uint64 {
	var all []uint64
	for _, l := range r.TrainLosses {
		all = append(all, uint64(math.Float32bits(l)))
	}
	for _, p := range e.Model.Parameters() {
		for _, x := range p.Data() {
			all = append(all, uint64(math.Float32bits(x)))
		}
	}
	for _, x := range append(r.Column(func(e training.Epoch) float64 { return e.ValidationLoss }), r.Test.Loss, r.Test.Accuracy) {
		all = append(all, math.Float64bits(x))
	}
	return all
}

func readFile(t *testing.T, elements ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elements...))
	check.NoError(t, err)
	return string(data)
}
