package mnist

import (
	"github.com/pkg/errors"

	"optlab/random"
)

// splitSeed is the notebook's np.random.seed(42). It is part of the split's
// definition: -seed does not change which images validate.
const splitSeed = 42

// SplitNumPy divides the indices 0 … n−1 as part 1 of the notebook does: the
// permutation of NumPy's RandomState(42), cut after the first int(0.8·n) for
// training; the rest validates. It is an error if either part were empty.
func SplitNumPy(n int) (train, val []int, err error) {
	trainSize := int(float64(n) * 0.8)
	if err := checkSplit(n, n-trainSize); err != nil {
		return nil, nil, err
	}
	train, val = cut(random.NumPyPermutation(splitSeed, n), trainSize)
	return train, val, nil
}

// SplitRandom divides the indices 0 … n−1 at random as
// torch.utils.data.random_split(dataset, [n−val, val]) does: torch.randperm(n)
// drawn from s, whose last val indices validate. It is an error, and draws
// nothing, if either part were empty. See [ValidationSize] for val.
func SplitRandom(n, val int, s *random.Stream) (trainIndices, valIndices []int, err error) {
	if err := checkSplit(n, val); err != nil {
		return nil, nil, err
	}
	trainIndices, valIndices = cut(s.Perm(n), n-val)
	return trainIndices, valIndices, nil
}

// ValidationSize returns how many of n training images to validate with in
// [SplitRandom]: a sixth, which of 60 000 makes the notebook's 10 000.
func ValidationSize(n int) int { return max(1, n/6) }

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
