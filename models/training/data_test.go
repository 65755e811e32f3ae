package training_test

import (
	"slices"
	"testing"

	"optlab/internal/check"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
	"optlab/random"
)

// Part 1 keeps the last, short training batch; part 4 drops it. Both have all
// images for validation and test.
func TestData(t *testing.T) {
	for _, c := range []struct {
		config                     models.Config
		train, batches, validation int
		low                        float32 // what black becomes
	}{
		{hyperparameter, 160, 4, 40, 0},
		{base, 144, 3, 33, -1}, // of 167 images, 23 do not fill a batch
	} {
		t.Run(string(c.config.Architecture), func(t *testing.T) {
			set := dataset()
			set.Test.Images[0] = 0
			set.Test.Images[1] = 255
			d, err := training.NewData(set, c.config.Architecture, 48, random.New(42))
			check.NoError(t, err)
			if d.Train.Len() != c.train || d.Train.Batches() != c.batches || d.Validation.Len() != c.validation || d.Test.Len() != 50 {
				t.Errorf("%d images in %d batches to train, %d to validate, %d to test",
					d.Train.Len(), d.Train.Batches(), d.Validation.Len(), d.Test.Len())
			}
			d.Test.Start(nil)
			x, labels := make([]float32, 50*side*side), make([]int, 50)
			check.NoError(t, d.Test.Next(x, labels))
			if x[0] != c.low || x[1] != 1 {
				t.Errorf("black became %v and white %v, want %v and 1", x[0], x[1], c.low)
			}
			for i, l := range labels {
				if l != int(set.Test.Labels[i]) {
					t.Fatalf("the test images are not in order")
				}
			}
		})
	}
}

// NumPy's split does not depend on the seed, random_split does and comes first.
func TestSplitDraws(t *testing.T) {
	stream := random.New(5)
	_, err := training.NewData(dataset(), models.HyperparameterModel, 16, stream)
	check.NoError(t, err)
	if stream.Uint32() != random.New(5).Uint32() {
		t.Error("part 1's split drew from the stream")
	}
	stream, want := random.New(5), random.New(5)
	_, err = training.NewData(dataset(), models.BaseNetwork, 16, stream)
	check.NoError(t, err)
	want.Perm(200)
	if stream.Uint32() != want.Uint32() {
		t.Error("part 4's split drew something else than a permutation")
	}
}

// Each epoch draws the training order, then the validation order, as two
// DataLoaders do: a base seed each and, if they shuffle, the order's seed.
func TestEpochDraws(t *testing.T) {
	for _, c := range []struct {
		config models.Config
		draws  int // seeds per epoch
	}{{hyperparameter, 4}, {base, 3}} {
		t.Run(string(c.config.Architecture), func(t *testing.T) {
			s := usual
			s.config = c.config
			want := s.trainer(t).Stream
			order := s.trainer(t)
			var labels [][]int
			order.OnStep = func(s training.Step) { labels = append(labels, slices.Clone(s.Pass.Labels)) }
			_, err := order.Run(t.Context())
			check.NoError(t, err)
			loader := s.trainer(t).Data.Train
			step := 0
			for range s.epochs {
				loader.Start(want)
				for n := loader.NextSize(); n > 0; n = loader.NextSize() {
					x, y := make([]float32, n*side*side), make([]int, n)
					check.NoError(t, loader.Next(x, y))
					if !slices.Equal(labels[step], y) {
						t.Fatalf("step %d has the images of another order", step)
					}
					step++
				}
				for range c.draws - 2 {
					want.Seed()
				}
			}
			if order.Stream.Uint64() != want.Uint64() {
				t.Error("the stream is elsewhere after the run")
			}
		})
	}
}

// Without dropout nothing is drawn from the masks' stream, and evaluation never
// draws from it.
func TestMaskDraws(t *testing.T) {
	s := usual
	s.config.Dropout = 0
	trainer, _ := s.run(t)
	if trainer.Masks.Uint64() != random.Derive(s.seed, "dropout").Uint64() {
		t.Error("masks were drawn without dropout")
	}
	trainer, _ = usual.run(t)
	state, err := trainer.Masks.MarshalBinary()
	check.NoError(t, err)
	fresh, err := random.Derive(usual.seed, "dropout").MarshalBinary()
	check.NoError(t, err)
	if slices.Equal(state, fresh) {
		t.Error("no masks were drawn with dropout")
	}
	_, err = training.NewEvaluator(trainer.Model).Evaluate(t.Context(), trainer.Data.Test, nil)
	check.NoError(t, err)
	after, err := trainer.Masks.MarshalBinary()
	check.NoError(t, err)
	if !slices.Equal(state, after) {
		t.Error("evaluation drew masks")
	}
}

func TestDataErrors(t *testing.T) {
	for _, c := range []struct {
		name         string
		set          *mnist.Dataset
		architecture models.Architecture
		batch        int
		parts        []string
	}{
		{"batch 0", dataset(), models.HyperparameterModel, 0, []string{"training data", "batch size 0"}},
		{"batch too large", dataset(), models.BaseNetwork, 168, []string{"training data", "167", "168"}},
		{"one image", &mnist.Dataset{Name: "single", Train: synthetic(1, 1), Test: synthetic(1, 1)}, models.BaseNetwork, 1, []string{"splitting single"}},
		{"no test images", &mnist.Dataset{Name: "none", Train: synthetic(20, 1), Test: new(mnist.Set)}, models.BaseNetwork, 1, []string{"test data"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := training.NewData(c.set, c.architecture, c.batch, random.New(1))
			check.Error(t, err, c.parts...)
		})
	}
	_, err := training.NewData(dataset(), models.HyperparameterModel, 1000, random.New(1))
	check.NoError(t, err) // one short batch
}
