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
	var outcomes []experiment.Outcome
	for _, name := range []string{"sgd", "adam"} {
		c := with(small(), name)
		r, err := newExperiment(t, c).Run(t.Context(), folder.Folder{}, experiment.Hooks{})
		check.NoError(t, err)
		outcomes = append(outcomes, experiment.Outcome{Config: c, Results: r, Folder: name})
	}
	c, err := experiment.Compare(outcomes)
	check.NoError(t, err)
	var names []string
	for i, run := range c.Runs {
		names = append(names, run.Name)
		r := outcomes[i].Results
		if *run.TestAcc != r.Test.Accuracy || *run.TestLoss != r.Test.Loss || run.BestEpoch != r.BestEpoch() || len(run.TrainSeconds) != 4 || run.Folder != run.Optimizer {
			t.Errorf("%s is compared as %+v", run.Optimizer, run)
		}
		for j, e := range r.Epochs {
			if run.ValScores[j] != e.ValidationAccuracy || run.ValLosses[j] != e.ValidationLoss || run.TrainLosses[j] != e.TrainLoss {
				t.Errorf("%s: epoch %d is compared as %v, %v, %v", run.Optimizer, j+1, run.ValScores[j], run.ValLosses[j], run.TrainLosses[j])
			}
		}
	}
	if !slices.Equal(names, []string{"sgd, lr 0.1", "adam, lr 0.001"}) || !slices.Equal(c.Differing, []string{"optimizer", "lr"}) {
		t.Errorf("the runs are %q and differ in %q", names, c.Differing)
	}
	if c.Groups[0].Score().Mean < c.Groups[1].Score().Mean {
		t.Error("the worse is first")
	}
	_, err = experiment.Compare(nil)
	check.Error(t, err, "there is none")
	outcomes[1].Results = &training.Results{Status: training.Interrupted}
	_, err = experiment.Compare(outcomes)
	check.Error(t, err, "adam", "interrupted")
}

// Every setting that a comparison can list has a name, in folders and curves.
func TestNamed(t *testing.T) {
	c := small()
	all := []string{"seed", "batch", "init", "dropout", "activation", "lr", "optimizer"}
	if got := c.Named(all, "=", ","); got != "sgd,lr=0.1,relu,dropout=0.2,torch,batch=20,seed=42" {
		t.Errorf("named %q", got)
	}
	if got := c.Named([]string{"lr"}, " ", ", ") + c.Named(nil, " ", ", "); got != "lr 0.1" {
		t.Errorf("named %q", got)
	}
	other := c
	other.Batch, other.Seed = 10, 1<<64-1
	if got := experiment.Differing([]experiment.Config{c, other, c}); !slices.Equal(got, []string{"batch", "seed"}) {
		t.Errorf("they differ in %q", got)
	}
	if got := experiment.Differing([]experiment.Config{c, c}); len(got) > 0 {
		t.Errorf("equal ones differ in %q", got)
	}
}

// run is what a case of TestVerdict has of a run: where it is +∞, it diverged.
type run struct {
	rate   float64
	seed   uint64
	scores []float64 // validation accuracies
	loss   float64   // the lowest training loss
	status training.Status
}

func (r run) outcome() experiment.Outcome {
	c := small()
	c.Optimizer.LearningRate, c.Seed = r.rate, r.seed
	results := &training.Results{Status: r.status}
	best := -1.0
	for i, s := range r.scores {
		results.Epochs = append(results.Epochs, training.Epoch{Number: i + 1, TrainLoss: r.loss + float64(len(r.scores)-i-1), ValidationAccuracy: s, Best: s > best})
		best = max(best, s)
	}
	if r.status == "" {
		results.Status, results.Test = training.Finished, &training.Evaluation{Accuracy: 0.875, Loss: 1}
	}
	return experiment.Outcome{Config: c, Results: results}
}

// The sentence says what the results bear out, in cases of every kind.
func TestVerdict(t *testing.T) {
	diverged := training.Diverged
	for name, c := range map[string]struct {
		runs []run
		want string
	}{
		"a winner, one seed": {[]run{{0.1, 1, []float64{0.5, 0.9}, 0.2, ""}, {0.01, 1, []float64{0.8}, 0.3, ""}},
			"lr 0.1 is best: 90.00 % of the validation images right; lr 0.01 is 10.00 points behind, with one seed."},
		"close, one seed": {[]run{{0.1, 1, []float64{0.5, 0.9}, 0.2, ""}, {0.01, 1, []float64{0.8925}, 0.3, ""}},
			"lr 0.1 is best: 90.00 % of the validation images right; lr 0.01 is 0.75 points behind, which with one seed may be chance."},
		"equal, one seed": {[]run{{0.1, 1, []float64{0.9}, 0.2, ""}, {0.01, 1, []float64{0.9}, 0.3, ""}},
			"lr 0.1 and lr 0.01 are equally good: 90.00 % of the validation images right."},
		"equal, and one behind": {[]run{{0.1, 1, []float64{0.9}, 0.2, ""}, {0.01, 1, []float64{0.9}, 0.3, ""}, {1, 1, []float64{0.5}, 0.4, ""}},
			"lr 0.1 and lr 0.01 are equally good: 90.00 % of the validation images right; lr 1 is 40.00 points behind, with one seed."},
		"within the spread": {[]run{
			{0.1, 1, []float64{0.9}, 0.2, ""}, {0.1, 2, []float64{0.8}, 0.2, ""},
			{0.05, 1, []float64{0.875}, 0.3, ""}, {0.05, 2, []float64{0.8125}, 0.3, ""}, {1, 1, []float64{0.25}, 0.3, ""}, {1, 2, []float64{0.25}, 0.3, ""}},
			"lr 0.1 is best: 85.00 % of the validation images right in the mean of 2 seeds, 80.00 % to 90.00 %; the difference to lr 0.05 is within the spread of seeds."},
		"beyond the spread": {[]run{
			{0.1, 1, []float64{0.9}, 0.2, ""}, {0.1, 2, []float64{0.8}, 0.2, ""}, {0.05, 1, []float64{0.75}, 0.3, ""}, {0.05, 2, []float64{0.5}, 0.3, ""}},
			"lr 0.1 is best: 85.00 % of the validation images right in the mean of 2 seeds, 80.00 % to 90.00 %; lr 0.05 is 22.50 points behind, with every seed."},
		"seeds alone": {[]run{{0.1, 1, []float64{0.9}, 0.2, ""}, {0.1, 2, []float64{0.8}, 0.2, ""}},
			"85.00 % of the validation images right in the mean of 2 seeds, 80.00 % to 90.00 %."},
		"seeds alone, one diverged": {[]run{{0.1, 1, []float64{0.9}, 0.2, ""}, {0.1, 2, []float64{0.8}, 0.2, diverged}},
			"90.00 % of the validation images right; it diverges with 1 of 2 seeds, first in epoch 2."},
		"one does not learn": {[]run{{0.1, 1, []float64{0.5, 0.9}, 0.2, ""}, {1, 1, []float64{0.1, 0.125}, 1.509, ""}},
			"lr 0.1 is best: 90.00 % of the validation images right; lr 1 is 77.50 points behind, with one seed; with lr 1 the training loss never falls below 1.5."},
		"one diverged": {[]run{{0.1, 1, []float64{0.5, 0.9}, 0.2, ""}, {10, 1, nil, 0, diverged}},
			"Only lr 0.1 stays finite: 90.00 % of the validation images right; lr 10 diverges in epoch 1."},
		"all diverged": {[]run{{1, 1, []float64{0.5}, 0.2, diverged}, {10, 1, nil, 0, diverged}},
			"No run stays finite: try smaller learning rates; lr 1 diverges in epoch 2; lr 10 diverges in epoch 1."},
		"some seeds diverged": {[]run{{1, 1, []float64{0.5}, 0.2, ""}, {1, 2, nil, 0, diverged}, {0.1, 1, []float64{0.25}, 0.3, ""}, {0.1, 2, []float64{0.25}, 0.3, ""}},
			"lr 1 is best: 50.00 % of the validation images right; lr 0.1 is 25.00 points behind, with one seed; lr 1 diverges with 1 of 2 seeds, first in epoch 1."},
		"many diverged": {[]run{{1, 1, nil, 0, diverged}, {2, 1, nil, 0, diverged}, {3, 1, nil, 0, diverged}, {4, 1, nil, 0, diverged}, {5, 1, nil, 0, diverged}},
			"No run stays finite: try smaller learning rates; lr 1 diverges in epoch 1; lr 2 diverges in epoch 1; lr 3 diverges in epoch 1; so it is with 2 more."},
		"nothing trained": {[]run{{0.1, 1, nil, 0, ""}, {1, 1, nil, 0, ""}},
			"lr 0.1 and lr 1 are equally good: 87.50 % of the test images right."},
	} {
		var outcomes []experiment.Outcome
		for _, r := range c.runs {
			outcomes = append(outcomes, r.outcome())
		}
		comparison, err := experiment.Compare(outcomes)
		check.NoError(t, err)
		if got := comparison.Verdict(); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
