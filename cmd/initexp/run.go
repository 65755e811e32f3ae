package main

import (
	"context"
	"io"
	"path/filepath"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/experiment"
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
	var outcomes []outcome
	for _, scheme := range o.schemes() {
		if err := ctx.Err(); err != nil {
			return errors.Wrapf(err, "before scheme %s", scheme)
		}
		result, err := o.measure(set, scheme)
		if err != nil {
			return errors.WithMessagef(err, "scheme %s", scheme)
		}
		folder := o.out
		if o.scheme == all {
			folder = filepath.Join(o.out, string(scheme))
		}
		if err := writeOutcome(folder, result); err != nil {
			return err
		}
		printOutcome(stdout, set.Name, result, folder)
		outcomes = append(outcomes, result)
	}
	return o.conclude(stdout, outcomes)
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
