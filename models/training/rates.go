package training

import (
	"context"
	"math"

	"github.com/pkg/errors"
)

// RateTest is what a range test of learning rates found: see
// [Trainer.TestRates]. The lists have an entry for every batch.
type RateTest struct {
	Rates    []float64 `json:"rates"`
	Losses   []float64 `json:"losses"`
	Smoothed []float64 `json:"smoothed"`
	// Stopped says that the loss grew out of bounds before the last rate.
	Stopped bool `json:"stopped"`
}

// The rules of fastai's lr_find.
const (
	smoothing = 0.98 // β of the smoothed loss
	bound     = 4    // times the lowest smoothed loss: the test stops above
)

// TestRates is the range test of learning rates of Smith, Cyclical Learning
// Rates for Training Neural Networks (2015), arXiv:1506.01186, by the rules of
// fastai's lr_find: it makes a step on a batch with each of the rates,
// which must be those of the optimizer's first updates, and passes over the
// training data as often as that takes. The loss before the step is smoothed
// exponentially, with β = 0.98, and corrected for the bias of the start:
//
//	s ← β·s + (1−β)·loss,  smoothed = s / (1 − β^t)
//
// It stops where the smoothed loss is above four times the lowest so far, or
// the loss not finite. The parameters are of no use afterwards, and the trainer
// is not to run. OnStep is called with epoch 1. When ctx is done, it returns
// the context's error.
func (t *Trainer) TestRates(ctx context.Context, rates []float64) (*RateTest, error) {
	t.control.working.Lock()
	defer t.control.working.Unlock()
	if t.ran {
		return nil, errors.New("testing learning rates: the trainer has run already: want a new one")
	}
	t.ran = true
	r := &run{
		Trainer: t, history: new(History),
		train: passes{model: t.Model, config: t.training()},
	}
	result, average, lowest := new(RateTest), 0.0, math.Inf(1)
	for i, rate := range rates {
		if t.Data.Train.NextSize() == 0 {
			t.Data.Train.Start(t.Stream)
		}
		if _, err := t.control.boundary(ctx); err != nil {
			return nil, errors.Wrapf(err, "testing learning rates: after batch %d of %d", i, len(rates))
		}
		pass, err := r.step(1, i+1)
		var diverged *DivergedError
		if errors.As(err, &diverged) {
			result.Stopped = true
			break
		}
		if err != nil {
			return nil, errors.WithMessage(err, "testing learning rates")
		}
		loss := float64(r.history.TrainLosses[i])
		average = smoothing*average + (1-smoothing)*loss
		smoothed := average / (1 - math.Pow(smoothing, float64(i+1)))
		result.Rates, result.Losses, result.Smoothed = append(result.Rates, rate), append(result.Losses, loss), append(result.Smoothed, smoothed)
		if t.OnStep != nil {
			t.OnStep(Step{Epoch: 1, Batch: i + 1, Loss: r.history.TrainLosses[i], Pass: pass})
		}
		if smoothed > bound*lowest {
			result.Stopped = true
			break
		}
		lowest = min(lowest, smoothed)
	}
	return result, nil
}

// Falls reports whether any rate makes the loss fall: whether the lowest
// smoothed loss is below the mean of the first tenth of the batches, whose
// rates are too small to change much, by more than a fiftieth of that mean, and
// by more than half of their standard deviation, which is five times the one of
// the smoothed loss, and so no chance.
func (r *RateTest) Falls() bool {
	n := len(r.Losses) / 10
	if n < 2 {
		return false
	}
	mean, squares := 0.0, 0.0
	for _, l := range r.Losses[:n] {
		mean += l / float64(n)
	}
	for _, l := range r.Losses[:n] {
		squares += (l - mean) * (l - mean)
	}
	deviation := math.Sqrt(squares / float64(n-1))
	return mean-r.Smoothed[r.lowest()] > max(0.5*deviation, mean/50)
}

// Steepest returns the rate at which the smoothed loss falls most steeply on
// the way to where it is lowest: what it falls later, it has risen before. The
// slope is that from a fortieth of the batches before to a fortieth after, as
// that between neighbors is noise. Where no rate makes the loss fall, it is 0.
func (r *RateTest) Steepest() float64 {
	if !r.Falls() {
		return 0
	}
	n, lowest := len(r.Smoothed), r.lowest()
	side := max(1, n/40)
	most, at := 0.0, 0
	// From where on the smoothed loss is the mean of enough batches.
	for i := n / 10; i <= lowest; i++ {
		before, after := max(0, i-side), min(n-1, i+side)
		if slope := (r.Smoothed[after] - r.Smoothed[before]) / float64(after-before); slope < most {
			most, at = slope, i
		}
	}
	return r.Rates[at]
}

// LowestTenth returns a tenth of the rate at which the smoothed loss is lowest,
// another usual choice; 0 where no rate makes the loss fall.
func (r *RateTest) LowestTenth() float64 {
	if !r.Falls() {
		return 0
	}
	return r.Rates[r.lowest()] / 10
}

// lowest returns the batch with the lowest smoothed loss after the first tenth.
func (r *RateTest) lowest() int {
	at := len(r.Smoothed) / 10
	for i := at; i < len(r.Smoothed); i++ {
		if r.Smoothed[i] < r.Smoothed[at] {
			at = i
		}
	}
	return at
}
