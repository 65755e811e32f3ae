package show

import (
	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/figures"
	"optlab/models/training"
	"optlab/random"
)

// The pictures of a run.
const (
	lossPicture      = "loss.png"
	accuracyPicture  = "accuracy.png"
	batchPicture     = "batch.png"
	confusionPicture = "confusion.png"
)

// Pictures are the names of all pictures of a run.
var Pictures = []string{lossPicture, accuracyPicture, batchPicture, confusionPicture}

// lossWindow is the number of batches in the notebook's moving mean.
const lossWindow = 50

// draw writes a picture.
func draw(dir folder.Folder, name string, figure func() ([]byte, error)) error {
	png, err := figure()
	if err != nil {
		return errors.WithMessagef(err, "drawing %s", name)
	}
	return dir.Write(name, png)
}

// Batch draws 16 training images with their labels, chosen by the seed.
func Batch(dir folder.Folder, set *dataset.Set, seed uint64) error {
	const cols, rows = 4, 4
	train := set.Train
	order := random.Derive(seed, "batch picture").Perm(train.Len())
	var images []figures.Image
	for _, i := range order[:min(cols*rows, len(order))] {
		images = append(images, figures.Image{
			Pixels: train.Image(i), Rows: train.Rows, Cols: train.Cols, Title: set.Classes[train.Labels[i]],
		})
	}
	return draw(dir, batchPicture, func() ([]byte, error) { return figures.Images(images, cols) })
}

// Results draws what the results of an experiment have: the losses, with the
// learning rate where it is not constant, the accuracies of the epochs, and the
// confusion of the test.
func Results(dir folder.Folder, e *experiment.Experiment, results *training.Results, classes []string) error {
	if n := len(results.TrainLosses); n > 0 {
		losses := make([]float64, n)
		for i, l := range results.TrainLosses {
			losses[i] = float64(l)
		}
		var rates []float64
		if !e.Config().Optimizer.Schedule.Constant() {
			rates = e.Rates(n)
		}
		if err := draw(dir, lossPicture, func() ([]byte, error) { return figures.Loss(losses, lossWindow, rates) }); err != nil {
			return err
		}
	}
	if len(results.Epochs) > 0 {
		if err := draw(dir, accuracyPicture, func() ([]byte, error) {
			return figures.Accuracy("Accuracy after each epoch",
				results.Column(func(e training.Epoch) float64 { return e.TrainAccuracy }),
				results.Column(func(e training.Epoch) float64 { return e.ValidationAccuracy }))
		}); err != nil {
			return err
		}
	}
	if results.Test == nil {
		return nil
	}
	return draw(dir, confusionPicture, func() ([]byte, error) { return figures.Confusion(results.Test.Confusion, classes) })
}
