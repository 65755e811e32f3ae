package training

import (
	"context"
	"math"
	"time"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/dataset"
	"optlab/internal/atomicfile"
	"optlab/models"
	"optlab/optimizers"
	"optlab/random"
)

// Trainer trains a model. Model, Optimizer, Data, Epochs and the streams must
// be set.
type Trainer struct {
	Model     *models.Model
	Optimizer optimizers.Optimizer
	Data      *dataset.Loaders
	Epochs    int
	// Patience stops training when so many epochs have not bettered the
	// validation accuracy; 0 is never.
	Patience int

	Stream *random.Stream // the order of the batches
	Masks  *random.Stream // dropout

	// Threads bounds the threads of a step, 0 for as many as there are. Nothing
	// that is computed depends on it.
	Threads int

	// Dir, if it has a path, is where the best and the last parameters are
	// kept: see [BestFile] and [LastFile].
	Dir atomicfile.Dir

	// Binding says what a checkpoint is bound to, by name: going on with it in
	// a run of another binding is a *BindingError.
	Binding map[string]string

	// Hooks, each of which may be nil. They are called within the run, which
	// waits for them; what they do changes nothing in it.
	OnStep       func(Step)             // after every batch of training
	OnValidation func(epoch, batch int) // after every batch of validation, both from 1
	OnEpoch      func(Epoch)            // after every epoch
	OnWarning    func(string)           // of what the user should know

	evaluator *Evaluator // of Run and Test, which has memory for a batch
	control   control
	resumed   *resumed // nil: a new run
	ran       bool
}

// Step reports one training step.
type Step struct {
	Epoch, Batch int          // both from 1
	Loss         float32      // of the batch, before the step
	Pass         *models.Pass // the network as the step ran it; valid during the call
}

// Run trains for the given number of epochs, or what is left of them after
// Resume, validating after each, and leaves the model with the parameters that
// had the highest validation accuracy (the earlier of equals; as they were if
// there is no epoch). It may be called once; the next is an error.
//
// The history that it returns is never nil and holds what was done, also with
// an error: when ctx is done, Run stops after the running batch with the
// context's error; when a loss is no longer finite it stops with a
// *DivergedError.
func (t *Trainer) Run(ctx context.Context) (*History, error) {
	t.control.working.Lock()
	defer t.control.working.Unlock()
	r := &run{
		Trainer: t,
		train:   passes{model: t.Model, config: t.training()},
		history: &History{BatchesPerEpoch: t.Data.Train.Batches()},
	}
	t.evaluator = NewEvaluator(t.Model, t.Threads)
	if t.ran {
		return r.history, errors.New("training: the trainer has run already: want a new one")
	}
	t.ran = true
	if t.resumed != nil {
		r.history, r.best = t.resumed.history, t.resumed.best
	}
	for epoch := len(r.history.Epochs) + 1; epoch <= t.Epochs && !r.exhausted(); epoch++ {
		if err := r.epoch(ctx, epoch); err != nil {
			return r.history, errors.WithMessagef(err, "epoch %d", epoch)
		}
	}
	if r.best == nil {
		return r.history, nil
	}
	return r.history, t.Model.LoadStateDict(r.best)
}

// training says what the passes are for in which a step is made.
func (t *Trainer) training() models.PassConfig {
	return models.PassConfig{Gradients: true, Masks: t.Masks, Threads: t.Threads}
}

// exhausted reports whether patience has run out.
func (r *run) exhausted() bool {
	best := r.history.BestEpoch()
	return r.Patience > 0 && best > 0 && len(r.history.Epochs)-best >= r.Patience
}

// run is the state of Trainer.Run.
type run struct {
	*Trainer
	train   passes
	history *History
	best    map[string]*tensor.Dense // parameters with the highest validation accuracy
}

// epoch trains on every batch once, then validates, records and saves.
func (r *run) epoch(ctx context.Context, number int) error {
	before := r.fingerprint(number == 1)
	epoch, err := r.trainBatches(ctx, number)
	if err != nil {
		return err
	}
	if number == 1 && r.fingerprint(true) == before && r.OnWarning != nil {
		r.OnWarning("no parameter changed in the first epoch: the learning rate is too small, or every gradient 0")
	}
	r.evaluator.between = func(batch int) error {
		if r.OnValidation != nil {
			r.OnValidation(number, batch)
		}
		if batch == r.Data.Validation.Batches() {
			return nil // the epoch is complete: it is not to be lost
		}
		_, err := r.control.boundary(ctx)
		return err
	}
	validation, err := r.evaluator.Evaluate(ctx, r.Data.Validation, r.Stream)
	if err != nil {
		return err
	}
	if !finite(validation.Loss) {
		return &DivergedError{Epoch: number, Loss: validation.Loss, Validation: true}
	}
	epoch.ValidationLoss, epoch.ValidationAccuracy = validation.Loss, validation.Accuracy
	epoch = r.history.add(epoch)
	if epoch.Best {
		r.keepBest()
		if err := r.saveBest(r.best); err != nil {
			return err
		}
	}
	if err := r.saveLast(); err != nil {
		return err
	}
	if r.OnEpoch != nil {
		r.OnEpoch(epoch)
	}
	return nil
}

// fingerprint returns a number that changes with the parameters, 0 if not
// wanted.
func (r *run) fingerprint(wanted bool) uint64 {
	if !wanted {
		return 0
	}
	const prime = 1099511628211 // of FNV-1a
	sum := uint64(14695981039346656037)
	for _, p := range r.Model.Parameters() {
		for _, x := range p.Data() {
			sum = (sum ^ uint64(math.Float32bits(x))) * prime
		}
	}
	return sum
}

// keepBest copies the parameters to the best ones, in the memory that those
// have already.
func (r *run) keepBest() {
	if r.best == nil {
		r.best = r.Model.StateDict()
	}
	for _, p := range r.Model.Parameters() {
		copy(r.best[p.Name].Float32s(), p.Data())
	}
}

// trainBatches makes a step on every batch of the training data.
func (r *run) trainBatches(ctx context.Context, number int) (Epoch, error) {
	start, paused := time.Now(), time.Duration(0)
	samples, correct := 0, 0
	loader := r.Data.Train
	loader.Start(r.Stream)
	for batch := 1; loader.NextSize() > 0; batch++ {
		pause, err := r.control.boundary(ctx)
		if err != nil {
			return Epoch{}, errors.Wrapf(err, "after batch %d of %d", batch-1, loader.Batches())
		}
		paused += pause
		pass, err := r.step(number, batch)
		if err != nil {
			return Epoch{}, err
		}
		samples += len(pass.Labels)
		correct += score(pass, nil)
		if r.OnStep != nil {
			r.OnStep(Step{Epoch: number, Batch: batch, Loss: pass.Loss(), Pass: pass})
		}
	}
	return Epoch{
		Number:        number,
		TrainLoss:     r.history.meanLoss(number),
		TrainAccuracy: float64(correct) / float64(samples),
		Seconds:       (time.Since(start) - paused).Seconds(),
	}, nil
}

// step makes one step, on the loader's next batch, and records its loss.
func (r *run) step(epoch, batch int) (*models.Pass, error) {
	pass, err := r.train.next(r.Data.Train)
	if err != nil {
		return nil, err
	}
	if err := pass.Run(); err != nil {
		return nil, err
	}
	loss := pass.Loss()
	// Before the update, so that the parameters stay finite as long as they
	// can.
	if !finite(float64(loss)) {
		return nil, &DivergedError{Epoch: epoch, Batch: batch, Loss: float64(loss)}
	}
	if err := r.Optimizer.Step(pass.Gradients()); err != nil {
		return nil, errors.WithMessagef(err, "batch %d", batch)
	}
	r.history.TrainLosses = append(r.history.TrainLosses, loss)
	return pass, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
