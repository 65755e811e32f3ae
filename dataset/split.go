package dataset

import (
	"strings"

	"github.com/pkg/errors"

	"optlab/random"
)

// splitSeed is the notebook's np.random.seed(42). It is part of the split's
// definition: -seed does not change which images validate.
const splitSeed = 42

// Split names a way to divide the training images into those to train with and
// those to validate with.
type Split string

const (
	// NumPySplit is that of part 1 of the notebook: NumPy's permutation with
	// seed 42, four fifths to train. It draws nothing.
	NumPySplit Split = "numpy"
	// TorchSplit is that of part 4: torch's random_split, drawn from the run's
	// stream, with a sixth to validate: of 60 000 the notebook's 10 000.
	TorchSplit Split = "torch"
)

// divider divides the indices 0 … n−1, and may draw from the stream.
type divider func(n int, s *random.Stream) (train, validation []int, err error)

// splits has the function of every Split.
var splits = []struct {
	name   Split
	divide divider
}{
	{NumPySplit, func(n int, _ *random.Stream) (train, validation []int, err error) { return splitNumPy(n) }},
	{TorchSplit, func(n int, s *random.Stream) (train, validation []int, err error) {
		return splitTorch(n, max(1, n/6), s)
	}},
}

// Splits are all of them, in the order in which help texts list them.
func Splits() []Split {
	names := make([]Split, len(splits))
	for i, s := range splits {
		names[i] = s.name
	}
	return names
}

// find returns the function of the split, or an error that lists all splits.
func (p Split) find() (divider, error) {
	var names []string
	for _, split := range splits {
		if split.name == p {
			return split.divide, nil
		}
		names = append(names, string(split.name))
	}
	return nil, errors.Errorf("unknown split %q: want one of %s", p, strings.Join(names, ", "))
}

// splitNumPy divides the indices 0 … n−1 as part 1 of the notebook does: the
// permutation of NumPy's RandomState(42), cut after the first int(0.8·n) for
// training; the rest validates. It is an error if either part were empty.
func splitNumPy(n int) (train, val []int, err error) {
	trainSize := int(float64(n) * 0.8)
	if err := checkSplit(n, n-trainSize); err != nil {
		return nil, nil, err
	}
	train, val = cut(random.NumPyPermutation(splitSeed, n), trainSize)
	return train, val, nil
}

// splitTorch divides the indices 0 … n−1 at random as
// torch.utils.data.random_split(dataset, [n−val, val]) does: torch.randperm(n)
// drawn from s, whose last val indices validate. It is an error, and draws
// nothing, if either part were empty.
func splitTorch(n, val int, s *random.Stream) (trainIndices, valIndices []int, err error) {
	if err := checkSplit(n, val); err != nil {
		return nil, nil, err
	}
	trainIndices, valIndices = cut(s.Perm(n), n-val)
	return trainIndices, valIndices, nil
}

func checkSplit(n, val int) error {
	if val < 1 || val >= n {
		return errors.Errorf("cannot split %d images into %d to train and %d to validate: "+
			"each part needs at least one", n, n-val, val)
	}
	return nil
}

// cut divides p in front of index i. Appending to the first part does not
// overwrite the second.
func cut(p []int, i int) (first, second []int) { return p[:i:i], p[i:] }
