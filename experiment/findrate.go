package experiment

import (
	"context"
	"math"

	"optlab/dataset"
	"optlab/models/training"
	"optlab/optimizers"
)

// The rates that FindRate tries, each larger than the one before by the same
// factor.
const (
	lowestRate  = 1e-7
	highestRate = 10
)

// TriedRates is how many rates FindRate tries: a hundred in each power of ten,
// so that the smoothed loss, which is that of the last fifty batches or so, is
// not far behind.
const TriedRates = 801

// FindRate makes the range test of learning rates on an experiment in place of
// its training, with TriedRates rates from 1e-7 to 10 that grow exponentially:
// see [training.Trainer.TestRates]. The learning rate of c, its schedule and
// the number of epochs do not count. step, if it is not nil, is called after
// every batch. Errors are those of New, and that of a context that ends.
func FindRate(ctx context.Context, c Config, set *dataset.Set, step func(training.Step)) (*training.RateTest, error) {
	c.Optimizer.LearningRate, c.Epochs = lowestRate, 1
	c.Optimizer.Schedule = optimizers.Growing(math.Pow(highestRate/lowestRate, 1.0/(TriedRates-1)))
	e, err := New(c, set)
	if err != nil {
		return nil, err
	}
	e.OnStep = step
	return e.TestRates(ctx, e.Rates(TriedRates))
}
