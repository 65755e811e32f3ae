package training_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/graph"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
)

// The size of the images, and their classes.
const side, classes = blocks.Side, 10

func syntheticSet() *dataset.Set {
	images := func(n int, seed uint64) *dataset.Images {
		return blocks.Images(rand.New(rand.NewPCG(seed, 0)), n, classes)
	}
	return &dataset.Set{Name: "synthetic", Classes: make([]string, classes), Train: images(200, 1), Test: images(50, 2)}
}

// The two networks of the lab, for the synthetic images.
var (
	hyperparameter = models.Hyperparameter([]int{side * side, 16, 10}, 0.2)
	base           = models.Base(graph.Tanh, side*side, 10, []int{16})
)

// setup is what a small run is made of.
type setup struct {
	config    models.Config
	optimizer string // momentum if empty
	rate      float64
	batch     int
	epochs    int
	seed      uint64
	folder    string
}

var usual = setup{config: hyperparameter, rate: 0.1, batch: 48, epochs: 4, seed: 42}

// trainer returns the trainer of the experiment that s is.
func (s setup) trainer(t testing.TB) *training.Trainer {
	t.Helper()
	c := experiment.Default(s.config.Architecture)
	c.Model, c.Batch, c.Epochs, c.Seed = s.config, s.batch, s.epochs, s.seed
	c.Optimizer = optimizers.Config{Name: s.optimizer, LearningRate: s.rate}
	if s.optimizer == "" {
		c.Optimizer.Name = "momentum"
	}
	e, err := experiment.New(c, syntheticSet())
	check.NoError(t, err)
	e.Dir.Path = s.folder
	return e.Trainer
}

// run trains and returns what came of it.
func (s setup) run(t testing.TB) (*training.Trainer, *training.History) {
	t.Helper()
	trainer := s.trainer(t)
	h, err := trainer.Run(t.Context())
	check.NoError(t, err)
	return trainer, h
}

// bits returns the bits of all parameters, to compare models by.
func bits(m *models.Model) []uint32 {
	var all []uint32
	for _, p := range m.Parameters() {
		for _, x := range p.Data() {
			all = append(all, math.Float32bits(x))
		}
	}
	return all
}

// equalNumbers reports whether two histories agree in all but the times.
func equalNumbers(a, b *training.History) bool {
	sameButTime := func(x, y training.Epoch) bool {
		x.Seconds, y.Seconds = 0, 0
		return x == y
	}
	return slices.Equal(a.TrainLosses, b.TrainLosses) && a.BatchesPerEpoch == b.BatchesPerEpoch &&
		slices.EqualFunc(a.Epochs, b.Epochs, sameButTime)
}

// accuracies returns the validation accuracies.
func accuracies(h *training.History) []float64 {
	return h.Column(func(e training.Epoch) float64 { return e.ValidationAccuracy })
}

func readFile(t *testing.T, elements ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elements...))
	check.NoError(t, err)
	return data
}
