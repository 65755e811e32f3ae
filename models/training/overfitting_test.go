package training_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"optlab/models/training"
)

// epochs returns a history with the losses of its epochs.
func epochs(train, validation []float64) *training.History {
	h := new(training.History)
	for i, l := range validation {
		h.Epochs = append(h.Epochs, training.Epoch{Number: i + 1, TrainLoss: train[i], ValidationLoss: l})
	}
	return h
}

func TestOverfitsFrom(t *testing.T) {
	falls := []float64{9, 8, 7, 6, 5, 4, 3, 2, 1}
	down := slices.Concat([]float64{12, 11, 10}, falls)
	for _, c := range []struct {
		name              string
		train, validation []float64 // training may have more
		want              int
	}{
		{"no epoch", nil, nil, 0},
		{"one epoch", falls, []float64{3}, 0},
		{"two, the second higher", falls, []float64{3, 4}, 0},
		{"monotone fall", falls, []float64{9, 7, 5, 4, 3, 2.5}, 0},
		{"constant", falls, []float64{2, 2, 2, 2, 2}, 0},
		{"a rise", falls, []float64{5, 3, 2, 2.5, 3, 4}, 4},
		{"a rise from the start", falls, []float64{2, 3, 4}, 2},
		{"a rise in the last epoch alone", falls, []float64{5, 4, 3, 2, 4}, 0},
		{"a rise in the last two", falls, []float64{5, 4, 3, 2, 3, 4}, 5},
		{"a rise with ups and downs", falls, []float64{5, 3, 2, 2.6, 2.4, 3.2, 3.0, 4}, 4},
		{"up and down", falls, []float64{5, 3, 3.3, 2.9, 3.2, 2.95, 3.3, 3.1, 3.2}, 0},
		{"a fall with ups as high as the end", falls, []float64{5, 4, 4.5, 3, 2, 2.4, 2.9}, 0},
		{"up, and down again", falls, []float64{5, 3, 4, 5, 6, 4, 3.5}, 0},
		{"up, and flat", falls, []float64{5, 3, 4, 4, 4, 4}, 3},
		{"a long rise with ups and downs", down, []float64{5, 3, 3.4, 3.1, 3.3, 3.6, 3.3, 3.6, 3.5, 3.8, 3.7, 3.8}, 3},
		{"the same, cut short", down, []float64{5, 3, 3.4, 3.1, 3.3, 3.6, 3.2}, 0},
		{"training rises too", []float64{3, 2, 1, 2, 3, 4}, []float64{5, 3, 2, 2.5, 3, 4}, 0},
		{"training rises from the lowest on", []float64{5, 4, 3, 3.1, 3.2, 3.3}, []float64{5, 3, 2, 2.5, 3, 4}, 0},
		{"training goes up and down", []float64{5, 4, 3, 3.5, 2.5, 2.9}, []float64{5, 3, 2, 2.5, 3, 4}, 0},
		{"training is constant", []float64{3, 3, 3, 3, 3, 3}, []float64{5, 3, 2, 2.5, 3, 4}, 0},
		{"diverged", []float64{2, 5, 1e9, 1e30}, []float64{3, 7, 1e12, 3e38}, 0},
		{"a spike", falls, []float64{5, 4, 3, 1e9, 2.5, 2}, 0},
		{"not a number", falls, []float64{5, 3, math.NaN(), 4, 5}, 0},
		{"two lowest", falls, []float64{5, 2, 2, 3, 4}, 3},
	} {
		h := epochs(c.train, c.validation)
		before := slices.Clone(h.Epochs)
		if got := h.OverfitsFrom(); got != c.want {
			t.Errorf("%s: from %d, want %d", c.name, got, c.want)
		}
		if len(before) > 0 && !math.IsNaN(c.validation[len(c.validation)/2]) && !slices.Equal(h.Epochs, before) {
			t.Errorf("%s: the history was changed", c.name)
		}
	}
}

// Noise on a validation loss that has settled is no overfitting, and on one
// that rises it hides none.
func TestOverfitsFromNoise(t *testing.T) {
	const runs, length, noise = 1000, 20, 0.01
	rng := rand.New(rand.NewPCG(3, 4))
	settled, rising, early := 0, 0, 0
	for range runs {
		var train, flat, up []float64
		for i := range length {
			x := float64(i)
			train = append(train, math.Exp(-x/8))
			flat = append(flat, 0.3+math.Exp(-x)+noise*rng.NormFloat64())
			up = append(up, 0.3+math.Exp(-x)+0.02*x+noise*rng.NormFloat64())
		}
		if epochs(train, flat).OverfitsFrom() > 0 {
			settled++
		}
		switch from := epochs(train, up).OverfitsFrom(); {
		case from > 8:
			early++
		case from > 0:
			rising++
		}
	}
	t.Logf("of %d runs that settle %d overfit, of those that rise %d", runs, settled, rising)
	if settled > 2*runs/100 || rising < runs*95/100 || early > 0 {
		t.Errorf("of %d runs that settle %d overfit, of those that rise %d, and %d too late", runs, settled, rising, early)
	}
}
