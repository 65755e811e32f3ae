package training_test

import (
	"slices"
	"testing"

	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
	"optlab/random"
)

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
	_, err = training.NewEvaluator(trainer.Model, 0).Evaluate(t.Context(), trainer.Data.Test, nil)
	check.NoError(t, err)
	after, err := trainer.Masks.MarshalBinary()
	check.NoError(t, err)
	if !slices.Equal(state, after) {
		t.Error("evaluation drew masks")
	}
}
