package dataset

import (
	"github.com/pkg/errors"

	"optlab/random"
)

// EvaluationBatch is the number of samples evaluated at once. Results do not
// depend on it; the speed does.
const EvaluationBatch = 1000

// Preparation says how a data set is made ready for training and testing.
type Preparation struct {
	Split  Split      `json:"split"`
	Pixels PixelRange `json:"pixels"`
	// DropLast leaves out a last training batch that is not full.
	DropLast bool `json:"drop_last"`
	// ShuffleValidation draws an order for every validation, as part 1 of the
	// notebook does: the result is the same, but the stream moves on.
	ShuffleValidation bool `json:"shuffle_validation"`
}

// Validate returns an error that says what is wrong with p, or nil.
func (p Preparation) Validate() error {
	if _, err := p.Split.find(); err != nil {
		return err
	}
	_, _, err := p.Pixels.coefficients()
	return err
}

// Loaders are what a run takes its samples from.
type Loaders struct {
	Train, Validation, Test *Loader
}

// Prepare makes the loaders of a set: shuffled batches to train, the rest of
// the training images to validate, and the test images. The split, where it is
// random, is drawn from stream. threads bounds the threads that gather a batch,
// 0 for as many as there are. It is an error if the preparation has an unknown
// name, if batch is below 1 or if any part were empty.
func Prepare(set *Set, p Preparation, batch int, stream *random.Stream, threads int) (*Loaders, error) {
	divide, err := p.Split.find()
	if err != nil {
		return nil, err
	}
	train, validation, err := divide(set.Train.Len(), stream)
	if err != nil {
		return nil, errors.WithMessagef(err, "splitting %s", set.Name)
	}
	l := new(Loaders)
	for _, part := range []struct {
		what    string
		images  *Images
		indices []int
		config  LoaderConfig
		into    **Loader
	}{
		{"training data", set.Train, train, LoaderConfig{BatchSize: batch, Shuffle: true, DropLast: p.DropLast}, &l.Train},
		{"validation data", set.Train, validation, LoaderConfig{BatchSize: EvaluationBatch, Shuffle: p.ShuffleValidation}, &l.Validation},
		{"test data", set.Test, nil, LoaderConfig{BatchSize: EvaluationBatch}, &l.Test},
	} {
		part.config.Pixels, part.config.Threads = p.Pixels, threads
		if *part.into, err = NewLoader(part.images, part.indices, part.config); err != nil {
			return nil, errors.WithMessage(err, part.what)
		}
	}
	return l, nil
}
