package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/pkg/errors"

	"optlab/internal/cli"
	"optlab/internal/figures"
	"optlab/models/training"
)

// The files that compare runs with different optimizers.
const (
	comparisonFile    = "comparison.json"
	comparisonPicture = "comparison.png"
)

// comparison is one of the compared runs in comparison.json.
type comparison struct {
	Optimizer    string    `json:"optimizer"`
	LearningRate float64   `json:"learning_rate"`
	TestAcc      float64   `json:"test_acc"`
	TestLoss     float64   `json:"test_loss"`
	BestEpoch    int       `json:"best_epoch"`
	ValScores    []float64 `json:"val_scores"`
	TrainLosses  []float64 `json:"train_losses"` // mean of every epoch
	TrainSeconds []float64 `json:"train_seconds"`
}

// compare writes and prints how the runs, all finished, differ.
func compare(folder cli.Folder, runs []*options, results []*training.Results, out *report) error {
	list := make([]comparison, len(runs))
	names := make([]string, len(runs))
	var scores, losses [][]float64
	for i, r := range results {
		list[i] = comparison{
			Optimizer: runs[i].optimizer, LearningRate: runs[i].lr,
			TestAcc: *r.TestAcc, TestLoss: *r.TestLoss, BestEpoch: r.BestEpoch,
			ValScores: r.ValScores, TrainLosses: r.EpochLosses(), TrainSeconds: r.TrainSeconds,
		}
		names[i] = fmt.Sprintf("%s, lr %v", runs[i].optimizer, runs[i].lr)
		scores, losses = append(scores, list[i].ValScores), append(losses, list[i].TrainLosses)
	}
	data, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return errors.Wrapf(err, "writing %s", comparisonFile)
	}
	if err := folder.Write(comparisonFile, append(data, '\n')); err != nil {
		return err
	}
	if results[0].Epochs() > 0 {
		png, err := figures.Comparison("Optimizers compared", names, scores, losses)
		if err != nil {
			return errors.WithMessagef(err, "drawing %s", comparisonPicture)
		}
		if err := folder.Write(comparisonPicture, png); err != nil {
			return err
		}
	}
	out.comparison(list, folder)
	return nil
}

// comparison prints a table of the compared runs.
func (r *report) comparison(list []comparison, folder cli.Folder) {
	fmt.Fprintln(r.stdout)
	w := tabwriter.NewWriter(r.stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "optimizer\tlearning rate\ttest accuracy\ttest loss\tbest epoch\tseconds per epoch\t")
	for _, c := range list {
		seconds := 0.0
		for _, s := range c.TrainSeconds {
			seconds += s / float64(len(c.TrainSeconds))
		}
		fmt.Fprintf(w, "%s\t%v\t%.2f %%\t%.4f\t%d\t%.2f\t\n", c.Optimizer, c.LearningRate, 100*c.TestAcc, c.TestLoss, c.BestEpoch, seconds)
	}
	w.Flush()
	if !r.quiet {
		fmt.Fprintf(r.stdout, "  %s\n  %s\n", folder.File(comparisonPicture), folder.File(comparisonFile))
	}
}
