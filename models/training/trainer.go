package training

import (
	"context"
	"math"
	"time"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/models"
	"optlab/optimizers"
	"optlab/random"
)

// Trainer trains a model. All fields but the hooks and Files must be set.
type Trainer struct {
	Model     *models.Model
	Optimizer optimizers.Optimizer
	Data      *Data
	Epochs    int
	// Patience stops training when so many epochs have not bettered the validation
	// accuracy; 0 is never.
	Patience int

	Stream *random.Stream // the order of the batches
	Masks  *random.Stream // dropout

	// Files, if its folder is set, keeps the best and the last parameters there.
	Files Files

	OnStep  func(Step)  // after every batch; may be nil
	OnEpoch func(Epoch) // after every epoch; may be nil

	resumed *resumed // nil: a new run
}

// Step reports one training step.
type Step struct {
	Epoch, Batch int          // both from 1
	Loss         float32      // of the batch, before the step
	Pass         *models.Pass // the network as the step ran it; valid during the call
}

// Epoch reports one epoch.
type Epoch struct {
	Number                             int // from 1
	TrainLoss, TrainAccuracy           float64
	ValidationLoss, ValidationAccuracy float64
	Seconds                            float64 // of training alone
	Best                               bool    // the highest validation accuracy so far
}

// Run trains for the given number of epochs, or what is left of them after
// Resume, validating after each, and leaves the model with the parameters that
// had the highest validation accuracy (the earlier of equals; as they were if
// there is no epoch).
//
// The history that it returns is never nil and holds what was done, also with an
// error: when ctx is done, Run stops after the running batch with the context's
// error; when a loss is no longer finite it stops with a *DivergedError.
func (t *Trainer) Run(ctx context.Context) (*History, error) {
	r := &run{
		Trainer:   t,
		train:     passes{model: t.Model, config: models.PassConfig{Gradients: true, Masks: t.Masks}},
		evaluator: NewEvaluator(t.Model),
		history:   newHistory(t.Data.Train.Batches()),
	}
	if t.resumed != nil {
		r.history, r.best = t.resumed.history, t.resumed.best
	}
	for epoch := r.history.Epochs() + 1; epoch <= t.Epochs && !r.exhausted(); epoch++ {
		if err := r.epoch(ctx, epoch); err != nil {
			return r.history, errors.WithMessagef(err, "epoch %d", epoch)
		}
	}
	if r.best == nil {
		return r.history, nil
	}
	return r.history, t.Model.LoadStateDict(r.best)
}

// exhausted reports whether patience has run out.
func (r *run) exhausted() bool {
	return r.Patience > 0 && r.history.BestEpoch > 0 && r.history.Epochs()-r.history.BestEpoch >= r.Patience
}

// run is the state of Trainer.Run.
type run struct {
	*Trainer
	train     passes
	evaluator *Evaluator
	history   *History
	best      map[string]*tensor.Dense // parameters with the highest validation accuracy
}

// epoch trains on every batch once, then validates, records and saves.
func (r *run) epoch(ctx context.Context, number int) error {
	start := time.Now()
	report, err := r.trainBatches(ctx, number)
	if err != nil {
		return err
	}
	report.Seconds = time.Since(start).Seconds()
	validation, err := r.evaluator.Evaluate(ctx, r.Data.Validation, r.Stream)
	if err != nil {
		return err
	}
	if !finite(validation.Loss) {
		return &DivergedError{Epoch: number, Loss: validation.Loss, Validation: true}
	}
	report.ValidationLoss, report.ValidationAccuracy = validation.Loss, validation.Accuracy
	report.Best = r.history.add(report)
	if report.Best {
		r.best = r.Model.StateDict()
		if err := r.Files.saveBest(r.Model); err != nil {
			return err
		}
	}
	if err := r.saveLast(); err != nil {
		return err
	}
	if r.OnEpoch != nil {
		r.OnEpoch(report)
	}
	return nil
}

// trainBatches makes a step on every batch of the training data.
func (r *run) trainBatches(ctx context.Context, epoch int) (Epoch, error) {
	samples, correct, losses, batch := 0, 0, 0.0, 0
	loader := r.Data.Train
	loader.Start(r.Stream)
	for n := loader.NextSize(); n > 0; n = loader.NextSize() {
		if err := ctx.Err(); err != nil {
			return Epoch{}, errors.Wrapf(err, "after batch %d of %d", batch, loader.Batches())
		}
		batch++
		pass, err := r.train.next(loader)
		if err != nil {
			return Epoch{}, err
		}
		if err := pass.Run(); err != nil {
			return Epoch{}, err
		}
		loss := pass.Loss()
		// Before the step, so that the parameters stay finite as long as they can.
		if !finite(float64(loss)) {
			return Epoch{}, &DivergedError{Epoch: epoch, Batch: batch, Loss: float64(loss)}
		}
		if err := r.Optimizer.Step(pass.Gradients()); err != nil {
			return Epoch{}, errors.WithMessagef(err, "batch %d", batch)
		}
		r.history.TrainLosses = append(r.history.TrainLosses, loss)
		samples += n
		correct += score(pass, nil)
		losses += float64(loss)
		if r.OnStep != nil {
			r.OnStep(Step{Epoch: epoch, Batch: batch, Loss: loss, Pass: pass})
		}
	}
	return Epoch{
		Number:        epoch,
		TrainLoss:     losses / float64(batch),
		TrainAccuracy: float64(correct) / float64(samples),
	}, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
