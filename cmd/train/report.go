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
	part           int // the number of the run in a comparison, 0 if it is alone

	experiment *experiment.Experiment
	set        *dataset.Set
	dir        folder.Folder
	bar        *cli.Bar
}

// hooks returns what reports the progress of the run.
func (r *report) hooks() experiment.Hooks {
	text := r.stdout
	if r.quiet {
		text = io.Discard
	}
	return experiment.Hooks{
		Start: func() error {
			if err := show.Batch(r.dir, r.experiment, r.set); err != nil {
				return err
			}
			if r.part <= 1 { // else the data and the network were printed before
				show.Setting(text, r.set, r.experiment)
			}
			show.Plan(text, r.experiment.Config(), r.dir)
			return nil
		},
		Resume: func(epochs int) { fmt.Fprintln(text, show.Resumed(r.dir, epochs)) },
		Warn: func(text string) {
			r.closeBar()
			cli.Warner(r.stderr, "train")(text)
		},
		Show: func(*training.Results) {
			fmt.Fprintf(text, "%s holds this run already, finished (-overwrite repeats it):\n", r.dir.Path)
		},
		Step:  r.step,
		Epoch: r.epoch,
		Finish: func(results *training.Results) error {
			return show.Results(r.dir, r.experiment, results, r.set)
		},
	}
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
