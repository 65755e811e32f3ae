package show

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/cli"
	"optlab/internal/figures"
	"optlab/models/training"
)

// The files of a range test of learning rates.
const (
	ratesPicture = "find-lr.png"
	ratesFile    = "find-lr.json"
)

// rateTest is the content of ratesFile.
type rateTest struct {
	Run experiment.Config `json:"run"` // its learning rate and schedule do not count
	// Suggested is that of the steepest descent, Tenth a tenth of that of
	// the lowest loss; nil where no rate makes the loss fall.
	Suggested *float64 `json:"suggested"`
	Tenth     *float64 `json:"lowest_tenth"`
	*training.RateTest
}

// FindRate makes the range test of learning rates on an experiment, in a folder
// of its own, and prints which rate it suggests. Progress goes to stderr.
// Quietly it prints that alone.
func FindRate(ctx context.Context, stdout, stderr io.Writer, quiet bool, dir folder.Folder, c experiment.Config, set *dataset.Set) error {
	dir.Files = []string{ratesPicture, ratesFile}
	hold, err := dir.Take("find-lr")
	if err != nil {
		return err
	}
	defer hold.Release()
	bar := new(cli.Bar)
	if !quiet {
		bar = cli.NewBar(stderr, "Learning rates", experiment.TriedRates)
	}
	test, err := experiment.FindRate(ctx, c, set, func(s training.Step) { bar.Set(s.Batch) })
	bar.Close()
	if err != nil {
		return err
	}
	if err := writeRates(hold.Folder, rateTest{Run: c, RateTest: test}, set); err != nil {
		return err
	}
	if !quiet {
		for _, name := range dir.Files {
			fmt.Fprintf(stdout, "  %s\n", filepath.ToSlash(dir.File(name)))
		}
	}
	fmt.Fprintln(stdout, suggestion(test))
	return hold.Seal()
}

// writeRates writes and draws a range test.
func writeRates(dir folder.Folder, t rateTest, set *dataset.Set) error {
	var marks []figures.Mark
	note := suggestion(t.RateTest)
	if t.Falls() {
		steepest, tenth := t.Steepest(), t.LowestTenth()
		t.Suggested, t.Tenth = &steepest, &tenth
		marks = []figures.Mark{{Name: "Suggested, steepest descent", Rate: steepest}, {Name: "A tenth of that of the lowest loss", Rate: tenth}}
		note = ""
	}
	data, err := json.MarshalIndent(t, "", " ")
	if err != nil {
		return errors.Wrapf(err, "writing %s", ratesFile)
	}
	if err := dir.Write(ratesFile, append(data, '\n')); err != nil {
		return err
	}
	title := fmt.Sprintf("Loss against learning rate: %s, %s, %s", dataName(t.Run, set), network(t.Run), t.Run.Optimizer.Name)
	return draw(dir, ratesPicture, func() ([]byte, error) {
		return figures.Rates(title, note, t.Rates, t.Losses, t.Smoothed, marks)
	})
}

// suggestion says in a sentence or two what a range test suggests.
func suggestion(t *training.RateTest) string {
	if !t.Falls() {
		return "No learning rate makes the loss fall: there is none to suggest."
	}
	return fmt.Sprintf("Suggested learning rate: %.2g, where the loss falls most steeply.\n"+
		"Another usual choice: %.2g, a tenth of that at which the loss is lowest.", t.Steepest(), t.LowestTenth())
}
