package main

import (
	"fmt"
	"io"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/cli"
	"optlab/internal/show"
	"optlab/models/training"
)

// report prints and draws a run: text to stdout, progress to stderr.
type report struct {
	stdout, stderr io.Writer
	quiet, verbose bool

	experiment *experiment.Experiment
	set        *dataset.Set
	dir        folder.Folder
	bar        *cli.Bar
}

// hooks returns what reports the progress of the run.
func (r *report) hooks() experiment.Hooks {
	return experiment.Hooks{
		Start: func() error {
			if err := show.Batch(r.dir, r.experiment, r.set); err != nil {
				return err
			}
			r.start()
			return nil
		},
		Resume: func(epochs int) { r.printf("%s\n", show.Resumed(r.dir, epochs)) },
		Warn: func(text string) {
			r.closeBar()
			warner(r.stderr)(text)
		},
		Show: func(*training.Results) {
			r.printf("%s holds this run already, finished (-overwrite repeats it):\n", r.dir.Path)
		},
		Step:  r.step,
		Epoch: r.epoch,
		Finish: func(results *training.Results) error {
			return show.Results(r.dir, r.experiment, results, r.set)
		},
	}
}

// printf prints to stdout, unless the user wants nothing but the result.
func (r *report) printf(format string, args ...any) {
	if !r.quiet {
		fmt.Fprintf(r.stdout, format, args...)
	}
}

// start prints what is about to be done.
func (r *report) start() {
	if r.quiet {
		return
	}
	e, c := r.experiment, r.experiment.Config()
	r.printf("%s: %d images to train, %d to validate, %d to test, %d × %d pixels\n\n",
		r.set.Name, e.Data.Train.Len(), e.Data.Validation.Len(), e.Data.Test.Len(), r.set.Train.Rows, r.set.Train.Cols)
	show.Network(r.stdout, e.Model, c.Batch)
	r.printf("\n%s, learning rate %v%s, batches of %d, %d epochs, seed %d → %s\n",
		c.Optimizer.Name, c.Optimizer.LearningRate, show.Schedule(c.Optimizer.Schedule), c.Batch, c.Epochs, c.Seed, r.dir.Path)
}

// step shows that a step was made.
func (r *report) step(s training.Step) {
	if r.verbose && s.Epoch == 1 && s.Batch == 1 {
		show.FirstBatch(r.stdout, s)
	}
	if s.Batch == 1 && !r.quiet {
		label := fmt.Sprintf("Epoch %d/%d", s.Epoch, r.experiment.Epochs)
		r.bar = cli.NewBar(r.stderr, label, r.experiment.Data.Train.Batches())
	}
	if r.bar != nil {
		r.bar.Set(s.Batch)
	}
}

// epoch prints what an epoch brought.
func (r *report) epoch(e training.Epoch) {
	r.closeBar()
	if !r.quiet {
		show.Epoch(r.stdout, e, r.experiment.Epochs)
	}
}

// closeBar removes the progress bar, if there is one.
func (r *report) closeBar() {
	if r.bar != nil {
		r.bar.Close()
		r.bar = nil
	}
}

// warner returns what prints warnings.
func warner(stderr io.Writer) func(string) {
	return func(text string) { fmt.Fprintf(stderr, "train: warning: %s\n", text) }
}
