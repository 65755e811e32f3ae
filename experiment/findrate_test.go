package experiment_test

import (
	"context"
	"math"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
)

// The range test finds a rate for every optimizer and architecture, whatever
// the rate, schedule and epochs are: one with which the loss falls.
func TestFindRate(t *testing.T) {
	for _, architecture := range models.Architectures() {
		for _, name := range optimizers.Names() {
			c := experiment.Default(architecture)
			c.Model.Sizes = []int{64, 16, 10}
			c.Optimizer = optimizers.Config{Name: name, LearningRate: 1e5, Schedule: optimizers.Schedule{Name: "cosine"}}
			c.Epochs = 0
			steps := 0
			r, err := experiment.FindRate(t.Context(), c, blocks.Set(10), func(training.Step) { steps++ })
			check.NoError(t, err)
			if steps != len(r.Losses) || r.Rates[0] != 1e-7 || !r.Stopped && (len(r.Rates) != experiment.TriedRates || math.Abs(r.Rates[len(r.Rates)-1]-10) > 1e-9) {
				t.Errorf("%s, %s: %d steps, %d losses at rates from %v to %v", architecture, name, steps, len(r.Losses), r.Rates[0], r.Rates[len(r.Rates)-1])
			}
			suggested := r.Steepest()
			if suggested < 1e-5 || suggested > 5 {
				t.Fatalf("%s, %s: it suggests %v", architecture, name, suggested)
			}
			c.Optimizer = optimizers.Config{Name: name, LearningRate: suggested}
			c.Epochs = 10
			results, err := newExperiment(t, c).Run(t.Context(), folder.Folder{}, experiment.Hooks{})
			check.NoError(t, err)
			if results.Test.Accuracy < 0.8 {
				t.Errorf("%s, %s: with the suggested %v the accuracy is %v", architecture, name, suggested, results.Test.Accuracy)
			}
		}
	}
}

func TestFindRateErrors(t *testing.T) {
	c := small()
	c.Limit = 5
	_, err := experiment.FindRate(t.Context(), c, blocks.Set(10), nil)
	check.Error(t, err, "limit 5")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = experiment.FindRate(ctx, small(), blocks.Set(10), nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
