package show

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"optlab/experiment/folder"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
)

// table starts a table whose columns are set flush right. It must be flushed.
func table(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
}

// networkTable prints the layers of a model for batches of a size.
func networkTable(w io.Writer, m *models.Model, batch int) {
	t := table(w)
	row := func(name, kind, shape string, parameters int) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t\n", name, kind, shape, parameters)
	}
	fmt.Fprintln(t, "layer\tkind\toutput shape\tparameters\t")
	total := 0
	for _, l := range m.Summary() {
		row(l.Name, l.Kind, fmt.Sprintf("[%d, %d]", batch, l.Features), l.Parameters)
		total += l.Parameters
	}
	row("total", "", "", total)
	t.Flush()
}

// FirstBatch prints what the notebook prints of its first batch: the shapes,
// the logits of two samples and the loss.
func FirstBatch(w io.Writer, s training.Step) {
	labels, logits := s.Pass.Labels, s.Pass.Logits()
	n := len(labels)
	classes := len(logits) / n
	fmt.Fprintf(w, "\nFirst batch: x [%d, %d], labels [%d], logits [%d, %d]\nLogits of the first two samples:\n",
		n, len(s.Pass.X)/n, n, n, classes)
	for i := range min(2, n) {
		row := make([]string, classes)
		for j, z := range logits[i*classes : (i+1)*classes] {
			row[j] = fmt.Sprintf("%7.4f", z)
		}
		fmt.Fprintf(w, "  [%s]\n", strings.Join(row, ", "))
	}
	fmt.Fprintf(w, "Loss: %.4f\n\n", s.Loss)
}

// schedule says how the learning rate goes on, unless it is constant.
func schedule(s optimizers.Schedule) string {
	name := cmp.Or(s.Name, optimizers.ScheduleNames()[0])
	switch {
	case s.Constant():
		return ""
	case s.Warmup == 0:
		return fmt.Sprintf(" (%s)", name)
	}
	return fmt.Sprintf(" (%s, after a warm-up of %d batches)", name, s.Warmup)
}

// Epoch prints what an epoch of so many brought, in at most 80 columns.
func Epoch(w io.Writer, e training.Epoch, epochs int) {
	best := ""
	if e.Best {
		best = " best"
	}
	fmt.Fprintf(w, "Epoch %*d/%d  training %.4f, %5.2f %%  validation %.4f, %5.2f %%  %.1f s%s\n",
		len(fmt.Sprint(epochs)), e.Number, epochs, e.TrainLoss, 100*e.TrainAccuracy, e.ValidationLoss, 100*e.ValidationAccuracy, e.Seconds, best)
}

// Resumed says that a run in a folder goes on, and from where.
func Resumed(dir folder.Folder, epochs int) string {
	if epochs == 0 {
		return dir.Path + " holds the start of this run, but no finished epoch: starting again"
	}
	return fmt.Sprintf("Going on after epoch %d, with the checkpoint in %s", epochs, dir.Path)
}
