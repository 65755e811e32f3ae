package show

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/cli"
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

// Comparison writes, draws and prints how runs on a set differ.
// Quietly it prints the table and the sentence alone.
func Comparison(stdout io.Writer, quiet bool, dir folder.Folder, set *dataset.Set, outcomes []experiment.Outcome) error {
	c, err := experiment.Compare(outcomes)
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(c.Runs, "", " ")
	if err != nil {
		return errors.Wrapf(err, "writing %s", ComparisonFile)
	}
	if err := dir.Write(ComparisonFile, append(content, '\n')); err != nil {
		return err
	}
	if err := drawComparison(dir, compareTitle(set, outcomes[0].Config, c.Differing), c); err != nil {
		return err
	}
	fmt.Fprintln(stdout)
	compared(stdout, c)
	fmt.Fprintln(stdout)
	cli.PrintWrapped(stdout, c.Verdict())
	if !quiet {
		fmt.Fprintf(stdout, "  %s\n  %s\n", dir.File(ComparisonPicture), dir.File(ComparisonFile))
	}
	return nil
}

// compareTitle says what runs have in common, one of which is given, and what
// not.
func compareTitle(set *dataset.Set, c experiment.Config, differing []string) string {
	common := slices.DeleteFunc([]string{"optimizer", "lr"}, func(name string) bool { return slices.Contains(differing, name) })
	parts := []string{dataName(c, set), sizes(c)}
	if text := c.Named(common, " ", ", "); text != "" {
		parts = append(parts, text)
	}
	title := strings.Join(parts, ", ")
	if len(differing) == 0 {
		return title
	}
	return title + ": " + strings.Join(differing, " × ") + " compared"
}

// drawComparison draws the epochs of the runs, if there are any.
func drawComparison(dir folder.Folder, title string, c *experiment.Comparison) error {
	var list []figures.Compared
	epochs, seeds := 0, 0
	for _, g := range c.Groups {
		f := figures.Compared{Name: g.Name}
		if f.Name == "" {
			f.Name = "mean"
		}
		for _, r := range g.Runs {
			f.TrainLosses, f.ValidationLosses = append(f.TrainLosses, r.TrainLosses), append(f.ValidationLosses, r.ValLosses)
			f.ValidationAccuracies = append(f.ValidationAccuracies, r.ValScores)
			epochs = max(epochs, len(r.ValScores))
		}
		list, seeds = append(list, f), max(seeds, len(g.Runs))
	}
	if epochs == 0 {
		return nil
	}
	notes := []string{c.Verdict()}
	if seeds > 1 {
		notes = append(notes, fmt.Sprintf("Curves are means over %d seeds, bands go from the lowest to the highest.", seeds))
	}
	return draw(dir, ComparisonPicture, func() ([]byte, error) { return figures.Comparison(title, list, notes...) })
}

// compared prints a row for each group of runs that differ in their seed alone,
// the best first, of at most 80 columns.
func compared(stdout io.Writer, c *experiment.Comparison) {
	longest := 26
	if len(c.Groups[0].Runs) > 1 {
		longest = 18
	}
	t := table(stdout)
	fmt.Fprintf(t, "%s\tvalidation\ttest\ttest loss\tepoch\ts/epoch\t\n", strings.Join(c.Naming, ", "))
	for _, g := range c.Groups {
		name := []rune(g.Name)
		if len(name) > longest {
			name = append(name[:longest-1], '…')
		}
		score := g.Score()
		if len(score.All) == 0 {
			fmt.Fprintf(t, "%s\tdiverged\t\t\t\t\t\n", string(name))
			continue
		}
		accuracy, loss := g.Test()
		seconds, n := 0.0, 0
		for _, r := range g.Runs {
			for _, s := range r.TrainSeconds {
				seconds, n = seconds+s, n+1
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.4f\t%s\t%.2f\t\n", string(name), shares(score), shares(accuracy), loss.Mean, epochRange(g), seconds/float64(max(n, 1)))
	}
	t.Flush()
}

// shares returns the mean of accuracies, and how far they reach to both sides.
func shares(s experiment.Sample) string {
	if len(s.All) == 1 {
		return fmt.Sprintf("%.2f %%", 100*s.Mean)
	}
	return fmt.Sprintf("%.2f ±%.2f %%", 100*s.Mean, 100*max(s.High-s.Mean, s.Mean-s.Low))
}

// epochRange returns the best epochs of the runs of a group that finished.
func epochRange(g experiment.Group) string {
	low, high := 0, 0
	for _, r := range g.Runs {
		if r.Status != training.Finished {
			continue
		}
		if low == 0 || r.BestEpoch < low {
			low = r.BestEpoch
		}
		high = max(high, r.BestEpoch)
	}
	if low == high {
		return fmt.Sprint(low)
	}
	return fmt.Sprintf("%d–%d", low, high)
}
