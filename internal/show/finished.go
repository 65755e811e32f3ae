package show

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"optlab/experiment"
	"optlab/experiment/folder"
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
