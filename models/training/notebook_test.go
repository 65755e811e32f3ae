package training_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"optlab/experiment"
	"optlab/internal/check"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
)

// reference is a case of testdata/notebook.json, which make_reference.py writes
// with PyTorch.
type reference struct {
	Name        string
	Seed        uint64
	Epochs      int
	ValScores   []float64 `json:"val_scores"`
	TrainLosses []float64 `json:"train_losses"`
}

// TestNotebook trains on the real data with PyTorch's seed and demands
// PyTorch's losses, batch by batch. PyTorch in 32 and in 64 bits differ by 4e-6
// over an epoch of the first network; the rounding errors of deeper ones grow
// faster.
func TestNotebook(t *testing.T) {
	if testing.Short() {
		t.Skip("trains on the real data")
	}
	file, err := os.ReadFile("testdata/notebook.json")
	if err != nil {
		t.Fatal(err)
	}
	var references struct{ Cases []reference }
	if err := json.Unmarshal(file, &references); err != nil {
		t.Fatal(err)
	}
	configs := []func() experiment.Config{
		func() experiment.Config { return part1([]int{784, 128, 10}) },
		func() experiment.Config { return part1([]int{784, 160, 80, 40, 20, 10}) },
		func() experiment.Config {
			c := experiment.Default(models.BaseNetwork)
			c.Data, c.Batch, c.Optimizer = "fashion", 256, optimizers.Config{Name: "adam", LearningRate: 0.001}
			return c
		},
	}
	tolerances := []float64{1e-4, 1e-4, 1e-3}
	if len(references.Cases) != len(configs) {
		t.Fatalf("%d reference runs, want %d", len(references.Cases), len(configs))
	}
	for i, ref := range references.Cases {
		t.Run(ref.Name, func(t *testing.T) {
			compare(t, retrace(t, ref, configs[i]()), ref, tolerances[i])
		})
	}
}

// part1 is the configuration of the notebook's part 1 without dropout.
func part1(sizes []int) experiment.Config {
	c := experiment.Default(models.HyperparameterModel)
	c.Model = models.Hyperparameter(sizes, 0)
	return c
}

// retrace trains as the reference did, no longer than its losses reach.
func retrace(t *testing.T, ref reference, c experiment.Config) *training.History {
	t.Helper()
	set, err := mnist.Open(c.Data)
	check.NoError(t, err)
	c.Seed, c.Epochs = ref.Seed, ref.Epochs
	e, err := experiment.New(c, set)
	check.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	e.OnStep = func(s training.Step) {
		if len(ref.ValScores) == 0 && s.Batch == len(ref.TrainLosses) {
			stop()
		}
	}
	h, err := e.Trainer.Run(ctx)
	if err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	return h
}

func compare(t *testing.T, h *training.History, ref reference, tolerance float64) {
	t.Helper()
	if len(h.TrainLosses) < len(ref.TrainLosses) || len(ref.TrainLosses) == 0 {
		t.Fatalf("%d losses, want at least the reference's %d, and some", len(h.TrainLosses), len(ref.TrainLosses))
	}
	worst, at := 0.0, 0
	for i, want := range ref.TrainLosses {
		if d := math.Abs(float64(h.TrainLosses[i]) - want); d > worst {
			worst, at = d, i
		}
	}
	t.Logf("largest difference of a batch's loss: %.2g, at batch %d of %d", worst, at+1, len(ref.TrainLosses))
	if worst > tolerance {
		t.Errorf("the loss of batch %d is %v, PyTorch's %v: more than %v apart", at+1, h.TrainLosses[at], ref.TrainLosses[at], tolerance)
	}
	if len(h.Epochs) != len(ref.ValScores) {
		t.Fatalf("%d epochs were validated, want %d", len(h.Epochs), len(ref.ValScores))
	}
	for i, want := range ref.ValScores {
		if math.Abs(accuracies(h)[i]-want) > 0.001 {
			t.Errorf("validation accuracy after epoch %d is %.2f %%, PyTorch's %.2f %%", i+1, 100*accuracies(h)[i], 100*want)
		}
	}
}
