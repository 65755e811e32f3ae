package show

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/cli"
	"optlab/models/training"
)

// Finished prints the outcome of a finished run and, unless quiet, where its
// files are.
func Finished(stdout io.Writer, quiet bool, dir folder.Folder, results *training.Results) {
	for _, name := range slices.Concat([]string{folder.ConfigFile}, experiment.Files, Pictures, []string{folder.ManifestFile}) {
		if _, err := os.Stat(dir.File(name)); err == nil && !quiet {
			fmt.Fprintf(stdout, "  %s\n", filepath.ToSlash(dir.File(name)))
		}
	}
	if text := overfitting(&results.History); text != "" && !quiet {
		fmt.Fprintln(stdout, text)
	}
	if results.Test.Accuracy == 1 && !quiet {
		fmt.Fprintf(stdout, "No mistake in the test: there is no %s.\n", mistakesPicture)
	}
	of := ""
	if best := results.BestEpoch(); best > 0 {
		of = fmt.Sprintf(", parameters of epoch %d", best)
	}
	if text := chance(results); text != "" && !quiet {
		cli.PrintWrapped(stdout, text)
	}
	fmt.Fprintf(stdout, "Test accuracy %.2f %% (loss %.4f%s)\n", 100*results.Test.Accuracy, results.Test.Loss, of)
}

// overfitting says from where on a run overfits, nothing if it does not.
func overfitting(h *training.History) string {
	from := h.OverfitsFrom()
	if from == 0 {
		return ""
	}
	return fmt.Sprintf("Overfitting from epoch %d on: validation loss rises, training loss falls.", from)
}

// chance says that a run has learned nothing, if it ends no better than the best
// answer that is the same for every image.
func chance(results *training.Results) string {
	most, total := 0, 0
	for _, row := range results.Test.Confusion {
		n := 0
		for _, count := range row {
			n += count
		}
		most, total = max(most, n), total+n
	}
	if len(results.Epochs) == 0 || total == 0 || results.Test.Accuracy*float64(total) > 1.1*float64(most) {
		return ""
	}
	return fmt.Sprintf("The network has learned next to nothing: who always names the most frequent class has %.2f %% right. "+
		"Try another learning rate (-lr 0.01,0.1,1 compares some), initialization (-init) or optimizer.", 100*float64(most)/float64(total))
}
