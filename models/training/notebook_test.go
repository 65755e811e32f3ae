package training_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"optlab/graph"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
	"optlab/random"
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

// TestNotebook trains on the real data with PyTorch's seed and demands PyTorch's
// losses, batch by batch. PyTorch in 32 and in 64 bits differ by 4e-6 over an
// epoch of the first network; the rounding errors of deeper ones grow faster.
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
	settings := []struct {
		open      func() (*mnist.Dataset, error)
		model     models.Config
		optimizer func() (optimizers.Optimizer, error)
		batch     int
		tolerance float64
	}{
		{mnist.MNIST, models.Hyperparameter([]int{784, 128, 10}, 0), newSGD, 16, 1e-4},
		{mnist.MNIST, models.Hyperparameter([]int{784, 160, 80, 40, 20, 10}, 0), newSGD, 16, 1e-4},
		{mnist.Fashion, models.Base(graph.Tanh, 784, 10, []int{512, 256, 256, 128}), newAdam, 256, 1e-3},
	}
	if len(references.Cases) != len(settings) {
		t.Fatalf("%d reference runs, want %d", len(references.Cases), len(settings))
	}
	for i, ref := range references.Cases {
		s := settings[i]
		t.Run(ref.Name, func(t *testing.T) {
			set, err := s.open()
			if err != nil {
				t.Fatal(err)
			}
			optimizer, err := s.optimizer()
			if err != nil {
				t.Fatal(err)
			}
			h := retrace(t, ref, set, s.model, optimizer, s.batch)
			compare(t, h, ref, s.tolerance)
		})
	}
}

func newSGD() (optimizers.Optimizer, error) {
	return optimizers.New(optimizers.Config{Name: "sgd", LearningRate: 0.1})
}

func newAdam() (optimizers.Optimizer, error) {
	return optimizers.New(optimizers.Config{Name: "adam", LearningRate: 0.001})
}

// retrace trains as the reference did, no longer than its losses reach.
func retrace(t *testing.T, ref reference, set *mnist.Dataset, config models.Config, optimizer optimizers.Optimizer, batch int) *training.History {
	t.Helper()
	stream := random.New(ref.Seed)
	data, err := training.NewData(set, config.Architecture, batch, stream)
	if err != nil {
		t.Fatal(err)
	}
	model, err := models.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := model.Initialize(models.NewInitializer(models.Torch), stream); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	trainer := &training.Trainer{
		Model: model, Optimizer: optimizer, Data: data, Epochs: ref.Epochs,
		Stream: stream, Masks: random.Derive(ref.Seed, "dropout"),
		OnStep: func(s training.Step) {
			if len(ref.ValScores) == 0 && s.Batch == len(ref.TrainLosses) {
				stop()
			}
		},
	}
	h, err := trainer.Run(ctx)
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
	if len(h.ValScores) != len(ref.ValScores) {
		t.Fatalf("%d epochs were validated, want %d", len(h.ValScores), len(ref.ValScores))
	}
	for i, want := range ref.ValScores {
		if math.Abs(h.ValScores[i]-want) > 0.001 {
			t.Errorf("validation accuracy after epoch %d is %.2f %%, PyTorch's %.2f %%", i+1, 100*h.ValScores[i], 100*want)
		}
	}
}
