package training_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"optlab/internal/check"
	"optlab/models/training"
)

// history has two finished epochs of three batches and one batch of a third.
func history() training.History {
	return training.History{
		TrainScores: []float64{0.5, 0.75}, ValScores: []float64{0.25, 0.625}, ValLosses: []float64{2.125, 1.0 / 3},
		BestEpoch: 2, BatchesPerEpoch: 3, TrainSeconds: []float64{1.5, 0.125},
		TrainLosses: []float32{3, 2, 1, 0.5, 0.25, 0.75, 9},
	}
}

func TestResultsJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	r := training.Results{Status: training.Finished, History: history()}
	r.Test(training.Evaluation{Loss: 0.5, Accuracy: 0.9, Confusion: [][]int{{9, 1}, {0, 10}}})
	check.NoError(t, r.WriteJSON(path))
	data := readFile(t, path)
	var fields map[string]any
	check.NoError(t, json.Unmarshal(data, &fields))
	want := map[string]string{
		"status": `"finished"`, "test_acc": "0.9", "test_loss": "0.5", "confusion": "[[9,1],[0,10]]",
		"train_scores": "[0.5,0.75]", "val_scores": "[0.25,0.625]", "val_losses": "[2.125,0.3333333333333333]",
		"best_epoch": "2", "batches_per_epoch": "3", "train_losses": "[3,2,1,0.5,0.25,0.75,9]", "train_seconds": "[1.5,0.125]",
	}
	if got := slices.Sorted(maps.Keys(fields)); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
		t.Errorf("the keys are %q", got)
	}
	for key, text := range want {
		got, err := json.Marshal(fields[key])
		check.NoError(t, err)
		if string(got) != text {
			t.Errorf("%s is %s, want %s", key, got, text)
		}
	}
	if !bytes.HasSuffix(data, []byte("}\n")) || bytes.Count(data, []byte("\n")) != 1 {
		t.Error("the file is not one line")
	}
	var back training.Results
	check.NoError(t, json.Unmarshal(data, &back))
	if !equalNumbers(&back.History, &r.History) || *back.TestAcc != 0.9 || back.Status != training.Finished {
		t.Errorf("read back as %+v", back)
	}
}

// A run that did not finish says so, and has no test results rather than zeros.
func TestUnfinishedResultsJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	r := training.Results{Status: training.Interrupted}
	check.NoError(t, r.WriteJSON(path))
	var fields map[string]any
	check.NoError(t, json.Unmarshal(readFile(t, path), &fields))
	for _, key := range []string{"test_acc", "test_loss", "confusion"} {
		if value, ok := fields[key]; !ok || value != nil {
			t.Errorf("%s is %v, want null", key, value)
		}
	}
	if fields["status"] != "interrupted" || fields["best_epoch"] != 0.0 {
		t.Errorf("status %v, best epoch %v", fields["status"], fields["best_epoch"])
	}
}

func TestCSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.csv")
	h := history()
	check.NoError(t, h.WriteCSV(path))
	rows, err := csv.NewReader(bytes.NewReader(readFile(t, path))).ReadAll()
	check.NoError(t, err)
	header := []string{"epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "train_seconds"}
	if len(rows) != 3 || !slices.Equal(rows[0], header) {
		t.Fatalf("the table is %q", rows)
	}
	for i, want := range [][]float64{{1, 2, 0.5, 2.125, 0.25, 1.5}, {2, 0.5, 0.75, 1.0 / 3, 0.625, 0.125}} {
		for j, text := range rows[i+1] {
			got, err := strconv.ParseFloat(text, 64)
			check.NoError(t, err)
			if math.Abs(got-want[j]) > 1e-8 {
				t.Errorf("%s of epoch %d is %s, want %v", header[j], i+1, text, want[j])
			}
		}
	}
	var none training.History
	check.NoError(t, none.WriteCSV(path))
	if rows, err := csv.NewReader(bytes.NewReader(readFile(t, path))).ReadAll(); err != nil || len(rows) != 1 {
		t.Errorf("without epochs the table is %q, %v", rows, err)
	}
}

// The table of a run has its numbers.
func TestCSVOfARun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.csv")
	trainer := usual.trainer(t)
	var epochs []training.Epoch
	trainer.OnEpoch = func(e training.Epoch) { epochs = append(epochs, e) }
	h, err := trainer.Run(t.Context())
	check.NoError(t, err)
	check.NoError(t, h.WriteCSV(path))
	rows, err := csv.NewReader(bytes.NewReader(readFile(t, path))).ReadAll()
	check.NoError(t, err)
	if len(rows) != 1+usual.epochs {
		t.Fatalf("%d rows, want %d", len(rows), 1+usual.epochs)
	}
	for i, e := range epochs {
		for j, want := range []float64{float64(e.Number), e.TrainLoss, e.TrainAccuracy, e.ValidationLoss, e.ValidationAccuracy, e.Seconds} {
			got, err := strconv.ParseFloat(rows[i+1][j], 64)
			check.NoError(t, err)
			if math.Abs(got-want) > 1e-7*math.Abs(want) {
				t.Errorf("%s of epoch %d is %v, want %v", rows[0][j], i+1, got, want)
			}
		}
	}
}

func TestWriteErrors(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "file")
	h := history()
	check.Error(t, h.WriteCSV(missing), missing)
	r := training.Results{History: h}
	check.Error(t, r.WriteJSON(missing), missing)
	r.ValLosses[0] = math.NaN() // JSON has none
	path := filepath.Join(t.TempDir(), "results.json")
	check.Error(t, r.WriteJSON(path), path, "NaN")
}

func TestDivergedError(t *testing.T) {
	for _, c := range []struct {
		err  training.DivergedError
		want string
	}{
		{training.DivergedError{Epoch: 2, Batch: 7, Loss: math.Inf(1)},
			"the loss of batch 7 is +Inf: training has diverged; try a smaller learning rate"},
		{training.DivergedError{Epoch: 2, Loss: math.NaN(), Validation: true},
			"the loss of the validation is NaN: training has diverged; try a smaller learning rate"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("the error is %q, want %q", got, c.want)
		}
	}
}
