package show

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/figures"
	"optlab/models/training"
)

// The files that compare runs.
const (
	ComparisonPicture = "comparison.png"
	ComparisonFile    = "comparison.json"
)

// ComparisonFiles are all of them.
var ComparisonFiles = []string{ComparisonPicture, ComparisonFile}

// Comparison writes, draws and prints how runs, all finished, differ: at least
// one, with their configurations and results in the same order. Quietly it
// prints the table alone.
func Comparison(stdout io.Writer, quiet bool, dir folder.Folder, configs []experiment.Config, results []*training.Results) error {
	list, err := experiment.Compare(configs, results)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return errors.Wrapf(err, "writing %s", ComparisonFile)
	}
	if err := dir.Write(ComparisonFile, append(data, '\n')); err != nil {
		return err
	}
	if err := drawComparison(dir, list); err != nil {
		return err
	}
	fmt.Fprintln(stdout)
	compared(stdout, list)
	if !quiet {
		fmt.Fprintf(stdout, "  %s\n  %s\n", dir.File(ComparisonPicture), dir.File(ComparisonFile))
	}
	return nil
}

// drawComparison draws the epochs of the runs, if there are any.
func drawComparison(dir folder.Folder, list []experiment.Compared) error {
	var names []string
	var scores, losses [][]float64
	for _, c := range list {
		names, scores, losses = append(names, c.Label()), append(scores, c.ValScores), append(losses, c.TrainLosses)
	}
	if len(scores[0]) == 0 {
		return nil
	}
	return draw(dir, ComparisonPicture, func() ([]byte, error) {
		return figures.Comparison("Optimizers compared", names, scores, losses)
	})
}
