package training_test

import (
	"context"
	"math"
	"testing"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
)

// plain evaluates a network with one hidden layer as the formulas say, in
// float64, on the test images.
func plain(m *models.Model, activation func(float64) float64, low float64) (loss float64, confusion [10][10]int) {
	p, set := m.Parameters(), syntheticSet().Test
	layer := func(x []float64, weight, bias []float32) []float64 {
		y := make([]float64, len(bias))
		for i := range y {
			y[i] = float64(bias[i])
			for j := range x {
				y[i] += float64(weight[i*len(x)+j]) * x[j]
			}
		}
		return y
	}
	for i := range set.Len() {
		x := make([]float64, set.Features())
		for j, pixel := range set.Image(i) {
			x[j] = low + float64(pixel)/255*(1-low)
		}
		hidden := layer(x, p[0].Data(), p[1].Data())
		for j := range hidden {
			hidden[j] = activation(hidden[j])
		}
		logits := layer(hidden, p[2].Data(), p[3].Data())
		best, sum := 0, 0.0
		for j, z := range logits {
			sum += math.Exp(z)
			if z > logits[best] {
				best = j
			}
		}
		label := int(set.Labels[i])
		loss += math.Log(sum) - logits[label]
		confusion[label][best]++
	}
	return loss / float64(set.Len()), confusion
}

func TestEvaluate(t *testing.T) {
	relu := func(x float64) float64 { return max(x, 0) }
	for _, c := range []struct {
		config     models.Config
		activation func(float64) float64
		low        float64
	}{{hyperparameter, relu, 0}, {base, math.Tanh, -1}} {
		t.Run(string(c.config.Architecture), func(t *testing.T) {
			s := usual
			s.config, s.epochs = c.config, 8
			trainer, _ := s.run(t)
			got, err := training.NewEvaluator(trainer.Model, 0).Evaluate(t.Context(), trainer.Data.Test, nil)
			check.NoError(t, err)
			loss, confusion := plain(trainer.Model, c.activation, c.low)
			if math.Abs(got.Loss-loss) > 1e-6 {
				t.Errorf("the loss is %v, want %v", got.Loss, loss)
			}
			total, trace := 0, 0
			for i, row := range got.Confusion {
				for j, n := range row {
					if n != confusion[i][j] {
						t.Errorf("%d images of class %d were taken for %d, want %d", n, i, j, confusion[i][j])
					}
					total += n
				}
				trace += row[i]
			}
			if total != 50 || got.Accuracy != float64(trace)/50 {
				t.Errorf("confusion has %d images, %d of them right; the accuracy is %v", total, trace, got.Accuracy)
			}
			if trace < 10 || trace == 50 {
				t.Errorf("%d of 50 right: too easy or too hard for a test", trace)
			}
		})
	}
}

// The mean over the samples does not depend on how they fall into batches.
func TestEvaluateUnevenBatches(t *testing.T) {
	trainer, _ := usual.run(t)
	e := training.NewEvaluator(trainer.Model, 0)
	all, err := e.Evaluate(t.Context(), trainer.Data.Test, nil)
	check.NoError(t, err)
	uneven, err := dataset.Prepare(&dataset.Set{Train: syntheticSet().Test, Test: syntheticSet().Test},
		experiment.Default(models.HyperparameterModel).Preparation, 15, 0, trainer.Stream, 0)
	check.NoError(t, err)
	parts, err := e.Evaluate(t.Context(), uneven.Train, trainer.Stream) // 40 images in batches of 15, 15, 10
	check.NoError(t, err)
	rest, err := e.Evaluate(t.Context(), uneven.Validation, trainer.Stream) // the other 10
	check.NoError(t, err)
	if mean := (40*parts.Loss + 10*rest.Loss) / 50; math.Abs(mean-all.Loss) > 1e-6 {
		t.Errorf("the loss is %v in batches of 15, %v at once", mean, all.Loss)
	}
	if mean := (40*parts.Accuracy + 10*rest.Accuracy) / 50; math.Abs(mean-all.Accuracy) > 1e-12 {
		t.Errorf("the accuracy is %v in batches of 15, %v at once", mean, all.Accuracy)
	}
}

// An evaluator sees the parameters as they are.
func TestEvaluatorFollowsTheModel(t *testing.T) {
	trainer, _ := usual.run(t)
	e := training.NewEvaluator(trainer.Model, 0)
	before, err := e.Evaluate(t.Context(), trainer.Data.Test, nil)
	check.NoError(t, err)
	trainer.Model.Parameters()[3].Data()[7] = 1e6 // everything is a 7 now
	after, err := e.Evaluate(t.Context(), trainer.Data.Test, nil)
	check.NoError(t, err)
	sevens := 0
	for i, row := range after.Confusion {
		if row[7] != sum(before.Confusion[i]) {
			t.Errorf("class %d was taken for %v", i, row)
		}
		if i == 7 {
			sevens = row[7]
		}
	}
	if after.Accuracy != float64(sevens)/50 {
		t.Errorf("the accuracy is %v with %d sevens", after.Accuracy, sevens)
	}
}

func sum(row []int) (n int) {
	for _, x := range row {
		n += x
	}
	return n
}

func TestEvaluateErrors(t *testing.T) {
	trainer := usual.trainer(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := training.NewEvaluator(trainer.Model, 0).Evaluate(ctx, trainer.Data.Test, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	few, err := models.New(models.Hyperparameter([]int{side * side, 3}, 0))
	check.NoError(t, err)
	_, err = training.NewEvaluator(few, 0).Evaluate(t.Context(), trainer.Data.Test, nil)
	check.Error(t, err, "evaluating", "label")
	wide, err := models.New(models.Hyperparameter([]int{9, 10}, 0))
	check.NoError(t, err)
	_, err = training.NewEvaluator(wide, 0).Evaluate(t.Context(), trainer.Data.Test, nil)
	check.Error(t, err, "3200") // values that 50 images have
}

// A trainer tests its model as a new evaluator does, before a run and after it.
func TestTrainerTest(t *testing.T) {
	trainer := usual.trainer(t)
	for _, when := range []string{"before", "after"} {
		got, err := trainer.Test(t.Context())
		check.NoError(t, err)
		want, err := training.NewEvaluator(trainer.Model, 0).Evaluate(t.Context(), trainer.Data.Test, nil)
		check.NoError(t, err)
		if got.Loss != want.Loss || got.Accuracy != want.Accuracy {
			t.Errorf("%s the run: %v, %v, a new evaluator says %v, %v", when, got.Loss, got.Accuracy, want.Loss, want.Accuracy)
		}
		if when == "before" {
			_, err = trainer.Run(t.Context())
			check.NoError(t, err)
		}
	}
}
