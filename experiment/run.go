package experiment

import (
	"context"
	"os"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/models/training"
)

// The files of a run beside its configuration.
const (
	ResultsFile = "results.json"
	MetricsFile = "metrics.csv"
)

// Files are the names of the files that Run writes, beside folder.ConfigFile.
var Files = []string{training.BestFile, training.LastFile, ResultsFile, MetricsFile}

// Hooks tell a front what happens in a run. Each may be nil. The run waits for
// them; what they do changes nothing in it, but an error of theirs ends it.
type Hooks struct {
	// Start is called before the first step, when the folder is the run's.
	Start func() error
	// Resume is called after Start where the folder holds a part of this run:
	// so many epochs of it, perhaps 0, are not repeated.
	Resume func(epochs int)
	// Show is called instead of all others where the folder holds the whole
	// run.
	Show func(*training.Results)

	Step       func(training.Step)    // after every batch of training
	Validation func(epoch, batch int) // after every batch of validation, both from 1
	Epoch      func(training.Epoch)   // after every epoch

	// Finish is called with the results, also of a run that was broken off,
	// before they are written: where they say that a run is finished, all its
	// files are there.
	Finish func(*training.Results) error
}

// Run carries the experiment out, in a folder or, if dir has no path, without
// files. It may be called once.
//
// The folder is claimed for the configuration. Where it holds this run already,
// finished, its results are returned and nothing is computed; where the run was
// broken off, it goes on after its last whole epoch and ends with the same
// bytes as if it never had been; where it holds anything else, Run returns the
// *folder.DifferentError or *folder.UnusableError that says so, or the
// *folder.DamagedError. Nothing is written before that.
//
// A run that ctx ends returns the context's error, one whose loss is no longer
// finite a *training.DivergedError; both with the results of what was done,
// which are written too.
func (e *Experiment) Run(ctx context.Context, dir folder.Folder, h Hooks) (*training.Results, error) {
	held := false
	if dir.Path != "" {
		dir.Files = append(dir.Files[:len(dir.Files):len(dir.Files)], Files...)
		var err error
		if held, err = dir.Claim(e.config); err != nil {
			return nil, err
		}
		e.Dir = dir.Dir()
	}
	done := 0
	if held {
		results, err := finished(dir)
		if err != nil {
			return nil, err
		}
		if results != nil {
			if h.Show != nil {
				h.Show(results)
			}
			return results, nil
		}
		if done, err = e.Resume(); err != nil {
			return nil, &folder.DamagedError{Err: err}
		}
	}
	if h.Start != nil {
		if err := h.Start(); err != nil {
			return nil, err
		}
	}
	if held && h.Resume != nil {
		h.Resume(done)
	}
	e.OnStep, e.OnValidation, e.OnEpoch = h.Step, h.Validation, h.Epoch
	return e.finish(ctx, dir, h)
}

// finished returns the results of the run in a folder, nil if it has not
// finished.
func finished(dir folder.Folder) (*training.Results, error) {
	results, err := training.ReadResults(dir.File(ResultsFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil // killed before it wrote any
	case err != nil:
		return nil, &folder.DamagedError{Err: err}
	case results.Status != training.Finished:
		return nil, nil
	}
	return results, nil
}

// finish trains, tests the best parameters and writes the results. Of a run
// that is broken off it writes what there is.
func (e *Experiment) finish(ctx context.Context, dir folder.Folder, h Hooks) (*training.Results, error) {
	history, runErr := e.Trainer.Run(ctx)
	results := &training.Results{History: *history, Status: training.Finished}
	if runErr == nil {
		var test training.Evaluation
		if test, runErr = training.NewEvaluator(e.Model, e.Threads).Evaluate(ctx, e.Data.Test, nil); runErr == nil {
			results.Test = &test
		}
	}
	var diverged *training.DivergedError
	switch {
	case runErr == nil:
	case ctx.Err() != nil && errors.Is(runErr, ctx.Err()):
		results.Status = training.Interrupted
	case errors.As(runErr, &diverged):
		results.Status = training.Diverged
	default:
		return nil, runErr
	}
	if err := e.write(results, dir, h); err != nil {
		return nil, err
	}
	return results, runErr
}

// write writes the results, after Finish has done its part.
func (e *Experiment) write(results *training.Results, dir folder.Folder, h Hooks) error {
	if dir.Path != "" {
		if err := results.WriteCSV(dir.Dir(), MetricsFile); err != nil {
			return err
		}
	}
	if h.Finish != nil {
		if err := h.Finish(results); err != nil {
			return err
		}
	}
	if dir.Path == "" {
		return nil
	}
	return results.Write(dir.Dir(), ResultsFile)
}

// Read returns the configuration and the results of the run in a folder. A run
// that has written no results yet is an error.
func Read(path string) (Config, *training.Results, error) {
	dir := folder.Folder{Path: path}
	var c Config
	if err := dir.Read(&c); err != nil {
		return Config{}, nil, err
	}
	results, err := training.ReadResults(dir.File(ResultsFile))
	return c, results, err
}
