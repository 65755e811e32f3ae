package figures

import (
	"image"
	"math"
	"slices"
	"testing"
)

func TestLossesShowEveryKindOfRun(t *testing.T) {
	t.Parallel()
	train, validation := overfitted(20)
	spike := slices.Clone(validation)
	spike[12] = 2.3e5
	for _, test := range []struct {
		name              string
		train, validation []float64
		least             int // pixels of each curve; the legend has 230 of them
	}{
		{"one epoch", []float64{0.3}, []float64{0.2}, 240},
		{"overfitting", train, validation, 2500},
		{"a spike", train, spike, 2500},
		{"diverged", []float64{2, 3e5, 1e30, 1e33}, []float64{3, 1e7, 1e32, 1e35}, 1500},
		{"zero", make([]float64, 5), make([]float64, 5), 200},
		{"two hundred", slices.Repeat(train, 10), slices.Repeat(validation, 10), 2500},
	} {
		img := decode(t, mustDraw(t, func() ([]byte, error) { return Losses("title", "", test.train, test.validation, 1) }))
		if size := img.Bounds().Size(); size != image.Pt(1200, 720) {
			t.Errorf("%s: size %v", test.name, size)
		}
		blue, orange := shows(t, img, 0x1f77b4), shows(t, img, 0xff7f0e)
		if hidden := test.name == "zero"; orange < test.least || blue < test.least && !hidden {
			t.Errorf("%s: %d pixels of training, %d of validation", test.name, blue, orange)
		}
	}
}

// What is far above everything else does not flatten it.
func TestUsualLosses(t *testing.T) {
	batches, spikes, more := fallingLosses(3000), spiked(3000), fallingLosses(3000)
	for i := range 90 {
		more[2900+i] = 1e3 * float64(i+1)
	}
	largest := func(losses []float64) float64 { return slices.Max(losses) }
	for name, test := range map[string]struct {
		losses []float64
		want   float64
	}{
		"a usual run":              {batches, largest(batches)},
		"three spikes":             {spikes, largest(batches)},
		"too many to be outliers":  {more, largest(more)},
		"one":                      {[]float64{7}, 7},
		"an epoch, diverged":       {[]float64{0.3, 2e5}, 0.3},
		"a first epoch that falls": {[]float64{1, 0.2, 0.19, 0.18}, 1},
		"a first loss of nonsense": {[]float64{1e5, 0.4, 0.2, 0.19, 0.18}, 0.4},
		"from guessing to nothing": {append([]float64{2.4}, slices.Repeat([]float64{1e-3}, 200)...), 2.4},
		"a spike three times":      {[]float64{1, 1, 1, 2.9}, 2.9},
		"a spike above that":       {[]float64{1, 1, 1, 3.1}, 1},
		"growing for long":         {risingLosses(300)[:260], largest(risingLosses(300)[:260])},
		"negative":                 {[]float64{-5, -3, 8}, 8},
		"zeros":                    {[]float64{0, 0, 0, 1}, 0},
	} {
		if got := usual(slices.Sorted(slices.Values(test.losses)), test.losses[0]); got != test.want {
			t.Errorf("%s: up to %v, want %v", name, got, test.want)
		}
	}
}

func TestAboveTheAxis(t *testing.T) {
	for want, losses := range map[string][]float64{
		"":                                {1, 2, math.NaN()},
		"1 loss, 2.3e5, is above":         {1, 2, 2.345e5},
		"3 losses up to 2.3e5 are above":  {3, 1, 30, math.NaN(), 2.345e5},
		"2 losses up to 1.2e12 are above": {3, 1.234e12},
		"2 losses up to 40 are above":     {3, 40},
	} {
		if got := above(losses, 2); got != want {
			t.Errorf("%v: %q, want %q", losses, got, want)
		}
	}
	if got := short(0.0000712345); got != "7.123e-5" {
		t.Errorf("got %q", got)
	}
}
