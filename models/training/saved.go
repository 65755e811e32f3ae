package training

import (
	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/atomicfile"
	"optlab/models"
)

// Saved is what the checkpoint of a run has of the run so far.
type Saved struct {
	History *History

	best map[string]*tensor.Dense
}

// ReadSaved reads the checkpoint in a folder without what it was written with:
// that of a run of at most so many epochs. One that is not there, or damaged,
// is an error.
func ReadSaved(dir atomicfile.Dir, epochs int) (*Saved, error) {
	f, err := readCheckpoint(dir, epochs, nil)
	if err != nil {
		return nil, err
	}
	h, err := decodeHistory(f)
	if err != nil {
		return nil, errors.WithMessagef(err, "reading %s", dir.File(LastFile))
	}
	return &Saved{History: h, best: withPrefix(f, bestPrefix)}, nil
}

// BestDigest returns the SHA-256, in hexadecimal, of the file that WriteBest
// writes.
func (s *Saved) BestDigest() (string, error) {
	digest, err := models.StateDictDigest(s.best)
	return digest, errors.WithMessage(err, "the best parameters")
}

// WriteBest writes the best parameters to BestFile in a folder, as the run did.
func (s *Saved) WriteBest(dir atomicfile.Dir) error {
	return errors.WithMessage(models.WriteStateDict(dir, BestFile, s.best), "saving the best parameters")
}
