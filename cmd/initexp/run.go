package main

import (
	"context"
	"fmt"
	"io"

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
	return cli.Report(stderr, command, err)
}

// outcome is what one scheme does to the network: the content of
// distributions.json.
type outcome struct {
	Scheme models.Scheme `json:"scheme"`
	settings
	Activation string          `json:"activation"`
	Seed       uint64          `json:"seed"`
	Samples    int             `json:"samples"`
	Layers     []initexp.Layer `json:"layers"`
}

// title says how the network was made.
func (r outcome) title() string {
	return fmt.Sprintf("%s%s, %s", r.Scheme, r.list(), r.Activation)
}

// measureAll measures every scheme, then writes, prints and draws: what cannot
// be measured leaves no folder behind.
func measureAll(ctx context.Context, o *options, stdout io.Writer) error {
	set, err := mnist.Open(o.Data)
	if err != nil {
		return err
	}
	whole, parts, err := o.places(set)
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
		outcomes = append(outcomes, result)
	}
	hold, err := whole.take()
	if err != nil {
		return err
	}
	defer hold.Release()
	for _, result := range outcomes {
		dir := hold
		if o.several() {
			if dir, err = parts[result.Scheme].take(); err != nil {
				return err
			}
			defer dir.Release()
		}
		if err := writeOutcome(dir, result); err != nil {
			return err
		}
		printOutcome(stdout, set.Name, result, dir.Path)
	}
	if err := o.conclude(stdout, hold, outcomes); err != nil || o.training.Epochs == 0 {
		return err
	}
	return o.train(ctx, set, stdout, hold)
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
	return outcome{
		Scheme: scheme, settings: settingsOf(c.Init, scheme), Activation: string(c.Model.Activation),
		Seed: c.Seed, Samples: len(labels), Layers: layers,
	}, err
}

// name returns the scheme with its settings, for a legend.
func (r outcome) name() string { return string(r.Scheme) + r.list() }
