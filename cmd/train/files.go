package main

import (
	"encoding/json"
	"os"

	"github.com/pkg/errors"

	"optlab/internal/cli"
	"optlab/internal/figures"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
	"optlab/random"
)

// The files of a run beside its configuration and parameters.
const (
	resultsFile   = "results.json"
	metricsFile   = "metrics.csv"
	lossFile      = "loss.png"
	accuracyFile  = "accuracy.png"
	batchFile     = "batch.png"
	confusionFile = "confusion.png"
)

var runFiles = []string{
	training.BestFile, training.LastFile,
	resultsFile, metricsFile, lossFile, accuracyFile, batchFile, confusionFile,
}

// lossWindow is the number of batches in the notebook's moving mean.
const lossWindow = 50

// record is the configuration of a run as config.json keeps it: all that its
// numbers depend on.
type record struct {
	Data      string             `json:"data"`
	Model     models.Config      `json:"model"`
	Init      models.Initializer `json:"init"`
	Load      *loaded            `json:"load"`
	Optimizer map[string]any     `json:"optimizer"`
	Batch     int                `json:"batch"`
	Epochs    int                `json:"epochs"`
	Patience  int                `json:"patience"`
	Seed      uint64             `json:"seed"`
}

// loaded is a file that a run starts from. Its content counts, so it has a
// digest.
type loaded struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

func (o *options) record(config models.Config) (record, error) {
	optimizer := map[string]any{"name": o.optimizer, "learning_rate": o.lr}
	if o.optimizer != sgd {
		optimizer["beta1"] = o.beta1
	}
	if o.optimizer == adam {
		optimizer["beta2"], optimizer["epsilon"] = o.beta2, o.eps
	}
	r := record{
		Data: o.data, Model: config, Init: models.NewInitializer(o.scheme),
		Optimizer: optimizer, Batch: o.batch, Epochs: o.epochs, Patience: o.patience, Seed: o.seed,
	}
	if o.load != "" {
		digest, err := models.FileDigest(o.load)
		if err != nil {
			return record{}, err
		}
		r.Load = &loaded{Path: o.load, SHA256: digest}
	}
	return r, nil
}

// drawBatch writes a picture of 16 random training images with their labels.
func drawBatch(folder cli.Folder, set *mnist.Dataset, seed uint64) error {
	const cols, rows = 4, 4
	order := random.Derive(seed, "batch picture").Perm(set.Train.Len())
	var images []figures.Image
	for _, i := range order[:min(cols*rows, len(order))] {
		images = append(images, figures.Image{
			Pixels: set.Train.Image(i), Rows: set.Train.Rows, Cols: set.Train.Cols,
			Title: set.Classes[set.Train.Labels[i]],
		})
	}
	png, err := figures.Images(images, cols)
	if err != nil {
		return err
	}
	return folder.Write(batchFile, png)
}

// writeResults writes the numbers of a run and the pictures of those it has. The
// results come last: where they say that a run is finished, all files are there.
func writeResults(folder cli.Folder, r *training.Results, classes []string) error {
	if err := r.WriteCSV(folder.File(metricsFile)); err != nil {
		return err
	}
	draw := func(name string, figure func() ([]byte, error)) error {
		png, err := figure()
		if err != nil {
			return errors.WithMessagef(err, "drawing %s", name)
		}
		return folder.Write(name, png)
	}
	if len(r.TrainLosses) > 0 {
		losses := make([]float64, len(r.TrainLosses))
		for i, l := range r.TrainLosses {
			losses[i] = float64(l)
		}
		if err := draw(lossFile, func() ([]byte, error) { return figures.Loss(losses, lossWindow, nil) }); err != nil {
			return err
		}
	}
	if r.Epochs() > 0 {
		if err := draw(accuracyFile, func() ([]byte, error) {
			return figures.Accuracy("Accuracy after each epoch", r.TrainScores, r.ValScores)
		}); err != nil {
			return err
		}
	}
	if r.Confusion != nil {
		if err := draw(confusionFile, func() ([]byte, error) { return figures.Confusion(r.Confusion, classes) }); err != nil {
			return err
		}
	}
	return r.WriteJSON(folder.File(resultsFile))
}

// readResults reads what writeResults wrote.
func readResults(folder cli.Folder) (*training.Results, error) {
	path := folder.File(resultsFile)
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return new(training.Results), nil // killed before it wrote any
	}
	if err != nil {
		return nil, errors.Wrap(err, "reading the results of the run")
	}
	r := new(training.Results)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, errors.Wrapf(err, "%s is damaged (-overwrite starts the run afresh)", path)
	}
	return r, nil
}
