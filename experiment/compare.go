package experiment

import (
	"cmp"
	"slices"

	"github.com/pkg/errors"

	"optlab/models/training"
)

// Outcome is what came of an experiment.
type Outcome struct {
	Config  Config
	Results *training.Results // of a run that finished or diverged
	Folder  string            // its name within that of the comparison
}

// Compared is one of several runs that are compared, as comparison.json has it.
// Losses are means, accuracies in [0, 1]; the lists have an entry per epoch.
type Compared struct {
	Name         string          `json:"name"` // where it differs from the others: "adam, lr 0.01"
	Folder       string          `json:"folder"`
	Status       training.Status `json:"status"`
	Optimizer    string          `json:"optimizer"`
	LearningRate float64         `json:"learning_rate"`
	Activation   string          `json:"activation"`
	Dropout      float64         `json:"dropout"`
	Init         string          `json:"init"`
	Batch        int             `json:"batch"`
	Seed         uint64          `json:"seed"`
	TestAcc      *float64        `json:"test_acc"`  // nil unless it finished
	TestLoss     *float64        `json:"test_loss"` // the same
	BestEpoch    int             `json:"best_epoch"`
	ValScores    []float64       `json:"val_scores"`
	ValLosses    []float64       `json:"val_losses"`
	TrainLosses  []float64       `json:"train_losses"`
	TrainSeconds []float64       `json:"train_seconds"`
}

// Comparison is several runs side by side.
type Comparison struct {
	Runs []Compared // as they were given
	// Groups are the runs by what they differ in but for the seed, the best
	// first and those that diverged last.
	Groups []Group
	// Differing are the settings in which the runs differ, as [Differing] says,
	// and Naming those but for the seed, in which the groups do.
	Differing, Naming []string
}

// Group is runs that differ in their seed alone, at least one.
type Group struct {
	Name string // empty if there is one group alone
	Runs []Compared
}

// Compare puts runs side by side, at least one. One that has neither finished
// nor diverged is an error.
func Compare(outcomes []Outcome) (*Comparison, error) {
	if len(outcomes) == 0 {
		return nil, errors.New("comparing runs: there is none")
	}
	configs := make([]Config, len(outcomes))
	for i, o := range outcomes {
		configs[i] = o.Config
	}
	c := &Comparison{Differing: Differing(configs)}
	c.Naming = slices.DeleteFunc(slices.Clone(c.Differing), func(name string) bool { return name == seedKey })
	for _, o := range outcomes {
		run := compared(o)
		if run.Status != training.Finished && run.Status != training.Diverged {
			return nil, errors.Errorf("comparing runs: that with %s is %s, not finished", o.Config.Optimizer.Name, run.Status)
		}
		run.Name = o.Config.Named(c.Differing, " ", ", ")
		c.Runs = append(c.Runs, run)
		name := o.Config.Named(c.Naming, " ", ", ")
		i := slices.IndexFunc(c.Groups, func(g Group) bool { return g.Name == name })
		if i < 0 {
			i = len(c.Groups)
			c.Groups = append(c.Groups, Group{Name: name})
		}
		c.Groups[i].Runs = append(c.Groups[i].Runs, run)
	}
	slices.SortStableFunc(c.Groups, func(a, b Group) int {
		x, y := a.Score(), b.Score()
		return cmp.Or(cmp.Compare(min(len(y.All), 1), min(len(x.All), 1)), cmp.Compare(y.Mean, x.Mean))
	})
	return c, nil
}

// compared returns what is compared of a run.
func compared(o Outcome) Compared {
	r, c := o.Results, o.Config
	run := Compared{
		Folder: o.Folder, Status: r.Status,
		Optimizer: c.Optimizer.Name, LearningRate: c.Optimizer.LearningRate, Activation: string(c.Model.Activation),
		Dropout: c.Model.Dropout, Init: string(c.Init.Scheme), Batch: c.Batch, Seed: c.Seed,
		BestEpoch:    r.BestEpoch(),
		ValScores:    r.Column(func(e training.Epoch) float64 { return e.ValidationAccuracy }),
		ValLosses:    r.Column(func(e training.Epoch) float64 { return e.ValidationLoss }),
		TrainLosses:  r.Column(func(e training.Epoch) float64 { return e.TrainLoss }),
		TrainSeconds: r.Column(func(e training.Epoch) float64 { return e.Seconds }),
	}
	if r.Test != nil {
		run.TestAcc, run.TestLoss = &r.Test.Accuracy, &r.Test.Loss
	}
	return run
}

// finished returns the runs of a group that finished.
func (g Group) finished() []Compared {
	return slices.DeleteFunc(slices.Clone(g.Runs), func(c Compared) bool { return c.Status != training.Finished })
}

// Sample is a number of each of some runs.
type Sample struct {
	All             []float64
	Mean, Low, High float64 // 0 if there is none
}

// sample describes a list of numbers.
func sample(all []float64) Sample {
	s := Sample{All: all}
	if len(all) == 0 {
		return s
	}
	for _, x := range all {
		s.Mean += x / float64(len(all))
	}
	s.Low, s.High = slices.Min(all), slices.Max(all)
	return s
}

// Score returns what the runs of a group that finished are judged by: the best
// validation accuracy of each, or, if nothing was trained, the test accuracy.
func (g Group) Score() Sample {
	var all []float64
	for _, c := range g.finished() {
		if c.BestEpoch > 0 {
			all = append(all, c.ValScores[c.BestEpoch-1])
		} else {
			all = append(all, *c.TestAcc)
		}
	}
	return sample(all)
}

// Test returns the test accuracies and losses of the runs that finished.
func (g Group) Test() (accuracy, loss Sample) {
	var accuracies, losses []float64
	for _, c := range g.finished() {
		accuracies, losses = append(accuracies, *c.TestAcc), append(losses, *c.TestLoss)
	}
	return sample(accuracies), sample(losses)
}
