package training_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"optlab/graph"
	"optlab/internal/check"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
	"optlab/random"
)

// The size of the images of synthetic.
const side = 8

// synthetic returns n images whose class shows: of class c, six pixels from 6·c
// on are bright, the others dim noise.
func synthetic(n int, seed uint64) *mnist.Set {
	rng := rand.New(rand.NewPCG(seed, 0))
	set := &mnist.Set{Rows: side, Cols: side}
	for range n {
		class := rng.IntN(mnist.Classes)
		for pixel := range side * side {
			value := rng.IntN(60)
			if pixel/6 == class {
				value = 150 + rng.IntN(100)
			}
			set.Images = append(set.Images, byte(value))
		}
		set.Labels = append(set.Labels, byte(class))
	}
	return set
}

func dataset() *mnist.Dataset {
	return &mnist.Dataset{Name: "synthetic", Train: synthetic(200, 1), Test: synthetic(50, 2)}
}

// The two networks of the lab, for the synthetic images.
var (
	hyperparameter = models.Hyperparameter([]int{side * side, 16, 10}, 0.2)
	base           = models.Base(graph.Tanh, side*side, 10, []int{16})
)

// setup is what a small run is made of.
type setup struct {
	config    models.Config
	optimizer string
	rate      float64
	batch     int
	epochs    int
	seed      uint64
	folder    string
}

var usual = setup{config: hyperparameter, optimizer: "momentum", rate: 0.1, batch: 48, epochs: 4, seed: 42}

// trainer draws from the seed as the command does.
func (s setup) trainer(t testing.TB) *training.Trainer {
	t.Helper()
	stream := random.New(s.seed)
	data, err := training.NewData(dataset(), s.config.Architecture, s.batch, stream)
	check.NoError(t, err)
	m, err := models.New(s.config)
	check.NoError(t, err)
	check.NoError(t, m.Initialize(models.NewInitializer(models.Torch), stream))
	optimizer, err := optimizers.New(optimizers.Config{Name: s.optimizer, LearningRate: s.rate})
	check.NoError(t, err)
	return &training.Trainer{
		Model: m, Optimizer: optimizer, Data: data, Epochs: s.epochs,
		Stream: stream, Masks: random.Derive(s.seed, "dropout"), Files: training.Files{Folder: s.folder},
	}
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
	return slices.Equal(a.TrainLosses, b.TrainLosses) && slices.Equal(a.TrainScores, b.TrainScores) &&
		slices.Equal(a.ValLosses, b.ValLosses) && slices.Equal(a.ValScores, b.ValScores) &&
		a.BestEpoch == b.BestEpoch && a.BatchesPerEpoch == b.BatchesPerEpoch
}

func readFile(t *testing.T, elements ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elements...))
	check.NoError(t, err)
	return data
}
