package figures

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// alike is a comparison in which a run has the same losses twice.
func alike(name string, accuracies, losses [][]float64) Compared {
	return Compared{Name: name, TrainLosses: losses, ValidationLosses: losses, ValidationAccuracies: accuracies}
}

// comparedRuns are three rates, the first with three seeds and the last of
// another magnitude; shift is added to a number of a seed.
func comparedRuns(shift float64) []Compared {
	train, validation := accuracies(20)
	losses := fallingLosses(60)
	var seeds Compared
	for i := range 3 {
		accuracy := slices.Clone(validation)
		for j := range accuracy {
			accuracy[j] -= 0.004 * float64(i)
		}
		accuracy[10] += shift
		seeds.TrainLosses = append(seeds.TrainLosses, losses[20*i:20*i+20-i])
		seeds.ValidationLosses = append(seeds.ValidationLosses, losses[20*i:20*i+20-i])
		seeds.ValidationAccuracies = append(seeds.ValidationAccuracies, accuracy[:20-i])
	}
	seeds.Name = "lr 0.1"
	large := make([]float64, 9)
	for i := range large {
		large[i] = 40 + 2*math.Sin(float64(i))
	}
	return []Compared{
		seeds,
		alike("lr 0.01", [][]float64{train[:9]}, [][]float64{losses[20:29]}),
		alike("lr 3", [][]float64{train[3:12]}, [][]float64{large}),
		alike("lr 10", [][]float64{{}}, [][]float64{{}}),
	}
}

func TestComparisonErrors(t *testing.T) {
	one, nan := [][]float64{{0.5}}, [][]float64{{math.NaN()}}
	for _, c := range []struct {
		accuracies, losses [][]float64
		want               string
	}{
		{nil, nil, "no run has an epoch"},
		{[][]float64{{}}, [][]float64{{}}, "no run has an epoch"},
		{nil, one, "1 runs, validation losses of 1 and accuracies of 0"},
		{one, [][]float64{{1, 2}}, "2 validation losses and 1 accuracies"},
		{[][]float64{{50}}, one, "outside [0, 1]"},
		{nan, one, "outside [0, 1]"},
		{one, nan, "loss of NaN"},
		{one, [][]float64{{math.Inf(1)}}, "loss of +Inf"},
	} {
		if _, err := Comparison("", []Compared{alike("sgd", c.accuracies, c.losses)}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	if _, err := Comparison("", nil); err == nil {
		t.Error("nothing is compared")
	}
}

// A single epoch, equal runs, more runs than colors and more than have room are
// drawn.
func TestComparisonExtremes(t *testing.T) {
	mustDraw(t, func() ([]byte, error) {
		return Comparison("One", []Compared{alike("sgd", [][]float64{{1}}, [][]float64{{0}})})
	})
	for _, n := range []int{25, 200} {
		var many []Compared
		for i := range n {
			values := [][]float64{{0.5, 0.6}}
			many = append(many, alike(strings.Repeat("run ", i%9+1)+string(rune('a'+i%26)), values, values))
		}
		mustDraw(t, func() ([]byte, error) { return Comparison("Many", many, "a note", strings.Repeat("long ", 100)) })
	}
}

// A mean is of all runs or not at all; a band reaches to each of them.
func TestBundle(t *testing.T) {
	b := newBundle("x", [][]float64{{1, 2, 3}, {}, {3, 6}}, 10)
	if !b.several || !slices.Equal(b.mean, []float64{20, 40}) || !slices.Equal(b.low, []float64{10, 20}) || !slices.Equal(b.high, []float64{30, 60}) {
		t.Errorf("%+v", b)
	}
	if b := newBundle("x", [][]float64{{}, {3, 6}}, 1); b.several || len(b.mean) != 2 {
		t.Errorf("of one run with epochs: %+v", b)
	}
}
