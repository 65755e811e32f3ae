package experiment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/models/training"
)

// finished returns the results of the run in a folder if it has finished and
// all its files are whole; without them why there is something to do again,
// empty if the run has just not finished.
func (e *Experiment) finished(dir folder.Folder) (results *training.Results, why string, err error) {
	c, err := dir.Check()
	if err != nil {
		return nil, "", &folder.DamagedError{Err: err}
	}
	if !c.Sealed && !c.Unsealed {
		return nil, "", nil
	}
	if slices.Contains(c.Damaged, ResultsFile) || slices.Contains(c.Damaged, folder.ConfigFile) {
		return nil, "", &folder.DamagedError{Err: errors.Errorf("%s: not as the run wrote it", list(dir, c.Damaged))}
	}
	if bad := append(c.Damaged, c.Missing...); len(bad) > 0 {
		if c.Lacks(training.LastFile) {
			return nil, "", &folder.DamagedError{Err: errors.Errorf("%s: damaged or missing, and without the checkpoint not to be made again", list(dir, bad))}
		}
		return nil, fmt.Sprintf("%s: damaged or missing, made again from the checkpoint", list(dir, bad)), nil
	}
	results, err = readResults(dir)
	if err != nil || results == nil || c.Sealed {
		return results, "", err
	}
	// A folder of the version before has no manifest. Its checkpoint has a
	// digest, and the history that the results must have as well.
	if len(results.Epochs) == 0 {
		return results, "", nil // and no checkpoint
	}
	saved, err := training.ReadSaved(dir.Dir(), e.config.Epochs)
	if err == nil {
		err = ofOneRun(dir, results, saved)
	}
	if err != nil {
		return nil, "", &folder.DamagedError{Err: err}
	}
	return results, "", nil
}

// ofOneRun returns an error unless results and checkpoint are of the same run.
func ofOneRun(dir folder.Folder, results *training.Results, saved *training.Saved) error {
	if !results.History.Equal(saved.History) {
		return errors.Errorf("%s is not of the run whose checkpoint is beside it", dir.File(ResultsFile))
	}
	return nil
}

// list names files in a folder.
func list(dir folder.Folder, names []string) string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = dir.File(name)
	}
	return strings.Join(paths, ", ")
}
