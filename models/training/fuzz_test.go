package training_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"optlab/internal/atomicfile"
	"optlab/internal/atomicfile/faulty"
	"optlab/internal/check"
	"optlab/models/training"
)

// FuzzResults reads any results.json: without taking memory out of proportion,
// and what is accepted is written and read as the same, and can be shown.
func FuzzResults(f *testing.F) {
	for _, r := range []*training.Results{
		{Status: training.Finished, History: history(), Test: &training.Evaluation{Loss: 0.5, Accuracy: 0.9, Confusion: [][]int{{9, 1}, {0, 10}}}},
		{Status: training.Diverged, History: training.History{Notes: []string{"a note"}}},
	} {
		data, err := json.Marshal(r)
		check.NoError(f, err)
		f.Add(data)
	}
	for _, text := range []string{
		``, `null`, `{"status":"finished"}`, `{"status":"finished","test_acc":1,"test_loss":1,"confusion":[[],[1]]}`,
		`{"val_scores":[1],"val_losses":[1],"train_scores":[1],"train_seconds":[1],"batches_per_epoch":9223372036854775807}`,
		`{"batches_per_epoch":-1}`, `{"train_losses":[1e39]}`, `{"confusion":[[-1]],"test_acc":1,"test_loss":2}`,
	} {
		f.Add([]byte(text))
	}
	path := filepath.Join(f.TempDir(), "results.json")
	dir, name := atomicfile.Split(path)
	dir.FS = faulty.Quick{}
	f.Fuzz(func(t *testing.T, data []byte) {
		check.NoError(t, os.WriteFile(path, data, 0o644))
		var r *training.Results
		var err error
		// An empty list, three bytes with its comma, takes a slice's 24.
		if took := check.Allocated(func() { r, err = training.ReadResults(path) }); took > uint64(2<<20+100*len(data)) {
			t.Errorf("%d bytes took %d bytes of memory", len(data), took)
		}
		if err != nil {
			return
		}
		for i, e := range r.Epochs {
			if e.Number != i+1 {
				t.Errorf("epoch %d is the number %d", e.Number, i+1)
			}
		}
		if best := r.BestEpoch(); best > len(r.Epochs) || len(r.Epochs) > 0 && best < 1 {
			t.Errorf("epoch %d of %d is the best", best, len(r.Epochs))
		}
		if r.Test != nil {
			for _, row := range r.Test.Confusion {
				if len(row) != len(r.Test.Confusion) {
					t.Errorf("a matrix of %d rows has one of %d columns", len(r.Test.Confusion), len(row))
				}
			}
		}
		check.NoError(t, r.WriteCSV(dir, "metrics.csv"))
		check.NoError(t, r.Write(dir, name))
		again, err := training.ReadResults(path)
		check.NoError(t, err)
		if again.Status != r.Status || !again.History.Equal(&r.History) || !reflect.DeepEqual(again.Test, r.Test) {
			t.Errorf("written and read again\n%+v is\n%+v", r, again)
		}
	})
}
