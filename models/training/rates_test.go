package training_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/internal/check"
	"optlab/models/training"
	"optlab/optimizers"
)

// rateTrainer returns the trainer of a range test with n rates from 1e-3 on,
// each growth times the one before, and those rates.
func rateTrainer(t *testing.T, optimizer string, n int, growth float64) (*training.Trainer, []float64) {
	t.Helper()
	c := experiment.Default(hyperparameter.Architecture)
	c.Model, c.Batch = hyperparameter, 48
	c.Optimizer = optimizers.Config{Name: optimizer, LearningRate: 1e-3, Schedule: optimizers.Growing(growth)}
	e, err := experiment.New(c, syntheticSet())
	check.NoError(t, err)
	return e.Trainer, e.Rates(n)
}

// The losses are those of a training with the same rates, and the smoothed ones
// their means with exponentially falling weights, as fastai has them.
func TestTestRates(t *testing.T) {
	for _, optimizer := range optimizers.Names() {
		const n, growth = 60, 1.05
		trainer, rates := rateTrainer(t, optimizer, n, growth)
		var steps []training.Step
		trainer.OnStep = func(s training.Step) { steps = append(steps, s) }
		r, err := trainer.TestRates(t.Context(), rates)
		check.NoError(t, err)
		other, _ := rateTrainer(t, optimizer, n, growth)
		if len(r.Losses) != n || len(steps) != n || !slices.Equal(r.Rates, rates) || r.Stopped {
			t.Fatalf("%s: %d losses, %d steps, stopped: %v", optimizer, len(r.Losses), len(steps), r.Stopped)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var losses []float32
		other.OnStep = func(s training.Step) {
			if losses = append(losses, s.Loss); s.Epoch == 2 {
				cancel()
			}
		}
		_, _ = other.Run(ctx)
		cancel()
		for i, l := range losses[:other.Data.Train.Batches()] {
			if float64(l) != r.Losses[i] {
				t.Errorf("%s: the loss of batch %d is %v, in a training %v", optimizer, i+1, r.Losses[i], l)
			}
		}
		for i, got := range r.Smoothed {
			sum, weights := 0.0, 0.0
			for j, l := range r.Losses[:i+1] {
				w := math.Pow(0.98, float64(i-j))
				sum, weights = sum+w*l, weights+w
			}
			if want := sum / weights; math.Abs(got-want) > 1e-12*want || steps[i].Batch != i+1 || float64(steps[i].Loss) != r.Losses[i] {
				t.Errorf("%s: the smoothed loss of batch %d is %v, want %v", optimizer, i+1, got, want)
			}
		}
		for i := range rates {
			if want := 1e-3 * math.Pow(growth, float64(i)); math.Abs(rates[i]-want) > 1e-12*want {
				t.Errorf("rate %d is %v, want %v", i, rates[i], want)
			}
		}
	}
}

// The test stops where the loss runs away: at the first smoothed one above four
// times the lowest, or at one that is not finite.
func TestTestRatesStops(t *testing.T) {
	trainer, rates := rateTrainer(t, "sgd", 200, 1.2)
	r, err := trainer.TestRates(t.Context(), rates)
	check.NoError(t, err)
	last := len(r.Smoothed) - 1
	if !r.Stopped || last < 20 || last >= 199 || len(r.Rates) != last+1 || len(r.Losses) != last+1 {
		t.Fatalf("stopped: %v, after %d batches", r.Stopped, last+1)
	}
	for i, s := range r.Smoothed[:last] {
		if s > 4*slices.Min(r.Smoothed[:i+1]) {
			t.Errorf("at batch %d it should have stopped", i+1)
		}
	}
	trainer, rates = rateTrainer(t, "sgd", 200, 1e30)
	r, err = trainer.TestRates(t.Context(), rates)
	check.NoError(t, err)
	if !r.Stopped || len(r.Losses) == 0 || len(r.Losses) > 5 || r.Falls() || r.Steepest() != 0 || r.LowestTenth() != 0 {
		t.Errorf("with monstrous rates: %+v", r)
	}
}

func TestTestRatesErrors(t *testing.T) {
	trainer, rates := rateTrainer(t, "sgd", 200, 1.001)
	ctx, cancel := context.WithCancel(t.Context())
	trainer.OnStep = func(s training.Step) {
		if s.Batch == 7 {
			cancel()
		}
	}
	_, err := trainer.TestRates(ctx, rates)
	check.Error(t, err, "after batch 7 of 200")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%T", err)
	}
	_, err = trainer.TestRates(t.Context(), rates)
	check.Error(t, err, "has run already")
	_, err = trainer.Run(t.Context())
	check.Error(t, err, "has run already")
}

// curve is a range test of n rates, each 1.1 times the one before, with the
// smoothed losses of a function and noise on those of the batches.
func curve(n int, smoothed func(i int) float64) *training.RateTest {
	r := new(training.RateTest)
	for i := range n {
		s := smoothed(i)
		r.Rates, r.Smoothed = append(r.Rates, math.Pow(1.1, float64(i))), append(r.Smoothed, s)
		r.Losses = append(r.Losses, s+0.1*math.Sin(float64(100*i)))
	}
	return r
}

func TestSuggestions(t *testing.T) {
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for name, c := range map[string]struct {
		smoothed         func(i int) float64
		steepest, lowest int // batches; -1: none
	}{
		"a fall": {func(i int) float64 { return 2.3 - 2*logistic(float64(i-120)/10) }, 120, 199},
		"a fall and a rise": {func(i int) float64 {
			return 2.3 - 2*logistic(float64(i-100)/10) + math.Exp(float64(i-160)/5)
		}, 100, 140},
		// What falls behind the lowest has been higher.
		"a steeper fall after a rise": {func(i int) float64 {
			if i > 150 {
				return 0.4 + 5*math.Exp(-float64(i-151))
			}
			return 2.3 - 2*logistic(float64(i-100)/10)
		}, 100, 150},
		// Not the noise of the first few batches.
		"a steeper fall at the start": {func(i int) float64 {
			return 2.3 + math.Exp(-float64(i)) - 2*logistic(float64(i-100)/10)
		}, 100, 199},
		"constant":            {func(int) float64 { return 2.3 }, -1, -1},
		"noise":               {func(i int) float64 { return 2.3 + 0.03*math.Sin(float64(i)) }, -1, -1},
		"rising":              {func(i int) float64 { return 2.3 + 0.01*float64(i) }, -1, -1},
		"a fall of a percent": {func(i int) float64 { return 2.3 - 0.02*logistic(float64(i-100)/10) }, -1, -1},
	} {
		r := curve(200, c.smoothed)
		steepest, tenth := 0.0, 0.0
		if c.steepest >= 0 {
			steepest, tenth = r.Rates[c.steepest], r.Rates[c.lowest]/10
		}
		if r.Falls() != (c.steepest >= 0) || r.Steepest() != steepest || r.LowestTenth() != tenth {
			t.Errorf("%s: falls: %v, steepest at %v, want %v, a tenth of the lowest %v, want %v",
				name, r.Falls(), math.Log(r.Steepest())/math.Log(1.1), c.steepest, math.Log(10*r.LowestTenth())/math.Log(1.1), c.lowest)
		}
	}
	if r := curve(10, func(i int) float64 { return 2 - 0.1*float64(i) }); r.Falls() {
		t.Error("ten batches say nothing")
	}
	if r := new(training.RateTest); r.Falls() || r.Steepest() != 0 {
		t.Error("nor does none")
	}
}
