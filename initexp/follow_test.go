package initexp_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/initexp"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
)

// trainer returns one that is ready to run, with a batch to measure on.
func trainer(t *testing.T, change func(c *experiment.Config)) (tr *training.Trainer, x []float32, labels []int) {
	t.Helper()
	c := experiment.Default(models.BaseNetwork)
	c.Model.Sizes, c.Batch, c.Epochs = []int{blocks.Side * blocks.Side, 12, 12, 10}, 25, 3
	c.Init.Scheme = models.Xavier
	change(&c)
	e, err := experiment.New(c, blocks.Set(10))
	check.NoError(t, err)
	x, labels, err = e.Data.Train.First(40)
	check.NoError(t, err)
	return e.Trainer, x, labels
}

// Following a training measures what Measure does, evenly from the start to the
// end, and changes nothing in it.
func TestFollow(t *testing.T) {
	unchanged := func(*experiment.Config) {}
	tr, x, labels := trainer(t, unchanged)
	probe, err := initexp.Compile(tr.Model, len(labels))
	check.NoError(t, err)
	layers, err := probe.Measure(models.NewInitializer(models.Xavier), x, labels, 1)
	check.NoError(t, err)
	track, err := initexp.Follow(t.Context(), tr, x, labels, 10)
	check.NoError(t, err)
	if want := []int{0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30}; tr.Data.Train.Batches() != 10 || !slices.Equal(track.Steps, want) {
		t.Errorf("measured after %v updates, want %v", track.Steps, want)
	}
	for i, l := range layers {
		if track.Layers[i] != l.Name || track.Activations[i][0] != l.Activation.Variance || track.Gradients[i][0] != l.Gradient.Variance {
			t.Errorf("%s starts with %v and %v, want %v and %v", track.Layers[i], track.Activations[i][0], track.Gradients[i][0], l.Activation.Variance, l.Gradient.Variance)
		}
		if len(track.Activations[i]) != len(track.Steps) || len(track.Gradients[i]) != len(track.Steps) || track.Activations[i][10] == track.Activations[i][0] {
			t.Errorf("%s: %v, %v", l.Name, track.Activations[i], track.Gradients[i])
		}
	}
	alone, _, _ := trainer(t, unchanged)
	history, err := alone.Run(t.Context())
	check.NoError(t, err)
	if !slices.Equal(history.TrainLosses, track.History.TrainLosses) || track.Diverged != nil {
		t.Error("the training that is followed is another")
	}
}

// A training that diverges is followed to where it does.
func TestFollowDiverging(t *testing.T) {
	tr, x, labels := trainer(t, func(c *experiment.Config) { c.Optimizer.LearningRate, c.Model.Activation = 1e30, "relu" })
	track, err := initexp.Follow(t.Context(), tr, x, labels, 1000)
	check.NoError(t, err)
	last := len(track.Steps) - 1
	if track.Diverged == nil || track.Diverged.Epoch != 1 || last < 1 || track.Steps[last] != len(track.History.TrainLosses)-1 && track.Steps[last] != len(track.History.TrainLosses) {
		t.Errorf("%+v", track)
	}
	if !math.IsNaN(track.Activations[2][last]) && track.Activations[2][last] < 1e20 {
		t.Errorf("the output's variance is %v", track.Activations[2])
	}
}

func TestFollowErrors(t *testing.T) {
	tr, x, labels := trainer(t, func(*experiment.Config) {})
	_, err := initexp.Follow(t.Context(), tr, x[1:], labels, 3)
	check.Error(t, err, "40 labels")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := initexp.Follow(ctx, tr, x, labels, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
