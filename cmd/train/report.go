package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"optlab/internal/cli"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
)

// report prints a run: text to stdout, progress to stderr.
type report struct {
	stdout, stderr io.Writer
	quiet, verbose bool
	bar            *cli.Bar
}

// start prints what is about to be done.
func (r *report) start(o *options, set *mnist.Dataset, t *training.Trainer, folder cli.Folder) {
	if r.quiet {
		return
	}
	fmt.Fprintf(r.stdout, "%s: %d images to train, %d to validate, %d to test, %d × %d pixels\n\n",
		set.Name, t.Data.Train.Len(), t.Data.Validation.Len(), t.Data.Test.Len(), set.Train.Rows, set.Train.Cols)
	r.summary(t.Model, o.batch)
	fmt.Fprintf(r.stdout, "\n%s, learning rate %v, batches of %d, %d epochs, seed %d → %s\n",
		o.optimizer, o.lr, o.batch, o.epochs, o.seed, folder.Path)
}

// summary prints the layers of the model in a table.
func (r *report) summary(m *models.Model, batch int) {
	w := tabwriter.NewWriter(r.stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	row := func(name, kind, shape string, parameters int) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t\n", name, kind, shape, parameters)
	}
	fmt.Fprintln(w, "layer\tkind\toutput shape\tparameters\t")
	total := 0
	for _, l := range m.Summary() {
		row(l.Name, l.Kind, fmt.Sprintf("[%d, %d]", batch, l.Features), l.Parameters)
		total += l.Parameters
	}
	row("total", "", "", total)
	w.Flush()
}

// hooks returns what reports the progress of t.
func (r *report) hooks(t *training.Trainer) (func(training.Step), func(training.Epoch)) {
	batches := t.Data.Train.Batches()
	step := func(s training.Step) {
		if r.verbose && s.Epoch == 1 && s.Batch == 1 {
			r.firstBatch(s)
		}
		if s.Batch == 1 && !r.quiet {
			r.bar = cli.NewBar(r.stderr, fmt.Sprintf("Epoch %d/%d", s.Epoch, t.Epochs), batches)
		}
		if r.bar != nil {
			r.bar.Set(s.Batch)
		}
	}
	epoch := func(e training.Epoch) {
		r.closeBar()
		if r.quiet {
			return
		}
		best := ""
		if e.Best {
			best = "   best so far"
		}
		fmt.Fprintf(r.stdout, "Epoch %*d/%d   training: loss %.4f, accuracy %5.2f %%   validation: loss %.4f, accuracy %5.2f %%   %.1f s%s\n",
			len(fmt.Sprint(t.Epochs)), e.Number, t.Epochs, e.TrainLoss, 100*e.TrainAccuracy, e.ValidationLoss, 100*e.ValidationAccuracy, e.Seconds, best)
	}
	return step, epoch
}

// closeBar removes the progress bar, if there is one.
func (r *report) closeBar() {
	if r.bar != nil {
		r.bar.Close()
		r.bar = nil
	}
}

// firstBatch prints what the notebook prints of its first batch.
func (r *report) firstBatch(s training.Step) {
	labels, logits := s.Pass.Labels, s.Pass.Logits()
	n := len(labels)
	classes := len(logits) / n
	fmt.Fprintf(r.stdout, "\nFirst batch: x [%d, %d], labels [%d], logits [%d, %d]\nLogits of the first two samples:\n",
		n, len(s.Pass.X)/n, n, n, classes)
	for i := range min(2, n) {
		row := make([]string, classes)
		for j, z := range logits[i*classes : (i+1)*classes] {
			row[j] = fmt.Sprintf("%7.4f", z)
		}
		fmt.Fprintf(r.stdout, "  [%s]\n", strings.Join(row, ", "))
	}
	fmt.Fprintf(r.stdout, "Loss: %.4f\n\n", s.Loss)
}

// resumed says that a run goes on, and from where.
func (r *report) resumed(epochs int, folder cli.Folder) {
	if r.quiet {
		return
	}
	if epochs == 0 {
		fmt.Fprintf(r.stdout, "%s holds the start of this run, but no finished epoch: starting again\n", folder.Path)
		return
	}
	fmt.Fprintf(r.stdout, "Going on after epoch %d, with the checkpoint in %s\n", epochs, folder.Path)
}

// shown says that a result is that of an earlier run.
func (r *report) shown(folder cli.Folder) {
	if !r.quiet {
		fmt.Fprintf(r.stdout, "%s holds this run already, finished (-overwrite repeats it):\n", folder.Path)
	}
}

// result prints the outcome of a finished run and where its files are.
func (r *report) result(results *training.Results, folder cli.Folder) {
	if !r.quiet {
		for _, name := range append([]string{cli.ConfigFile}, runFiles...) {
			if _, err := os.Stat(folder.File(name)); err == nil {
				fmt.Fprintf(r.stdout, "  %s\n", filepath.ToSlash(folder.File(name)))
			}
		}
	}
	of := ""
	if results.BestEpoch > 0 {
		of = fmt.Sprintf(", parameters of epoch %d", results.BestEpoch)
	}
	fmt.Fprintf(r.stdout, "Test accuracy %.2f %% (loss %.4f%s)\n", 100**results.TestAcc, *results.TestLoss, of)
}
