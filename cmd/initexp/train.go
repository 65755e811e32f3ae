package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/initexp"
	"optlab/internal/cli"
	"optlab/internal/figures"
	"optlab/models"
	modeltraining "optlab/models/training"
	"optlab/optimizers"
)

// training is how the networks are trained after they were measured.
type training struct {
	Epochs       int     `json:"epochs"` // 0: not at all
	Optimizer    string  `json:"optimizer"`
	LearningRate float64 `json:"learning_rate"` // 0: the optimizer's usual one
	Batch        int     `json:"batch"`
}

// trainingFlags are the flags that have an effect with -train alone.
var trainingFlags = []string{"optimizer", "lr", "batch"}

// addFlags binds the flags to the settings.
func (t *training) addFlags(f *cli.Flags) {
	f.Group("Training")
	cli.Bind(f, &t.Epochs, "train", cli.IntFrom(0), "then train for `N` epochs, and follow the variances; 0 for not at all")
	cli.Bind(f, &t.Optimizer, "optimizer", cli.OneOf(optimizers.Names()...), "`RULE` of the update: "+strings.Join(optimizers.Names(), ", "))
	cli.Bind(f, &t.LearningRate, "lr", cli.Positive, "learning `RATE` "+cli.UsualRates())
	cli.Bind(f, &t.Batch, "batch", cli.IntFrom(1), "`N` samples per step")
}

// check returns a UsageError if a flag was given that has no effect.
func (t *training) check(given func(string) bool) error {
	for _, flag := range trainingFlags {
		if given(flag) && t.Epochs == 0 {
			return cli.Usagef("-%s has no effect without -train", flag)
		}
	}
	return nil
}

// followed is what became of a scheme in training: a part of training.json.
type followed struct {
	Scheme models.Scheme `json:"scheme"`
	settings
	DivergedAfter *int     `json:"diverged_after"` // updates; null: it did not
	Layers        []string `json:"layers"`
	Steps         []int    `json:"steps"` // the updates before each measurement
	// [layer][measurement]; null for what is not finite.
	Activations [][]*float64 `json:"activation_variances"`
	Gradients   [][]*float64 `json:"gradient_variances"` // for the weights
	// Of every epoch.
	TrainLosses []float64 `json:"train_losses"`
	ValLosses   []float64 `json:"val_losses"`
	ValScores   []float64 `json:"val_scores"`
}

// measurements is about how often the variances are measured in a training.
const measurements = 60

// train trains the network of every scheme, then writes, draws and prints what
// became of them.
func (o *options) train(ctx context.Context, set *dataset.Set, stdout io.Writer, dir *folder.Hold) error {
	var outcomes []experiment.Outcome
	var all []followed
	var tracks []figures.Track
	for _, scheme := range o.schemes() {
		c, track, err := o.follow(ctx, set, scheme)
		if err != nil {
			return errors.WithMessagef(err, "training with scheme %s", scheme)
		}
		results := &modeltraining.Results{Status: modeltraining.Finished, History: *track.History}
		picture := figures.Track{
			Name: string(scheme) + settingsOf(o.Init, scheme).list(), Layers: track.Layers, Steps: track.Steps,
			Activations: track.Activations, Gradients: track.Gradients,
		}
		f := newFollowed(scheme, settingsOf(o.Init, scheme), track)
		if track.Diverged != nil {
			results.Status = modeltraining.Diverged
			picture.Note = fmt.Sprintf("diverged after %d updates", *f.DivergedAfter)
		}
		outcomes = append(outcomes, experiment.Outcome{Config: c, Results: results, Folder: string(scheme)})
		all, tracks = append(all, f), append(tracks, picture)
	}
	data, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return errors.Wrapf(err, "writing %s", trainingFile)
	}
	if err := dir.Write(trainingFile, append(data, '\n')); err != nil {
		return err
	}
	comparison, err := experiment.Compare(outcomes)
	if err != nil {
		return err
	}
	return o.showTraining(stdout, dir, outcomes[0].Config, comparison, tracks)
}

// follow trains the network of a scheme.
func (o *options) follow(ctx context.Context, set *dataset.Set, scheme models.Scheme) (experiment.Config, *initexp.Track, error) {
	c := o.config(set, scheme)
	c.Batch, c.Epochs = o.training.Batch, o.training.Epochs
	c.Optimizer.Name, c.Optimizer.LearningRate = o.training.Optimizer, o.training.LearningRate
	if kind, err := optimizers.Lookup(c.Optimizer.Name); err == nil && c.Optimizer.LearningRate == 0 {
		c.Optimizer.LearningRate = kind.LearningRate
	}
	e, err := experiment.New(c, set)
	if err != nil {
		return c, nil, cli.Misconfigured(err)
	}
	x, labels, err := e.Data.Train.First(o.samples)
	if err != nil {
		return c, nil, err
	}
	track, err := initexp.Follow(ctx, e.Trainer, x, labels, measurements)
	return e.Config(), track, err
}

// newFollowed returns what training.json has of a training.
func newFollowed(scheme models.Scheme, s settings, track *initexp.Track) followed {
	h := track.History
	f := followed{
		Scheme: scheme, settings: s, Layers: track.Layers, Steps: track.Steps,
		Activations: finite(track.Activations), Gradients: finite(track.Gradients),
		TrainLosses: h.Column(func(e modeltraining.Epoch) float64 { return e.TrainLoss }),
		ValLosses:   h.Column(func(e modeltraining.Epoch) float64 { return e.ValidationLoss }),
		ValScores:   h.Column(func(e modeltraining.Epoch) float64 { return e.ValidationAccuracy }),
	}
	if track.Diverged != nil {
		n := len(h.TrainLosses)
		f.DivergedAfter = &n
	}
	return f
}

// finite returns the values, without those that JSON has no number for.
func finite(values [][]float64) [][]*float64 {
	all := make([][]*float64, len(values))
	for i, list := range values {
		for _, v := range list {
			if v != v {
				all[i] = append(all[i], nil)
			} else {
				all[i] = append(all[i], &v)
			}
		}
	}
	return all
}

// showTraining draws and prints what training made of the networks.
func (o *options) showTraining(w io.Writer, dir *folder.Hold, c experiment.Config, comparison *experiment.Comparison, tracks []figures.Track) error {
	title := fmt.Sprintf("%s, %s, %s: %s, lr %v, batch %d", c.Data, shortSizes(c.Model.Sizes), c.Model.Activation, c.Optimizer.Name, c.Optimizer.LearningRate, c.Batch)
	verdict := comparison.Verdict()
	var list []figures.Compared
	epochs := 0
	for _, r := range comparison.Runs {
		list = append(list, figures.Compared{
			Name: r.Init, TrainLosses: [][]float64{r.TrainLosses}, ValidationLosses: [][]float64{r.ValLosses}, ValidationAccuracies: [][]float64{r.ValScores},
		})
		epochs = max(epochs, len(r.ValScores))
	}
	if epochs > 0 {
		png, err := figures.Comparison(title, list, verdict)
		if err != nil {
			return errors.WithMessagef(err, "drawing %s", lossesFile)
		}
		if err := dir.Write(lossesFile, png); err != nil {
			return err
		}
	}
	png, err := figures.Tracks(title, tracks)
	if err != nil {
		return errors.WithMessagef(err, "drawing %s", tracksFile)
	}
	if err := dir.Write(tracksFile, png); err != nil {
		return err
	}
	fmt.Fprintf(w, "After %d epochs of training by %s, learning rate %v, batches of %d:\n", c.Epochs, c.Optimizer.Name, c.Optimizer.LearningRate, c.Batch)
	printTable(w, func(table io.Writer) {
		fmt.Fprintln(table, "scheme\ttraining loss\tvalidation loss\taccuracy\t")
		for _, r := range comparison.Runs {
			if n := len(r.ValScores); n > 0 && r.Status == modeltraining.Finished {
				fmt.Fprintf(table, "%s\t%.4f\t%.4f\t%.2f %%\t\n", r.Init, r.TrainLosses[n-1], r.ValLosses[n-1], 100*r.ValScores[n-1])
			} else {
				fmt.Fprintf(table, "%s\tdiverged\t\t\t\n", r.Init)
			}
		}
	})
	cli.PrintWrapped(w, verdict)
	return nil
}
