package experiment

import (
	"fmt"

	"github.com/pkg/errors"

	"optlab/models/training"
)

// Compared is one of several runs that are compared, as comparison.json has it.
// Losses are means, accuracies in [0, 1]; the lists have an entry per epoch.
type Compared struct {
	Optimizer    string    `json:"optimizer"`
	LearningRate float64   `json:"learning_rate"`
	TestAcc      float64   `json:"test_acc"`
	TestLoss     float64   `json:"test_loss"`
	BestEpoch    int       `json:"best_epoch"`
	ValScores    []float64 `json:"val_scores"`
	TrainLosses  []float64 `json:"train_losses"`
	TrainSeconds []float64 `json:"train_seconds"`
}

// Compare returns what there is to compare of runs, all finished: their
// configurations and results, in the same order.
func Compare(configs []Config, results []*training.Results) ([]Compared, error) {
	if len(configs) != len(results) {
		return nil, errors.Errorf("comparing runs: %d configurations, but %d results", len(configs), len(results))
	}
	list := make([]Compared, len(results))
	for i, r := range results {
		o := configs[i].Optimizer
		if r.Test == nil {
			return nil, errors.Errorf("comparing runs: that with %s is %s, not finished", o.Name, r.Status)
		}
		list[i] = Compared{
			Optimizer: o.Name, LearningRate: o.LearningRate,
			TestAcc: r.Test.Accuracy, TestLoss: r.Test.Loss, BestEpoch: r.BestEpoch(),
			ValScores:    r.Column(func(e training.Epoch) float64 { return e.ValidationAccuracy }),
			TrainLosses:  r.Column(func(e training.Epoch) float64 { return e.TrainLoss }),
			TrainSeconds: r.Column(func(e training.Epoch) float64 { return e.Seconds }),
		}
	}
	return list, nil
}

// Label names the run in a legend.
func (c Compared) Label() string { return fmt.Sprintf("%s, lr %v", c.Optimizer, c.LearningRate) }
