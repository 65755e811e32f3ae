package experiment

import (
	"context"
	"os"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/models/training"
)

// The files of a run beside those of package folder.
const (
	ResultsFile = "results.json"
	MetricsFile = "metrics.csv"
)

// Files are the names of the files that Run writes, beside those of package
// folder.
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
	// Warn is called with what the user should know, in a line.
	Warn func(string)

	Step       func(training.Step)    // after every batch of training
	Validation func(epoch, batch int) // after every batch of validation, both from 1
	Epoch      func(training.Epoch)   // after every epoch

	// Finish is called with the results, also of a run that was broken off,
	// before they are written: where they say that a run is finished, all its
	// files are there.
	Finish func(*training.Results) error
}

// warn calls Warn, if there is anything to say and anyone to hear it.
func (h Hooks) warn(text string) {
	if h.Warn != nil && text != "" {
		h.Warn(text)
	}
}

// Run carries the experiment out, in a folder or, if dir has no path, without
// files. It may be called once: to train again is an error.
//
// Where the folder holds this run already, finished and whole, its results are
// returned and nothing is computed or written: the model stays as New made it,
// and training.BestFile has its parameters. Otherwise the folder is claimed, as
// [folder.Folder.Claim] says, with its errors. Where the run was broken off, it
// goes on after its last whole epoch and ends with the same bytes as if it
// never had been. Of a finished run, files that are damaged or missing are made
// again from its checkpoint, with a warning; what is not to be made again so is
// a *folder.DamagedError.
//
// A run that ctx ends returns the context's error, one whose loss is no longer
// finite a *training.DivergedError; both with the results of what was done,
// which are written too.
func (e *Experiment) Run(ctx context.Context, dir folder.Folder, h Hooks) (*training.Results, error) {
	if dir.Path == "" {
		return e.run(ctx, dir, h, -1)
	}
	dir.Files = append(dir.Files[:len(dir.Files):len(dir.Files)], Files...)
	dir.Inputs = e.inputs
	var results *training.Results
	if !dir.Overwrite {
		held, tidy, err := dir.Holds(e.config, e.config.same)
		if err != nil {
			return nil, err
		}
		if held {
			if results, _, err = e.finished(dir); err != nil || results != nil && tidy {
				return show(results, err, h)
			}
		}
	}
	hold, err := dir.Claim(e.config, e.config.same)
	if err != nil {
		var unusable *folder.UnusableError
		var locked *folder.LockedError
		if results != nil && (errors.As(err, &unusable) || errors.As(err, &locked)) {
			err = nil // a folder that cannot be written can be shown all the same
		}
		return show(results, err, h)
	}
	defer hold.Release()
	h.warn(hold.Warning)
	e.Dir = dir.Dir()
	if !hold.Held {
		return e.run(ctx, dir, h, -1)
	}
	// Again, as another command may have finished it meanwhile.
	results, why, err := e.finished(dir)
	if results != nil || err != nil {
		return show(results, err, h)
	}
	h.warn(why)
	done, err := e.resume()
	if err != nil {
		return nil, unusable(err)
	}
	return e.run(ctx, dir, h, done)
}

// unusable says that the checkpoint cannot be used, unless it is whole but of
// other data or kernels.
func unusable(err error) error {
	var bound *training.BindingError
	if errors.As(err, &bound) {
		return err
	}
	return &folder.DamagedError{Err: err}
}

// show returns the results of an earlier run, after showing them.
func show(results *training.Results, err error, h Hooks) (*training.Results, error) {
	if err != nil {
		return nil, err
	}
	if h.Show != nil {
		h.Show(results)
	}
	return results, nil
}

// run trains, from the start if done is negative, else after so many epochs.
func (e *Experiment) run(ctx context.Context, dir folder.Folder, h Hooks, done int) (*training.Results, error) {
	if h.Start != nil {
		if err := h.Start(); err != nil {
			return nil, err
		}
	}
	if done >= 0 && h.Resume != nil {
		h.Resume(done)
	}
	e.OnStep, e.OnValidation, e.OnEpoch, e.OnWarning = h.Step, h.Validation, h.Epoch, h.Warn
	return e.finish(ctx, dir, h)
}

// finish trains, tests the best parameters and writes the results. Of a run
// that is broken off it writes what there is.
func (e *Experiment) finish(ctx context.Context, dir folder.Folder, h Hooks) (*training.Results, error) {
	history, runErr := e.Trainer.Run(ctx)
	results := &training.Results{History: *history, Status: training.Finished}
	if runErr == nil {
		var test training.Evaluation
		if test, runErr = e.Test(ctx); runErr == nil {
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
		if runErr != nil {
			err = errors.WithMessagef(err, "after %v", runErr)
		}
		return nil, err
	}
	return results, runErr
}

// write writes the results, and has Finish do its part. Those of a finished run
// come last, but for what says that they are all there.
func (e *Experiment) write(results *training.Results, dir folder.Folder, h Hooks) error {
	record := func() error {
		if dir.Path == "" {
			return nil
		}
		return results.Write(dir.Dir(), ResultsFile)
	}
	if results.Status != training.Finished {
		if err := record(); err != nil {
			return err
		}
	}
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
	if results.Status != training.Finished {
		return nil
	}
	if err := record(); err != nil || dir.Path == "" {
		return err
	}
	return dir.Seal()
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

// readResults reads the results of a run that has finished, nil if it has not.
func readResults(dir folder.Folder) (*training.Results, error) {
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
