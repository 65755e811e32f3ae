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
// the training images to validate, and the test images; of each part the first
// limit, or all if that is 0. The split, where it is random, is drawn from
// stream. threads bounds the threads that gather a batch, 0 for as many as
// there are. It is an error if the preparation has an unknown name, if batch is
// below 1, if limit is negative or if any part were empty.
func Prepare(set *Set, p Preparation, batch, limit int, stream *random.Stream, threads int) (*Loaders, error) {
	divide, err := p.Split.find()
	if err != nil {
		return nil, err
	}
	if limit < 0 {
		return nil, errors.Errorf("the first %d samples of each part: want at least 1, or 0 for all", limit)
	}
	train, validation, err := divide(set.Train.Len(), stream)
	if err != nil {
		return nil, errors.WithMessagef(err, "splitting %s", set.Name)
	}
	var test []int // nil: all
	for i := range min(limit, set.Test.Len()) {
		test = append(test, i)
	}
	l := new(Loaders)
	for _, part := range []struct {
		what    string
		images  *Images
		indices []int
		config  LoaderConfig
		into    **Loader
	}{
		{"training data", set.Train, first(limit, train), LoaderConfig{BatchSize: batch, Shuffle: true, DropLast: p.DropLast}, &l.Train},
		{"validation data", set.Train, first(limit, validation), LoaderConfig{BatchSize: EvaluationBatch, Shuffle: p.ShuffleValidation}, &l.Validation},
		{"test data", set.Test, test, LoaderConfig{BatchSize: EvaluationBatch}, &l.Test},
	} {
		part.config.Pixels, part.config.Threads = p.Pixels, threads
		if *part.into, err = NewLoader(part.images, part.indices, part.config); err != nil {
			return nil, errors.WithMessage(err, part.what)
		}
	}
	return l, nil
}

// first returns the first limit of the indices, or all if that is 0.
func first(limit int, indices []int) []int {
	if limit == 0 {
		return indices
	}
	return indices[:min(limit, len(indices))]
}
