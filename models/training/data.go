package training

import (
	"github.com/pkg/errors"

	"optlab/mnist"
	"optlab/models"
	"optlab/random"
)

// EvaluationBatch is the number of samples evaluated at once. The result does
// not depend on it; the speed does.
const EvaluationBatch = 1000

// Data are the loaders of a run.
type Data struct {
	Train, Validation, Test *mnist.Loader
}

// NewData makes the loaders that the lab uses for an architecture:
//
//   - HyperparameterModel (part 1 of the notebook): pixels in [0, 1]; NumPy's
//     split with seed 42, four fifths to train; validation shuffled like training
//     (which draws from the stream, though the result is the same).
//   - BaseNetwork (part 4): pixels in [−1, 1]; torch's random_split drawn from
//     stream, a sixth to validate; a last, short training batch is dropped.
//
// batch is the size of a training batch, at least 1.
func NewData(set *mnist.Dataset, architecture models.Architecture, batch int, stream *random.Stream) (*Data, error) {
	part1 := architecture == models.HyperparameterModel
	n := set.Train.Len()
	var train, validation []int
	var err error
	if part1 {
		train, validation, err = mnist.SplitNumPy(n)
	} else {
		train, validation, err = mnist.SplitRandom(n, mnist.ValidationSize(n), stream)
	}
	if err != nil {
		return nil, errors.WithMessagef(err, "splitting %s", set.Name)
	}
	trainConfig := mnist.LoaderConfig{BatchSize: batch, Shuffle: true}
	validationConfig := mnist.LoaderConfig{BatchSize: EvaluationBatch, Shuffle: part1}
	testConfig := mnist.LoaderConfig{BatchSize: EvaluationBatch}
	if !part1 {
		trainConfig.DropLast = true
		for _, c := range []*mnist.LoaderConfig{&trainConfig, &validationConfig, &testConfig} {
			c.Normalization = mnist.Symmetric
		}
	}
	d := new(Data)
	if d.Train, err = mnist.NewLoader(set.Train, train, trainConfig); err != nil {
		return nil, errors.WithMessage(err, "training data")
	}
	if d.Validation, err = mnist.NewLoader(set.Train, validation, validationConfig); err != nil {
		return nil, errors.WithMessage(err, "validation data")
	}
	d.Test, err = mnist.NewLoader(set.Test, nil, testConfig)
	return d, errors.WithMessage(err, "test data")
}
