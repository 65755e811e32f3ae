package training_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"optlab/dataset"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
)

// plainMistakes returns all mistakes of a network with one hidden layer of
// ReLU on the test images, as the formulas say, the most confident first.
func plainMistakes(m *models.Model) (all []training.Mistake) {
	p, set := m.Parameters(), syntheticSet().Test
	for i := range set.Len() {
		var hidden, logits []float64
		for h, bias := range p[1].Data() {
			z := float64(bias)
			for j, pixel := range set.Image(i) {
				z += float64(p[0].Data()[h*set.Features()+j]) * float64(pixel) / 255
			}
			hidden = append(hidden, max(z, 0))
		}
		sum := 0.0
		for k, bias := range p[3].Data() {
			z := float64(bias)
			for h, x := range hidden {
				z += float64(p[2].Data()[k*len(hidden)+h]) * x
			}
			logits = append(logits, z)
			sum += math.Exp(z)
		}
		predicted := slices.Index(logits, slices.Max(logits))
		if label := int(set.Labels[i]); predicted != label {
			all = append(all, training.Mistake{Sample: i, Label: label, Predicted: predicted, Probability: math.Exp(logits[predicted]) / sum})
		}
	}
	slices.SortStableFunc(all, func(a, b training.Mistake) int { return cmp.Compare(b.Probability, a.Probability) })
	return all
}

func TestMistakes(t *testing.T) {
	for _, epochs := range []int{1, 12} {
		s := usual
		s.epochs = epochs
		trainer, _ := s.run(t)
		e, err := trainer.Test(t.Context())
		check.NoError(t, err)
		all := plainMistakes(trainer.Model)
		want := all[:min(25, len(all))]
		t.Logf("%d epochs: %d mistakes", epochs, len(all))
		if epochs == 1 && len(all) <= 25 || epochs == 12 && (len(all) == 0 || len(all) >= 25) {
			t.Errorf("%d mistakes after %d epochs: not what is to be tested", len(all), epochs)
		}
		var right []int
		for i := range syntheticSet().Test.Len() {
			if !slices.ContainsFunc(all, func(m training.Mistake) bool { return m.Sample == i }) {
				right = append(right, i)
			}
		}
		trainer.Data.Test, err = dataset.NewLoader(syntheticSet().Test, right, dataset.LoaderConfig{BatchSize: 7, Pixels: dataset.UnitInterval})
		check.NoError(t, err)
		none, err := trainer.Test(t.Context())
		check.NoError(t, err)
		if none.Mistakes != nil || none.Accuracy != 1 {
			t.Errorf("of samples without a mistake there are %+v", none.Mistakes)
		}
		if len(e.Mistakes) != len(want) {
			t.Fatalf("%d mistakes, want %d", len(e.Mistakes), len(want))
		}
		for i, m := range e.Mistakes {
			w := want[i]
			if m.Sample != w.Sample || m.Label != w.Label || m.Predicted != w.Predicted || math.Abs(m.Probability-w.Probability) > 1e-5 {
				t.Errorf("mistake %d is %+v, want %+v", i+1, m, w)
			}
		}
	}
}

// Equals come in the order of the samples.
func TestMistakesOfEqualProbability(t *testing.T) {
	trainer := usual.trainer(t)
	for _, p := range trainer.Model.Parameters() {
		clear(p.Data()) // each class is as probable, and the first of them predicted
	}
	e, err := trainer.Test(t.Context())
	check.NoError(t, err)
	sample := -1
	for _, m := range e.Mistakes {
		for sample++; syntheticSet().Test.Labels[sample] == 0; sample++ {
		}
		if want := (training.Mistake{Sample: sample, Label: int(syntheticSet().Test.Labels[sample]), Probability: 0.1}); m != want {
			t.Errorf("%+v, want %+v", m, want)
		}
	}
	if len(e.Mistakes) != 25 {
		t.Errorf("%d mistakes", len(e.Mistakes))
	}
}

// The mistakes are the same on any number of threads, and only of a test.
func TestMistakesOnThreads(t *testing.T) {
	var first []training.Mistake
	for threads := range 5 {
		trainer := usual.trainer(t)
		trainer.Threads = threads
		_, err := trainer.Run(t.Context())
		check.NoError(t, err)
		for range 2 {
			e, err := trainer.Test(t.Context())
			check.NoError(t, err)
			if first == nil {
				first = e.Mistakes
			}
			if len(first) == 0 || !slices.Equal(e.Mistakes, first) {
				t.Errorf("with %d threads the mistakes are %+v, with others %+v", threads, e.Mistakes, first)
			}
		}
		e, err := training.NewEvaluator(trainer.Model, threads).Evaluate(t.Context(), trainer.Data.Test, nil)
		check.NoError(t, err)
		if e.Mistakes != nil {
			t.Errorf("an evaluation has the mistakes %+v", e.Mistakes)
		}
	}
}
