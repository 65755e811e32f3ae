package main

import (
	"context"
	"io"
	"path/filepath"
	"slices"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/initexp"
	"optlab/internal/cli"
	"optlab/mnist"
	"optlab/models"
)

// run is the command: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	if err == nil {
		err = measureAll(ctx, o, stdout)
	}
	return cli.Report(stderr, "initexp", err)
}

// outcome is what one scheme does to the network: the content of
// distributions.json.
type outcome struct {
	Scheme     models.Scheme   `json:"scheme"`
	Activation string          `json:"activation"`
	Seed       uint64          `json:"seed"`
	Samples    int             `json:"samples"`
	Layers     []initexp.Layer `json:"layers"`
}

// measureAll measures every scheme, prints and draws it.
func measureAll(ctx context.Context, o *options, stdout io.Writer) error {
	set, err := mnist.Open(o.Data)
	if err != nil {
		return err
	}
	hold, err := take(o.out)
	if err != nil {
		return err
	}
	defer hold.Release()
	var outcomes []outcome
	for _, scheme := range o.schemes() {
		if err := ctx.Err(); err != nil {
			return errors.Wrapf(err, "before scheme %s", scheme)
		}
		result, err := o.measure(set, scheme)
		if err != nil {
			return errors.WithMessagef(err, "scheme %s", scheme)
		}
		dir := hold
		if o.scheme == all {
			if dir, err = take(filepath.Join(o.out, string(scheme))); err != nil {
				return err
			}
			defer dir.Release()
		}
		if err := writeOutcome(dir, result); err != nil {
			return err
		}
		printOutcome(stdout, set.Name, result, dir.Path)
		outcomes = append(outcomes, result)
	}
	return o.conclude(stdout, hold, outcomes)
}

// take claims the folder of a scheme, or of all.
func take(path string) (*folder.Hold, error) {
	dir := folder.Folder{Path: path, Files: files, Adopt: func(name string) bool {
		return slices.Contains(files, name) || slices.Contains(models.Schemes, models.Scheme(name))
	}}
	return dir.Take("initexp")
}

// measure sets the lab's experiment up with a scheme and measures its network.
func (o *options) measure(set *dataset.Set, scheme models.Scheme) (outcome, error) {
	e, err := experiment.New(o.config(set, scheme), set)
	if err != nil {
		return outcome{}, cli.Misconfigured(err)
	}
	if n := e.Data.Train.Len(); o.samples > n {
		return outcome{}, cli.Usagef("-samples %d: the training split has only %d images", o.samples, n)
	}
	x, labels, err := e.Data.Train.First(o.samples)
	if err != nil {
		return outcome{}, err
	}
	probe, err := initexp.Compile(e.Model, len(labels))
	if err != nil {
		return outcome{}, err
	}
	c := e.Config()
	layers, err := probe.Measure(c.Init, x, labels, o.bins)
	return outcome{Scheme: scheme, Activation: string(c.Model.Activation), Seed: c.Seed, Samples: len(labels), Layers: layers}, err
}
