package experiment

import (
	"io/fs"
	"slices"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/models/training"
)

// How a run stands beside the ways in which one ends.
const (
	Running training.Status = "running" // a command is at work on it
	Damaged training.Status = "damaged" // not all its files are as it wrote them
)

// Seen is what there is to see of the run in a folder.
type Seen struct {
	Path   string
	Status training.Status
	// Problem says what is damaged or missing, nil if nothing is.
	Problem error
	// Config is the run's, nil where it cannot be read.
	Config *Config
	// Results are as far as there are any; of a run that has not finished the
	// epochs that it has.
	Results training.Results
}

// Look looks at the run in a folder as [Check] does, without making anything
// again: it reads alone, and takes no lock. A run that a command is at work on
// may change meanwhile.
func Look(path string) Seen {
	dir := folder.Folder{Path: path, Files: Files}
	s := Seen{Path: path, Status: training.Interrupted}
	if s.replaced(dir) {
		return s
	}
	c, err := examine(dir)
	var config Config
	if readErr := dir.Read(&config); readErr == nil {
		s.Config = &config
	} else if err == nil {
		err = readErr
	}
	if s.Config != nil {
		if readErr := s.read(dir, c); err == nil {
			err = readErr
		}
	}
	if bad := slices.Concat(c.Damaged, c.Missing); err != nil || len(bad) > 0 {
		_, s.Problem = c.verdict(dir, err)
		s.Status = Damaged
	}
	if dir.Writing() && !(c.finished && s.Problem == nil) {
		s.Status, s.Problem = Running, nil
	}
	return s
}

// replaced reports whether the folder has nothing but the configuration of a
// run that is to take the place of another one.
func (s *Seen) replaced(dir folder.Folder) bool {
	_, err := dir.Digest(folder.ConfigFile)
	recorded := dir.Recorded()
	if !errors.Is(err, fs.ErrNotExist) || len(recorded) == 0 {
		return false
	}
	var config Config
	if s.Problem = config.UnmarshalJSON(recorded[0]); s.Problem != nil {
		s.Status = Damaged
		return true
	}
	s.Config = &config
	if dir.Writing() {
		s.Status = Running
	}
	return true
}

// read reads the results of a run, or what there is of them.
func (s *Seen) read(dir folder.Folder, c Checked) error {
	if !c.Lacks(ResultsFile) {
		results, err := training.ReadResults(dir.File(ResultsFile))
		switch {
		case err != nil && (c.finished || !errors.Is(err, fs.ErrNotExist)):
			return err
		case err == nil:
			s.Results = *results
		}
		if c.finished {
			s.Status = training.Finished
			return nil
		}
		if s.Results.Status == training.Diverged {
			s.Status = training.Diverged
		}
	}
	// It may have been killed, in a part that came after these results.
	switch saved, err := training.ReadSaved(dir.Dir(), s.Config.Epochs); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case len(saved.History.Epochs) > len(s.Results.Epochs):
		s.Results, s.Status = training.Results{History: *saved.History}, training.Interrupted
	}
	return nil
}
