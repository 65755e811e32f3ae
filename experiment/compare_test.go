package experiment_test

import (
	"slices"
	"testing"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/models/training"
)

func TestCompare(t *testing.T) {
	configs := []experiment.Config{with(small(), "sgd"), with(small(), "adam")}
	var results []*training.Results
	for _, c := range configs {
		r, err := newExperiment(t, c).Run(t.Context(), folder.Folder{}, experiment.Hooks{})
		check.NoError(t, err)
		results = append(results, r)
	}
	list, err := experiment.Compare(configs, results)
	check.NoError(t, err)
	for i, c := range list {
		r := results[i]
		if c.TestAcc != r.Test.Accuracy || c.TestLoss != r.Test.Loss || c.BestEpoch != r.BestEpoch() || len(c.TrainSeconds) != 4 {
			t.Errorf("%s is compared as %+v", c.Optimizer, c)
		}
		for j, e := range r.Epochs {
			if c.ValScores[j] != e.ValidationAccuracy || c.TrainLosses[j] != e.TrainLoss {
				t.Errorf("%s: epoch %d is compared as %v, %v", c.Optimizer, j+1, c.ValScores[j], c.TrainLosses[j])
			}
		}
	}
	labels := []string{list[0].Label(), list[1].Label()}
	if !slices.Equal(labels, []string{"sgd, lr 0.1", "adam, lr 0.001"}) {
		t.Errorf("the labels are %q", labels)
	}
	_, err = experiment.Compare(configs[:1], results)
	check.Error(t, err, "1 configurations, but 2 results")
	_, err = experiment.Compare(configs, []*training.Results{results[0], {Status: training.Diverged}})
	check.Error(t, err, "adam", "diverged")
}
