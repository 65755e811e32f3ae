package training

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"optlab/internal/atomicfile"
)

// History is the record of a training run.
type History struct {
	Epochs          []Epoch // those that were finished
	BatchesPerEpoch int
	TrainLosses     []float32 // of every batch, also of an epoch that was broken off
	Notes           []string  // what else there is to know of the run
}

// Equal reports whether two histories have the same numbers, times included.
func (h *History) Equal(other *History) bool {
	return slices.Equal(h.Epochs, other.Epochs) && slices.Equal(h.TrainLosses, other.TrainLosses) &&
		h.BatchesPerEpoch == other.BatchesPerEpoch && slices.Equal(h.Notes, other.Notes)
}

// Epoch is the record of one epoch. Losses are mean cross-entropies, accuracies
// in [0, 1].
type Epoch struct {
	Number                             int // from 1
	TrainLoss, TrainAccuracy           float64
	ValidationLoss, ValidationAccuracy float64
	Seconds                            float64 // of training alone, without pauses
	Best                               bool    // no earlier epoch had a validation accuracy as high
}

// add records an epoch and returns it, with Best set.
func (h *History) add(e Epoch) Epoch {
	best := h.BestEpoch()
	e.Best = best == 0 || e.ValidationAccuracy > h.Epochs[best-1].ValidationAccuracy
	h.Epochs = append(h.Epochs, e)
	return e
}

// BestEpoch returns the number of the epoch with the highest validation
// accuracy, the first of equals; 0 if there is no epoch.
func (h *History) BestEpoch() int {
	best := 0
	for _, e := range h.Epochs {
		if e.Best {
			best = e.Number
		}
	}
	return best
}

// meanLoss returns the mean of the batch losses of an epoch, from 1.
func (h *History) meanLoss(epoch int) float64 {
	sum := 0.0
	for _, l := range h.TrainLosses[(epoch-1)*h.BatchesPerEpoch : epoch*h.BatchesPerEpoch] {
		sum += float64(l)
	}
	return sum / float64(h.BatchesPerEpoch)
}

// Column returns one number of every epoch.
func (h *History) Column(of func(Epoch) float64) []float64 {
	column := make([]float64, len(h.Epochs))
	for i, e := range h.Epochs {
		column[i] = of(e)
	}
	return column
}

// record is a history under the names of the notebook's results, as files have
// it: a list for each number of an epoch.
type record struct {
	TrainScores     []float64 `json:"train_scores"`
	ValScores       []float64 `json:"val_scores"`
	ValLosses       []float64 `json:"val_losses"`
	BestEpoch       int       `json:"best_epoch"`
	BatchesPerEpoch int       `json:"batches_per_epoch"`
	TrainLosses     []float32 `json:"train_losses"`
	TrainSeconds    []float64 `json:"train_seconds"`
	Notes           []string  `json:"notes,omitempty"`
}

// number is one number of every epoch in files: its list in a record, and its
// column in the table of [History.WriteCSV].
type number struct {
	list   *[]float64
	column string
	of     func(*Epoch) *float64
}

// numbers are the numbers of an epoch that a record has, as the table orders
// them, the time at last. The mean of the batches' losses is in none of its
// lists.
func (r *record) numbers() []number {
	return []number{
		{&r.TrainScores, "train_accuracy", func(e *Epoch) *float64 { return &e.TrainAccuracy }},
		{&r.ValLosses, "val_loss", func(e *Epoch) *float64 { return &e.ValidationLoss }},
		{&r.ValScores, "val_accuracy", func(e *Epoch) *float64 { return &e.ValidationAccuracy }},
		{&r.TrainSeconds, "train_seconds", func(e *Epoch) *float64 { return &e.Seconds }},
	}
}

func (h *History) record() record {
	r := record{
		BestEpoch: h.BestEpoch(), BatchesPerEpoch: h.BatchesPerEpoch, Notes: h.Notes,
		TrainLosses: append([]float32{}, h.TrainLosses...), // JSON writes a nil list as null
	}
	for _, n := range r.numbers() {
		*n.list = h.Column(func(e Epoch) float64 { return *n.of(&e) })
	}
	return r
}

// history is the inverse of History.record. Lists that do not fit each other
// are an error.
func (r *record) history() (*History, error) {
	h := &History{BatchesPerEpoch: r.BatchesPerEpoch, TrainLosses: r.TrainLosses, Notes: r.Notes}
	n := len(r.ValScores)
	for _, number := range r.numbers() {
		if len(*number.list) != n {
			return nil, errors.Errorf("the history has %d validation accuracies, but another list of %d", n, len(*number.list))
		}
	}
	// The product could overflow.
	if r.BatchesPerEpoch < 0 || n > 0 && (r.BatchesPerEpoch == 0 || len(r.TrainLosses)/r.BatchesPerEpoch < n) {
		return nil, errors.Errorf("the history has %d losses for %d epochs of %d batches", len(r.TrainLosses), n, r.BatchesPerEpoch)
	}
	for i := range n {
		e := Epoch{Number: i + 1, TrainLoss: h.meanLoss(i + 1)}
		for _, number := range r.numbers() {
			*number.of(&e) = (*number.list)[i]
		}
		h.add(e)
	}
	return h, nil
}

// WriteCSV writes a table with a row per finished epoch to a file in dir,
// atomically.
func (h *History) WriteCSV(dir atomicfile.Dir, name string) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	header, numbers := []string{"epoch", "train_loss"}, new(record).numbers()
	for _, n := range numbers {
		header = append(header, n.column)
	}
	w.Write(header)
	digits := func(x float64) string { return strconv.FormatFloat(x, 'g', 8, 64) }
	for _, e := range h.Epochs {
		row := []string{strconv.Itoa(e.Number), digits(e.TrainLoss)}
		for _, n := range numbers {
			row = append(row, digits(*n.of(&e)))
		}
		w.Write(row)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return errors.Wrapf(err, "writing %s", dir.File(name))
	}
	return dir.Write(name, b.Bytes())
}

// withoutLosses returns the JSON of the history but for the losses of batches.
func (h *History) withoutLosses() ([]byte, error) {
	r := h.record()
	r.TrainLosses = nil
	return json.Marshal(r)
}
