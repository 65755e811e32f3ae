package main

import (
	"encoding/json"
	"io"
	"path/filepath"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/models/training"
)

// entryFile is an entry as -json has it, under the names of results.json and
// config.json. What there is not is null.
type entryFile struct {
	Path    string             `json:"path"`
	Status  training.Status    `json:"status"`
	Problem *string            `json:"problem"`
	Config  *experiment.Config `json:"config"`

	EpochsDone   int      `json:"epochs_done"`
	BestEpoch    *int     `json:"best_epoch"`
	BestValScore *float64 `json:"best_val_score"`
	TestAcc      *float64 `json:"test_acc"`
	TestLoss     *float64 `json:"test_loss"`
	Seconds      float64  `json:"train_seconds"` // of all epochs
	Batches      int      `json:"batches"`       // that were trained, also of an epoch that was broken off
	PerEpoch     int      `json:"batches_per_epoch"`
	Notes        []string `json:"notes"`
}

// file returns the entry as -json has it.
func (e *entry) file() entryFile {
	f := entryFile{
		Path: filepath.ToSlash(e.path), Status: e.status, Config: e.config, EpochsDone: e.epochs, Seconds: e.seconds,
		Batches: e.losses, PerEpoch: e.passes, Notes: append([]string{}, e.notes...),
	}
	if e.problem != nil {
		text := e.problem.Error()
		f.Problem = &text
	}
	if e.best > 0 {
		f.BestEpoch, f.BestValScore = &e.best, &e.validation
	}
	if e.test != nil {
		f.TestAcc, f.TestLoss = &e.test.Accuracy, &e.test.Loss
	}
	return f
}

// printJSON prints a list of all that there is to know.
func printJSON(w io.Writer, entries []entry) error {
	list := []entryFile{}
	for i := range entries {
		list = append(list, entries[i].file())
	}
	data, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return errors.Wrap(err, "writing the runs as JSON")
	}
	_, err = w.Write(append(data, '\n'))
	return errors.Wrap(err, "printing the results")
}
