package figures

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func ExamplemovingMean() {
	losses := []float64{6, 3, 3, 0, 3}
	fmt.Println(movingMean(losses, 3))
	fmt.Println(movingMean(losses, 6))
	// Output:
	// [4 2 2]
	// []
}

// exactMean rounds only once, at the end.
func exactMean(values []float64) float64 {
	sum := new(big.Float).SetPrec(2000)
	for _, v := range values {
		sum.Add(sum, big.NewFloat(v))
	}
	mean, _ := sum.Quo(sum, big.NewFloat(float64(len(values)))).Float64()
	return mean
}

func TestMovingMeanIsTheMeanOfEveryWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 0, 60).Draw(t, "values")
		window := rapid.IntRange(-1, 70).Draw(t, "window")
		means := movingMean(values, window)
		want := len(values) - window + 1
		if window < 1 || want < 1 {
			if means != nil {
				t.Fatalf("%d means of %d values, window %d; want nil", len(means), len(values), window)
			}
			return
		}
		if len(means) != want {
			t.Fatalf("%d means of %d values, window %d; want %d", len(means), len(values), window, want)
		}
		for i, mean := range means {
			part, size := values[i:i+window], 0.0
			for _, v := range part {
				size += math.Abs(v)
			}
			// The error bound of a plain sum, n·ε·Σ|v|.
			if tolerance := size * 0x1p-52; math.Abs(mean-exactMean(part)) > tolerance {
				t.Fatalf("mean %d is %v, want %v ± %v", i, mean, exactMean(part), tolerance)
			}
		}
	})
}

// A running sum would keep an outlier's rounding error for the rest of the
// series, and a NaN for ever.
func TestMovingMeanForgetsWhatLeftTheWindow(t *testing.T) {
	values := make([]float64, 60_000)
	for i := range values {
		values[i] = 0.1
	}
	values[100], values[30_000] = 1e18, math.NaN()
	for i, mean := range movingMean(values, 50) {
		inside := func(j int) bool { return j >= i && j < i+50 }
		switch {
		case inside(30_000):
			if !math.IsNaN(mean) {
				t.Fatalf("mean %d over a NaN is %v", i, mean)
			}
		case inside(100):
			if math.Abs(mean-2e16) > 100 {
				t.Fatalf("mean %d over an outlier is %v", i, mean)
			}
		case math.Abs(mean-0.1) > 1e-15:
			t.Fatalf("mean %d is %v, want 0.1", i, mean)
		}
	}
}
