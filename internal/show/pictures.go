package show

import (
	"os"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/figures"
	"optlab/models/training"
	"optlab/random"
)

// batchPicture is drawn before the training, by [Batch], mistakesPicture where
// there are mistakes.
const (
	batchPicture    = "batch.png"
	mistakesPicture = "mistakes.png"
)

// pictures has a row for every picture of a run, in the order of [Pictures].
var pictures = []struct {
	name string
	// has reports whether the results have what it shows; nil for one that is
	// not of results.
	has  func(r *training.Results) bool
	draw func(r *training.Results, of about) ([]byte, error)
}{
	{"loss.png", func(r *training.Results) bool { return len(r.TrainLosses) > 0 }, loss},
	{"losses.png", func(r *training.Results) bool { return len(r.Epochs) > 0 }, losses},
	{"accuracy.png", func(r *training.Results) bool { return len(r.Epochs) > 0 }, accuracy},
	{name: batchPicture},
	{"confusion.png", func(r *training.Results) bool { return r.Test != nil }, func(r *training.Results, of about) ([]byte, error) {
		return figures.Confusion(of.title("Confusion matrix"), r.Test.Confusion, of.set.Classes)
	}},
	{mistakesPicture, func(r *training.Results) bool { return r.Test != nil && len(r.Test.Mistakes) > 0 }, mistakes},
}

// about is what a picture of results shows beside them.
type about struct {
	experiment *experiment.Experiment
	set        *dataset.Set
}

// title returns the title of a picture: what it shows, and of which run.
func (a about) title(what string) string { return what + ": " + runName(a.experiment.Config(), a.set) }

// Pictures are the names of all pictures of a run.
var Pictures = func() []string {
	names := make([]string, len(pictures))
	for i, p := range pictures {
		names[i] = p.name
	}
	return names
}()

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
func Batch(dir folder.Folder, e *experiment.Experiment, set *dataset.Set) error {
	const cols, rows = 4, 4
	train := set.Train
	order := random.Derive(e.Config().Seed, "batch picture").Perm(train.Len())
	var images []figures.Image
	for _, i := range order[:min(cols*rows, len(order))] {
		images = append(images, figures.Image{
			Pixels: train.Image(i), Rows: train.Rows, Cols: train.Cols, Title: set.Classes[train.Labels[i]],
		})
	}
	return draw(dir, batchPicture, func() ([]byte, error) {
		return figures.Images(about{e, set}.title("Training images"), "", images, cols)
	})
}

// Results draws what the results of an experiment have: the pictures but for
// Batch's. One that they lack is not left from a run that has gone further
// since.
func Results(dir folder.Folder, e *experiment.Experiment, results *training.Results, set *dataset.Set) error {
	for _, p := range pictures {
		if p.has == nil {
			continue
		}
		if !p.has(results) {
			if _, err := os.Lstat(dir.File(p.name)); err == nil {
				if err := dir.Dir().Remove(p.name); err != nil {
					return err
				}
			}
			continue
		}
		if err := draw(dir, p.name, func() ([]byte, error) { return p.draw(results, about{e, set}) }); err != nil {
			return err
		}
	}
	return nil
}

// loss draws the losses, with the learning rate where it is not constant.
func loss(r *training.Results, of about) ([]byte, error) {
	losses := make([]float64, len(r.TrainLosses))
	for i, l := range r.TrainLosses {
		losses[i] = float64(l)
	}
	var rates []float64
	if !of.experiment.Config().Optimizer.Schedule.Constant() {
		rates = of.experiment.Rates(len(losses))
	}
	return figures.Loss(of.title("Training loss per batch"), losses, lossWindow, rates)
}

// losses draws the losses of the epochs.
func losses(r *training.Results, of about) ([]byte, error) {
	return figures.Losses(of.title("Loss after each epoch"), overfitting(&r.History),
		r.Column(func(e training.Epoch) float64 { return e.TrainLoss }),
		r.Column(func(e training.Epoch) float64 { return e.ValidationLoss }), r.BestEpoch())
}

// accuracy draws the accuracies of the epochs.
func accuracy(r *training.Results, of about) ([]byte, error) {
	return figures.Accuracy(of.title("Accuracy after each epoch"),
		r.Column(func(e training.Epoch) float64 { return e.TrainAccuracy }),
		r.Column(func(e training.Epoch) float64 { return e.ValidationAccuracy }))
}
