package training_test

import (
	"context"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
	"optlab/random"
)

func TestTrainingLearns(t *testing.T) {
	for name, s := range map[string]setup{
		"hyperparameter": {config: hyperparameter, optimizer: "momentum", rate: 0.3, batch: 16, epochs: 25, seed: 1},
		"base with Adam": {config: base, optimizer: "adam", rate: 0.01, batch: 16, epochs: 10, seed: 1},
	} {
		t.Run(name, func(t *testing.T) {
			trainer, h := s.run(t)
			test, err := training.NewEvaluator(trainer.Model, 0).Evaluate(t.Context(), trainer.Data.Test, nil)
			check.NoError(t, err)
			if best := h.Epochs[h.BestEpoch()-1].ValidationAccuracy; test.Accuracy < 0.95 || best < 0.95 {
				t.Errorf("test accuracy %v, best validation accuracy %v, want at least 0.95", test.Accuracy, best)
			}
			if first, last := h.Epochs[0], h.Epochs[len(h.Epochs)-1]; last.ValidationLoss > first.ValidationLoss/2 {
				t.Errorf("the validation loss went from %v to %v", first.ValidationLoss, last.ValidationLoss)
			}
		})
	}
}

func TestSameSeedSameBits(t *testing.T) {
	first, h := usual.run(t)
	for _, cores := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(cores)
		again, g := usual.run(t)
		runtime.GOMAXPROCS(before)
		if !equalNumbers(g, h) {
			t.Errorf("on %d cores the history is another", cores)
		}
		if !slices.Equal(bits(again.Model), bits(first.Model)) {
			t.Errorf("on %d cores the parameters are others", cores)
		}
	}
	other := usual
	other.seed = 43
	if _, g := other.run(t); equalNumbers(g, h) {
		t.Error("another seed gives the same history")
	}
}

// The hooks see every step and epoch, in order, and the history has their
// numbers.
func TestHistory(t *testing.T) {
	trainer := usual.trainer(t)
	var steps []training.Step
	var sizes []int
	var epochs []training.Epoch
	right := make([]int, usual.epochs)
	trainer.OnStep = func(s training.Step) {
		steps, sizes = append(steps, s), append(sizes, len(s.Pass.Labels))
		for i, label := range s.Pass.Labels {
			row := s.Pass.Logits()[10*i : 10*i+10]
			if row[label] == slices.Max(row) {
				right[s.Epoch-1]++
			}
		}
	}
	trainer.OnEpoch = func(e training.Epoch) { epochs = append(epochs, e) }
	h, err := trainer.Run(t.Context())
	check.NoError(t, err)
	const batches = 4 // 160 of 200 images in batches of 48, the last of 16
	if len(h.Epochs) != usual.epochs || len(epochs) != usual.epochs || h.BatchesPerEpoch != batches || len(steps) != batches*usual.epochs {
		t.Fatalf("%d epochs of %d batches; hooks saw %d epochs, %d steps", len(h.Epochs), h.BatchesPerEpoch, len(epochs), len(steps))
	}
	if want := slices.Repeat([]int{48, 48, 48, 16}, usual.epochs); !slices.Equal(sizes, want) {
		t.Errorf("batches have sizes %v, want %v", sizes, want)
	}
	best := 0
	for i, e := range epochs {
		sum := 0.0
		for j := range batches {
			s := steps[i*batches+j]
			if s.Epoch != i+1 || s.Batch != j+1 || s.Loss != h.TrainLosses[i*batches+j] {
				t.Errorf("step %d reports %d.%d and loss %v", i*batches+j, s.Epoch, s.Batch, s.Loss)
			}
			sum += float64(s.Loss)
		}
		if i == 0 || e.ValidationAccuracy > epochs[best].ValidationAccuracy {
			best = i
		}
		want := e // what validation and the clock say is another test's
		want.Number, want.TrainLoss, want.TrainAccuracy, want.Best = i+1, sum/batches, float64(right[i])/160, best == i
		if e != want || h.Epochs[i] != e {
			t.Errorf("epoch reports %+v, want %+v", e, want)
		}
	}
	if h.BestEpoch() != best+1 {
		t.Errorf("the best epoch is %d of %v, want %d", h.BestEpoch(), accuracies(h), best+1)
	}
}

// A hook that ruins and restores the parameters decides which epoch is the
// best.
func TestBestParameters(t *testing.T) {
	trainer := usual.trainer(t)
	good := trainer.Model.StateDict()
	for name, want := range map[string]struct {
		ruined []int // epochs
		best   int
	}{
		"first of equals": {nil, 1},
		"last alone":      {[]int{1, 2, 3}, 4},
		"middle":          {[]int{1, 4}, 2},
		"all":             {[]int{1, 2, 3, 4}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			trainer := usual.trainer(t)
			left := make(map[int][]uint32)
			trainer.OnStep = func(s training.Step) {
				check.NoError(t, trainer.Model.LoadStateDict(good))
				last := trainer.Model.Parameters()[3].Data() // the bias of the logits
				if slices.Contains(want.ruined, s.Epoch) {
					last[impossible(trainer.Data)] = 1e6
				}
				trainer.Model.Parameters()[0].Data()[0] += float32(s.Epoch) * 1e-5 // other bits, same accuracy
				left[s.Epoch] = bits(trainer.Model)
			}
			h, err := trainer.Run(t.Context())
			check.NoError(t, err)
			if len(want.ruined) == 0 && accuracies(h)[0] != accuracies(h)[3] {
				t.Fatalf("accuracies %v, want them equal", accuracies(h))
			}
			if h.BestEpoch() != want.best {
				t.Errorf("the best epoch is %d of %v, want %d", h.BestEpoch(), accuracies(h), want.best)
			}
			if !slices.Equal(bits(trainer.Model), left[want.best]) {
				t.Error("the model has not the best epoch's parameters")
			}
		})
	}
}

// impossible returns the class that the fewest validation images have.
func impossible(data *dataset.Loaders) int {
	counts := make([]int, classes)
	x, labels := make([]float32, data.Validation.Len()*side*side), make([]int, data.Validation.Len())
	data.Validation.Start(random.New(1))
	if err := data.Validation.Next(x, labels); err != nil {
		panic(err)
	}
	for _, l := range labels {
		counts[l]++
	}
	return slices.Index(counts, slices.Min(counts))
}

func TestNoEpochs(t *testing.T) {
	s := usual
	s.epochs = 0
	trainer := s.trainer(t)
	before := bits(trainer.Model)
	h, err := trainer.Run(t.Context())
	check.NoError(t, err)
	if len(h.Epochs) != 0 || h.BestEpoch() != 0 || len(h.TrainLosses) != 0 {
		t.Errorf("the history is %+v", h)
	}
	if !slices.Equal(bits(trainer.Model), before) {
		t.Error("the model has changed")
	}
}

// A trainer that has run would go on from where it ended, under the name of a
// new run.
func TestRunsOnce(t *testing.T) {
	trainer, _ := usual.run(t)
	want := bits(trainer.Model)
	h, err := trainer.Run(t.Context())
	check.Error(t, err, "has run already")
	if len(h.TrainLosses) != 0 || !slices.Equal(bits(trainer.Model), want) {
		t.Errorf("the second run made %d steps", len(h.TrainLosses))
	}
}

func TestDivergedInTraining(t *testing.T) {
	s := usual
	s.folder = t.TempDir()
	trainer := s.trainer(t)
	var best []uint32
	trainer.OnEpoch = func(training.Epoch) { best = bits(trainer.Model) }
	trainer.OnStep = func(step training.Step) {
		if step.Epoch == 2 && step.Batch == 2 {
			trainer.Model.Parameters()[3].Data()[0] = float32(math.Inf(1))
		}
	}
	h, err := trainer.Run(t.Context())
	var diverged *training.DivergedError
	if !errors.As(err, &diverged) {
		t.Fatalf("error %v, want a DivergedError", err)
	}
	if diverged.Epoch != 2 || diverged.Batch != 3 || diverged.Validation || !math.IsNaN(diverged.Loss) && !math.IsInf(diverged.Loss, 0) {
		t.Errorf("the error is %+v, want epoch 2, batch 3", diverged)
	}
	check.Error(t, err, "epoch 2", "batch 3", "diverged", "smaller learning rate")
	if h == nil || len(h.Epochs) != 1 || len(h.TrainLosses) != 4+2 || h.BestEpoch() != 1 {
		t.Errorf("the history is %+v, want one epoch and two batches", h)
	}
	m, err := models.New(s.config)
	check.NoError(t, err)
	check.NoError(t, m.Load(s.folder+"/"+training.BestFile))
	if !slices.Equal(bits(m), best) {
		t.Error("the file of the best parameters has others")
	}
}

// With a rate far too large, the loss is not finite before the parameters are
// not.
func TestDivergedBySteps(t *testing.T) {
	s := usual
	s.rate = 1e30
	trainer := s.trainer(t)
	h, err := trainer.Run(t.Context())
	var diverged *training.DivergedError
	if !errors.As(err, &diverged) {
		t.Fatalf("error %v, want a DivergedError", err)
	}
	if diverged.Epoch != 1 || diverged.Batch != 1+len(h.TrainLosses) {
		t.Errorf("the error is %+v after %d finite losses", diverged, len(h.TrainLosses))
	}
	for _, p := range trainer.Model.Parameters() {
		for i, x := range p.Data() {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				t.Fatalf("%s[%d] is %v", p.Name, i, x)
			}
		}
	}
}

func TestDivergedInValidation(t *testing.T) {
	trainer := usual.trainer(t)
	trainer.OnStep = func(s training.Step) {
		if s.Epoch == 2 && s.Batch == 4 {
			trainer.Model.Parameters()[0].Data()[0] = float32(math.NaN())
		}
	}
	h, err := trainer.Run(t.Context())
	var diverged *training.DivergedError
	if !errors.As(err, &diverged) {
		t.Fatalf("error %v, want a DivergedError", err)
	}
	if !diverged.Validation || diverged.Epoch != 2 || diverged.Batch != 0 || !math.IsNaN(diverged.Loss) {
		t.Errorf("the error is %+v, want epoch 2's validation", diverged)
	}
	check.Error(t, err, "epoch 2", "of the validation", "NaN")
	if len(h.Epochs) != 1 || len(h.TrainLosses) != 8 {
		t.Errorf("the history is %+v, want one epoch and eight batches", h)
	}
}

func TestCancel(t *testing.T) {
	full, want := usual.run(t)
	for name, stop := range map[string]struct{ epoch, batch, epochs, losses int }{
		"first batch": {1, 1, 0, 1}, "second epoch": {2, 3, 1, 7}, "last batch of an epoch": {2, 4, 1, 8},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			trainer := usual.trainer(t)
			trainer.OnStep = func(s training.Step) {
				if s.Epoch == stop.epoch && s.Batch == stop.batch {
					cancel()
				}
			}
			h, err := trainer.Run(ctx)
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("error %v, want that of the context", err)
			}
			if len(h.Epochs) != stop.epochs || !slices.Equal(h.TrainLosses, want.TrainLosses[:stop.losses]) {
				t.Errorf("%d epochs and losses %v, want %d and the first %d", len(h.Epochs), h.TrainLosses, stop.epochs, stop.losses)
			}
			if slices.Equal(bits(trainer.Model), bits(full.Model)) {
				t.Error("the run went on")
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h, err := usual.trainer(t).Run(ctx)
	if !errors.Is(err, context.Canceled) || h == nil || len(h.TrainLosses) != 0 {
		t.Errorf("canceled before the start: history %+v, error %v", h, err)
	}
}
