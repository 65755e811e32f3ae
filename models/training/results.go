package training

import (
	"encoding/json"
	"slices"

	"github.com/pkg/errors"

	"optlab/internal/atomicfile"
	"optlab/internal/brief"
	"optlab/internal/regular"
)

// Status says how a run ended.
type Status string

// The ways in which a run ends.
const (
	Finished    Status = "finished"
	Interrupted Status = "interrupted" // by the user
	Diverged    Status = "diverged"    // a loss was not finite
)

// Results is the outcome of a run, the content of results.json.
type Results struct {
	Status Status
	// Test is how the best parameters do on the test set. A run that did not
	// finish has none.
	Test *Evaluation
	History
}

// resultsFile is results.json: the notebook's names.
type resultsFile struct {
	Status    Status   `json:"status"`
	TestAcc   *float64 `json:"test_acc"`
	TestLoss  *float64 `json:"test_loss"`
	Confusion [][]int  `json:"confusion"`
	record
}

// MarshalJSON writes the results under the notebook's names.
func (r *Results) MarshalJSON() ([]byte, error) {
	f := resultsFile{Status: r.Status, record: r.record()}
	if r.Test != nil {
		f.TestAcc, f.TestLoss, f.Confusion = &r.Test.Accuracy, &r.Test.Loss, r.Test.Confusion
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads what MarshalJSON writes. Lists that do not fit each
// other, a confusion matrix that is none, and a finished run without a test, are
// errors.
func (r *Results) UnmarshalJSON(data []byte) error {
	var f resultsFile
	if err := json.Unmarshal(data, &f); err != nil {
		return errors.Wrap(err, "results")
	}
	h, err := f.record.history()
	if err != nil {
		return err
	}
	for i, row := range f.Confusion {
		if len(row) != len(f.Confusion) {
			return errors.Errorf("row %d of the %d of the confusion matrix has %d counts", i+1, len(f.Confusion), len(row))
		}
		if slices.ContainsFunc(row, func(count int) bool { return count < 0 }) {
			return errors.Errorf("row %d of the confusion matrix has a negative count", i+1)
		}
	}
	*r = Results{Status: f.Status, History: *h}
	if f.TestAcc != nil && f.TestLoss != nil {
		r.Test = &Evaluation{Accuracy: *f.TestAcc, Loss: *f.TestLoss, Confusion: f.Confusion}
	}
	if r.Status == Finished && r.Test == nil {
		return errors.New("the results of a finished run have no test")
	}
	return nil
}

// Write writes the results to a file in dir, as JSON, atomically.
func (r *Results) Write(dir atomicfile.Dir, name string) error {
	data, err := json.Marshal(r)
	if err != nil {
		return errors.Wrapf(err, "writing %s", dir.File(name))
	}
	return dir.Write(name, append(data, '\n'))
}

// maxResults bounds what is read as results: a batch's loss takes at most 16
// bytes, so that they can be of 32 million batches, 8 000 epochs of the default
// run.
const maxResults = 512 << 20

// ReadResults reads what Write wrote. A file that is not there, damaged, or too
// large for results is an error that names it.
func ReadResults(path string) (*Results, error) {
	data, err := regular.Read(path, maxResults)
	if err != nil {
		return nil, errors.WithMessage(err, "reading the results of the run")
	}
	r := new(Results)
	return r, errors.Wrapf(brief.Cut(json.Unmarshal(data, r)), "%s is damaged", brief.Path(path))
}
