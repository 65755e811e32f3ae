package main

import (
	"context"
	"io"
	"path/filepath"

	"github.com/pkg/errors"

	"optlab/initexp"
	"optlab/internal/cli"
	"optlab/mnist"
	"optlab/models"
	"optlab/random"
)

// run is the command: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	if err == nil {
		err = experiment(ctx, o, stdout)
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

// experiment measures every scheme, prints and draws it.
func experiment(ctx context.Context, o *options, stdout io.Writer) error {
	set, err := mnist.Open(o.data)
	if err != nil {
		return err
	}
	config, err := o.model(set)
	if err != nil {
		return err
	}
	var outcomes []outcome
	for _, scheme := range o.schemes() {
		if err := ctx.Err(); err != nil {
			return errors.Wrapf(err, "before scheme %s", scheme)
		}
		result, err := o.measure(set, config, scheme)
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

// measure runs the lab's experiment for one scheme. The stream is drawn from as
// the notebook draws: the split, then the network.
func (o *options) measure(set *mnist.Dataset, config models.Config, scheme models.Scheme) (outcome, error) {
	stream := random.New(o.seed)
	n := set.Train.Len()
	indices, _, err := mnist.SplitRandom(n, mnist.ValidationSize(n), stream)
	if err != nil {
		return outcome{}, err
	}
	loader, err := mnist.NewLoader(set.Train, indices, mnist.LoaderConfig{BatchSize: o.samples, Normalization: mnist.Symmetric})
	if err != nil {
		return outcome{}, err
	}
	loader.Start(nil)
	size := loader.NextSize()
	if size < o.samples {
		return outcome{}, cli.Usagef("-samples %d: the training split has only %d images", o.samples, size)
	}
	x, labels := make([]float32, size*set.Train.Features()), make([]int, size)
	if err := loader.Next(x, labels); err != nil {
		return outcome{}, err
	}
	model, err := models.New(config)
	if err != nil {
		return outcome{}, err
	}
	init := o.initializer(scheme)
	if err := model.Initialize(init, stream); err != nil {
		return outcome{}, err
	}
	layers, err := initexp.Measure(model, init, x, labels, o.bins)
	return outcome{Scheme: scheme, Activation: string(config.Activation), Seed: o.seed, Samples: size, Layers: layers}, err
}
