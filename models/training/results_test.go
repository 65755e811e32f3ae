package training_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"optlab/internal/atomicfile"
	"optlab/internal/check"
	"optlab/models/training"
)

// history has two finished epochs of three batches and one batch of a third.
func history() training.History {
	return training.History{
		Epochs: []training.Epoch{
			{Number: 1, TrainLoss: 2, TrainAccuracy: 0.5, ValidationLoss: 2.125, ValidationAccuracy: 0.25, Seconds: 1.5, Best: true},
			{Number: 2, TrainLoss: 0.5, TrainAccuracy: 0.75, ValidationLoss: 1.0 / 3, ValidationAccuracy: 0.625, Seconds: 0.125, Best: true},
		},
		BatchesPerEpoch: 3, TrainLosses: []float32{3, 2, 1, 0.5, 0.25, 0.75, 9},
	}
}

func TestResultsJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	r := training.Results{
		Status: training.Finished, History: history(),
		Test: &training.Evaluation{Loss: 0.5, Accuracy: 0.9, Confusion: [][]int{{9, 1}, {0, 10}}},
	}
	check.NoError(t, r.Write(atomicfile.Split(path)))
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
	back, err := training.ReadResults(path)
	check.NoError(t, err)
	if !reflect.DeepEqual(back, &r) {
		t.Errorf("read back as %+v, want %+v", back, r)
	}
}

// A run that did not finish says so, and has no test results rather than zeros.
func TestUnfinishedResultsJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	r := training.Results{Status: training.Interrupted}
	check.NoError(t, r.Write(atomicfile.Split(path)))
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
	check.NoError(t, h.WriteCSV(atomicfile.Split(path)))
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
	check.NoError(t, none.WriteCSV(atomicfile.Split(path)))
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
	check.NoError(t, h.WriteCSV(atomicfile.Split(path)))
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
	check.Error(t, h.WriteCSV(atomicfile.Split(missing)), missing)
	r := training.Results{History: h}
	check.Error(t, r.Write(atomicfile.Split(missing)), missing)
	r.Epochs[0].ValidationLoss = math.NaN() // JSON has none
	path := filepath.Join(t.TempDir(), "results.json")
	check.Error(t, r.Write(atomicfile.Split(path)), path, "NaN")
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

// What is not the results of a run is an error that says why, and no panic.
func TestReadResultsErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	_, err := training.ReadResults(path)
	check.Error(t, err, path, "reading the results")
	const lists = `"train_scores":[1],"val_losses":[1],"train_seconds":[1],"val_scores":[1]`
	for text, want := range map[string]string{
		"":                      "damaged",
		`{"status":1}`:          "results",
		`{"status":"finished"}`: "no test",
		`{"val_scores":[1]}`:    "another list of 0",
		"{" + lists + "}":       "0 losses for 1 epochs of 0 batches",
		"{" + lists + `,"batches_per_epoch":-1,"train_losses":[1]}`:                  "of -1 batches",
		"{" + lists + `,"batches_per_epoch":9223372036854775807,"train_losses":[1]}`: "1 losses for 1 epochs",
		"{" + lists + `,"batches_per_epoch":2,"train_losses":[1]}`:                   "1 losses for 1 epochs of 2",
	} {
		check.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		_, err := training.ReadResults(path)
		check.Error(t, err, path, want)
	}
}
