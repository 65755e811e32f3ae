package training

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/pkg/errors"

	"optlab/internal/atomicfile"
)

// History is the record of a training run, under the names of the notebook's
// results. Scores are accuracies in [0, 1], losses mean cross-entropies. Slices
// have an entry per epoch, TrainLosses one per batch, also of an epoch that was
// broken off.
type History struct {
	TrainScores     []float64 `json:"train_scores"`
	ValScores       []float64 `json:"val_scores"`
	ValLosses       []float64 `json:"val_losses"`
	BestEpoch       int       `json:"best_epoch"` // from 1, with the highest validation accuracy; 0: none
	BatchesPerEpoch int       `json:"batches_per_epoch"`
	TrainLosses     []float32 `json:"train_losses"`
	TrainSeconds    []float64 `json:"train_seconds"` // per epoch, training alone
}

// newHistory returns a history without epochs. Its lists are empty rather than
// nil, which JSON would write as null.
func newHistory(batchesPerEpoch int) *History {
	return &History{
		TrainScores: []float64{}, ValScores: []float64{}, ValLosses: []float64{}, TrainSeconds: []float64{},
		TrainLosses: []float32{}, BatchesPerEpoch: batchesPerEpoch,
	}
}

// Epochs returns the number of finished epochs.
func (h *History) Epochs() int { return len(h.ValScores) }

// add records an epoch and reports whether it is the best so far.
func (h *History) add(e Epoch) bool {
	best := h.BestEpoch == 0 || e.ValidationAccuracy > h.ValScores[h.BestEpoch-1]
	if best {
		h.BestEpoch = e.Number
	}
	h.TrainScores = append(h.TrainScores, e.TrainAccuracy)
	h.ValScores = append(h.ValScores, e.ValidationAccuracy)
	h.ValLosses = append(h.ValLosses, e.ValidationLoss)
	h.TrainSeconds = append(h.TrainSeconds, e.Seconds)
	return best
}

// trainLoss returns the mean of the batch losses of a finished epoch, from 0.
func (h *History) trainLoss(epoch int) float64 {
	sum := 0.0
	for _, l := range h.TrainLosses[epoch*h.BatchesPerEpoch : (epoch+1)*h.BatchesPerEpoch] {
		sum += float64(l)
	}
	return sum / float64(h.BatchesPerEpoch)
}

// EpochLosses returns the mean of the batch losses of every finished epoch.
func (h *History) EpochLosses() []float64 {
	losses := make([]float64, h.Epochs())
	for i := range losses {
		losses[i] = h.trainLoss(i)
	}
	return losses
}

// Status says how a run ended.
type Status string

// The ways in which a run ends.
const (
	Finished    Status = "finished"
	Interrupted Status = "interrupted" // by the user
	Diverged    Status = "diverged"    // a loss was not finite
)

// Results is the content of results.json.
type Results struct {
	Status Status `json:"status"`
	// TestAcc, TestLoss and Confusion are those of the best parameters on the test
	// set. A run that did not finish has none.
	TestAcc   *float64 `json:"test_acc"`
	TestLoss  *float64 `json:"test_loss"`
	Confusion [][]int  `json:"confusion"`
	History
}

// Test sets the results on the test set.
func (r *Results) Test(e Evaluation) {
	r.TestAcc, r.TestLoss, r.Confusion = &e.Accuracy, &e.Loss, e.Confusion
}

// WriteJSON writes the results to a file, atomically.
func (r *Results) WriteJSON(path string) error {
	data, err := json.Marshal(r)
	if err != nil {
		return errors.Wrapf(err, "writing %s", path)
	}
	return atomicfile.Write(path, append(data, '\n'))
}

// WriteCSV writes a table with a row per finished epoch, atomically.
func (h *History) WriteCSV(path string) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "train_seconds"})
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 8, 64) }
	for i := range h.Epochs() {
		w.Write([]string{
			strconv.Itoa(i + 1), number(h.trainLoss(i)), number(h.TrainScores[i]),
			number(h.ValLosses[i]), number(h.ValScores[i]), number(h.TrainSeconds[i]),
		})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return errors.Wrapf(err, "writing %s", path)
	}
	return atomicfile.Write(path, b.Bytes())
}

// DivergedError says that a loss was NaN or infinite, and where.
type DivergedError struct {
	Epoch      int // from 1
	Batch      int // from 1; 0 if Validation
	Loss       float64
	Validation bool // the loss is that of the validation after the epoch
}

// Error says where the loss left the finite numbers and what to try.
func (e *DivergedError) Error() string {
	where := fmt.Sprintf("of batch %d", e.Batch)
	if e.Validation {
		where = "of the validation"
	}
	return fmt.Sprintf("the loss %s is %v: training has diverged; try a smaller learning rate", where, e.Loss)
}
