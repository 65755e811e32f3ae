package training

import (
	"cmp"
	"math"
	"slices"

	"optlab/internal/vec"
	"optlab/models"
)

// Mistake is a sample that a model takes for one of another class.
type Mistake struct {
	Sample           int     // its number in the pass, from 0
	Label, Predicted int     // the classes
	Probability      float64 // that the model gives to the predicted one, by softmax
}

// mostMistakes is how many mistakes Trainer.Test keeps.
const mostMistakes = 25

// worst are the most confident mistakes so far: those of the highest
// probability first, equals in the order of the samples. At most so many are
// kept as there is capacity.
type worst []Mistake

// add enters the mistakes of the last run of a pass, whose first sample has the
// given number. It goes through them one by one, in float64, so that what comes
// of it depends on the logits alone.
func (w *worst) add(pass *models.Pass, first int) {
	logits := pass.Logits()
	classes := len(logits) / len(pass.Labels)
	for i, label := range pass.Labels {
		row := logits[i*classes : (i+1)*classes]
		if predicted := vec.ArgMax(row); predicted != label {
			w.insert(Mistake{first + i, label, predicted, probability(row, predicted)})
		}
	}
}

// insert enters a mistake of a later sample than all there are.
func (w *worst) insert(m Mistake) {
	at, _ := slices.BinarySearchFunc(*w, m, func(a, b Mistake) int {
		if cmp.Compare(a.Probability, b.Probability) >= 0 {
			return -1
		}
		return 1
	})
	if at == cap(*w) {
		return
	}
	*w = slices.Insert((*w)[:min(len(*w), cap(*w)-1)], at, m)
}

// probability returns the softmax of logits at an index: e^z over the sum of
// all, with the largest taken off so that nothing overflows.
func probability(logits []float32, index int) float64 {
	largest, sum := slices.Max(logits), 0.0
	for _, z := range logits {
		sum += math.Exp(float64(z) - float64(largest))
	}
	return math.Exp(float64(logits[index])-float64(largest)) / sum
}
