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
	lab, err := o.setUp(set, config)
	if err != nil {
		return err
	}
	var outcomes []outcome
	for _, scheme := range o.schemes() {
		if err := ctx.Err(); err != nil {
			return errors.Wrapf(err, "before scheme %s", scheme)
		}
		result, err := lab.measure(o, scheme)
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

// setup is what every scheme is tried on.
type setup struct {
	model  *models.Model
	probe  *initexp.Probe
	x      []float32 // the batch
	labels []int
	stream random.Stream // where the network is drawn from
}

// setUp prepares the lab's experiment. The stream is drawn from as the notebook
// draws: the split, then the network.
func (o *options) setUp(set *mnist.Dataset, config models.Config) (*setup, error) {
	stream := random.New(o.seed)
	n := set.Train.Len()
	indices, _, err := mnist.SplitRandom(n, mnist.ValidationSize(n), stream)
	if err != nil {
		return nil, err
	}
	loader, err := mnist.NewLoader(set.Train, indices, mnist.LoaderConfig{BatchSize: o.samples, Normalization: mnist.Symmetric})
	if err != nil {
		return nil, err
	}
	loader.Start(nil)
	size := loader.NextSize()
	if size < o.samples {
		return nil, cli.Usagef("-samples %d: the training split has only %d images", o.samples, size)
	}
	s := &setup{x: make([]float32, size*set.Train.Features()), labels: make([]int, size), stream: *stream}
	if err := loader.Next(s.x, s.labels); err != nil {
		return nil, err
	}
	if s.model, err = models.New(config); err != nil {
		return nil, err
	}
	s.probe, err = initexp.Compile(s.model, size)
	return s, err
}

// measure draws the network by a scheme and measures it.
func (s *setup) measure(o *options, scheme models.Scheme) (outcome, error) {
	init, stream := o.initializer(scheme), s.stream
	if err := s.model.Initialize(init, &stream); err != nil {
		return outcome{}, err
	}
	layers, err := s.probe.Measure(init, s.x, s.labels, o.bins)
	activation := string(s.model.Config().Activation)
	return outcome{Scheme: scheme, Activation: activation, Seed: o.seed, Samples: len(s.labels), Layers: layers}, err
}
