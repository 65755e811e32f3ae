package training

import (
	"path/filepath"

	"github.com/pkg/errors"

	"optlab/models"
)

// Names of the files that a run keeps in its folder.
const (
	BestFile = "model.safetensors"      // the best parameters on validation
	LastFile = "checkpoint.safetensors" // all that going on after the last epoch takes
)

// Files keeps the best and the last state of a run. The zero value keeps
// nothing.
type Files struct{ Folder string }

// saveBest writes the parameters of m under PyTorch's names.
func (f Files) saveBest(m *models.Model) error {
	if f.Folder == "" {
		return nil
	}
	return errors.WithMessage(m.Save(filepath.Join(f.Folder, BestFile)), "saving the best parameters")
}
